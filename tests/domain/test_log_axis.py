"""Where amounts stand on a logarithmic axis."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.domain.log_axis import MOST_LABELS, LogAxis, axis_of
from arena.domain.provenance import Band

AMOUNTS = st.floats(1e-9, 1e12)
BANDS = st.lists(AMOUNTS, min_size=3, max_size=3).map(lambda ends: Band(*sorted(ends)))


@given(st.lists(BANDS, min_size=1, max_size=6))
def test_every_end_stands_on_the_axis_and_in_order(bands: list[Band]) -> None:
    axis = axis_of(bands)
    for band in bands:
        places = [axis.place(end) for end in (band.low, band.central, band.high)]
        assert 0 <= places[0] <= places[1] <= places[2] <= 1
    lowest, highest = min(band.low for band in bands), max(band.high for band in bands)
    assert float(axis.powers[0]) <= lowest * (1 + 1e-9)
    assert float(axis.powers[-1]) >= highest * (1 - 1e-9)


@given(BANDS, st.floats(1.01, 100))
def test_the_same_factor_is_the_same_distance_everywhere(band: Band, factor: float) -> None:
    axis = LogAxis(-12, 15)
    step = axis.place(band.low * factor) - axis.place(band.low)
    assert axis.place(band.high * factor) - axis.place(band.high) == pytest.approx(step, abs=1e-9)


@given(st.lists(BANDS, min_size=1, max_size=6))
def test_few_powers_are_written_and_each_is_a_tick(bands: list[Band]) -> None:
    axis = axis_of(bands)
    assert 1 <= len(axis.labelled) <= MOST_LABELS
    assert set(axis.labelled) <= set(axis.powers)
    assert axis.labelled[0] == axis.powers[0]


def test_an_amount_of_nothing_stands_at_the_bottom() -> None:
    assert axis_of([Band(0, 0.5, 20)]) == LogAxis(1, 2)
    assert LogAxis(0, 2).place(0) == 0.0
    assert LogAxis(0, 2).place(1e9) == 1.0


def test_a_power_of_ten_alone_still_makes_an_axis() -> None:
    assert axis_of([Band(10, 10, 10)]) == LogAxis(1, 2)


def test_nothing_makes_no_axis() -> None:
    with pytest.raises(ValueError, match="above 0"):
        axis_of([Band(0, 0, 0)])
    with pytest.raises(ValueError, match="power of ten"):
        LogAxis(2, 2)
