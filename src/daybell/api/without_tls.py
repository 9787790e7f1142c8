"""How do libraries do without OpenSSL? It is a tenth of the app's memory, and nobody here speaks TLS.

Imported before what would load it: the program then has `http.client` without it. Whoever does need TLS
later may still import `ssl`.
"""

import sys
from collections.abc import Iterable, Mapping
from importlib import import_module
from types import ModuleType

OPENSSL = ("ssl", "_hashlib")
"""What leads to it."""


def bring(libraries: Iterable[str], constants: Mapping[str, int] | None = None) -> bool:
    """Import them without it, if it is not there already; whether they could be had so.

    Most look whether they got it; the rest find a module that has these constants and nothing else.
    """
    if any(name in sys.modules for name in OPENSSL):
        return False
    hidden: dict[str, ModuleType | None] = dict.fromkeys(OPENSSL)
    if constants is not None:
        hidden["ssl"] = stand_in = ModuleType("ssl")
        vars(stand_in).update(constants)
    sys.modules.update(hidden)  # type: ignore[arg-type]  # None is how Python is told that there is none
    try:
        for name in libraries:
            import_module(name)
    except (ImportError, AttributeError):  # a version that wants more of it gets the real one
        return False
    finally:
        for name in OPENSSL:
            del sys.modules[name]
    return True


bring(["http.client"])
