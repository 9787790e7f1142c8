"""How is a library had without what it would load and we never use?"""

import sys
from collections.abc import Iterable, Mapping
from importlib import import_module
from types import ModuleType

Instead = Mapping[str, Mapping[str, object] | None]
"""Of modules that shall not be loaded, what stands in their place: these names, or nothing (ImportError)."""


def bring(libraries: Iterable[str], instead: Instead) -> bool:
    """Import them without it, if it is not there already; whether they could be had so.

    Whoever needs the real one later may still import it.
    """
    if any(name in sys.modules for name in instead):
        return False
    sys.modules.update({name: _stand_in(name, names) for name, names in instead.items()})  # type: ignore[misc]  # None is how Python is told that there is none
    try:
        for name in libraries:
            import_module(name)
    except (ImportError, AttributeError):  # a version that wants more of it gets the real one
        return False
    finally:
        for name in instead:
            del sys.modules[name]
    return True


def _stand_in(name: str, names: Mapping[str, object] | None) -> ModuleType | None:
    if names is None:
        return None
    module = ModuleType(name)
    vars(module).update(names)
    return module
