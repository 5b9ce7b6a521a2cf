"""Imports Gradio without what it does for those who develop it.

For each of its seventy components Gradio parses that component's source, renders a ``.pyi`` file with the methods of
its events and compares it with the one on disk, so that editors complete them. Nothing runs on these files, they take
a quarter of the arena's start (Gradio 6.31, ``gradio/component_meta.py``), and a component of ours would leave one
beside our own source.
Its command line comes along too, with a TOML editor and a terminal library, for one function that uploads a page.
"""

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

WITHOUT_CHORE = {"gradio.component_meta": "create_or_modify_pyi"}  # by module, the function that does nothing here
EMPTY = {"gradio.cli": "deploy"}  # modules of which nothing is loaded but a name to import


class _SparingLoader(Loader):
    """Loads as the usual loader does, then leaves one function out."""

    def __init__(self, usual: Loader, chore: str) -> None:
        self._usual = usual
        self._chore = chore

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._usual.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._usual.exec_module(module)
        if hasattr(module, self._chore):
            setattr(module, self._chore, _nothing)


class _EmptyLoader(Loader):
    """Loads nothing, and gives one name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def exec_module(self, module: ModuleType) -> None:
        setattr(module, self._name, _nothing)


def _nothing(*_arguments: object) -> None:
    """Stands for what is left out."""


class SparingFinder(MetaPathFinder):
    """Finds the modules that are spared; for every other name the usual finders are asked."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module as it is found on ``path``, with a loader that leaves something out."""
        if fullname not in WITHOUT_CHORE and fullname not in EMPTY:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            in_part = fullname in WITHOUT_CHORE
            spec.loader = (
                _SparingLoader(spec.loader, WITHOUT_CHORE[fullname]) if in_part else _EmptyLoader(EMPTY[fullname])
            )
        return spec


def import_gradio_sparingly() -> None:
    """To be called before the first import of Gradio. Calling it again does nothing."""
    if not any(isinstance(finder, SparingFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, SparingFinder())
