"""Which keyring does this machine have?"""

import os
import sys
from collections.abc import Mapping

from daybell.desktop.secrets.interface import Keyring

if sys.platform == "linux":
    from daybell.desktop.secrets.secret_service import SecretService
elif sys.platform == "darwin":
    from daybell.desktop.secrets.keychain import Keychain
elif sys.platform == "win32":
    from daybell.desktop.secrets.credentials import Credentials
    from daybell.desktop.secrets.credentials_calls import WindowsVault


def open_keyring(environ: Mapping[str, str] = os.environ, *, may_prompt: bool = False) -> Keyring:
    """The person's own. SecretUnavailable where there is none. `may_prompt`: somebody is there."""
    if sys.platform == "linux":
        return SecretService(environ, may_prompt=may_prompt)
    elif sys.platform == "darwin":  # noqa: RET505 only so do type checkers see one branch a platform
        return Keychain(may_prompt=may_prompt)
    else:
        return Credentials(WindowsVault())
