"""The first reveal: every figure is a range with a unit, a scope and a source, and nothing names a host."""

import html
import re
from collections.abc import Mapping
from dataclasses import replace

import pytest

from arena.domain.battle import Answer
from arena.domain.catalogue import EndpointKind, Openness
from arena.domain.equivalents import Nature
from arena.domain.mix_choice import MixChoice
from arena.domain.provenance import FootprintInputs, MeterReading
from arena.domain.quantity import Range
from arena.domain.quintile import NoQuintile, Quintile
from arena.domain.side import Side
from arena.ui.equivalent_cards import equivalents
from arena.ui.model_cards import names
from arena.ui.quantity_cards import FOR_EXPERTS, SHOWN, quantity_card
from arena.ui.text import LOCALES, Text, load_text
from tests.ui.reveals import HOSTILE, answer, footprint_service, fragment, inputs, model, view_of, words_of

SMALL, BIG = inputs(), inputs(model(200), said=answer(900))
PAIR = {Side.A: SMALL, Side.B: BIG}
RANGE = re.compile(
    r"^(?:[\d.,\u202f]+\u00a0–\u00a0|≈\u202f|<\u202f)[\d.,\u202f]+\u202f(?:[mkMGT]?(?:Wh|L)|[µmkn]?g\u00a0.+|t\u00a0.+|[mkMG]?J|m³)"
)


def plain(text: Text, key: str, **values: object) -> str:
    """The words of a key as ``words_of`` would find them."""
    return words_of(text(key, **values))


def amounts(markup: str) -> list[str]:
    return [html.unescape(found) for found in re.findall(r'class="amount"[^>]*>([^<]+)<', markup)]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("mix", MixChoice)
@pytest.mark.parametrize("facts", [PAIR, {Side.A: BIG, Side.B: SMALL}], ids=["small-big", "big-small"])
def test_every_figure_is_a_range_with_a_unit_and_the_block_says_what_it_rests_on(
    locale: str, mix: MixChoice, facts: Mapping[Side, FootprintInputs]
) -> None:
    text, shown = load_text(locale), fragment(locale, view_of(facts, mix=mix))
    found = amounts(shown)
    assert len(found) >= 10
    assert [amount for amount in found if not RANGE.match(amount)] == []
    words = words_of(shown)
    for said in (
        plain(text, "footprint.scope"),
        "EcoLogits",
        "ecologits-0.11.3/v1",
        plain(text, "footprint.grade.C"),
        "400",
        "900",
    ):
        assert said in words
    assert re.findall(r"\d[.,]\d{4,}", words) == []


@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_drawn_is_hidden_from_screen_readers_and_said_in_a_table(locale: str) -> None:
    shown = fragment(locale, view_of(PAIR))
    heard = re.sub(r'<div aria-hidden="true">.*?</svg><p class="tick">[^<]*</p></div>', "", shown)
    assert "<svg" in shown
    assert "<svg" not in heard
    assert heard.count("<table") == len(SHOWN) + len(FOR_EXPERTS)
    rows = re.findall(r'<tr role="row"><th scope="row"[^>]*>([^<]+)</th>(.*?)</tr>', heard)
    assert len(rows) == 2 * (len(SHOWN) + len(FOR_EXPERTS)) + 4, "CO2e has its two parts as well"
    assert all(re.search(r"\d", cells) for _, cells in rows)


def test_both_answers_share_one_axis_and_one_unit() -> None:
    text, reveal = load_text("en"), view_of(PAIR).footprints
    assert reveal is not None
    for name, key in SHOWN.items():
        card = str(quantity_card(text, reveal, name, key))
        grids = re.findall(r'<svg class="(?:bar|axis)".*?</svg>', card)
        ticks = {tuple(re.findall(r'class="grid" x1="([\d.]+)%"', drawn)) for drawn in grids}
        assert len(ticks) == 1
        assert card.count('class="axis"') == 1
        assert len({amount.rpartition("\u202f")[2] for amount in amounts(card)}) == 1
        bars = [
            tuple(map(float, bar))
            for bar in re.findall(r'<rect class="\w+" x="([\d.]+)%" y="2" width="([\d.]+)%"', card)
        ]
        assert all(start >= 0 and start + width <= 100 for start, width in bars)
        assert len(bars) == (6 if name == "gwp" else 2)


@pytest.mark.parametrize("mix", MixChoice)
def test_the_switch_moves_use_and_never_energy_nor_making(mix: MixChoice) -> None:
    home, moved = view_of(PAIR).footprints, view_of(PAIR, mix=mix).footprints
    assert home is not None
    assert moved is not None
    text = load_text("en")
    assert quantity_card(text, home, "energy", "energy_wh") == quantity_card(text, moved, "energy", "energy_wh")
    assert home.comparison == moved.comparison
    for side in Side:
        assert home.sides[side].displayed["gwp_embodied_g"] == moved.sides[side].displayed["gwp_embodied_g"]
        changes = home.sides[side].displayed["gwp_usage_g"] != moved.sides[side].displayed["gwp_usage_g"]
        assert changes is (mix is not MixChoice.HOSTED)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(
    ("mix", "is_shown"), [(MixChoice.USA, True), (MixChoice.FRANCE, True), (MixChoice.WORLD, False)]
)
def test_metals_and_primary_energy_are_hidden_for_the_world_mix(locale: str, mix: MixChoice, is_shown: bool) -> None:
    shown = fragment(locale, view_of(PAIR, mix=mix))
    experts = re.search(r'<details class="more">.*?</details>', shown)
    assert experts
    assert bool(amounts(experts[0])) is is_shown
    assert (load_text(locale)("footprint.none.mix") in words_of(experts[0])) is not is_shown


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("mix", MixChoice)
def test_the_place_of_hosting_is_named_with_the_models_and_not_before(locale: str, mix: MixChoice) -> None:
    text = load_text(locale)
    sweden = plain(text, "zone.SWE")
    blind = fragment(locale, view_of(PAIR, mix=mix))
    named = fragment(locale, view_of(PAIR, mix=mix, named={Side.A: model(), Side.B: model(200)}))
    assert sweden not in blind
    assert "SWE" not in blind
    assert "Zorblax" not in blind
    assert (sweden in named) is (mix is MixChoice.HOSTED)
    for shown in (blind, named):
        assert plain(text, f"mix.{mix}") in words_of(shown)
    assert plain(text, "model.size.dense", total="200", active="200") in words_of(named)
    assert plain(text, "model.size.dense", total="200", active="200") not in words_of(blind)


def test_an_unknown_place_is_said_to_be_the_world_average_once_named() -> None:
    nowhere = {Side.A: inputs(zone=None), Side.B: SMALL}
    text = load_text("fr")
    assert plain(text, "mix.unknown") in words_of(fragment("fr", view_of(nowhere, named=dict.fromkeys(Side, model()))))
    assert plain(text, "mix.unknown") not in words_of(fragment("fr", view_of(nowhere)))


@pytest.mark.parametrize("locale", LOCALES)
def test_a_supposition_is_hatched_and_called_one(locale: str) -> None:
    closed = inputs(model(openness=Openness.CLOSED, total_params_b=Range(100, 300), active_params_b=Range(20, 60)))
    shown = fragment(locale, view_of({Side.A: closed, Side.B: SMALL}))
    text = load_text(locale)
    assert shown.count('class="hatch"') == len(SHOWN) + len(FOR_EXPERTS)
    assert plain(text, "footprint.supposed") in words_of(shown)
    assert plain(text, "footprint.grade.D") in words_of(shown)
    assert "hatch" not in fragment(locale, view_of(PAIR))


@pytest.mark.parametrize("locale", LOCALES)
def test_without_a_figure_there_is_no_number_but_the_reason(locale: str) -> None:
    local = inputs(kind=EndpointKind.LOCAL)
    text = load_text(locale)
    shown = fragment(locale, view_of({Side.A: local, Side.B: local}))
    assert amounts(shown) == []
    assert "<svg" not in shown
    assert plain(text, "footprint.none.local") in words_of(shown)
    assert plain(text, "footprint.comparison.none") in words_of(shown)
    one = fragment(locale, view_of({Side.A: local, Side.B: SMALL}))
    assert plain(text, "footprint.none.local") in words_of(one)
    assert len(amounts(one)) == 7


def metered(counter: str = "nvml", net_wh: float = 0.3, *, zone: str | None = "FRA") -> FootprintInputs:
    reading = MeterReading(counter, net_wh + 0.2, 30.0, net_wh, 4.0)
    return replace(inputs(kind=EndpointKind.LOCAL, zone=zone), reading=reading)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("other", [SMALL, BIG], ids=["of the same order", "far larger"])
def test_a_measure_and_an_estimate_are_labelled_and_never_compared(locale: str, other: FootprintInputs) -> None:
    text = load_text(locale)
    for facts in ({Side.A: metered(), Side.B: other}, {Side.A: other, Side.B: metered()}):
        shown = words_of(fragment(locale, view_of(facts)))
        for said in ("measured", "estimated", "scope", "scope.nvml", "scope.measured", "comparison.not_alike"):
            assert plain(text, f"footprint.{said}") in shown
        assert plain(text, "footprint.none.uncounted") in shown, "a counter knows nothing of making"
        assert "measured-nvml/v1" in shown
        assert "ecologits" in shown
    assert plain(text, "footprint.comparison.not_alike") not in words_of(fragment(locale, view_of(PAIR)))


@pytest.mark.parametrize("locale", LOCALES)
def test_two_counters_do_not_count_the_same(locale: str) -> None:
    text = load_text(locale)
    shown = words_of(fragment(locale, view_of({Side.A: metered(), Side.B: metered("rapl", 9)})))
    for said in ("scope.nvml", "scope.rapl", "comparison.not_alike"):
        assert plain(text, f"footprint.{said}") in shown
    assert plain(text, "footprint.scope") not in shown
    assert "ecologits" not in shown


@pytest.mark.parametrize("locale", LOCALES)
def test_two_measures_of_one_counter_are_compared_as_such(locale: str) -> None:
    text = load_text(locale)
    shown = words_of(fragment(locale, view_of({Side.A: metered(net_wh=0.1), Side.B: metered(net_wh=0.5)})))
    assert plain(text, "footprint.comparison.more_measured", side="B", factor="5") in shown


@pytest.mark.parametrize("locale", LOCALES)
def test_a_measure_without_a_place_gives_energy_only(locale: str) -> None:
    text = load_text(locale)
    shown = fragment(locale, view_of({Side.A: metered(zone=None), Side.B: metered(zone=None)}))
    assert len(amounts(shown)) == 2
    assert plain(text, "footprint.none.no_zone") in words_of(shown)


@pytest.mark.parametrize("locale", LOCALES)
def test_thinking_is_counted_and_said(locale: str) -> None:
    said: Mapping[Side, Answer] = {Side.A: answer(400, 250), Side.B: answer(900)}
    text = load_text(locale)
    shown = words_of(fragment(locale, view_of(PAIR, answers=said)))
    assert plain(text, "model.tokens.counted.thought", output=400, reasoning=250) in shown
    assert plain(text, "model.tokens.counted", output=900) in shown


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("nature", Nature)
def test_equivalents_are_of_the_chosen_nature_each_with_its_source(locale: str, nature: Nature) -> None:
    reveal = view_of(PAIR).footprints
    assert reveal is not None
    service = footprint_service()
    shown = str(equivalents(load_text(locale), reveal, nature, service.equivalents_of))
    entries = {entry.id: entry for entry in service.equivalents.entries if entry.nature is nature}
    sources = [html.unescape(found) for found in re.findall(r"<cite>([^<]+)</cite>", shown)]
    assert sources
    assert len(sources) == shown.count('class="thing"')
    assert set(sources) <= {f"{entry.source[locale]} ({entry.year})" for entry in entries.values()}
    for side in Side:
        best = service.equivalent(reveal.sides[side].displayed[SHOWN[nature]], SHOWN[nature])
        assert best is not None
        assert best.formatted(locale).text in html.unescape(shown)


def test_what_has_no_figure_or_no_everyday_thing_says_so() -> None:
    text = load_text("fr")
    facts = {Side.A: inputs(kind=EndpointKind.LOCAL), Side.B: inputs(model(1), said=answer(1))}
    reveal = view_of(facts).footprints
    assert reveal is not None
    shown = words_of(str(equivalents(text, reveal, Nature.WATER, footprint_service().equivalents_of)))
    assert plain(text, "footprint.none.local") in shown
    assert plain(text, "equivalent.none") in shown


@pytest.mark.parametrize("locale", LOCALES)
def test_a_card_says_how_a_model_stands_in_the_catalogue_or_why_it_does_not(locale: str) -> None:
    text = load_text(locale)
    hostile = model(display_name=HOSTILE, maker=HOSTILE, licence=HOSTILE)
    shown = names(text, view_of(PAIR, named={Side.A: hostile, Side.B: model(None)}))
    assert HOSTILE not in shown
    assert html.escape(HOSTILE, quote=False) in html.unescape(shown).replace("<", "&lt;").replace(">", "&gt;")
    assert plain(text, "model.per_token.first") in words_of(shown)
    assert plain(text, "model.per_token.unknown_size") in words_of(shown)
    for found in [*Quintile, *NoQuintile]:
        assert not re.search(r"\b[A-E]\b", plain(text, f"model.per_token.{found}")), "a rank, never a letter"
