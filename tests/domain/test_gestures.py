"""Everyday gestures: ranges with a source, and those of our own method computed again."""

from importlib import resources
from typing import Any

import pytest
import yaml

from arena.domain.gestures import FILE, Gesture, parse_gestures
from arena.domain.quantity import Range
from arena.errors import CatalogueError
from tests.services.house import footprint_service

DATA = yaml.safe_load((resources.files("arena.data") / FILE).read_text(encoding="utf-8"))
GESTURES = {gesture.id: gesture for gesture in parse_gestures(DATA)}


def energy_wh(size_b: float, tokens: int) -> float:
    size = Range.exactly(size_b)
    energy = footprint_service().harmonised_energy_wh(size, size, tokens)
    assert energy is not None
    return energy


def test_there_are_three_each_with_a_range_and_a_source() -> None:
    assert len(GESTURES) == 3
    for gesture in GESTURES.values():
        assert gesture.range.low < gesture.range.high
        assert gesture.url.startswith("https://")
        for locale in ("fr", "en"):
            assert gesture.source[locale]
            assert f"{gesture.range.low:g}" in gesture.how_much(locale)


@pytest.mark.parametrize("times", [2, 3, 5])
def test_an_answer_so_many_times_shorter_takes_so_many_times_less(times: int) -> None:
    assert energy_wh(8, 300 * times) / energy_wh(8, 300) == pytest.approx(times)
    assert GESTURES["shorter"].range.low <= times <= GESTURES["shorter"].range.high


@pytest.mark.parametrize("size_b", [3, 8, 14, 24])
def test_a_smaller_model_takes_less_within_the_stated_range(size_b: float) -> None:
    stated = GESTURES["smaller"].range
    assert stated.low <= energy_wh(70, 400) / energy_wh(size_b, 400) <= stated.high


def test_four_years_instead_of_two_save_what_is_stated() -> None:
    manufacture_kg, use_kg = 124, 169 - 124
    yearly = {years: manufacture_kg / years + use_kg / 4 for years in (2, 4)}
    assert 40 <= 100 * (1 - yearly[4] / yearly[2]) <= 50


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [
        ("magnitude", {"low": 5, "high": 5, "fr": "x", "en": "x"}, "low below high"),
        ("magnitude", {"low": 1, "high": 5, "fr": "{middle}", "en": "x"}, "no such amount: middle"),
        ("year", "2026", "a number is needed"),
        ("source", {"fr": "x"}, "missing"),
        ("advice", "x", "unknown field"),
    ],
)
def test_a_mistake_in_the_file_is_named(place: str, value: Any, words: str) -> None:
    changed = {**DATA, "gestures": [{**DATA["gestures"][0], place: value}]}
    with pytest.raises(CatalogueError, match=words):
        parse_gestures(changed)


def test_an_order_of_magnitude_is_written_with_its_range() -> None:
    gesture = Gesture("x", {}, Range(2, 5.5), {"fr": "{low} à {high} fois"}, {}, 2026, "", "method")
    assert gesture.how_much("fr") == "2 à 5,5 fois"
