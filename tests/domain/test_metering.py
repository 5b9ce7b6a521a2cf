"""What a counter's readings say of one answer: gross, net, rest, and nothing where they are impossible."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.domain.metering import Sample, add_readings, idle_power_w, reading_of, step_of
from arena.domain.provenance import MeterReading
from arena.errors import MeterError

watts = st.floats(0, 2000)
durations = st.floats(0.01, 600)
START = Sample(100.0, 5.0)


def after(seconds: float, energy_wh: float) -> Sample:
    return Sample(START.at_s + seconds, START.energy_wh + energy_wh)


def test_what_was_counted_and_what_rest_would_have_taken() -> None:
    reading = reading_of("nvml", START, after(9, 0.3), idle_w=20)
    assert replace(reading, gross_wh=0, net_wh=0) == MeterReading("nvml", 0, 20, 0, 9)
    assert reading.gross_wh == pytest.approx(0.3)
    assert reading.net_wh == pytest.approx(0.25)


def test_less_than_at_rest_is_nothing_net() -> None:
    reading = reading_of("rapl", START, after(9, 0.04), idle_w=20)
    assert reading.gross_wh == pytest.approx(0.04)
    assert reading.net_wh == 0


@given(power_w=st.floats(0.01, 2000), idle_w=watts, window_s=durations)
def test_the_net_is_never_negative_and_never_above_the_gross(power_w: float, idle_w: float, window_s: float) -> None:
    reading = reading_of("nvml", Sample(0, 0), Sample(window_s, power_w * window_s / 3600), idle_w)
    assert 0 <= reading.net_wh <= reading.gross_wh
    if power_w > idle_w:
        assert reading.net_wh == pytest.approx((power_w - idle_w) * window_s / 3600, abs=1e-9)


def test_rest_is_the_calmest_moment() -> None:
    samples = [Sample(0, 0), Sample(1, 20 / 3600), Sample(2, 100 / 3600), Sample(3, 121 / 3600)]
    assert idle_power_w(samples) == pytest.approx(20)


@given(st.lists(st.tuples(durations, watts), min_size=1, max_size=5))
def test_rest_lies_between_the_powers_that_were_seen(slices: list[tuple[float, float]]) -> None:
    samples = [Sample(0, 0)]
    for seconds, power_w in slices:
        samples.append(Sample(samples[-1].at_s + seconds, samples[-1].energy_wh + power_w * seconds / 3600))
    powers = [power_w for _, power_w in slices]
    assert min(powers) - 1e-6 <= idle_power_w(samples) <= max(powers) + 1e-6


@pytest.mark.parametrize(
    ("last", "reason"),
    [
        (after(9, -0.001), "backwards"),
        (after(9, math.nan), "backwards"),
        (after(9, math.inf), "backwards"),
        (after(9, 0), "stood still"),
        (after(0, 0.3), "no time"),
        (after(-1, 0.3), "no time"),
    ],
)
def test_an_impossible_counter_gives_no_reading(last: Sample, reason: str) -> None:
    with pytest.raises(MeterError, match=reason):
        reading_of("nvml", START, last, idle_w=20)


def test_a_counter_that_goes_backwards_at_rest_is_refused() -> None:
    with pytest.raises(MeterError, match="backwards"):
        idle_power_w([START, after(1, -1)])


@given(before=st.integers(0, 10**12), step=st.integers(0, 10**12))
def test_a_counter_that_starts_again_lost_nothing(before: int, step: int) -> None:
    span = 10**12 + 1
    assert step_of(before, (before + step) % span, span) == step


@pytest.mark.parametrize("span", [0, 50])
def test_a_counter_that_falls_without_having_reached_its_end_went_backwards(span: int) -> None:
    with pytest.raises(MeterError, match="backwards"):
        step_of(60, 10, span)


def test_readings_of_one_counter_are_added_up_and_those_of_two_are_not() -> None:
    first = MeterReading("nvml", gross_wh=0.3, idle_w=10, net_wh=0.2, window_s=30)
    second = MeterReading("nvml", gross_wh=0.5, idle_w=40, net_wh=0.1, window_s=10)
    other = MeterReading("rapl", gross_wh=9, idle_w=1, net_wh=8, window_s=1)
    both, alone = add_readings([first, other, second])
    assert (both.meter, both.window_s) == ("nvml", 40)
    assert (both.gross_wh, both.net_wh, both.idle_w) == pytest.approx((0.8, 0.3, 17.5))
    assert alone == other
    assert add_readings([]) == ()
