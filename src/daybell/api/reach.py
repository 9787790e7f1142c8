"""Through which door does a program of this person ask the running app?"""

import sys

from daybell.api.client import Client
from daybell.store.directories import Directories


def client_of(directories: Directories, platform: str = sys.platform) -> Client:
    """Through the unix socket, or where there is none through the TCP door, with its token."""
    if platform != "win32":
        return Client(directories.socket)
    from daybell.api.token_client import TokenClient  # noqa: PLC0415 - elsewhere no command needs it

    return TokenClient(directories.endpoint)
