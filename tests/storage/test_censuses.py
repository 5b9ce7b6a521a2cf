"""Censuses stay what a count of all rows gives, whatever is written, hidden, changed or deleted, on both databases."""

import random
from collections.abc import Iterable
from dataclasses import replace
from itertools import product

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, col, select

from arena.domain.census import Census, Sum, person
from arena.domain.census_taking import BattleFacts, census_of
from arena.domain.dashboard import dashboard_of
from arena.domain.side import Side
from arena.domain.vote import Outcome
from arena.storage.battles import BattleStore
from arena.storage.census_text import from_text, to_text
from arena.storage.censuses import MOST_BATTLES, CensusStore
from arena.storage.facts import read_facts
from arena.storage.footprints import FootprintStore
from arena.storage.rows import BattleRow
from arena.storage.visitors import VisitorStore
from tests.domain.counting import ten_times
from tests.storage.histories import EVENTS, History, make_event
from tests.storage.making import VISITOR, WRITTEN, at, make_battle, make_inputs, make_values, make_vote

# A count of its own, straight from the tables: what no census has had a hand in.
VOTES = """
    SELECT battle.event_id, vote.outcome, count(*) FROM vote JOIN battle ON battle.id = vote.battle_id
    LEFT JOIN rematch ON rematch.battle_id = battle.id
    WHERE battle.is_blind AND NOT battle.is_demo AND rematch.battle_id IS NULL
    AND battle.id NOT IN (SELECT battle_id FROM turn WHERE hidden_at IS NOT NULL) GROUP BY 1, 2
"""
PEOPLE = """
    SELECT count(DISTINCT replace(visitor_id, 'hand-second_choice', 'hand-vote')) FROM (
        SELECT id, visitor_id FROM battle UNION SELECT battle_id, visitor_id FROM vote
        UNION SELECT battle_id, visitor_id FROM bet UNION SELECT battle_id, visitor_id FROM need
        UNION SELECT battle_id, visitor_id FROM second_choice UNION SELECT battle_id, visitor_id FROM reaction
    ) AS said WHERE id IN (SELECT id FROM battle WHERE NOT is_demo)
    AND id NOT IN (SELECT battle_id FROM turn WHERE hidden_at IS NOT NULL) AND visitor_id NOT LIKE 'room-%'
"""
SECONDS = """
    SELECT count(*), count(vote.outcome) FROM second_choice JOIN battle ON battle.id = second_choice.battle_id
    LEFT JOIN vote ON vote.battle_id = battle.id AND vote.visitor_id = second_choice.visitor_id
    LEFT JOIN rematch ON rematch.battle_id = battle.id
    WHERE second_choice.outcome IS NOT NULL AND battle.is_blind AND NOT battle.is_demo AND rematch.battle_id IS NULL
    AND battle.id NOT IN (SELECT battle_id FROM turn WHERE hidden_at IS NOT NULL)
"""
ENERGY = """
    SELECT sum(figure.central) FROM footprint_figure AS figure JOIN answer ON answer.id = figure.answer_id
    JOIN turn ON turn.id = answer.turn_id JOIN battle ON battle.id = turn.battle_id
    LEFT JOIN rematch ON rematch.battle_id = battle.id
    WHERE figure.quantity = 'energy_wh' AND NOT battle.is_demo AND battle.recorded_at IS NULL
    AND (rematch.kept_side IS NULL OR rematch.kept_side <> answer.side OR turn."index" > 0)
    AND battle.id NOT IN (SELECT battle_id FROM turn WHERE hidden_at IS NOT NULL)
"""


def count(battles: Iterable[BattleFacts]) -> Census:
    return census_of(battles, ten_times)


@pytest.fixture
def censuses(engine: Engine) -> CensusStore:
    for event_id in EVENTS:
        if event_id is not None:
            make_event(engine, event_id)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM census_change"))  # what the cleaning after another test left
    return CensusStore(engine)


def catch_up(censuses: CensusStore) -> int:
    """Count until nothing is left; how many groups were counted."""
    counted = 0
    while not (notes := censuses.notes()).is_empty:
        for group in notes.groups | censuses.place(notes.new):
            assert censuses.recount(group, count)
            counted += 1
        censuses.forget(notes.idle)
    return counted


def plain(engine: Engine, event_id: str) -> Census:
    """One count of all the rows of an event."""
    with Session(engine) as session:
        return count(read_facts(session, select(BattleRow.id).where(col(BattleRow.event_id) == event_id)))


def rounded(sums: Iterable[tuple[str, Sum]]) -> dict[str, list[float]]:
    """But for the last bit, which depends on the order of adding."""
    return {key: [round(part, 9) for part in one] for key, one in sums}


def same(one: Census, other: Census) -> bool:
    alike = (one.people, one.cells, one.counts) == (other.people, other.cells, other.counts)
    return alike and rounded(one.sums.items()) == rounded(other.sums.items())


@pytest.mark.parametrize("seed", range(6))
def test_censuses_are_what_a_count_of_everything_gives(engine: Engine, censuses: CensusStore, seed: int) -> None:
    history, dice = History(engine, seed), random.Random(seed)
    for _ in range(5):
        for _ in range(dice.randrange(5, 30)):
            history.step()
        catch_up(censuses)
        assert censuses.uncounted() == 0
        assert all(same(censuses.total({event}), plain(engine, event)) for event in EVENTS if event)
        total = censuses.total(None)
        with engine.connect() as connection:
            votes = {(event, outcome): number for event, outcome, number in connection.execute(text(VOTES))}
            people = connection.execute(text(PEOPLE)).scalar()
            energy = connection.execute(text(ENERGY)).scalar()
            seconds, with_vote = connection.execute(text(SECONDS)).one()
        assert {outcome: total.cell("outcome", outcome).count for outcome in Outcome} == {
            outcome: sum(votes.get((event, outcome), 0) for event in EVENTS) for outcome in Outcome
        }
        assert len(total.people) == people
        flow = sum(total.cell("flow", one, two).count for one, two in product(Outcome, Outcome))
        alone = sum(total.cell("second_alone", outcome).count for outcome in Outcome)
        assert (flow + alone, flow) == (seconds, with_vote)
        central = sum(one.central for key, one in total.sums.items() if key.startswith("caused\x1fenergy_wh"))
        assert central == pytest.approx(energy or 0)


def test_nothing_written_needs_no_count_and_leaves_the_stamp(store: BattleStore, censuses: CensusStore) -> None:
    store.create_battle(make_battle())
    assert catch_up(censuses) == 1
    stamp = censuses.stamp(None)
    assert catch_up(censuses) == 0
    assert censuses.stamp(None) == stamp
    store.cast_vote(make_vote(), at(1))
    assert catch_up(censuses) == 1
    assert censuses.stamp(None) != stamp


def test_another_event_leaves_the_stamp_of_this_one(store: BattleStore, censuses: CensusStore) -> None:
    store.create_battle(replace(make_battle("1"), event_id="first"))
    catch_up(censuses)
    stamp = censuses.stamp({"first"})
    store.create_battle(replace(make_battle("2"), event_id="second"))
    catch_up(censuses)
    assert censuses.stamp({"first"}) == stamp
    assert dashboard_of(censuses.total({"first"})).battles == 1
    assert dashboard_of(censuses.total({"first", "second"})).battles == 2
    assert dashboard_of(censuses.total(frozenset())).battles == 0


def test_a_vote_that_comes_while_a_group_is_counted_is_counted_next(store: BattleStore, censuses: CensusStore) -> None:
    store.create_battle(make_battle())
    (group,) = censuses.place(censuses.notes().new)

    def count_and_vote(battles: Iterable[BattleFacts]) -> Census:
        store.cast_vote(make_vote(), at(1))
        return count(battles)

    assert censuses.recount(group, count_and_vote)
    assert censuses.total(None).count("votes") == 0
    assert censuses.uncounted() == 1
    catch_up(censuses)
    assert censuses.total(None).count("votes") == 1


def test_of_two_counts_at_once_the_later_one_stays(store: BattleStore, censuses: CensusStore) -> None:
    store.create_battle(make_battle())
    (group,) = censuses.place(censuses.notes().new)

    def be_overtaken(battles: Iterable[BattleFacts]) -> Census:
        store.cast_vote(make_vote(), at(1))
        assert censuses.recount(group, count)
        return count(battles)

    assert not censuses.recount(group, be_overtaken)
    assert censuses.notes().is_empty
    assert censuses.total(None).count("votes") == 1


def test_an_erased_visitor_leaves_no_trace_in_a_census(
    engine: Engine, store: BattleStore, censuses: CensusStore
) -> None:
    store.create_battle(make_battle())
    store.cast_vote(make_vote(), at(1))
    catch_up(censuses)
    assert censuses.total(None).people == {person(VISITOR)}
    VisitorStore(engine).erase(VISITOR, is_running=lambda _battle: False)
    catch_up(censuses)
    assert censuses.total(None) == Census()
    with engine.connect() as connection:
        kept = [connection.execute(text(f"SELECT * FROM {name}")).all() for name in ("census_place", "census_change")]
        content = connection.execute(text("SELECT content FROM census")).scalar()
    assert kept == [[], []]
    assert person(VISITOR) not in str(content)


def test_a_deleted_event_takes_its_censuses_along(engine: Engine, store: BattleStore, censuses: CensusStore) -> None:
    store.create_battle(replace(make_battle(), event_id="first"))
    catch_up(censuses)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM event WHERE id = 'first'"))
    assert censuses.total(None) == Census()
    catch_up(censuses)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM census")).scalar() == 0
        assert connection.execute(text("SELECT count(*) FROM census_change")).scalar() == 0


def test_groups_have_a_bounded_size_and_one_event(engine: Engine, censuses: CensusStore) -> None:
    placed = censuses.place({f"{number:032x}": "first" for number in range(MOST_BATTLES + 1)})
    assert len(placed) == 2
    assert len(censuses.place({"another": "first"})) == 1
    censuses.place({"elsewhere": "second", "nowhere": None})
    with engine.connect() as connection:
        sizes = connection.execute(text("SELECT event_id, battles FROM census ORDER BY id")).all()
    assert sizes[:2] == [("first", MOST_BATTLES), ("first", 2)]
    assert sorted(map(str, sizes[2:])) == ["('second', 1)", "(None, 1)"]


def test_a_battle_that_went_before_it_was_counted_leaves_nothing(store: BattleStore, censuses: CensusStore) -> None:
    store.create_battle(make_battle())
    VisitorStore(store._engine).erase(VISITOR, is_running=lambda _battle: False)
    catch_up(censuses)
    assert censuses.total(None) == Census()


def test_facts_hold_what_was_shown_first(engine: Engine, store: BattleStore, footprints: FootprintStore) -> None:
    store.create_battle(make_battle())
    store.save_answer(make_battle().id, 0, Side.A, WRITTEN)
    footprints.save(make_battle().id, 0, Side.A, make_inputs(computed_at=at(1)), make_values("one", factor=1))
    footprints.save(make_battle().id, 0, Side.A, make_inputs(computed_at=at(2)), make_values("two", factor=2))
    with Session(engine) as session:
        (facts,) = read_facts(session, select(BattleRow.id))
    answer, other = facts.answers
    assert answer.past.footprint is not None
    assert answer.past.footprint.values.method == "one"
    assert set(answer.past.footprint.values.displayed) == {"energy_wh", "gwp_g", "water_ml"}
    assert (answer.usage.output_tokens, answer.first_token_s, answer.replaced) == (345, 0.1, WRITTEN.replaced)
    assert (other.has_produced, other.past.footprint) == (False, None)


@pytest.mark.usefixtures("censuses")
def test_a_census_as_text_is_the_same_census(engine: Engine) -> None:
    history = History(engine, 1)
    for _ in range(40):
        history.step()
    census = plain(engine, "first")
    assert from_text(to_text(census)) == census
    assert from_text(to_text(Census())) == Census()
