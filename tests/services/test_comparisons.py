"""How the footprints of A and B are compared: as if served alike, and only where both count the same."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.domain.catalogue import EndpointKind
from arena.domain.footprint import ComparisonKind
from arena.domain.provenance import FootprintInputs, MeterReading
from arena.domain.quantity import Range
from arena.domain.side import Side
from tests.services.test_footprints import SERVICE, big, endpoint, inputs, model


def test_a_and_b_are_compared_as_if_served_alike() -> None:
    far = replace(inputs(of=model(quantization_bits=4), at=endpoint(zone="USA", pue=Range.exactly(2))), latency_s=0.5)
    comparison = SERVICE.compare({Side.A: [inputs()], Side.B: [far]})
    assert comparison is not None
    assert comparison.kind is ComparisonKind.SAME_ORDER


def test_a_far_larger_model_is_named_with_one_digit() -> None:
    comparison = SERVICE.compare({Side.A: [big()], Side.B: [inputs()]})
    assert comparison is not None
    assert (comparison.kind, comparison.more, comparison.factor) == (ComparisonKind.TIMES_MORE, Side.A, 10)


def test_comparison_sums_the_turns_of_each_side() -> None:
    comparison = SERVICE.compare({Side.A: [inputs(100)] * 3, Side.B: [inputs(100)]})
    assert comparison is not None
    assert (comparison.more, comparison.factor) == (Side.A, 3)


@given(st.lists(st.integers(0, 3000), max_size=3), st.lists(st.integers(0, 3000), max_size=3))
def test_comparison_does_not_depend_on_the_side(first: list[int], second: list[int]) -> None:
    ones, others = ([inputs(output_tokens=tokens) for tokens in turns] for turns in (first, second))
    here = SERVICE.compare({Side.A: ones, Side.B: others})
    there = SERVICE.compare({Side.A: others, Side.B: ones})
    assert (here is None) is (not (sum(first) and sum(second))) is (there is None)
    if here and there:
        assert (here.kind, here.factor) == (there.kind, there.factor)
        assert here.more == (there.more and there.more.other)


@pytest.mark.parametrize(
    "unknown",
    [
        inputs(at=endpoint(kind=EndpointKind.LOCAL)),
        inputs(of=model(total_params_b=None)),
        inputs(output_tokens=0),
    ],
)
def test_nothing_is_compared_with_what_has_no_figure(unknown: FootprintInputs) -> None:
    assert SERVICE.compare({Side.A: [inputs()], Side.B: [unknown]}) is None


def metered(gross_wh: float, meter: str = "nvml", *, net_wh: float | None = None) -> FootprintInputs:
    reading = MeterReading(meter, gross_wh, 20.0, gross_wh / 2 if net_wh is None else net_wh, 9.0)
    return inputs(at=endpoint(kind=EndpointKind.LOCAL), reading=reading)


@pytest.mark.parametrize("other", [inputs(), big(), metered(9, "rapl"), metered(9, net_wh=0)])
def test_a_measure_has_no_winner_beside_what_does_not_count_the_same(other: FootprintInputs) -> None:
    assert SERVICE.compare({Side.A: [metered(0.3)], Side.B: [other]}) is None
    assert SERVICE.compare({Side.A: [other], Side.B: [metered(0.3)]}) is None


def test_two_measures_of_one_counter_are_compared_beyond_rest() -> None:
    comparison = SERVICE.compare({Side.A: [metered(1.0, net_wh=0.1)], Side.B: [metered(1.0, net_wh=0.4)]})
    assert comparison is not None
    assert (comparison.more, comparison.factor) == (Side.B, 4)
