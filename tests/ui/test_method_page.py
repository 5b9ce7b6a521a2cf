"""The method page: constants read live, bands and equivalents from their files, in both languages alike."""

import re
from dataclasses import replace
from typing import Any

import pytest

from arena.domain.catalogue import Catalogue, Endpoint, EndpointKind
from arena.domain.figures import format_number
from arena.domain.footprint import Bands, Margin, parse_bands
from arena.domain.method import Method, parse_method
from arena.services.catalogues import default_catalogue_path, load_catalogue
from arena.services.estimator import METHOD, constants
from arena.services.footprint_data import load_bands, load_equivalents
from arena.services.footprints import FootprintService
from arena.services.method import exact, open_method
from arena.ui.method_page import method_body
from arena.ui.text import LOCALES, load_text
from tests.domain.files import data_file
from tests.ui.test_text import FORBIDDEN

SERVICE = FootprintService.load()
CATALOGUE = load_catalogue(default_catalogue_path(), SERVICE.known_zones())


def page(
    locale: str = "en",
    method: Method | None = None,
    bands: Bands | None = None,
    catalogue: Catalogue = CATALOGUE,
) -> str:
    service = SERVICE if bands is None else FootprintService(bands, load_equivalents())
    return str(method_body(load_text(locale), method or open_method(), service, catalogue))


def cells(html: str) -> list[str]:
    plain = html.replace("\u00a0", " ")
    return [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", plain)]


def joined(html: str) -> str:
    return " | ".join(cells(html))


def test_every_constant_is_on_the_page_with_its_exact_value_and_source() -> None:
    html = page()

    for name, value in constants().items():
        assert f'<data value="{value!r}">' in html, name
    assert METHOD in html


def test_the_factors_of_the_mixes_are_the_estimator_s_and_wrong_ones_are_hidden() -> None:
    shown = cells(page())

    for zone in ("FRA", "USA", "SWE", "WOR"):
        gwp = format_number((exact(SERVICE.mix_of(zone).gwp_kg_per_kwh) * 1000).normalize(), "en")
        assert f"{gwp} g CO₂e" in shown
    world = shown.index("world average")
    assert shown[world + 3 : world + 5] == ["hidden, see the biases"] * 2
    assert "2.5871 MJ" not in shown


def test_every_host_but_local_ones_is_listed_with_its_source() -> None:
    local = Endpoint("basement", "The Basement", "http://10.0.0.9/v1", EndpointKind.LOCAL, zone="FRA")
    html = page(catalogue=replace(CATALOGUE, endpoints={**CATALOGUE.endpoints, local.id: local}))
    hosted = [endpoint for endpoint in CATALOGUE.endpoints.values() if endpoint.kind is EndpointKind.HOSTED]

    assert "Basement" not in html
    assert len(hosted) >= 10
    for endpoint in hosted:
        assert endpoint.name in cells(html)
        assert endpoint.source in [cell.replace("&#39;", "'") for cell in cells(html)]


@pytest.mark.parametrize(
    "change",
    [
        {"large_from_total_b": 71.0},
        {"calibrated_up_to_total_b": 241.0},
        {"lowest_pe_mj_per_kwh": 3.7},
        {"same_order_below": 4.0},
        {"margin_c_from_large": Margin(5, 3)},
        {"margin_estimated_tokens": Margin(1.4, 1.3)},
        {"harmonised_zone": "DEU"},
        {"version": "2"},
        {"provenance": {"fr": "autre", "en": "other"}},
    ],
)
def test_changing_the_bands_changes_the_page(change: dict[str, Any]) -> None:
    assert page(bands=replace(load_bands(), **change)) != page()


@pytest.mark.parametrize("grade", ["A", "B", "C", "C-", "D"])
def test_changing_the_margin_of_a_grade_changes_the_page(grade: str) -> None:
    data = data_file("bands.yaml")
    data["grades"][grade]["multiply_high_by"] = 7.77

    assert "× 7.77" in joined(page(bands=parse_bands(data)))
    assert "× 7.77" not in joined(page())


@pytest.mark.parametrize("name", sorted(data_file("method.yaml")["numbers"]))
def test_changing_a_number_changes_the_page(name: str) -> None:
    data = data_file("method.yaml")
    data["numbers"][name]["value"] = 77.7

    assert "77.7" in page(method=parse_method(data))


def test_two_models_at_the_step_of_a_card_differ_twofold() -> None:
    shown = cells(page())
    first = shown.index("33.4 billion parameters, 400 tokens")

    assert shown[first + 2] == "× 2.0"
    assert re.fullmatch(r"\d+ – \d+\u202fmWh", shown[first + 1])


def test_every_equivalent_is_on_the_page_with_its_source() -> None:
    shown = " ".join(cells(page())).replace("&#39;", "'")

    for entry in load_equivalents().entries:
        for words in (entry.labels["en"].singular, entry.source["en"], entry.scopes["en"]):
            assert words.replace("\u00a0", " ") in shown, entry.id


def _prose(node: Any, skipped: tuple[str, ...] = ("sources", "changes", "steps")) -> list[str]:
    if isinstance(node, dict):
        return [words for key, child in node.items() if key not in skipped for words in _prose(child)]
    if isinstance(node, list):
        return [words for child in node for words in _prose(child)]
    return [node] if isinstance(node, str) else []


def test_no_number_is_typed_into_a_sentence() -> None:
    data = data_file("method.yaml")
    prose = [words for words in _prose(data) if " " in words]

    assert len(prose) > 100
    assert [words for words in prose if re.search(r"\d", re.sub(r"\{\w+\}|H100", "", words))] == []
    assert [words for words in _prose(data, ()) if FORBIDDEN.search(words)] == []


def test_sentences_have_at_most_twenty_words_on_average() -> None:
    lengths = [
        len(re.findall(r"[\w’'{}-]+", sentence))
        for words in _prose(data_file("method.yaml"))
        if words.endswith(".")
        for sentence in re.split(r"(?<=[.!?])\s+", words)
    ]

    assert sum(lengths) / len(lengths) <= 20
    assert max(lengths) <= 32


def test_both_languages_have_the_same_structure() -> None:
    tags = [re.findall(r"<[^>]+>", page(locale)) for locale in LOCALES]
    shape = [re.sub(r'(?<==")[^"]*(?=")', "", " ".join(found)) for found in tags]

    assert shape[0] == shape[1]


def test_every_link_leads_to_a_heading_or_to_a_secure_site() -> None:
    html = page()

    assert set(re.findall(r'href="#([^"]+)"', html)) == set(re.findall(r'<h2 id="([^"]+)"', html))
    assert all(address.startswith(("#", "https://")) for address in re.findall(r'href="([^"]+)"', html))
