"""Texts that are emptied after their time, and what stays, on both databases."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text

from arena.domain.battle import RevealStage
from arena.domain.retention import Due, EventTerm, Purged
from arena.domain.side import Side
from arena.domain.vote import Outcome
from arena.errors import BattleClosed
from arena.storage.battles import BattleStore
from arena.storage.engine import open_engine, upgrade
from arena.storage.event_rows import EventRow
from arena.storage.retention import RetentionStore
from arena.storage.visitors import VisitorStore

from .making import NOON, VISITOR, WRITTEN, at, make_battle, make_turn, make_vote
from .test_visitors import ANSWER, COMMENT, PROMPT, contents, play

LATER = Due(None, at(3600))
ONE_WHOLE = Purged(battles=1, prompts=1, answers=2, comments=1)


@pytest.fixture
def retention(engine: Engine) -> RetentionStore:
    return RetentionStore(engine)


def make_event(engine: Engine, event_id: str, *, code: str = "ABC234", days: int = 30) -> EventTerm:
    with engine.begin() as connection:
        connection.execute(
            EventRow.__table__.insert(),  # type: ignore[attr-defined]
            {"id": event_id, "code": code, "state": "open", "title": "Café IA", "held_on": date(2026, 3, 14)}
            | {"place": "", "locale": "fr", "mode": "random", "max_answer_tokens": 1000, "moderation": "free"}
            | {"retention_days": days, "created_at": NOON, "version": 1},
        )
    return EventTerm(event_id, code, date(2026, 3, 14), days)


def put_into(engine: Engine, event_id: str, battle_id: str) -> None:
    with engine.begin() as connection:
        values = {"event": event_id, "battle": battle_id}
        connection.execute(text("UPDATE battle SET event_id = :event WHERE id = :battle"), values)


def test_the_terms_are_those_of_the_events(engine: Engine, retention: RetentionStore) -> None:
    second = make_event(engine, "event-2", code="XYZ789", days=7)
    first = make_event(engine, "event-1")
    assert retention.terms() == (first, second)


def test_every_text_goes_and_everything_else_stays(engine: Engine, retention: RetentionStore) -> None:
    battle_id = play(engine)
    before = contents(engine)
    assert retention.count(LATER) == ONE_WHOLE
    assert contents(engine) == before
    assert retention.purge(LATER, at(7200)) == ONE_WHOLE
    raw = repr(contents(engine))
    assert not any(words in raw for words in (PROMPT, COMMENT, ANSWER[:20], WRITTEN.reasoning))
    texts = ("turn", "answer", "vote", "battle")
    assert {t: rows for t, rows in contents(engine).items() if t not in texts} == {
        t: rows for t, rows in before.items() if t not in texts
    }
    battle = BattleStore(engine).get_battle(battle_id)
    assert battle.purged_at == at(7200)
    answer = battle.turns[0].answers[Side.A]
    assert answer == replace(WRITTEN, text="", reasoning="", replaced=None)
    vote = BattleStore(engine).opinion_of(battle_id, VISITOR).vote
    assert vote is not None
    assert (vote.outcome, vote.comment, vote.created_at) == (Outcome.B, "", at(1))


def test_nothing_is_purged_twice(engine: Engine, retention: RetentionStore) -> None:
    battle_id = play(engine)
    retention.purge(LATER, at(7200))
    assert retention.count(LATER) == retention.purge(LATER, at(9999)) == Purged()
    assert BattleStore(engine).get_battle(battle_id).purged_at == at(7200)


def test_what_is_not_due_and_what_is_elsewhere_stays(engine: Engine, retention: RetentionStore) -> None:
    make_event(engine, "event-1")
    young, elsewhere = play(engine, seconds=5000), play(engine)
    put_into(engine, "event-1", elsewhere)
    assert retention.purge(LATER, at(7200)) == Purged()
    assert retention.purge(Due("event-1", at(3600)), at(7200)).battles == 1
    assert BattleStore(engine).get_battle(young).purged_at is None
    assert BattleStore(engine).get_battle(elsewhere).purged_at == at(7200)


def test_a_battle_that_is_being_written_waits(retention: RetentionStore, store: BattleStore) -> None:
    battle = make_battle()
    store.create_battle(battle)
    assert retention.count(LATER) == retention.purge(LATER, at(7200)) == Purged()
    store.save_answers(battle.id, 0, dict.fromkeys(Side, WRITTEN))
    assert retention.purge(LATER, at(7200)).battles == 1


def test_a_page_at_a_time_the_oldest_first(engine: Engine, retention: RetentionStore) -> None:
    ids = [play(engine, seconds=seconds) for seconds in (3, 1, 2)]
    assert retention.purge(LATER, at(7200), limit=2).battles == 2
    store = BattleStore(engine)
    assert [store.get_battle(one).purged_at is None for one in ids] == [True, False, False]
    assert retention.purge(LATER, at(7200), limit=2).battles == 1


def test_nothing_more_is_written_into_a_purged_battle(
    engine: Engine, retention: RetentionStore, store: BattleStore
) -> None:
    battle_id = play(engine, until=RevealStage.BLIND)
    retention.purge(LATER, at(7200))
    kept = contents(engine)
    with pytest.raises(BattleClosed):
        store.add_turn(battle_id, make_turn(1))
    with pytest.raises(BattleClosed):
        store.save_answer(battle_id, 0, Side.A, WRITTEN)
    with pytest.raises(BattleClosed):
        store.cast_vote(make_vote(battle_id=battle_id, comment=COMMENT), at(8000))
    assert contents(engine) == kept


def test_a_visitor_reads_of_a_purged_battle_that_it_is(engine: Engine, retention: RetentionStore) -> None:
    play(engine)
    retention.purge(LATER, at(7200))
    (battle,) = VisitorStore(engine).battles_of(VISITOR)
    assert (battle.is_purged, battle.prompt, battle.vote) == (True, "", Outcome.B)
    assert len(battle.answers) == 2
    assert all(answer.footprint is not None for answer in battle.answers)


def test_a_rematch_keeps_its_text_until_its_own_time(engine: Engine, retention: RetentionStore) -> None:
    play(engine)
    rematch = play(engine, seconds=4000)
    retention.purge(LATER, at(7200))
    assert BattleStore(engine).get_battle(rematch).turns[0].prompt == PROMPT


def test_no_byte_of_a_purged_text_stays_in_a_file(tmp_path: Path) -> None:
    database = tmp_path / "arena.db"
    engine = open_engine(f"sqlite:///{database}")
    upgrade(engine)
    words = {name: f"{name}-{uuid4().hex}" for name in ("prompt", "answer", "reasoning", "comment")}
    fill(engine, words)
    assert found_in(database, words) == set(words)
    retention = RetentionStore(engine)
    while retention.purge(Due(None, at(3600)), at(7200), limit=3).battles:
        pass
    retention.free_space()
    assert {file.suffix for file in database.parent.iterdir()} == {".db", ".db-wal", ".db-shm"}
    assert found_in(database, words) == set()
    engine.dispose()
    assert found_in(database, words) == set()
    with closing(sqlite3.connect(database)) as raw:
        assert raw.execute("SELECT count(*), count(purged_at) FROM battle").fetchone() == (10, 10)


def fill(engine: Engine, words: dict[str, str]) -> None:
    """Ten battles: some with texts that fit a page, some with texts on pages of their own."""
    store = BattleStore(engine)
    for number in range(10):
        padding = " et puis" * (1 if number % 2 else 2000)
        battle_id, turn = uuid4().hex, make_turn(prompt=words["prompt"] + padding)
        store.create_battle(make_battle(battle_id, turns=(turn,), created_at=NOON + timedelta(seconds=number)))
        answer = replace(WRITTEN, text=words["answer"] + padding, reasoning=words["reasoning"] + padding)
        store.save_answers(battle_id, 0, {side: replace(answer, replaced=None) for side in Side})
        store.cast_vote(make_vote(battle_id=battle_id, comment=words["comment"]), at(60))


def found_in(database: Path, words: dict[str, Any]) -> set[str]:
    raw = b"".join(file.read_bytes() for file in database.parent.iterdir())
    return {name for name, word in words.items() if word.encode() in raw}
