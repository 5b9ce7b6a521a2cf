"""The "check a figure" page: all its numbers come from data or are computed, in both languages alike."""

import re
from typing import Any

import pytest

from arena.domain.circulated import parse_circulated
from arena.services.estimator import METHOD
from arena.services.footprint_data import load_circulated
from arena.services.footprints import FootprintService
from arena.ui.figures_page import figures_body
from arena.ui.text import LOCALES, load_text
from tests.domain.files import data_file
from tests.ui.test_text import FORBIDDEN

FILE = "circulated_figures.yaml"
SERVICE = FootprintService.load()
SPACE = "\u202f"


def page(locale: str = "en", data: dict[str, Any] | None = None) -> str:
    figures = load_circulated() if data is None else parse_circulated(data)
    return str(figures_body(load_text(locale), figures, SERVICE))


def text_of(html: str) -> str:
    return re.sub(r"<[^>]+>", " ", html).replace("\u00a0", " ")


def operands() -> list[tuple[int, str]]:
    figures = data_file(FILE)["figures"]
    return [(index, name) for index, figure in enumerate(figures) for name in figure["amounts"]]


@pytest.mark.parametrize(("index", "name"), operands())
def test_changing_an_operand_changes_the_page(index: int, name: str) -> None:
    data = data_file(FILE)
    amount = data["figures"][index]["amounts"][name]
    if "mix" in amount:
        amount["mix"] = "DEU"
    else:
        amount["value"] = amount["value"] * 1.25

    assert page(data=data) != page()


@pytest.mark.parametrize("argument", ["active", "total", "tokens", "pue", "wue", "tps", "ttft", "zones", "quantity"])
def test_changing_an_argument_changes_the_result(argument: str) -> None:
    others = {"active": [88, 264], "total": 3520, "tokens": 500, "zones": ["FRA"], "quantity": "water_ml"}
    data = data_file(FILE)
    today = data["figures"][0]["today"][0]
    today[argument] = others.get(argument, 2)

    assert page(data=data) != page()


def _prose(node: Any) -> list[str]:
    """Every text of the file in a language but dates (`when`) and units."""
    if isinstance(node, dict):
        here = [node[locale] for locale in LOCALES if isinstance(node.get(locale), str)]
        return here + [words for key, child in node.items() if key not in ("when", "units") for words in _prose(child)]
    return [words for child in node for words in _prose(child)] if isinstance(node, list) else []


NAMES = re.compile(r"\{\w+\}|GPT‑\d\w?|0\.1\.6|\b20\d\d\b")  # placeholders, models, a version, years


def test_no_number_is_typed_into_a_sentence() -> None:
    prose = _prose(data_file(FILE))

    assert len(prose) > 100
    assert [words for words in prose if re.search(r"\d", NAMES.sub("", words))] == []
    assert [words for words in prose if FORBIDDEN.search(words)] == []


def test_sentences_have_at_most_twenty_words_on_average() -> None:
    lengths = [
        len(re.findall(r"[\w’'{}-]+", sentence))
        for words in _prose(data_file(FILE))
        for sentence in re.split(r"(?<=[.!?])\s+", words)
    ]

    assert sum(lengths) / len(lengths) <= 20
    assert max(lengths) <= 32


def test_a_wrong_sum_is_shown_as_a_sum() -> None:
    words = text_of(page("fr"))

    assert f"8{SPACE}750{SPACE}L par seconde × 86{SPACE}400{SPACE}s" in words
    assert f"756{SPACE}millions de L" in words
    assert f"1{SPACE}888{SPACE}millions de L : le calcul ne retombe pas dessus" in words
    assert f"512{SPACE}millions de personnes × 100{SPACE}questions par jour × 10{SPACE}Wh" in words
    assert f"512{SPACE}000{SPACE}MWh : le calcul retombe dessus" in words


def test_a_result_has_a_range_a_unit_a_zone_a_grade_and_the_page_a_method() -> None:
    html = page("fr").replace("\u00a0", " ")
    words = text_of(html)
    rows = re.findall(r'<span class="line whole">(.*?)</span><span class="small">(.*?)</span>', html)

    assert METHOD in words
    assert len(rows) >= 14
    assert all(re.search(r"\d.*–.*\d.*(Wh|L|CO₂)$", amount) for amount, _ in rows)
    assert all(re.match(r"Mix : .+\. Confiance : [A-D]", where) for _, where in rows)


def test_both_languages_have_the_same_structure() -> None:
    shape = [re.sub(r'(?<==")[^"]*(?=")', "", " ".join(re.findall(r"<[^>]+>", page(locale)))) for locale in LOCALES]

    assert shape[0] == shape[1]


def test_every_link_leads_to_a_heading_or_to_a_secure_site() -> None:
    html = page()
    anchors = set(re.findall(r'<h2 id="([^"]+)"', html))

    assert set(re.findall(r'href="#([^"]+)"', html)) == anchors
    assert len(anchors) == len(load_circulated().figures)
    assert all(address.startswith(("#", "https://")) for address in re.findall(r'href="([^"]+)"', html))


def test_a_figure_of_the_file_is_escaped() -> None:
    data = data_file(FILE)
    data["figures"][0]["who"] = {"fr": "<script>x</script>", "en": "<script>x</script>"}

    assert "<script" not in page(data=data)
