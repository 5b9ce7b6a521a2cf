"""Bets, second choices and the need for an AI, on both databases."""

from contextlib import suppress
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from arena.domain.battle import RevealStage
from arena.domain.reflection import BET_FACTORS, Bet, Need, Reflections, SecondChoice
from arena.domain.side import Side
from arena.domain.vote import Outcome
from arena.errors import BattleClosed, BattleNotFound, FootprintsUnseen, VoteMissing
from arena.storage.battles import BattleStore
from arena.storage.reflections import ReflectionStore

from .making import VISITOR, all_at_once, at, make_battle, make_vote

BETS = [Bet(1), *(Bet(factor, side) for factor in BET_FACTORS[1:] for side in Side)]
CHOICES = [*Outcome, None]


@pytest.fixture
def reflections(engine: Engine) -> ReflectionStore:
    return ReflectionStore(engine)


@pytest.fixture
def voted(store: BattleStore, battle_id: str) -> str:
    """A battle with a vote."""
    store.cast_vote(make_vote(), at(0))
    return battle_id


@pytest.fixture
def revealed(store: BattleStore, voted: str) -> str:
    """A battle whose footprints were seen."""
    store.reveal_footprints(voted, VISITOR, at(1))
    return voted


def said(store: BattleStore, battle_id: str) -> Reflections:
    return store.encounter(battle_id, VISITOR).reflections


def test_nothing_is_said_at_first(store: BattleStore, battle_id: str) -> None:
    assert said(store, battle_id) == Reflections()


@pytest.mark.parametrize("bet", BETS)
def test_a_bet_comes_back_as_it_was_placed(
    store: BattleStore, reflections: ReflectionStore, voted: str, bet: Bet
) -> None:
    reflections.place_bet(voted, VISITOR, bet, at(1))
    assert said(store, voted).bet == Bet(bet.factor, bet.more, at(1))


def test_a_bet_changes_until_the_reveal_and_not_after(
    store: BattleStore, reflections: ReflectionStore, voted: str
) -> None:
    reflections.place_bet(voted, VISITOR, Bet(1), at(1))
    reflections.place_bet(voted, VISITOR, Bet(30, Side.B), at(2))
    store.reveal_footprints(voted, VISITOR, at(3))
    with pytest.raises(BattleClosed):
        reflections.place_bet(voted, VISITOR, Bet(3, Side.A), at(4))
    assert said(store, voted).bet == Bet(30, Side.B, at(2))


def test_a_bet_waits_for_the_vote(store: BattleStore, reflections: ReflectionStore, battle_id: str) -> None:
    with pytest.raises(VoteMissing):
        reflections.place_bet(battle_id, VISITOR, Bet(1), at(1))
    assert said(store, battle_id) == Reflections()


@pytest.mark.parametrize("columns", ["'a', 1", "'c', 3", "'a', 7", "'a', 0"])
def test_the_database_itself_refuses_a_bet_that_cannot_be(engine: Engine, voted: str, columns: str) -> None:
    insert = f"INSERT INTO bet VALUES ('{voted}', '{VISITOR}', {columns}, '2026-01-01 00:00:00+00')"
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(text(insert))


@pytest.mark.parametrize("outcome", CHOICES)
def test_a_second_choice_or_its_skipping_is_kept_and_shows_the_names(
    store: BattleStore, reflections: ReflectionStore, revealed: str, outcome: Outcome | None
) -> None:
    reflections.choose_again(revealed, VISITOR, outcome, at(2))
    met = store.encounter(revealed, VISITOR)
    assert met.stage is RevealStage.NAMES
    assert met.reflections.second_choice == SecondChoice(outcome, at(2))
    assert met.opinion.vote is not None
    assert met.opinion.vote.outcome is make_vote().outcome


def test_the_first_second_choice_stays_once_the_names_are_shown(
    store: BattleStore, reflections: ReflectionStore, revealed: str
) -> None:
    for seconds, outcome in enumerate((Outcome.B, Outcome.A, None), 2):
        reflections.choose_again(revealed, VISITOR, outcome, at(seconds))
    assert said(store, revealed).second_choice == SecondChoice(Outcome.B, at(2))


def test_a_second_choice_waits_for_the_footprints(store: BattleStore, reflections: ReflectionStore, voted: str) -> None:
    with pytest.raises(FootprintsUnseen):
        reflections.choose_again(voted, VISITOR, Outcome.A, at(1))
    assert store.encounter(voted, VISITOR).stage is RevealStage.BLIND
    assert said(store, voted) == Reflections()


def test_many_second_choices_at_once_are_one(store: BattleStore, reflections: ReflectionStore, revealed: str) -> None:
    all_at_once(8, lambda number: reflections.choose_again(revealed, VISITOR, list(Outcome)[number % 4], at(number)))
    chosen = said(store, revealed).second_choice
    assert chosen is not None
    assert chosen.created_at is not None
    assert chosen.outcome is list(Outcome)[chosen.created_at.second % 4]


def test_the_need_can_be_thought_over(store: BattleStore, reflections: ReflectionStore, battle_id: str) -> None:
    for seconds, need in enumerate(Need):
        reflections.answer_need(battle_id, VISITOR, need, at(seconds))
        assert said(store, battle_id).need is need


def test_reflections_are_one_visitors_own(store: BattleStore, reflections: ReflectionStore, revealed: str) -> None:
    reflections.choose_again(revealed, VISITOR, Outcome.B, at(2))
    reflections.answer_need(revealed, VISITOR, Need.YES, at(2))
    assert store.encounter(revealed, "neighbour").reflections == Reflections()


def test_nobody_reflects_on_a_battle_that_does_not_exist(reflections: ReflectionStore) -> None:
    with pytest.raises(BattleNotFound):
        reflections.place_bet("nowhere", VISITOR, Bet(1), at(1))
    with pytest.raises(BattleNotFound):
        reflections.choose_again("nowhere", VISITOR, None, at(1))
    with pytest.raises(BattleNotFound):
        reflections.answer_need("nowhere", VISITOR, Need.NO, at(1))


STEPS = st.lists(st.sampled_from(["vote", "reveal", *BETS, *CHOICES]), max_size=10)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_whatever_the_order_bets_are_blind_and_names_follow_a_choice(
    store: BattleStore, reflections: ReflectionStore, steps: list[object]
) -> None:
    battle_id = uuid4().hex
    store.create_battle(make_battle(battle_id))
    has_vote, stage, bet, chosen = False, RevealStage.BLIND, None, None
    for seconds, step in enumerate(steps):
        with suppress(BattleClosed, VoteMissing, FootprintsUnseen):
            if step == "vote":
                store.cast_vote(make_vote(battle_id=battle_id), at(seconds))
                has_vote = True
            elif step == "reveal":
                store.reveal_footprints(battle_id, VISITOR, at(seconds))
                stage = RevealStage.FOOTPRINTS if stage is RevealStage.BLIND else stage
            elif isinstance(step, Bet):
                reflections.place_bet(battle_id, VISITOR, step, at(seconds))
                bet = Bet(step.factor, step.more, at(seconds))
                assert has_vote
                assert stage is RevealStage.BLIND
            else:
                outcome = Outcome(step) if isinstance(step, Outcome) else None
                reflections.choose_again(battle_id, VISITOR, outcome, at(seconds))
                chosen = chosen or SecondChoice(outcome, at(seconds))
                stage = RevealStage.NAMES
    met = store.encounter(battle_id, VISITOR)
    assert (met.stage, met.reflections) == (stage, Reflections(bet, chosen))
