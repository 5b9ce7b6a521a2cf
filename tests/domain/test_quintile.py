"""In which fifth of a catalogue a model stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.domain.quintile import FEWEST_COMPARED, NoQuintile, Quintile, quintile_of

FIFTHS = list(Quintile)
CATALOGUES = st.lists(st.floats(1e-6, 1e3), min_size=FEWEST_COMPARED, max_size=60)
TIED = st.lists(st.sampled_from([0.1, 0.2, 0.3]), min_size=FEWEST_COMPARED, max_size=40)


def rank(energy: float, catalogue: list[float]) -> int:
    found = quintile_of(energy, catalogue)
    assert isinstance(found, Quintile)
    return FIFTHS.index(found)


@given(CATALOGUES | TIED)
def test_a_fifth_says_how_much_of_the_catalogue_uses_less(catalogue: list[float]) -> None:
    for energy in catalogue:
        n, below = rank(energy, catalogue), sum(other < energy for other in catalogue)
        assert n * len(catalogue) <= 5 * below < (n + 1) * len(catalogue)


@given(CATALOGUES | TIED)
def test_less_energy_never_stands_in_a_later_fifth_and_ties_share_one(catalogue: list[float]) -> None:
    ranks = [rank(energy, catalogue) for energy in sorted(catalogue)]
    assert ranks == sorted(ranks)
    assert all(rank(energy, catalogue) == rank(energy, list(reversed(catalogue))) for energy in catalogue)


@given(CATALOGUES)
def test_the_least_is_in_the_first_fifth_and_at_most_a_fifth_is_below_it(catalogue: list[float]) -> None:
    first = [energy for energy in catalogue if rank(energy, catalogue) == 0]
    assert min(catalogue) in first
    assert all(5 * sum(other < energy for other in catalogue) < len(catalogue) for energy in first)


@given(CATALOGUES, st.floats(0.001, 1000))
def test_only_the_order_counts_not_the_unit(catalogue: list[float], factor: float) -> None:
    scaled = [energy * factor for energy in catalogue]
    if len(set(scaled)) == len(set(catalogue)):
        assert [rank(energy, catalogue) for energy in catalogue] == [rank(energy, scaled) for energy in scaled]


def test_five_models_fill_five_fifths() -> None:
    assert [quintile_of(float(energy), [3, 1, 5, 2, 4]) for energy in range(1, 6)] == FIFTHS


@pytest.mark.parametrize("unknown", [None, 0.0])
def test_a_model_of_unknown_energy_stands_nowhere(unknown: float | None) -> None:
    assert quintile_of(unknown, [1, 2, 3, 4, 5]) is NoQuintile.UNKNOWN_SIZE


def test_four_models_do_not_make_five_fifths() -> None:
    assert quintile_of(1, [1, 2, 3, 4]) is NoQuintile.TOO_FEW
