"""Rounds: which steps there are, what each shows and asks, and what comes too late."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.domain.battle import RevealStage
from arena.domain.round import OPEN_DURING, BallotKind, Round, Step, further
from arena.errors import BallotRefused, StepUnreachable
from tests.storage.making import NOON

ROUND = Round("r", "e", "b", 1, Step.WAITING, NOON)
ROUNDS = st.builds(
    replace, st.just(ROUND), step=st.sampled_from(Step), has_bet=st.booleans(), skips_names=st.booleans(),
    shown=st.sampled_from(RevealStage),
)  # fmt: skip


def test_the_steps_are_in_the_order_of_a_meeting() -> None:
    assert [step.value for step in ROUND.steps] == [
        "waiting", "prompt", "answers", "vote", "closed", "footprints", "second_choice", "names", "debate",
    ]  # fmt: skip
    assert Step.BET in replace(ROUND, has_bet=True).steps
    assert Step.NAMES not in replace(ROUND, skips_names=True).steps


@given(ROUNDS)
def test_next_and_previous_are_neighbours_and_the_ends_have_none(one: Round) -> None:
    following, before = one.next_step, one.previous_step
    assert (following is None) is (one.step is Step.DEBATE)
    assert (before is None) is (one.step is Step.WAITING)
    if following is not None:
        assert following in one.steps
        assert following.number > one.step.number
        assert not [step for step in one.steps if one.step.number < step.number < following.number]


@given(ROUNDS)
def test_a_round_asks_one_thing_at_a_time(one: Round) -> None:
    assert sum(one.takes(kind) for kind in BallotKind) <= 1


@given(ROUNDS, st.sampled_from(BallotKind))
def test_a_refusal_says_early_before_the_step_and_late_after_it(one: Round, kind: BallotKind) -> None:
    if one.takes(kind):
        one.require_open(kind)
        return
    with pytest.raises(BallotRefused) as refused:
        one.require_open(kind)
    is_early = one.step.number < OPEN_DURING[kind].number
    assert refused.value.key == f"error.room.ballot.{'early' if is_early else 'late'}"


@given(ROUNDS)
def test_names_are_shown_from_their_step_on_and_never_when_they_are_skipped(one: Round) -> None:
    assert (one.stage is RevealStage.NAMES) is (one.step.has_come_to(Step.NAMES) and not one.skips_names)
    assert (one.stage is RevealStage.BLIND) is not one.step.has_come_to(Step.FOOTPRINTS)


@pytest.mark.parametrize(
    ("shown", "late"),
    [
        (RevealStage.BLIND, set()),
        (RevealStage.FOOTPRINTS, {BallotKind.BET, BallotKind.VOTE}),
        (RevealStage.NAMES, set(BallotKind)),
    ],
)
def test_what_is_said_after_too_much_was_shown_is_not_blind(shown: RevealStage, late: set[BallotKind]) -> None:
    assert {kind for kind in BallotKind if replace(ROUND, shown=shown).is_too_late_for(kind)} == late


@pytest.mark.parametrize("step", [step for step in Step if step.has_come_to(Step.ANSWERS)])
def test_nothing_from_the_answers_on_comes_before_they_are_there(step: Step) -> None:
    ROUND.require(step, answers_are_there=True)
    with pytest.raises(StepUnreachable):
        ROUND.require(step, answers_are_there=False)


def test_a_step_that_the_round_leaves_out_is_not_reached() -> None:
    with pytest.raises(StepUnreachable):
        ROUND.require(Step.BET, answers_are_there=True)


@given(st.sampled_from(RevealStage), st.sampled_from(RevealStage))
def test_what_was_shown_is_never_unseen(one: RevealStage, other: RevealStage) -> None:
    assert further(one, other) is further(other, one)
    assert further(one, one) is one
    assert further(RevealStage.BLIND, other) is other
