"""After an event is deleted no table holds a row of it, walked in plain SQL, on both databases."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text

from arena.domain.battle import RevealStage
from arena.domain.side import Side
from arena.storage.censuses import CensusStore
from arena.storage.engine import open_engine, upgrade
from arena.storage.events import EventStore
from arena.storage.retention import RetentionStore
from arena.storage.rows import TableRow

from .making import NOON, VISITOR
from .test_retention import make_event, put_into
from .test_visitors import ANSWER, COMMENT, PROMPT, contents, make_rematch, play, speak

EVENT, OTHER = uuid4().hex, uuid4().hex
NEIGHBOUR = "neighbour"


OF_THE_INSTALLATION = "signing_key"  # the only table that no event has a part in


def delete_event(engine: Engine, event_id: str) -> None:
    EventStore(engine).delete(event_id, is_running=lambda _battle_id: False)


def hold_event(engine: Engine, event_id: str, code: str) -> list[str]:
    """An event with everything that can hang on it; the ids of its battles."""
    make_event(engine, event_id, code=code)
    played = play(engine)
    heard, rematch = (play(engine, who, until=RevealStage.BLIND) for who in (NEIGHBOUR, VISITOR))
    make_rematch(engine, rematch, Side.A, origin_id=played)
    for battle_id in (heard, rematch):
        for visitor_id in (VISITOR, NEIGHBOUR):
            speak(engine, battle_id, visitor_id)
    for battle_id in (played, heard, rematch):
        put_into(engine, event_id, battle_id)
    rows = (
        "INSERT INTO event_model (event_id, model_id) VALUES (:event, 'small-model')",
        "INSERT INTO participant (event_id, visitor_id, joined_at) VALUES (:event, 'visitor-1', :now)",
        "INSERT INTO organiser_link (id, event_id, digest, label, created_at)"
        " VALUES (:link, :event, :digest, 'Anne', :now)",
        "INSERT INTO export_key (event_id, key) VALUES (:event, 'secret')",
        "INSERT INTO spent (event_id, answers, cost_eur, unpriced) VALUES (:event, 2, 0.5, 0)",
        "INSERT INTO meter_reading (answer_id, meter, gross_wh, idle_w, net_wh, window_s)"
        " SELECT min(answer.id), 'nvml', 1, 1, 1, 1 FROM answer JOIN turn ON turn.id = turn_id"
        " WHERE battle_id = :battle",
        "INSERT INTO round"
        " (id, event_id, battle_id, number, step, created_at, has_bet, is_streamed, skips_names, shown)"
        " VALUES (:round, :event, :battle, 1, 'vote', :now, false, false, false, 'blind')",
        "INSERT INTO round_step (round_id, number, step, at, is_undone) VALUES (:round, 1, 'vote', :now, false)",
        "INSERT INTO seat (round_id, visitor_id, first_side) VALUES (:round, 'visitor-1', 'b')",
        "INSERT INTO room (event_id, version, is_open, round_id, base_url, is_black, hides_counts, hides_results,"
        " takes_proposals, page, sheet_id, extra_s)"
        " VALUES (:event, 3, true, :round, '', false, false, false, true, 0, '', 0)",
        "INSERT INTO proposal (id, event_id, visitor_id, text, state, created_at)"
        " VALUES (:proposal, :event, 'visitor-1', 'Pourquoi la pluie ?', 'pending', :now)",
    )
    values = {"event": event_id, "now": str(NOON), "battle": played}
    values |= {name: uuid4().hex for name in ("link", "digest", "round", "proposal")}
    with engine.begin() as connection:
        for row in rows:
            connection.execute(text(row), values)
    CensusStore(engine).place(dict.fromkeys((played, heard, rematch), event_id))
    return [played, heard, rematch]


def counts(engine: Engine) -> dict[str, int]:
    """Rows of every table that the database itself knows of, but for the version of its tables."""
    names = (
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        if engine.dialect.name == "sqlite"
        else "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    )
    with engine.connect() as connection:
        tables = {row[0] for row in connection.execute(text(names))} - {"alembic_version"}
        return {
            name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in sorted(tables)
        }


def naming(engine: Engine, ids: list[str]) -> list[tuple[str, tuple[Any, ...]]]:
    """Every row of every table in which one of the ids stands."""
    return [
        (table, row)
        for table, rows in contents(engine).items()
        for row in rows
        if any(value in ids for value in row if isinstance(value, str))
    ]


def test_the_walk_knows_every_table_and_the_event_fills_each(engine: Engine) -> None:
    hold_event(engine, EVENT, "ABC234")
    found = counts(engine)
    assert set(found) == {table.name for table in TableRow.metadata.sorted_tables}
    assert [name for name, count in found.items() if not count] == [OF_THE_INSTALLATION]


def test_after_its_deletion_no_table_holds_a_row_of_an_event(engine: Engine) -> None:
    ids = hold_event(engine, EVENT, "ABC234")
    assert naming(engine, [EVENT, *ids])
    delete_event(engine, EVENT)
    assert naming(engine, [EVENT, *ids]) == []
    assert {name: count for name, count in counts(engine).items() if count} == {}


def test_the_other_events_and_what_belongs_to_none_are_whole(engine: Engine) -> None:
    hold_event(engine, OTHER, "XYZ789")
    speak(engine, play(engine, until=RevealStage.BLIND), VISITOR)
    before = contents(engine)
    hold_event(engine, EVENT, "ABC234")
    delete_event(engine, EVENT)
    RetentionStore(engine).free_space()
    assert contents(engine) == before


class TestOnDisk:
    """What a file of SQLite holds, read as bytes."""

    @pytest.fixture
    def engine(self, tmp_path: Path) -> Iterator[Engine]:
        engine = open_engine(f"sqlite:///{tmp_path}/arena.db")
        upgrade(engine)
        yield engine
        engine.dispose()

    def test_its_bytes_leave_every_file(self, engine: Engine, tmp_path: Path) -> None:
        ids = hold_event(engine, EVENT, "ABC234")
        traces = [PROMPT, COMMENT, ANSWER[:20], EVENT, "ABC234", *ids]
        assert self.found_in(tmp_path, traces) == traces
        delete_event(engine, EVENT)
        RetentionStore(engine).free_space()
        assert self.found_in(tmp_path, traces) == []
        with closing(sqlite3.connect(tmp_path / "arena.db")) as raw:
            assert raw.execute("PRAGMA foreign_key_check").fetchall() == []

    @staticmethod
    def found_in(folder: Path, words: list[str]) -> list[str]:
        raw = b"".join(file.read_bytes() for file in folder.iterdir())
        return [word for word in words if word.encode() in raw]
