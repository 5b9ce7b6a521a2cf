"""Ballots: what may be said, and what of a tally a room may be shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.domain.ballot import Tally, hand, hand_of_vote, is_hand, read_bet, read_outcome
from arena.domain.reflection import BET_FACTORS, Bet
from arena.domain.round import BallotKind, Step
from arena.domain.vote import Outcome
from arena.errors import InvalidChoice

COUNTS = st.integers(0, 60)
TALLIES = st.builds(
    Tally,
    votes=st.dictionaries(st.sampled_from(Outcome), COUNTS),
    second_choices=st.dictionaries(st.sampled_from(Outcome), COUNTS),
    flow=st.dictionaries(st.tuples(st.sampled_from(Outcome), st.sampled_from(Outcome)), COUNTS),
    bets=st.dictionaries(st.sampled_from(BET_FACTORS), COUNTS),
    hands=st.dictionaries(st.sampled_from([BallotKind.VOTE, BallotKind.SECOND_CHOICE]), COUNTS),
)


@given(TALLIES, st.sampled_from(Step))
def test_no_result_is_shown_while_its_ballot_is_open(tally: Tally, step: Step) -> None:
    shown = tally.shown_at(step)
    assert shown.votes == (tally.votes if step.has_come_to(Step.CLOSED) else {})
    assert shown.bets == (tally.bets if step.has_come_to(Step.FOOTPRINTS) else {})
    has_chosen = step in (Step.NAMES, Step.DEBATE)
    assert shown.second_choices == (tally.second_choices if has_chosen else {})
    assert shown.flow == (tally.flow if has_chosen else {})


@given(TALLIES, st.sampled_from([BallotKind.VOTE, BallotKind.SECOND_CHOICE]), st.sampled_from(Outcome))
def test_a_share_lies_in_its_interval(tally: Tally, kind: BallotKind, outcome: Outcome) -> None:
    share = tally.share(kind, outcome)
    assert share.total == tally.count(kind)
    if share.share is not None and share.low is not None and share.high is not None:
        assert 0 <= share.low <= share.share <= share.high <= 1


def test_fewer_than_five_are_only_counted() -> None:
    assert Tally(votes={Outcome.A: 4}).is_of_few(BallotKind.VOTE)
    assert not Tally(votes={Outcome.A: 3, Outcome.B: 2}).is_of_few(BallotKind.VOTE)


def test_a_bet_is_read_as_phones_send_it() -> None:
    assert read_bet("same") == Bet(1)
    assert [read_bet(str(factor)) for factor in BET_FACTORS[1:]] == [Bet(factor) for factor in BET_FACTORS[1:]]


@pytest.mark.parametrize("value", ["", "1", "7", "-3", "1e1", "٣", "same ", "b:10"])
def test_what_is_no_bet_is_refused(value: str) -> None:
    with pytest.raises(InvalidChoice):
        read_bet(value)


@pytest.mark.parametrize("value", ["", "A", "both", "c"])
def test_what_is_no_outcome_is_refused(value: str) -> None:
    with pytest.raises(InvalidChoice):
        read_outcome(value)


def test_hands_of_a_vote_and_of_a_second_choice_are_never_the_same_visitor_but_count_as_one_person() -> None:
    first, second = (hand("e", kind, 0) for kind in (BallotKind.VOTE, BallotKind.SECOND_CHOICE))
    assert first != second
    assert hand_of_vote(second) == hand_of_vote(first) == first
    assert (is_hand(first), is_hand(second), is_hand("c0ffee"), hand_of_vote("c0ffee")) == (True, True, False, "c0ffee")
