"""The front of what is preferred for less energy."""

from hypothesis import given
from hypothesis import strategies as st

from arena.domain.pareto import TradeOff, pareto_front
from arena.domain.provenance import Band
from arena.domain.ranking import Estimate


def point(model: str, preference: float, energy_wh: float) -> TradeOff:
    return TradeOff(model, Estimate(preference, preference, preference), Band(energy_wh / 2, energy_wh, energy_wh * 2))


POINTS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(1, 5)).map(lambda pair: (pair[0] / 5, float(pair[1]))), max_size=8
).map(lambda pairs: [point(str(place), *pair) for place, pair in enumerate(pairs)])


def is_beaten(one: TradeOff, by: TradeOff) -> bool:
    mine, theirs = ((p.preference.value, -p.energy_wh.central) for p in (one, by))
    return mine != theirs and all(a <= b for a, b in zip(mine, theirs, strict=True))


@given(POINTS)
def test_the_front_is_what_nobody_beats(points: list[TradeOff]) -> None:
    unbeaten = {one.model for one in points if not any(is_beaten(one, other) for other in points)}
    assert pareto_front(points) == unbeaten


def test_a_small_model_and_a_good_one_may_both_be_on_it() -> None:
    points = [point("small", 0.4, 0.1), point("good", 0.7, 2.0), point("wasteful", 0.6, 5.0), point("poor", 0.3, 0.2)]
    assert pareto_front(points) == {"small", "good"}
