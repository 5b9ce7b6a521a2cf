"""Tallies and ballots: what votes come to before anything is estimated."""

from collections.abc import Mapping

import numpy as np
import pytest

from arena.domain.tally import Ballots, Cell, Tally
from arena.domain.vote import Outcome

VOTES: Mapping[Cell, int] = {
    ("bob", "ada", Outcome.A): 3,
    ("ada", "bob", Outcome.A): 2,
    ("ada", "bob", Outcome.BOTH_GOOD): 4,
    ("bob", "ada", Outcome.BOTH_BAD): 1,
    ("cyd", "ada", Outcome.B): 5,
}


def test_a_win_is_one_whatever_the_side_and_a_tie_of_either_kind_half() -> None:
    tally = Tally(VOTES)
    assert tally.models == ("ada", "bob", "cyd")
    assert tally.wins.tolist() == [[0, 4.5, 5], [5.5, 0, 0], [0, 0, 0]]
    assert tally.wins.sum() == tally.total == 15


def test_battles_are_the_votes_that_a_model_took_part_in() -> None:
    assert Tally(VOTES).battles() == {"ada": 15, "bob": 10, "cyd": 5}


def test_meetings_are_seen_from_both_models() -> None:
    meetings = Tally(VOTES).meetings()
    assert meetings["ada", "bob"] == {Outcome.A: 2, Outcome.B: 3, Outcome.BOTH_GOOD: 4, Outcome.BOTH_BAD: 1}
    assert meetings["bob", "ada"] == {Outcome.A: 3, Outcome.B: 2, Outcome.BOTH_GOOD: 4, Outcome.BOTH_BAD: 1}
    assert ("bob", "cyd") not in meetings


@pytest.mark.parametrize("votes", [{("ada", "ada", Outcome.A): 1}, {("ada", "bob", Outcome.A): -1}])
def test_what_cannot_be_is_refused(votes: Mapping[Cell, int]) -> None:
    with pytest.raises(ValueError, match="votes on"):
        Tally(votes)


def test_an_empty_tally_is_one() -> None:
    tally = Tally({})
    assert (tally.models, tally.total, tally.wins.shape) == ((), 0, (0, 0))
    nobody = Ballots.of([], [], [], tally)
    assert (nobody.votes, nobody.participants(), nobody.participants_by_model(tally)) == (0, 0, {})


def test_ballots_add_up_a_persons_votes_and_forget_models_that_are_not_in_the_tally() -> None:
    keys: list[Cell] = [("ada", "bob", Outcome.A), ("cyd", "ada", Outcome.B), ("ada", "zoe", Outcome.A)]
    tally = Tally(VOTES)
    ballots = Ballots.of([7, 7, 8, 7, 9], [0, 0, 1, 1, 2], keys, tally)
    rows = zip(ballots.participant, ballots.one, ballots.two, ballots.score, ballots.count, strict=True)
    assert sorted(map(tuple, np.array(list(rows)).tolist())) == [(7, 0, 1, 1, 2), (7, 2, 0, 0, 1), (8, 2, 0, 0, 1)]
    assert (ballots.votes, ballots.participants()) == (4, 2)
    assert ballots.participants_by_model(tally) == {"ada": 2, "bob": 1, "cyd": 2}
