"""The win matrix: shares of pairs, and pairs that are withheld because few people stand behind them."""

from collections.abc import Mapping

import pytest

from arena.domain.tally import Cell, Tally
from arena.domain.vote import Outcome
from arena.domain.win_matrix import Met, win_matrix

MANY = frozenset("abcdef")
FEW = frozenset("ab")


def matrix(votes: Mapping[Cell, int], few: str = "") -> Mapping[tuple[str, str], Met | None]:
    """Each pair was voted on by many, but for those of ``few``: "xy yz"."""
    tally = Tally(votes)
    people = {frozenset(pair): MANY for pair in tally.meetings()}
    return win_matrix(tally, {**people, **{frozenset(pair): FEW for pair in few.split()}})


def test_a_share_is_wins_and_half_the_ties_seen_from_each_side() -> None:
    votes = {("x", "y", Outcome.A): 5, ("y", "x", Outcome.A): 1, ("x", "y", Outcome.BOTH_BAD): 2}
    assert matrix(votes) == {("x", "y"): Met(8, 0.75), ("y", "x"): Met(8, 0.25)}


def test_a_pair_that_never_met_is_not_there() -> None:
    votes = {("x", "y", Outcome.A): 5, ("y", "z", Outcome.B): 5}
    assert set(matrix(votes)) == {("x", "y"), ("y", "x"), ("y", "z"), ("z", "y")}
    assert win_matrix(Tally({}), {}) == {}


def test_a_pair_of_few_people_is_withheld_from_both_sides() -> None:
    votes = {("x", "y", Outcome.A): 5}
    assert matrix(votes, "xy") == {("x", "y"): None, ("y", "x"): None}


def test_a_lone_withheld_pair_takes_others_along_so_that_no_sum_gives_it_away() -> None:
    """Beside each model stands the sum of its pairs: x without xz would be xy."""
    pairs = [("w", "x"), ("w", "y"), ("w", "z"), ("x", "y"), ("x", "z"), ("y", "z")]
    votes = {(one, two, Outcome.A): 10 + place for place, (one, two) in enumerate(pairs)}
    found = matrix(votes, "xy")
    for model in "xy":
        assert sum(cell is None for (one, _), cell in found.items() if one == model) >= 2
    assert any(cell is not None for cell in found.values())


@pytest.mark.parametrize("known", [{}, {frozenset("xy"): frozenset()}])
def test_a_pair_whose_people_are_not_known_is_withheld(known: Mapping[frozenset[str], frozenset[str]]) -> None:
    found = win_matrix(Tally({("x", "y", Outcome.A): 900}), known)
    assert found["x", "y"] is None
