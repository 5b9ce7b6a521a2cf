"""Votes, reactions and reveals: once each, in order, whoever is first."""

from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from arena.domain.battle import RevealStage
from arena.domain.side import Side
from arena.domain.vote import Opinion, Outcome, Quality, Reaction, Vote
from arena.errors import BattleClosed, BattleNotFound, VoteMissing
from arena.storage.battles import BattleStore
from arena.storage.engine import open_engine

from .making import VISITOR, all_at_once, at, make_battle, make_vote

BLIND, FOOTPRINTS = RevealStage.BLIND, RevealStage.FOOTPRINTS


def votes_in(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM vote")).scalar_one())


def test_a_first_vote_is_kept_with_its_time(store: BattleStore, battle_id: str) -> None:
    cast = store.cast_vote(make_vote(Outcome.BOTH_BAD, comment="bof"), at(5))
    assert cast == Vote(battle_id, VISITOR, Outcome.BOTH_BAD, "bof", created_at=at(5), changed_at=None)
    assert store.opinion_of(battle_id, VISITOR) == Opinion(cast, {})


def test_the_same_vote_again_changes_nothing(store: BattleStore, battle_id: str) -> None:
    first = store.cast_vote(make_vote(Outcome.A), at(1))
    assert store.cast_vote(make_vote(Outcome.A), at(2)) == first
    changed = store.cast_vote(make_vote(Outcome.B), at(3))
    assert store.cast_vote(make_vote(Outcome.B), at(4)) == changed
    assert store.opinion_of(battle_id, VISITOR).vote == changed


def test_a_vote_can_be_changed_until_the_reveal(store: BattleStore, battle_id: str) -> None:
    store.cast_vote(make_vote(Outcome.A), at(1))
    changed = store.cast_vote(make_vote(Outcome.B, comment="after all"), at(2))
    assert changed == Vote(battle_id, VISITOR, Outcome.B, "after all", created_at=at(1), changed_at=at(2))


def test_a_comment_can_change_without_changing_the_vote(store: BattleStore, battle_id: str) -> None:
    store.cast_vote(make_vote(Outcome.A), at(1))
    commented = store.cast_vote(make_vote(Outcome.A, comment="clear"), at(2))
    assert (commented.comment, commented.changed_at) == ("clear", None)
    assert store.opinion_of(battle_id, VISITOR).vote == commented


def test_a_vote_is_closed_by_the_reveal_to_that_visitor_only(store: BattleStore, battle_id: str) -> None:
    cast = store.cast_vote(make_vote(Outcome.A), at(1))
    store.reveal_footprints(battle_id, VISITOR, at(2))
    for outcome in Outcome:
        with pytest.raises(BattleClosed):
            store.cast_vote(make_vote(outcome), at(3))
    assert store.opinion_of(battle_id, VISITOR).vote == cast
    assert store.cast_vote(make_vote(visitor_id="neighbour"), at(3)).created_at == at(3)


def test_nobody_votes_on_a_battle_that_does_not_exist(store: BattleStore, engine: Engine) -> None:
    with pytest.raises(BattleNotFound):
        store.cast_vote(make_vote(battle_id="nowhere"), at(0))
    assert votes_in(engine) == 0


def test_sixteen_first_votes_at_once_are_one_vote(store: BattleStore, engine: Engine, battle_id: str) -> None:
    outcomes = list(Outcome) * 4
    cast = all_at_once(16, lambda number: store.cast_vote(make_vote(outcomes[number]), at(number)))
    assert all(isinstance(vote, Vote) for vote in cast), cast
    assert votes_in(engine) == 1
    assert store.opinion_of(battle_id, VISITOR).vote in cast


def test_a_room_of_sixteen_votes_at_once_on_one_battle(store: BattleStore, engine: Engine, battle_id: str) -> None:
    cast = all_at_once(16, lambda number: store.cast_vote(make_vote(visitor_id=f"v{number}"), at(0)))
    assert {vote.visitor_id for vote in cast if isinstance(vote, Vote)} == {f"v{n}" for n in range(16)}
    assert votes_in(engine) == 16
    assert store.get_battle(battle_id) == make_battle()


def test_processes_that_write_at_once_wait_for_each_other(url: str, engine: Engine, battle_id: str) -> None:
    stores = [BattleStore(open_engine(url)) for _ in range(8)]  # an engine each, as processes have

    def work(number: int) -> None:
        for step in range(10):
            visitor = f"v{number}-{step}"
            stores[number].cast_vote(make_vote(visitor_id=visitor), at(0))
            stores[number].reveal_footprints(battle_id, visitor, at(1))

    assert all_at_once(8, work) == [None] * 8
    assert votes_in(engine) == 80


def test_no_vote_slips_in_beside_a_reveal(store: BattleStore, battle_id: str) -> None:
    store.cast_vote(make_vote(Outcome.A), at(0))

    def act(number: int) -> object:
        if number == 0:
            return store.reveal_footprints(battle_id, VISITOR, at(1))
        store.cast_vote(make_vote(Outcome.B if number % 2 else Outcome.A), at(2))
        return store.stage_of(battle_id, VISITOR)

    results = all_at_once(12, act)
    assert results[0] is FOOTPRINTS
    assert all(result in (BLIND, FOOTPRINTS) or isinstance(result, BattleClosed) for result in results)
    with pytest.raises(BattleClosed):
        store.cast_vote(make_vote(Outcome.B), at(3))


def test_the_footprints_come_after_the_vote(store: BattleStore, battle_id: str) -> None:
    assert store.stage_of(battle_id, VISITOR) is BLIND
    with pytest.raises(VoteMissing):
        store.reveal_footprints(battle_id, VISITOR, at(0))
    assert store.stage_of(battle_id, VISITOR) is BLIND
    store.cast_vote(make_vote(), at(1))
    assert store.reveal_footprints(battle_id, VISITOR, at(2)) is FOOTPRINTS
    assert store.stage_of(battle_id, VISITOR) is FOOTPRINTS


def test_a_reveal_keeps_its_first_time(store: BattleStore, engine: Engine, battle_id: str) -> None:
    store.cast_vote(make_vote(), at(0))
    for seconds in range(1, 4):
        store.reveal_footprints(battle_id, VISITOR, at(seconds))
    with engine.connect() as connection:
        times = connection.execute(text("SELECT footprints_at, names_at FROM reveal")).one()
    assert (str(times[0])[17:19], times[1]) == ("01", None)


def test_a_reveal_is_one_visitors_own(store: BattleStore, battle_id: str) -> None:
    store.cast_vote(make_vote(), at(0))
    store.reveal_footprints(battle_id, VISITOR, at(1))
    assert store.stage_of(battle_id, "neighbour") is BLIND
    with pytest.raises(VoteMissing):
        store.reveal_footprints(battle_id, "neighbour", at(1))
    with pytest.raises(BattleNotFound):
        store.reveal_footprints("nowhere", VISITOR, at(1))


def test_many_reveals_at_once_are_one(store: BattleStore, battle_id: str) -> None:
    store.cast_vote(make_vote(), at(0))
    stages = all_at_once(8, lambda number: store.reveal_footprints(battle_id, VISITOR, at(number)))
    assert stages == [FOOTPRINTS] * 8


@pytest.mark.parametrize("liked", [True, False, None])
def test_a_reaction_replaces_the_one_before(store: BattleStore, battle_id: str, *, liked: bool | None) -> None:
    tags = frozenset({Quality.USEFUL, Quality.COMPLETE})
    store.save_reaction(Reaction(battle_id, VISITOR, Side.A, True, tags))
    later = Reaction(battle_id, VISITOR, Side.A, liked, frozenset({Quality.COMPLETE, Quality.INCORRECT}))
    other = Reaction(battle_id, VISITOR, Side.B)
    store.save_reaction(later)
    store.save_reaction(other)
    assert store.opinion_of(battle_id, VISITOR) == Opinion(None, {Side.A: later, Side.B: other})
    assert store.opinion_of(battle_id, "neighbour") == Opinion(None, {})


def test_reactions_at_once_leave_one_whole_reaction(store: BattleStore, battle_id: str) -> None:
    given_tags = [frozenset({quality}) for quality in Quality]

    def react(number: int) -> None:
        store.save_reaction(Reaction(battle_id, VISITOR, Side.B, None, given_tags[number]))

    assert all_at_once(7, react) == [None] * 7
    assert store.opinion_of(battle_id, VISITOR).reactions[Side.B].qualities in given_tags


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([*Outcome, FOOTPRINTS]), max_size=8))
def test_whatever_the_order_the_blind_vote_is_the_last_one_before_the_reveal(
    store: BattleStore, steps: list[Outcome | RevealStage]
) -> None:
    battle_id = uuid4().hex
    store.create_battle(make_battle(battle_id))
    expected, stage = None, BLIND
    for seconds, step in enumerate(steps):
        try:
            if isinstance(step, Outcome):
                store.cast_vote(make_vote(step, battle_id=battle_id), at(seconds))
                expected = step
            else:
                stage = store.reveal_footprints(battle_id, VISITOR, at(seconds))
        except (BattleClosed, VoteMissing):
            continue
        assert stage is BLIND or not isinstance(step, Outcome)
    vote = store.opinion_of(battle_id, VISITOR).vote
    assert (vote.outcome if vote else None) == expected
    assert store.stage_of(battle_id, VISITOR) is stage
