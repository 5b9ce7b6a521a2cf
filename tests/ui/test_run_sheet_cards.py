"""The run sheet on the desk: the step under way, what to say, and time in the same tone early or late."""

import html
import re
from dataclasses import replace

import pytest

from arena.domain.run_sheet import Progress, progress
from arena.ui.run_sheet_cards import RunSheetCards
from arena.ui.text import LOCALES, load_text
from tests.ui.kits import SHEETS

BOTH = pytest.mark.parametrize("locale", LOCALES)
SCOLDING = re.compile(r"retard|dépass|late|behind|hurry|!", re.IGNORECASE)


def desk(sheet: str, now: Progress, locale: str = "fr") -> str:
    return html.unescape(RunSheetCards(load_text(locale)).desk(SHEETS[sheet], now)).replace("\xa0", " ")


def times(fragment: str) -> list[tuple[str, str]]:
    """Seconds left and the words for them."""
    return re.findall(r'data-left-s="(-?\d+)" [^>]*>([^<]*)<', fragment)


@BOTH
@pytest.mark.parametrize("sheet", SHEETS)
def test_one_step_is_marked_and_its_line_is_there(locale: str, sheet: str) -> None:
    for index, step in enumerate(SHEETS[sheet].steps):
        shown = desk(sheet, Progress(index, 60, None), locale)
        assert re.findall(r"<li( aria-current=\"step\")?>", shown).index(' aria-current="step"') == index
        assert shown.count("aria-current") == 1
        assert step.say[locale].replace("\xa0", " ") in shown
        assert len(re.findall("<li", shown)) == len(SHEETS[sheet].steps)


def test_time_is_a_number_to_count_down_from_and_words_in_whole_minutes() -> None:
    shown = desk("standard", progress(SHEETS["standard"], 61))
    assert times(shown) == [
        ("539", "Encore 9 min pour cette étape"),
        ("3539", "Encore 59 min en tout"),
    ]
    assert 'data-left="Encore {minutes} min en tout" data-over="{minutes} min de plus que prévu en tout"' in shown


@pytest.mark.parametrize(("left_s", "words"), [(0, "Encore 0"), (1, "Encore 1"), (60, "Encore 1"), (61, "Encore 2")])
def test_minutes_are_those_begun(left_s: int, words: str) -> None:
    assert times(desk("stand", Progress(0, left_s, None)))[0][1].startswith(f"{words} min")


@BOTH
def test_late_is_said_by_how_much_and_in_the_same_tone(locale: str) -> None:
    shown = desk("standard", Progress(3, -130, -10), locale)
    assert [seconds for seconds, _ in times(shown)] == ["-130", "-10"]
    assert [re.findall(r"\d+", words) for _, words in times(shown)] == [["3"], ["1"]]
    assert not any(SCOLDING.search(words) for _, words in times(shown))
    early = desk("standard", Progress(3, 130, 10), locale)
    assert re.sub(r"<span.*?</span>", "", shown) == re.sub(r"<span.*?</span>", "", early), "nothing else changes"


def test_a_stand_has_no_time_left_overall_and_says_that_it_begins_again() -> None:
    shown = desk("stand", progress(SHEETS["stand"], 30))
    assert len(times(shown)) == 1
    assert load_text("fr")("run_sheet.loop").replace("\xa0", " ") in shown
    assert load_text("fr")("run_sheet.loop").replace("\xa0", " ") not in desk("long", Progress(0, 1, 1))


@BOTH
def test_each_step_of_a_round_has_a_name_and_a_sheet_is_escaped(locale: str) -> None:
    cards = RunSheetCards(load_text(locale))
    sheet = SHEETS["standard"]
    named = [cards.tool(step) for step in sheet.steps]
    assert len(set(named)) == len(named)
    assert named[-1] == ""
    evil = replace(sheet, name={locale: "<script>"}, steps=(replace(sheet.steps[0], say={locale: "<img>"}),))
    assert not re.search(r"<(?:script|img)", cards.desk(evil, Progress(0, 1, 1)))
