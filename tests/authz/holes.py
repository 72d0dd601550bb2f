"""Where the queries of a repository take their condition from, for whoever makes them forget it."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

from shared.kit import rows


def parts(repository: ModuleType) -> Iterator[ModuleType]:
    """The modules of a repository, be it one or a package of them, whose queries ask what is visible; rows for all."""
    found = [repository]
    if hasattr(repository, "__path__"):
        names = [part.name for part in pkgutil.iter_modules(repository.__path__)]
        found = [import_module(f"{repository.__name__}.{name}") for name in names]
    asking = [part for part in found if hasattr(part, "visible")]
    assert asking, f"{repository.__name__} asks nowhere what is visible"
    yield from (*asking, rows)
