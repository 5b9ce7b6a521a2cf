"""The first reveal in words: what was measured is told from what is estimated, and neither beats the other."""

import html
import re
from dataclasses import replace

import pytest

from arena.domain.battle import RevealStage
from arena.domain.footprint import Comparison, NoFigure
from arena.domain.provenance import FootprintInputs, MeterReading
from arena.domain.quantity import Range
from arena.domain.side import Side
from arena.services.battles import BattleView, FootprintReveal
from arena.ui.footprint_cards import footprints
from arena.ui.text import LOCALES, load_text
from tests.services.house import footprint_service
from tests.storage.making import make_inputs
from tests.ui.viewing import view_at

HOSTED = make_inputs()
HUGE = replace(HOSTED, total_params_b=Range.exactly(200), active_params_b=Range.exactly(200), zone="SWE")


def metered(counter: str = "nvml", *, zone: str | None = "FRA", net_wh: float = 0.25) -> FootprintInputs:
    reading = MeterReading(counter, gross_wh=net_wh + 0.05, idle_w=20.0, net_wh=net_wh, window_s=9.0)
    return replace(HOSTED, endpoint_kind="local", reading=reading, zone=zone)


def view_of(*sides: FootprintInputs) -> BattleView:
    """A battle of one turn, A then B, with its comparison."""
    service, inputs = footprint_service(), {side: (one,) for side, one in zip(Side, sides, strict=True)}
    reveal = FootprintReveal(
        sides={side: service.estimate(one) for side, (one,) in inputs.items()},
        inputs=inputs,
        comparison=service.compare(inputs),
    )
    return view_at(RevealStage.FOOTPRINTS, footprints=reveal)


def paragraphs(view: BattleView, locale: str) -> dict[str, list[str]]:
    """The paragraphs of the card by their class, in words."""
    card = footprints(load_text(locale), view, footprint_service().equivalent)
    found: dict[str, list[str]] = {}
    for name, words in re.findall(r'<p class="(\w+)">(.*?)</p>', card):
        found.setdefault(name, []).append(html.unescape(words))
    return found


def amounts(view: BattleView, locale: str, quantity: int) -> list[str]:
    """What is written for A and B, of the first, second or third quantity."""
    card = footprints(load_text(locale), view, footprint_service().equivalent)
    section = card.split('<section class="quantity">')[quantity]
    parts = re.findall(r'<div class="side-[ab]">(.*?)</div>', section)
    return [html.unescape(re.sub(r"<[^>]+>", "", part)) for part in parts]


def comparison_of(view: BattleView) -> Comparison | None:
    assert view.footprints is not None
    return view.footprints.comparison


@pytest.mark.parametrize("locale", LOCALES)
def test_two_estimates_have_one_scope_and_a_comparison(locale: str) -> None:
    text, view = load_text(locale), view_of(HUGE, HOSTED)
    said = paragraphs(view, locale)
    comparison = comparison_of(view)
    assert comparison is not None
    assert said["comparison"] == [text("footprint.comparison.times_more", side="A", factor=comparison.factor)]
    assert said["scope"] == [text("reveal.footprints.still_blind"), text("footprint.scope")]
    assert all(text("footprint.estimated") in words for words in amounts(view, locale, 1))


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("other", [HOSTED, HUGE], ids=["of the same order", "far larger"])
def test_a_measure_never_beats_an_estimate_nor_loses(locale: str, other: FootprintInputs) -> None:
    text = load_text(locale)
    for sides, measured in (((metered(), other), Side.A), ((other, metered()), Side.B)):
        view = view_of(*sides)
        said = paragraphs(view, locale)
        assert comparison_of(view) is None
        assert said["comparison"] == [text("footprint.comparison.not_alike")]
        _, estimates, label, measures = said["scope"]
        assert (estimates, measures) == (text("footprint.scope"), text("footprint.scope.measured"))
        assert label.startswith(text("footprint.side", side=measured.upper()))
        assert text("footprint.scope.nvml") in label
        assert "measured-nvml/v1" in said["sources"][0]
        assert "ecologits" in said["sources"][0]
        kinds = dict(zip(Side, amounts(view, locale, 1), strict=True))
        assert text("footprint.measured") in kinds[measured]
        assert text("footprint.estimated") in kinds[measured.other]


@pytest.mark.parametrize("locale", LOCALES)
def test_two_counters_do_not_count_the_same(locale: str) -> None:
    text, view = load_text(locale), view_of(metered("nvml"), metered("rapl", net_wh=9))
    said = paragraphs(view, locale)
    assert said["comparison"] == [text("footprint.comparison.not_alike")]
    assert text("footprint.scope.nvml") in said["scope"][1]
    assert text("footprint.scope.rapl") in said["scope"][2]
    assert text("footprint.scope") not in said["scope"]


@pytest.mark.parametrize("locale", LOCALES)
def test_two_measures_of_one_counter_are_compared_as_such(locale: str) -> None:
    text, view = load_text(locale), view_of(metered(net_wh=0.1), metered(net_wh=0.5))
    said = paragraphs(view, locale)
    assert said["comparison"] == [text("footprint.comparison.more_measured", side="B", factor="5")]
    assert text("footprint.zones", zones=text("zone.FRA")) in said["sources"][0]


@pytest.mark.parametrize("locale", LOCALES)
def test_what_follows_from_a_measure_says_so(locale: str) -> None:
    text, view = load_text(locale), view_of(metered(), metered())
    for quantity in (2, 3):
        for words in amounts(view, locale, quantity):
            assert text("footprint.from_measure") in words
            assert text("footprint.no_figure") not in words


@pytest.mark.parametrize("locale", LOCALES)
def test_a_measure_without_a_zone_knows_its_energy_only(locale: str) -> None:
    text, view = load_text(locale), view_of(metered(zone=None), metered(zone=None))
    assert all(text("footprint.measured") in words for words in amounts(view, locale, 1))
    for quantity in (2, 3):
        for words in amounts(view, locale, quantity):
            assert f"{text('footprint.no_figure')} {text('footprint.none.not_metered')}" in words
    assert text("footprint.zones", zones="").strip(" .") not in paragraphs(view, locale)["sources"][0]


@pytest.mark.parametrize("locale", LOCALES)
def test_a_side_without_a_figure_is_no_other_way_of_counting(locale: str) -> None:
    text = load_text(locale)
    view = view_of(metered(), replace(HOSTED, endpoint_kind="local"))
    said = paragraphs(view, locale)
    assert said["comparison"] == [text("footprint.comparison.none")]
    assert text(NoFigure.LOCAL) in amounts(view, locale, 1)[1]
    assert "ecologits" not in said["sources"][0]
