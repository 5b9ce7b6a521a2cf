"""The method file: what it must hold, and what a wrong one is told."""

from copy import deepcopy
from typing import Any

import pytest
import yaml

from arena.domain.method import parse_method
from arena.errors import CatalogueError
from tests.domain.files import data_file


def method_with(path: str, value: object) -> dict[str, Any]:
    data = deepcopy(data_file("method.yaml"))
    *parents, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    place: Any = data
    for step in parents:
        place = place[step]
    place[last] = value
    return data


def test_every_text_of_the_shipped_method_is_in_both_languages() -> None:
    method = parse_method(data_file("method.yaml"))

    for lines in (method.summary, method.tokens, *(change.words for change in method.changes)):
        assert len(lines["fr"]) == len(lines["en"])
    assert set(method.number_sources.values()) <= set(method.sources)


def test_every_number_of_the_file_is_used_by_a_text() -> None:
    method = parse_method(data_file("method.yaml"))

    assert set(method.numbers) - method.names_used() == set()


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("surprise", 1, "top"),
        ("version", 1, "version"),
        ("sources/ecologits/url", "ftp://x", "sources.ecologits.url"),
        ("sources/ecologits/year", 2026.5, "sources.ecologits.year"),
        ("sources/own_study/title", "one language", "sources.own_study.title"),
        ("numbers/batch_low/value", -4, "numbers.batch_low.value"),
        ("numbers/batch_low/source", "hearsay", "numbers.batch_low.source"),
        ("constants/0/source", "hearsay", "constants[0].source"),
        ("constants/0/unit", {"fr": "Wh"}, "constants[0].unit.en"),
        ("steps/0/en", "", "steps[0].en"),
        ("biases/1/examples", [{"active": 0, "total": 1, "tokens": 1}], "biases[1].examples[0].active"),
        ("grades/A", {"condition": {"fr": "x", "en": "x"}}, "grades.A.why"),
        ("changes/0/date", "yesterday", "changes[0].date"),
        ("changes", [], "changes"),
    ],
)
def test_a_wrong_file_is_told_where_it_is_wrong(path: str, value: object, field: str) -> None:
    with pytest.raises(CatalogueError) as raised:
        parse_method(method_with(path, value))

    assert raised.value.file == "method.yaml"
    assert raised.value.field == field


def test_a_file_that_is_no_mapping_is_refused() -> None:
    with pytest.raises(CatalogueError, match="a mapping is needed"):
        parse_method(yaml.safe_load("- one\n- two\n"))
