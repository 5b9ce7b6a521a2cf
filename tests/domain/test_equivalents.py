"""Everyday things beside a footprint."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.domain.equivalents import (
    FEWEST,
    MOST,
    NATURES,
    Nature,
    Per,
    best_equivalent,
    fitting_equivalents,
    parse_equivalents,
)
from arena.domain.provenance import Band
from arena.services.footprint_data import load_equivalents

TABLE = load_equivalents()


def spaced(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def entry(**changes: Any) -> dict[str, Any]:
    return {
        "id": "thing",
        "nature": "energy",
        "amount": 10,
        "per": "piece",
        "label": {"fr": ["chose", "choses"], "en": ["thing", "things"]},
        "scope": {"fr": "tout", "en": "all"},
        "source": "a test",
        "year": 2026,
        "url": "",
        "checked": "convention",
        **changes,
    }


@pytest.mark.parametrize(
    ("band", "nature", "french", "english"),
    [
        (
            Band(0.011, 0.033, 0.1),
            Nature.ENERGY,
            "7,9 – 72 s d’une ampoule LED de 5 W allumée",
            "7.9 – 72 s of a 5 W LED bulb switched on",
        ),
        (Band(0.0014, 0.0043, 0.013), Nature.GWP, "0,48 – 4,4 m en TGV", None),
        (Band(0.041, 0.14, 0.46), Nature.WATER, "0,82 – 9,2 gouttes d’eau", "0.82 – 9.2 drops of water"),
        (Band(0.01, 0.02, 0.09), Nature.WATER, "0,20 – 1,8 goutte d’eau", "0.20 – 1.8 drops of water"),
    ],
)
def test_an_equivalent_is_a_range_of_everyday_things(
    band: Band, nature: Nature, french: str, english: str | None
) -> None:
    equivalent = best_equivalent(band, nature, TABLE)
    assert equivalent is not None
    assert spaced(equivalent.formatted("fr").text) == french
    if english:
        assert spaced(equivalent.formatted("en").text) == english


def test_screen_readers_hear_the_unit_in_full() -> None:
    equivalent = best_equivalent(Band(0.011, 0.033, 0.1), Nature.ENERGY, TABLE)
    assert equivalent is not None
    assert equivalent.formatted("fr").spoken == "entre 7,9 et 72 secondes d’une ampoule LED de 5\u00a0W allumée"


@given(
    low=st.floats(1e-6, 1e9),
    spread=st.floats(1, 40),
    nature=st.sampled_from(Nature),
)
def test_equivalents_are_of_the_same_nature_and_of_a_readable_size(low: float, spread: float, nature: Nature) -> None:
    equivalent = best_equivalent(Band(low, low * spread**0.5, low * spread), nature, TABLE)
    if equivalent is not None:
        assert equivalent.entry.nature is nature
        assert equivalent.band.low >= FEWEST
        assert equivalent.band.high <= MOST
        assert not equivalent.formatted("fr").text.startswith(("0\u202f", "0\u00a0", "<"))


@given(low=st.floats(1.5e-4, 1e4), spread=st.floats(1, 40))
def test_the_energy_of_an_answer_always_has_an_equivalent(low: float, spread: float) -> None:
    assert best_equivalent(Band(low, low * spread**0.5, low * spread), Nature.ENERGY, TABLE)


@pytest.mark.parametrize("amount", [0, 1e-9, 1e17])
def test_what_is_too_small_or_too_large_has_no_equivalent(amount: float) -> None:
    assert best_equivalent(Band(amount, amount, amount), Nature.WATER, TABLE) is None


def test_a_centre_between_one_and_ten_reads_best_and_the_file_decides_between_equals() -> None:
    things = [entry(id="small", amount=0.1), entry(id="first", amount=10), entry(id="second", amount=11)]
    table = parse_equivalents({"version": 1, "entries": things})
    chosen = best_equivalent(Band(20, 40, 80), Nature.ENERGY, table)
    assert chosen is not None
    assert chosen.entry.id == "first"


@given(low=st.floats(1e-3, 1e12), spread=st.floats(1, 40), nature=st.sampled_from(Nature))
def test_everything_that_can_be_read_is_offered_once_the_best_first(low: float, spread: float, nature: Nature) -> None:
    band = Band(low, low * spread**0.5, low * spread)
    found = fitting_equivalents(band, nature, TABLE)
    ids = [equivalent.entry.id for equivalent in found]
    assert len(set(ids)) == len(ids)
    assert all(equivalent.entry.nature is nature for equivalent in found)
    assert (found[0] if found else None) == best_equivalent(band, nature, TABLE)


@given(low=st.floats(1, 1e11), spread=st.floats(1, 12), nature=st.sampled_from(Nature))
def test_what_one_person_or_a_whole_country_does_always_has_an_everyday_thing(
    low: float, spread: float, nature: Nature
) -> None:
    assert best_equivalent(Band(low, low * spread**0.5, low * spread), nature, TABLE)


@pytest.mark.parametrize(
    ("band", "nature", "thing"),
    [
        (Band(4e6, 1.2e7, 4e7), Nature.ENERGY, "household_year"),
        (Band(2e9, 6e9, 2e10), Nature.ENERGY, "reactor"),
        (Band(3e6, 9e6, 3e7), Nature.GWP, "paris_new_york"),
        (Band(3e10, 1e11, 1e12), Nature.ENERGY, "reactor_day"),
        (Band(4e9, 2e10, 7e10), Nature.GWP, "french_village_year"),
        (Band(2e5, 6e5, 2e6), Nature.WATER, "bathtub"),
        (Band(2e11, 5e11, 2e12), Nature.WATER, "large_water_cube"),
    ],
)
def test_what_everybody_does_has_everyday_things_of_its_own_size(band: Band, nature: Nature, thing: str) -> None:
    assert thing in {equivalent.entry.id for equivalent in fitting_equivalents(band, nature, TABLE)}


def test_time_goes_from_seconds_to_hours() -> None:
    table = parse_equivalents(
        {"version": 1, "entries": [entry(per="hour", amount=1, label={"fr": "de veille", "en": "of sleep"})]}
    )
    texts = []
    for amount in (1 / 1800, 1 / 30, 2.0, 500.0):
        equivalent = best_equivalent(Band(amount, amount, amount), Nature.ENERGY, table)
        assert equivalent is not None
        texts.append(spaced(equivalent.formatted("fr").text))
    assert texts == ["≈ 2,0 s de veille", "≈ 2,0 min de veille", "≈ 2,0 h de veille", "≈ 500 h de veille"]


def test_only_whole_footprints_have_equivalents() -> None:
    assert NATURES == {"energy_wh": Nature.ENERGY, "gwp_g": Nature.GWP, "water_ml": Nature.WATER}


def test_every_equivalent_states_its_scope_and_source_in_full() -> None:
    for thing in TABLE.entries:
        assert set(thing.labels) == set(thing.scopes) == {"fr", "en"}
        assert all(thing.scopes.values())
        assert thing.source
        assert thing.year >= 2009
        assert thing.url or thing.checked in {"physics", "convention"}
        assert thing.checked in {"file", "page", "upstream", "physics", "convention"}


def test_what_holds_a_terminal_says_that_an_answer_does_not() -> None:
    for thing in TABLE.entries:
        if thing.id in {"streaming", "video_call", "email"}:
            assert "serveurs" in thing.scopes["fr"]
            assert "servers" in thing.scopes["en"]


def test_web_searches_and_walks_are_not_equivalents() -> None:
    ids = " ".join(thing.id for thing in TABLE.entries)
    assert not any(word in ids for word in ("search", "walking", "running", "pool"))


def test_pieces_alone_have_a_plural_of_their_own() -> None:
    for thing in TABLE.entries:
        for label in thing.labels.values():
            assert (label.singular == label.plural) is (thing.per is not Per.PIECE)


@pytest.mark.parametrize(
    "wrong", [{"amount": 0}, {"amount": "nan"}, {"nature": "money"}, {"per": "year"}, {"spread": [2, 1]}]
)
def test_an_impossible_entry_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_equivalents({"version": 1, "entries": [entry(**wrong)]})


def test_two_entries_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="same id"):
        parse_equivalents({"version": 1, "entries": [entry(), entry()]})
