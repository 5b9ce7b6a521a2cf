"""``arena export``: the files it writes, what it refuses, and that a mistake leaves nothing behind."""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import Result

from arena.storage.engine import open_engine, upgrade
from tests.storage.room import EVENT, OTHER, PEOPLE, add_battle, add_event, add_room, battle_of, hide
from tests.test_cli import run

CODEBOOK = ["codebook.en.csv", "codebook.en.md", "codebook.fr.csv", "codebook.fr.md"]


@pytest.fixture
def database(tmp_path: Path) -> Engine:
    """A room of six, a room of four, and one battle of no event."""
    engine = open_engine(f"sqlite:///{tmp_path}/arena.db")
    upgrade(engine)
    add_event(engine)
    add_room(engine)
    add_event(engine, OTHER, "XYZ789", day=21)
    add_room(engine, OTHER, PEOPLE[:4])
    add_battle(engine, battle_of(0, None, "passer-by", "x"), [])
    engine.dispose()
    return engine


def export(folder: Path, *arguments: str) -> Result:
    return run(folder, "export", "--out", str(folder / "out"), *arguments, database_url=f"sqlite:///{folder}/arena.db")


def names_in(folder: Path) -> list[str]:
    out = folder / "out"
    return sorted(entry.name for entry in out.iterdir()) if out.exists() else []


def lines_in(folder: Path, name: str) -> list[str]:
    return (folder / "out" / name).read_text(encoding="utf-8-sig").splitlines()


@pytest.mark.usefixtures("database")
class TestExport:
    @pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
    def test_our_datasets_come_with_their_codebook(self, tmp_path: Path, form: str) -> None:
        result = export(tmp_path, "--event", "abc234", "--format", form)
        assert (result.exit_code, result.stderr) == (0, "")
        own = [f"{name}.{form}" for name in ("answers", "footprints", "rounds", "turns", "votes")]
        assert names_in(tmp_path) == sorted([*own, *CODEBOOK])
        assert result.stdout.count(" bytes ") == 9

    @pytest.mark.parametrize("shape", ["comparia", "lmarena"])
    def test_the_shape_of_others_is_one_csv(self, tmp_path: Path, shape: str) -> None:
        assert export(tmp_path, "--event", "ABC234", "--format", shape).exit_code == 0
        assert names_in(tmp_path) == sorted([*CODEBOOK, f"{shape}.csv"])
        assert len(lines_in(tmp_path, f"{shape}.csv")) == 1 + len(PEOPLE) + len(PEOPLE) - 1

    def test_texts_come_only_when_asked_for(self, tmp_path: Path) -> None:
        export(tmp_path, "--event", "ABC234", "--dataset", "turns")
        assert "ciel" not in "".join(lines_in(tmp_path, "turns.csv"))
        assert export(tmp_path, "--event", "ABC234", "--dataset", "turns", "--texts", "--force").exit_code == 0
        assert "ciel" in "".join(lines_in(tmp_path, "turns.csv"))

    def test_everything_leaves_out_what_is_small_and_says_so(self, tmp_path: Path) -> None:
        result = export(tmp_path, "--all", "--dataset", "turns", "--format", "jsonl")
        assert result.exit_code == 0
        assert "fewer than 5 people, left out" in result.stderr
        assert "event of 2026-03-21, battles of no event" in result.stderr
        assert len(lines_in(tmp_path, "turns.jsonl")) == 6

    def test_the_deployer_may_have_what_is_small(self, tmp_path: Path) -> None:
        result = export(tmp_path, "--all", "--dataset", "turns", "--format", "jsonl", "--small")
        assert (result.exit_code, result.stderr) == (0, "")
        assert len(lines_in(tmp_path, "turns.jsonl")) == 6 + 4 + 1

    def test_an_event_of_four_is_refused_with_the_reason(self, tmp_path: Path) -> None:
        result = export(tmp_path, "--event", "XYZ789")
        assert (result.exit_code, result.stdout, names_in(tmp_path)) == (2, "", [])
        assert "fewer than 5 people" in result.stderr

    @pytest.mark.parametrize(
        ("arguments", "reason"),
        [
            (("--event", "NOSUCH"), "no such event"),
            ((), "one of the two"),
            (("--event", "ABC234", "--all"), "one of the two"),
            (("--all", "--format", "xls"), "xls"),
            (("--all", "--dataset", "secrets"), "secrets"),
            (("--all", "--dataset", "comparia"), "--dataset is one of"),
            (("--all", "--format", "lmarena", "--dataset", "turns"), "leave out --dataset"),
        ],
    )
    def test_what_cannot_be_is_refused_and_leaves_nothing(
        self, tmp_path: Path, arguments: tuple[str, ...], reason: str
    ) -> None:
        result = export(tmp_path, *arguments)
        assert (result.exit_code, result.stdout, names_in(tmp_path)) == (2, "", [])
        assert reason in " ".join(result.stderr.replace("│", " ").split())

    def test_files_that_are_there_are_kept(self, tmp_path: Path) -> None:
        assert export(tmp_path, "--event", "ABC234").exit_code == 0
        before = (tmp_path / "out" / "turns.csv").read_bytes()
        again = export(tmp_path, "--event", "ABC234", "--texts")
        assert again.exit_code == 2
        assert "already there" in again.stderr
        assert (tmp_path / "out" / "turns.csv").read_bytes() == before

    def test_hidden_battles_are_in_no_file(self, tmp_path: Path, database: Engine) -> None:
        hide(database, f"{EVENT}-0"[-32:])
        assert export(tmp_path, "--event", "ABC234", "--format", "jsonl").exit_code == 0
        assert len(lines_in(tmp_path, "turns.jsonl")) == 5
        assert len(lines_in(tmp_path, "votes.jsonl")) == 5
        assert len(lines_in(tmp_path, "answers.jsonl")) == 10


def test_a_database_that_does_not_open_is_said(tmp_path: Path) -> None:
    result = run(tmp_path, "export", "--all", "--out", str(tmp_path / "out"), database_url="not a url")
    assert (result.exit_code, names_in(tmp_path)) == (2, [])
    assert result.stderr.strip()
