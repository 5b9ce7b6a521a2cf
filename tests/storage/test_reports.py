"""The results of one event as its report reads them, on both databases."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import Engine, event, text

from arena.domain.battle import RevealStage
from arena.domain.event_results import Voice
from arena.domain.provenance import StoredFootprint
from arena.domain.reflection import Need, SecondChoice
from arena.domain.retention import Due
from arena.domain.side import Side
from arena.domain.summary import PastAnswer
from arena.domain.vote import Outcome
from arena.storage.footprints import FootprintStore
from arena.storage.reports import ReportStore
from arena.storage.retention import RetentionStore

from .making import VISITOR, at, make_inputs, make_values
from .test_retention import make_event, put_into
from .test_visitors import NEIGHBOUR, PROMPT, make_rematch, play, speak

EVENT = uuid4().hex


@pytest.fixture
def reports(engine: Engine) -> ReportStore:
    make_event(engine, EVENT, code="ABC234")
    return ReportStore(engine)


def play_in(engine: Engine, event_id: str = EVENT, *, until: RevealStage = RevealStage.NAMES, seconds: int = 0) -> str:
    battle_id = play(engine, until=until, seconds=seconds)
    put_into(engine, event_id, battle_id)
    return battle_id


def change(engine: Engine, statement: str, battle_id: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(statement), {"battle": battle_id, "now": str(at(9))})


def test_an_event_is_found_by_its_code_as_people_type_it(reports: ReportStore) -> None:
    assert reports.event_id_of(" abc234 ") == EVENT
    assert reports.event_id_of("XYZ789") is None


def test_an_unknown_event_has_no_results_and_a_new_one_has_no_battles(reports: ReportStore) -> None:
    assert reports.results_of("nothing") is None
    found = reports.results_of(EVENT)
    assert found is not None
    assert (found.title, found.place, found.held_on) == ("Café IA", "", date(2026, 3, 14))
    assert (found.battles, found.demo_battles) == ((), 0)


def test_a_battle_comes_with_every_voice_and_every_answer(engine: Engine, reports: ReportStore) -> None:
    battle_id = play_in(engine, until=RevealStage.BLIND, seconds=5)
    speak(engine, battle_id, VISITOR)
    speak(engine, battle_id, NEIGHBOUR)
    found = reports.results_of(EVENT)
    assert found is not None
    (battle,) = found.battles
    assert (battle.id, battle.prompt, battle.created_at, battle.is_blind) == (battle_id, PROMPT, at(5), True)
    said = (Outcome.A, SecondChoice(None, at(3)), Need.YES)
    assert set(battle.voices) == {Voice(VISITOR, *said), Voice(NEIGHBOUR, *said)}
    footprint = StoredFootprint(make_inputs(), make_values())
    assert battle.answers == tuple(PastAnswer(0, side, footprint) for side in Side)
    assert (battle.kept_side, battle.is_purged, battle.more) == (None, False, None)


def test_a_battle_with_one_hidden_prompt_leaves_altogether(engine: Engine, reports: ReportStore) -> None:
    kept, hidden = play_in(engine), play_in(engine)
    change(engine, "UPDATE turn SET hidden_at = :now WHERE battle_id = :battle", hidden)
    found = reports.results_of(EVENT)
    assert found is not None
    assert [battle.id for battle in found.battles] == [kept]


def test_demonstrations_are_only_counted_and_other_events_are_not_there(engine: Engine, reports: ReportStore) -> None:
    other = uuid4().hex
    make_event(engine, other, code="XYZ789")
    play_in(engine, other)
    play(engine)
    kept, demo, hidden_demo = (play_in(engine) for _ in range(3))
    for battle_id in (demo, hidden_demo):
        change(
            engine, f"UPDATE battle SET is_demo = {'1' if on_sqlite(engine) else 'true'} WHERE id = :battle", battle_id
        )
    change(engine, "UPDATE turn SET hidden_at = :now WHERE battle_id = :battle", hidden_demo)
    found = reports.results_of(EVENT)
    assert found is not None
    assert ([battle.id for battle in found.battles], found.demo_battles) == ([kept], 1)


def on_sqlite(engine: Engine) -> bool:
    return engine.dialect.name == "sqlite"


def test_a_purged_battle_says_so_and_keeps_its_votes(engine: Engine, reports: ReportStore) -> None:
    play_in(engine)
    RetentionStore(engine).purge(Due(EVENT, at(3600)), at(7200))
    found = reports.results_of(EVENT)
    assert found is not None
    (battle,) = found.battles
    assert (battle.prompt, battle.is_purged, len(battle.voices), len(battle.answers)) == ("", True, 1, 2)


def test_a_rematch_names_the_answer_it_kept(engine: Engine, reports: ReportStore) -> None:
    make_rematch(engine, play_in(engine), Side.B)
    found = reports.results_of(EVENT)
    assert found is not None
    assert found.battles[0].kept_side is Side.B


def test_the_footprint_that_was_shown_is_the_one_counted(engine: Engine, reports: ReportStore) -> None:
    battle_id = play_in(engine)
    FootprintStore(engine).save(battle_id, 0, Side.A, make_inputs(computed_at=at(9)), make_values("newer/1", factor=7))
    found = reports.results_of(EVENT)
    assert found is not None
    assert found.battles[0].answers[0].footprint == StoredFootprint(make_inputs(), make_values())


def test_many_battles_take_as_many_queries_as_one(engine: Engine, reports: ReportStore) -> None:
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _cursor, statement, *_: statements.append(statement))
    play_in(engine)
    statements.clear()
    reports.results_of(EVENT)
    for_one = len(statements)
    for seconds in range(5):
        play_in(engine, seconds=seconds)
    statements.clear()
    found = reports.results_of(EVENT)
    assert found is not None
    assert len(found.battles) == 6
    assert len(statements) == for_one
