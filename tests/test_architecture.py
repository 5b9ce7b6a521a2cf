"""The shape of the house: one direction of dependency, one home for each heavy library, small files."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ARENA = ROOT / "arena"
MODULES = sorted(ARENA.rglob("*.py"))

# A layer may import itself and what is listed; `errors` may be imported by all.
MAY_IMPORT = {
    "errors": set(),
    "domain": set(),
    "data": set(),
    "settings": set(),
    "storage": {"domain"},
    "providers": {"domain", "data"},
    "services": {"domain", "storage", "providers", "data"},
    "ui": {"domain", "services"},
    "opening": {"domain", "storage", "providers", "services", "settings"},
    "app": {"domain", "services", "ui", "settings", "opening"},
    "commands": {"domain", "storage", "providers", "services", "ui", "settings", "opening"},  # ui for its words
    "cli": {"commands"},
}
HOMES = {
    "gradio": ("ui",),
    "ecologits": ("services/estimator.py",),
    "sqlmodel": ("storage",),
    "sqlalchemy": ("storage",),
    "alembic": ("storage",),
    "psycopg": ("storage",),
    "numpy": ("domain/tally.py", "domain/ranking.py", "domain/clustering.py", "domain/standing.py"),
    "pynvml": ("providers/meters.py",),
    "pyarrow": ("services/parquet_writer.py",),
    "httpx": ("providers", "services"),
    "typer": ("cli.py", "commands"),
    "pydantic_settings": ("settings.py",),
    "os": ("settings.py", "ui/__init__.py", "storage", "providers"),
}
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60


def layer_of(path: Path) -> str:
    parts = path.relative_to(ARENA).with_suffix("").parts
    return parts[0]


def imports_of(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.lineno, node.module or ""


def test_imports_follow_one_direction() -> None:
    faults = []
    for path in MODULES:
        layer = layer_of(path)
        if layer in ("__init__", "__main__"):
            continue
        for line, name in imports_of(path):
            target = name.split(".")[1] if name.startswith("arena.") else ""
            if target and target not in {layer, "errors", *MAY_IMPORT[layer]}:
                faults.append(f"{path.relative_to(ROOT)}:{line} {layer} imports {name}")
    assert faults == []


@pytest.mark.parametrize("library", sorted(HOMES))
def test_a_heavy_library_has_one_home(library: str) -> None:
    homes = tuple(ARENA / home for home in HOMES[library])
    strangers = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in MODULES
        for line, name in imports_of(path)
        if name.split(".")[0] == library and not any(path == home or home in path.parents for home in homes)
    ]
    assert strangers == []


def test_the_domain_has_no_clock_no_dice_and_no_files() -> None:
    forbidden = {"time", "asyncio", "pathlib", "importlib", "os", "secrets", "logging", "yaml"}
    faults = [
        f"{path.name}:{line} {name}"
        for path in MODULES
        if layer_of(path) == "domain"
        for line, name in imports_of(path)
        if name.split(".")[0] in forbidden
    ]
    assert faults == []


def test_files_and_functions_stay_small() -> None:
    faults = []
    for path in [*MODULES, *sorted((ROOT / "tests").rglob("*.py"))]:
        source = path.read_text(encoding="utf-8")
        if len(source.splitlines()) > MAX_FILE_LINES:
            faults.append(f"{path.relative_to(ROOT)}: {len(source.splitlines())} lines")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > MAX_FUNCTION_LINES:
                    faults.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {length} lines")
    assert faults == []


def test_nothing_is_imported_inside_a_function() -> None:
    faults = [
        f"{path.relative_to(ROOT)}:{inner.lineno}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert faults == []


def test_the_top_level_holds_what_it_should() -> None:
    visible = {entry.name for entry in ROOT.iterdir() if not entry.name.startswith(".")}
    assert visible - {"arena.egg-info"} == {
        "pyproject.toml", "arena", "tests", "models.yaml", "README.md", "LICENSE",
    }  # fmt: skip
