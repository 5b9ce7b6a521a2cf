"""A late library costs nothing until it is used, and is then whole, for everybody."""

import importlib
import importlib.util
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from arena.commands.late_module import LateModule, load_late
from tests.storage.making import all_at_once

NAME = "arena_test_weight"
SLOW = "import time\nFIRST = 1\ntime.sleep(0.2)\nLAST = 2\n"


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package that takes its time; its folder."""
    folder = tmp_path / NAME
    folder.mkdir()
    (folder / "__init__.py").write_text(SLOW)
    (folder / "part.py").write_text("from arena_test_weight import LAST\nPART = LAST + 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    for name in (NAME, f"{NAME}.part"):
        sys.modules.pop(name, None)


def is_loaded() -> bool:
    return not isinstance(sys.modules[NAME], LateModule)


def imported() -> ModuleType:
    return importlib.import_module(NAME)


def test_imports_and_questions_about_it_load_nothing(library: Path) -> None:
    load_late(NAME)
    first, second = imported(), imported()
    assert first is second
    assert importlib.util.find_spec(NAME) is first.__spec__
    assert inspect.getsourcefile(first) == str(library / "__init__.py")
    assert not is_loaded()


@pytest.mark.usefixtures("library")
def test_the_first_use_loads_it() -> None:
    load_late(NAME)
    held = imported()
    assert held.LAST == 2
    assert is_loaded()
    assert imported() is not held
    assert held.FIRST is imported().FIRST
    assert not hasattr(held, "nothing of that name")


@pytest.mark.usefixtures("library")
def test_a_part_of_it_can_be_imported() -> None:
    load_late(NAME)
    assert importlib.import_module(f"{NAME}.part").PART == 3
    assert imported().part.PART == 3


@pytest.mark.usefixtures("library")
def test_threads_that_use_it_at_once_all_find_it_whole() -> None:
    load_late(NAME)
    held = imported()
    assert all_at_once(8, lambda _number: (held.LAST, id(imported()))) == [(2, id(imported()))] * 8


@pytest.mark.usefixtures("library")
def test_what_is_loaded_already_stays() -> None:
    whole = imported()
    load_late(NAME)
    assert imported() is whole


def test_what_is_not_installed_stays_so() -> None:
    load_late(NAME)
    with pytest.raises(ModuleNotFoundError):
        imported()
