"""A library that is loaded when something of it is first used, and not when it is imported."""

import importlib
import sys
import threading
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any


class LateModule(ModuleType):
    """Stands for a library in ``sys.modules`` until somebody asks for anything in it.

    The standard library's ``LazyLoader`` would not do: a second ``import`` of the same name, which asks the module
    whether it is complete, already makes it load.
    """

    def __init__(self, spec: ModuleSpec) -> None:
        super().__init__(spec.name)
        self.__spec__ = spec  # what asks where a module comes from, as `inspect` does of every one, loads nothing
        self.__file__ = spec.origin
        self._leaving = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        """Called for what this object has not: everything of the library."""
        with self._leaving:  # of two threads the second must not remove what the first is loading
            if sys.modules.get(self.__name__) is self:
                del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


def load_late(name: str) -> None:
    """From now on ``import name`` costs nothing until it is used. Does nothing when it is loaded or not installed."""
    spec = None if name in sys.modules else find_spec(name)
    if spec is not None:
        sys.modules[name] = LateModule(spec)
