"""Circulated figures: exact sums, honest positions, and files that are told where they are wrong."""

from copy import deepcopy
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.domain.circulated import (
    Amount,
    PlainUnit,
    Position,
    Sum,
    parse_circulated,
    place_beside,
    work_out,
)
from arena.domain.data_node import DataNode
from arena.domain.provenance import Band
from arena.errors import CatalogueError

WORDS = {"fr": "mot", "en": "word"}
ONE: dict[str, Any] = {
    "id": "one",
    "verdict": "obsolete",
    "claim": {"fr": "Dit : {said}.", "en": "Said: {said}."},
    "who": WORDS,
    "when": WORDS,
    "scope": WORDS,
    "made": WORDS,
    "why": WORDS,
    "url": "https://example.org/",
    "amounts": {"said": {"value": 5.9, "unit": "L"}, "mix": {"mix": "USA", "unit": "L"}},
    "sums": [
        {"label": WORDS, "factors": ["said"], "divisors": ["mix"], "unit": "mL", "claimed": "said", "name": "each"}
    ],
    "today": [
        {
            "label": WORDS,
            "assumed": WORDS,
            "quantity": "water_ml",
            "zones": ["USA"],
            "active": [1, 2.5],
            "total": 3,
            "tokens": 250,
            "openness": "closed",
            "against": "each",
        }
    ],
}
UNITS = {"mL": {"size": 1, "fr": "mL", "en": "mL"}, "L": {"size": 1000, "fr": "L", "en": "L"}}
ML, LITRE = (PlainUnit(size=DataNode(size, "x").number(), symbols=WORDS) for size in (1, 1000))


def file_with(path: str = "", value: object = None) -> dict[str, Any]:
    """The file, with one field of its figure replaced, or taken away by None."""
    figure = deepcopy(ONE)
    *parents, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    place: Any = figure
    for step in parents:
        place = place[step]
    if value is None and path:
        del place[last]
    elif path:
        place[last] = value
    return {"version": "1", "units": UNITS, "figures": [figure]}


def test_a_file_becomes_figures() -> None:
    figure = parse_circulated(file_with()).figures[0]

    said = figure.amounts["said"]
    assert isinstance(said, Amount)
    assert said.value == Fraction(59, 10)
    assert said.in_base == 5900
    assert figure.sums[0].name == "each"
    assert figure.today[0].arguments == {"active": "1:2.5", "total": "3", "tokens": 250, "openness": "closed"}


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("id", None, "figures[0].id"),
        ("id", "  ", "figures[0].id"),
        ("verdict", "false", "figures[0].verdict"),
        ("claim", {"fr": "seul"}, "figures[0].claim.en"),
        ("claim", {"fr": "{other}", "en": "{other}"}, "figures[0].claim"),
        ("why", "one language", "figures[0].why"),
        ("url", "http://example.org/", "figures[0].url"),
        ("surprise", 1, "figures[0]"),
        ("amounts.said.value", "many", "figures[0].amounts.said.value"),
        ("amounts.said.value", 0, "figures[0].amounts.said.value"),
        ("amounts.said.value", float("nan"), "figures[0].amounts.said.value"),
        ("amounts.said.value", True, "figures[0].amounts.said.value"),
        ("amounts.said.unit", "pint", "figures[0].amounts.said.unit"),
        ("sums", [], "figures[0].sums"),
        ("sums.0.factors", ["other"], "figures[0].sums[0].factors[0]"),
        ("sums.0.factors", ["each"], "figures[0].sums[0].factors[0]"),
        ("sums.0.claimed", "other", "figures[0].sums[0].claimed"),
        ("today.0.quantity", "joy", "figures[0].today[0].quantity"),
        ("today.0.tokens", 2.5, "figures[0].today[0].tokens"),
        ("today.0.tokens", None, "figures[0].today[0].tokens"),
        ("today.0.active", [1, 2, 3], "figures[0].today[0].active"),
        ("today.0.openness", "ajar", "figures[0].today[0].openness"),
        ("today.0.against", "other", "figures[0].today[0].against"),
        ("today.0.zones", "USA", "figures[0].today[0].zones"),
    ],
)
def test_a_wrong_file_is_told_where_it_is_wrong(path: str, value: object, field: str) -> None:
    with pytest.raises(CatalogueError) as raised:
        parse_circulated(file_with(path, value))

    assert raised.value.file == "circulated_figures.yaml"
    assert raised.value.field == field
    assert "circulated_figures.yaml" in str(raised.value)
    assert field in str(raised.value)


@pytest.mark.parametrize(
    ("data", "field"),
    [(None, "top"), ({}, "units"), ({"version": "1", "units": UNITS, "figures": [ONE, ONE]}, "figures")],
)
def test_a_file_of_another_shape_is_refused(data: object, field: str) -> None:
    with pytest.raises(CatalogueError) as raised:
        parse_circulated(data)

    assert raised.value.field == field


amounts = st.fractions(min_value=Fraction(1, 10**6), max_value=10**12)


@given(first=amounts, second=amounts, divisor=amounts, factor=st.integers(1, 10**6))
def test_a_sum_is_exact_and_linear_in_what_it_multiplies(
    first: Fraction, second: Fraction, divisor: Fraction, factor: int
) -> None:
    product = Sum(WORDS, ("a", "b"), ("c",), LITRE)
    known = {"a": Amount(first, LITRE), "b": Amount(second, ML), "c": Amount(divisor, ML)}
    more = known | {"a": Amount(first * factor, LITRE)}

    assert work_out(product, known).result.value * divisor == first * second
    assert work_out(product, more).result.value == work_out(product, known).result.value * factor
    assert work_out(product, known).agrees is None


@pytest.mark.parametrize(("claimed", "agrees"), [("3", True), ("2.98", True), ("2.9", False), ("30", False)])
def test_a_claim_agrees_when_it_rounds_to_the_same_two_digits(claimed: str, agrees: bool) -> None:
    known = {"a": Amount(Fraction(3), LITRE), "said": Amount(Fraction(claimed) * 1000, ML)}

    assert work_out(Sum(WORDS, ("a",), (), LITRE, claimed="said"), known).agrees is agrees


bands = st.tuples(*[st.floats(1e-6, 1e6) for _ in range(3)]).map(lambda ends: Band(*sorted(ends)))


@given(claimed=st.floats(1e-9, 1e9), band=bands)
def test_a_claim_is_below_inside_or_above_a_band(claimed: float, band: Band) -> None:
    placed = place_beside(claimed, band)

    assert (placed.position is Position.INSIDE) == (band.low <= claimed <= band.high)
    assert 1 <= placed.least <= placed.most or placed.position is Position.INSIDE
    if placed.position is Position.ABOVE:
        assert claimed / placed.least == pytest.approx(band.high)
        assert claimed / placed.most == pytest.approx(band.low)
    if placed.position is Position.BELOW:
        assert claimed * placed.least == pytest.approx(band.low)
        assert claimed * placed.most == pytest.approx(band.high)
