"""One answer times people times days: exact, linear, and deaf to nonsense."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.domain.projection import (
    MOST_PEOPLE,
    MOST_TIMES,
    Period,
    Projection,
    parse_crowds,
    read_projection,
)
from arena.domain.provenance import Band
from arena.errors import CatalogueError, NumberRefused
from arena.services.footprint_data import load_crowds

PEOPLE, TIMES = st.integers(1, MOST_PEOPLE), st.integers(1, MOST_TIMES)
AMOUNTS = st.fractions(min_value=0, max_value=10**6)


@given(PEOPLE, TIMES, AMOUNTS)
def test_periods_are_exact_multiples_of_each_other(people: int, times: int, amount: Fraction) -> None:
    second, minute, hour, day, year = (Projection(people, times).over(period, amount) for period in Period)
    assert minute == 60 * second
    assert hour == 60 * minute
    assert day == 24 * hour
    assert year == 365 * day
    assert day == people * times * amount


@given(st.integers(1, 10**4), st.integers(1, 100), st.integers(1, 100), AMOUNTS, st.sampled_from(Period))
def test_a_projection_is_linear_in_people_and_in_times(
    people: int, times: int, factor: int, amount: Fraction, period: Period
) -> None:
    once = Projection(people, times).over(period, amount)
    assert Projection(people * factor, times).over(period, amount) == factor * once
    assert Projection(people, times * factor).over(period, amount) == factor * once


@given(PEOPLE, TIMES, st.floats(1e-9, 1e6), st.sampled_from(Period))
def test_a_band_keeps_its_order_and_its_proportions(people: int, times: int, low: float, period: Period) -> None:
    band = Projection(people, times).band_over(period, Band(low, 3 * low, 9 * low))
    assert band.low <= band.central <= band.high
    assert band.high / band.low == pytest.approx(9)


@given(PEOPLE, TIMES)
def test_what_is_typed_is_read_back(people: int, times: int) -> None:
    assert read_projection(str(people), str(times)) == Projection(people, times)
    grouped = f"{people:,}".replace(",", "\u202f")
    assert read_projection(f" {grouped} ", str(times)).people == people


NONSENSE = [
    "", " ", "0", "00", "-1", "+5", "1.5", "1,5", "10,000", "1e3", "douze", "12 personnes", "∞", "٣", "²", "0x10",
    str(MOST_PEOPLE + 1), "9" * 30, "9" * 100_000, "1" + " " * 30, "\x00", "NaN",
]  # fmt: skip


@pytest.mark.parametrize("typed", NONSENSE)
def test_anything_but_a_possible_whole_number_is_refused_and_says_which(typed: str) -> None:
    with pytest.raises(NumberRefused) as people:
        read_projection(typed, "10")
    with pytest.raises(NumberRefused) as times:
        read_projection("30", typed)
    assert (people.value.key, people.value.most) == ("error.number.people", MOST_PEOPLE)
    assert (times.value.key, times.value.most) == ("error.number.times", MOST_TIMES)


def test_the_bounds_themselves_are_possible() -> None:
    assert read_projection("1", "1") == Projection(1, 1)
    assert read_projection("10 000 000 000", "10 000") == Projection(MOST_PEOPLE, MOST_TIMES)


def test_the_crowds_on_offer_are_possible_and_a_count_has_a_source() -> None:
    crowds = {crowd.id: crowd for crowd in load_crowds()}
    assert [crowd.people for crowd in crowds.values()] == [1, 30, 10_000, 69_100_000]
    assert all(Projection(crowd.people, 1) for crowd in crowds.values())
    assert all("Insee" in crowds["france"].source[locale] for locale in ("fr", "en"))


@pytest.mark.parametrize(
    "wrong",
    [{"people": 0}, {"people": 1.5}, {"people": 10**11}, {"people": "30"}, {"label": {"fr": "x"}}, {"size": 3}],
)
def test_an_impossible_crowd_is_refused_with_its_field(wrong: dict[str, Any]) -> None:
    crowd = {"id": "room", "people": 30, "label": {"fr": "Une salle", "en": "A room"}, **wrong}
    with pytest.raises(CatalogueError) as caught:
        parse_crowds({"crowds": [crowd]})
    assert caught.value.file == "crowds.yaml"
    assert caught.value.field.startswith("crowds[0]")
