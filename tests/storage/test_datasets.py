"""What is read for an export, on both databases: whole battles, once each, without what must stay."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine

from arena.domain.dataset import LEAST_PEOPLE, Dataset
from arena.domain.dataset_rows import BattleRecord
from arena.domain.export_scope import Census, Scope
from arena.domain.reflection import Bet, Need, Reflections, SecondChoice
from arena.domain.rematch import Rematch, RematchKind
from arena.domain.round import Step
from arena.domain.side import Side
from arena.domain.vote import Outcome
from arena.errors import EventNotFound
from arena.storage.battles import BattleStore
from arena.storage.datasets import DatasetStore

from .making import NOON, at, make_inputs, make_values, make_vote
from .room import CODE, EVENT, OTHER, PEOPLE, add_battle, add_event, add_room, battle_of, hide, play_round, purge


@pytest.fixture
def datasets(engine: Engine) -> DatasetStore:
    """Pages of two battles, so that every test crosses their borders."""
    return DatasetStore(engine, page=2)


def records_in(
    datasets: DatasetStore, scope: Scope, dataset: Dataset = Dataset.VOTES, *, demo: bool = False
) -> list[BattleRecord]:
    return [record for page in datasets.pages(scope, dataset, demo=demo) for record in page]


def ids_in(datasets: DatasetStore, scope: Scope, *, demo: bool = False) -> list[str]:
    return [record.battle.id for record in records_in(datasets, scope, demo=demo)]


def test_an_event_is_found_by_its_code_and_by_its_id(engine: Engine, datasets: DatasetStore) -> None:
    add_event(engine, state="open")
    found = datasets.event_with_code(CODE)
    assert found == datasets.event(EVENT) == Scope(EVENT, NOON.date(), is_open=True)
    assert found.stem == "2026-03-14"
    for look in (datasets.event_with_code, datasets.event):
        with pytest.raises(EventNotFound):
            look("XXXXXX")


def test_every_battle_of_the_event_comes_once_and_whole(engine: Engine, datasets: DatasetStore) -> None:
    scope = datasets.event(add_event(engine))
    battles = add_room(engine)
    add_battle(engine, battle_of(99, None, "passer-by", "x"), ["passer-by"])
    records = records_in(datasets, scope)
    stored = BattleStore(engine)
    assert [record.battle for record in records] == [stored.get_battle(battle.id) for battle in battles]
    assert {record.catalogue_version for record in records} == {"c0ffee"}
    assert set(records[0].voices) == set(PEOPLE)
    voice = records[0].voices[PEOPLE[1]]
    assert voice.vote is not None
    assert voice.vote.outcome is Outcome.BOTH_GOOD
    assert voice.reactions[Side.A].liked is True
    assert voice.reflections == Reflections(Bet(10, Side.B, at(101)), SecondChoice(None, at(103)), Need.NO)
    assert (voice.footprints_at, voice.names_at) == (at(102), at(103))


def test_battles_of_the_same_moment_are_neither_lost_nor_doubled(engine: Engine, datasets: DatasetStore) -> None:
    scope = datasets.event(add_event(engine))
    for number in range(7):
        add_battle(engine, replace(battle_of(number, EVENT, "one", "x"), created_at=NOON), [])
    assert ids_in(datasets, scope) == sorted(f"{EVENT}-{number}"[-32:] for number in range(7))


def test_what_is_written_during_the_export_breaks_nothing(engine: Engine, datasets: DatasetStore) -> None:
    scope = datasets.event(add_event(engine))
    battles = add_room(engine)
    seen: list[str] = []
    for number, page in enumerate(datasets.pages(scope, Dataset.VOTES, demo=False)):
        seen += [record.battle.id for record in page]
        if number < 3:
            add_battle(engine, battle_of(50 + number, EVENT, "late", "x"), ["late"])
    assert seen[: len(battles)] == [battle.id for battle in battles]
    assert len(seen) == len(set(seen)) == len(battles) + 3


def test_footprints_of_each_answer_come_first_computed_first(engine: Engine, datasets: DatasetStore) -> None:
    scope = datasets.event(add_event(engine))
    add_room(engine)
    footprints = records_in(datasets, scope, Dataset.ANSWERS)[0].footprints
    assert footprints[0, Side.A] == [(make_inputs(), make_values())]
    assert footprints[0, Side.B] == ()


def test_one_hidden_prompt_takes_the_whole_battle_out(engine: Engine, datasets: DatasetStore) -> None:
    scope = datasets.event(add_event(engine))
    battles = add_room(engine)
    hide(engine, battles[2].id)
    assert battles[2].id not in ids_in(datasets, scope)
    assert datasets.census(scope, demo=False) == Census(len(battles) - 1, hidden=1, demo=0, blind=0)


def test_demonstrations_are_there_only_on_request(engine: Engine, datasets: DatasetStore) -> None:
    scope = datasets.event(add_event(engine))
    battle = battle_of(0, EVENT, "one", "x", is_demo=True)
    add_battle(engine, battle, ["one"])
    assert ids_in(datasets, scope) == []
    assert ids_in(datasets, scope, demo=True) == [battle.id]
    assert datasets.census(scope, demo=False) == Census(0, hidden=0, demo=1, blind=0)
    assert datasets.census(scope, demo=True) == Census(1, hidden=0, demo=0, blind=0)
    assert datasets.count_people(scope, demo=False) == 0


def test_while_the_event_is_open_a_battle_waits_for_everybody_who_voted(engine: Engine, datasets: DatasetStore) -> None:
    add_event(engine, state="open")
    told = battle_of(0, EVENT, "one", "x")
    add_battle(engine, told, ["one", "two"])
    unvoted, half_told = battle_of(1, EVENT, "one", "x"), battle_of(2, EVENT, "one", "x")
    add_battle(engine, unvoted, [])
    add_battle(engine, half_told, ["one"])
    BattleStore(engine).cast_vote(make_vote(battle_id=half_told.id, visitor_id="two"), at(200))
    scope = datasets.event(EVENT)
    assert ids_in(datasets, scope) == [told.id]
    assert datasets.census(scope, demo=False) == Census(1, hidden=0, demo=0, blind=2)
    closed = replace(scope, is_open=False)
    assert ids_in(datasets, closed) == [told.id, unvoted.id, half_told.id]


def test_people_are_those_who_started_or_voted(engine: Engine, datasets: DatasetStore) -> None:
    scope = datasets.event(add_event(engine))
    add_battle(engine, battle_of(0, EVENT, "one", "x"), ["one", "two", "three"])
    assert datasets.count_people(scope, demo=False) == 3
    add_battle(engine, battle_of(1, EVENT, "four", "x"), ["two"])
    assert datasets.count_people(scope, demo=False) == 4
    add_battle(engine, battle_of(2, EVENT, "five", "x"), ["six", "seven"])
    assert datasets.count_people(scope, demo=False) == LEAST_PEOPLE


def test_a_room_is_not_a_person_and_hands_are_as_many_as_were_raised_at_most(
    engine: Engine, datasets: DatasetStore
) -> None:
    scope = datasets.event(add_event(engine))
    play_round(engine, 1, [])
    assert datasets.count_people(scope, demo=False) == 0
    play_round(engine, 2, [], second_hands={Outcome.B: 2})
    assert datasets.count_people(scope, demo=False) == 2
    play_round(engine, 3, [], hands={Outcome.A: 3}, second_hands={Outcome.B: 2})
    assert datasets.count_people(scope, demo=False) == 3
    play_round(engine, 4, ["one"], hands={Outcome.A: 1})
    assert datasets.count_people(scope, demo=False) == 4
    play_round(engine, 5, ["one", "two"])
    assert datasets.count_people(scope, demo=False) == LEAST_PEOPLE


def test_while_the_event_is_open_a_round_waits_for_its_names(engine: Engine, datasets: DatasetStore) -> None:
    scope = datasets.event(add_event(engine, state="open"))
    named = play_round(engine, 1, hands={Outcome.A: 3})
    seen = play_round(engine, 2, until=Step.SECOND_CHOICE)
    nameless = play_round(engine, 3, skips_names=True)
    assert ids_in(datasets, scope) == [named.battle_id]
    closed = replace(scope, is_open=False)
    assert set(ids_in(datasets, closed)) == {named.battle_id, seen.battle_id, nameless.battle_id}


def test_a_purged_battle_says_so(engine: Engine, datasets: DatasetStore) -> None:
    scope = datasets.event(add_event(engine))
    battles = add_room(engine)
    purge(engine, battles[0].id)
    assert [record.is_purged for record in records_in(datasets, scope)][:2] == [True, False]


def test_a_rematch_keeps_where_it_comes_from(engine: Engine, datasets: DatasetStore) -> None:
    scope = datasets.event(add_event(engine))
    origin = add_room(engine)[0]
    rematch = Rematch(origin.id, RematchKind.SMALLER, Side.B)
    add_battle(engine, replace(battle_of(70, EVENT, "one", "x"), rematch=rematch), [])
    assert records_in(datasets, scope)[-1].battle.rematch == rematch


def test_everything_is_each_event_by_its_day_and_then_the_battles_of_none(
    engine: Engine, datasets: DatasetStore
) -> None:
    add_event(engine, EVENT, day=20)
    add_event(engine, OTHER, "XYZ789", day=10)
    alone = battle_of(0, None, "one", "x")
    add_battle(engine, alone, [])
    scopes = datasets.scopes()
    assert [scope.event_id for scope in scopes] == [OTHER, EVENT, None]
    assert ids_in(datasets, scopes[-1]) == [alone.id]


def test_an_event_keeps_its_first_key(engine: Engine, datasets: DatasetStore) -> None:
    add_event(engine)
    add_event(engine, OTHER, "XYZ789")
    assert datasets.key_of(EVENT, "first") == "first"
    assert datasets.key_of(EVENT, "second") == "first"
    assert datasets.key_of(OTHER, "second") == "second"
