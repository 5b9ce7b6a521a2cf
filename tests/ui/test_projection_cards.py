"""Everybody's footprint: five periods, the assumptions beside them, and a source for each everyday thing."""

import html
import re
from dataclasses import replace

import pytest

from arena.domain.catalogue import EndpointKind
from arena.domain.mix_choice import MixChoice
from arena.domain.projection import Period, Projection
from arena.domain.side import Side
from arena.services.footprint_data import load_crowds
from arena.ui.projection_cards import projection_cards
from arena.ui.quantity_cards import SHOWN
from arena.ui.text import LOCALES, load_text
from tests.ui.reveals import footprint_service, inputs, model, view_of, words_of
from tests.ui.test_footprint_cards import PAIR, RANGE, amounts, plain

CROWDS = {crowd.id: crowd for crowd in load_crowds()}
FRANCE = Projection(CROWDS["france"].people, 10)
FIND = footprint_service().equivalent


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("mix", MixChoice)
def test_each_period_has_a_range_and_all_that_was_supposed_is_beside_it(
    locale: str, side: Side, mix: MixChoice
) -> None:
    text = load_text(locale)
    shown = str(projection_cards(text, view_of(PAIR, mix=mix), side, FRANCE, CROWDS["france"], FIND))
    words = words_of(shown)
    periods = [html.unescape(found) for found in re.findall(r'<td><span class="amount"[^>]*>([^<]+)<', shown)]
    assert len(periods) == len(Period) * len(SHOWN)
    assert all(RANGE.match(amount) for amount in periods)
    tokens = {Side.A: "400", Side.B: "900"}[side]
    people = {"fr": "69\u202f100\u202f000", "en": "69,100,000"}[locale].replace("\u202f", " ")
    for said in (people, "10", tokens, plain(text, f"mix.{mix}"), plain(text, "footprint.scope"), "365", "Insee"):
        assert said in words
    assert len(amounts(shown)) == len(periods) + shown.count("<cite")
    assert re.findall(r"\d[.,]\d{4,}", words) == []


def test_the_same_thing_once_is_the_answers_own_range() -> None:
    view = view_of(PAIR)
    assert view.footprints is not None
    text = load_text("en")
    shown = str(projection_cards(text, view, Side.A, Projection(1, 1), None, FIND))
    band = view.footprints.sides[Side.A].displayed["energy_wh"]
    day = Projection(1, 1).band_over(Period.DAY, band)
    assert (day.low, day.high) == (band.low, band.high)
    assert "Insee" not in shown


def test_everybody_in_france_is_beside_things_of_that_size() -> None:
    shown = str(projection_cards(load_text("en"), view_of(PAIR), Side.B, FRANCE, None, FIND))
    things = {
        f"{entry.source['en']} ({entry.year})"
        for entry in footprint_service().equivalents.entries
        if entry.amount > 1e5
    }
    sources = {html.unescape(found) for found in re.findall(r"<cite>([^<]+)</cite>", shown)}
    assert sources
    assert sources <= things


def test_an_answer_without_a_figure_gives_no_number_but_the_reason() -> None:
    text = load_text("fr")
    view = view_of({**PAIR, Side.A: inputs(kind=EndpointKind.LOCAL)})
    shown = str(projection_cards(text, view, Side.A, FRANCE, None, FIND))
    assert amounts(shown) == []
    assert plain(text, "footprint.none.local") in words_of(shown)


def test_nothing_is_projected_before_the_reveal() -> None:
    view = replace(view_of(PAIR, named=dict.fromkeys(Side, model())), footprints=None)
    assert projection_cards(load_text("fr"), view, Side.A, FRANCE, None, FIND) == ""
