"""The notice for children: short, plain, and only where there are children."""

import html
import re
from dataclasses import replace
from datetime import date

import pytest

from arena.domain.event import EventState
from arena.ui.school_words import school_lines, school_notice
from arena.ui.text import LOCALES, load_text
from tests.ui.kits import EVENT, in_school
from tests.ui.test_event_section import line_of

BOTH = pytest.mark.parametrize("locale", LOCALES)
FOR_CHILDREN = ("event.note.school", "error.school.prompt", "error.school.comment", "school.notice.heading")


def sentences(locale: str) -> list[list[str]]:
    """Each sentence as its words."""
    text = load_text(locale)
    lines = [*school_lines(text, in_school()), *map(text, FOR_CHILDREN)]
    return [re.findall(r"[^\W\d]+", one) for line in lines for one in re.split(r"(?<=[.!?])\s+", line)]


@BOTH
def test_a_child_of_nine_can_read_it(locale: str) -> None:
    """Short sentences and short words, as in books for that age; the bounds are a choice of this project."""
    lengths = [len(words) for words in sentences(locale)]
    assert sum(lengths) / len(lengths) <= 9
    assert max(lengths) <= 18
    assert max(len(word) for words in sentences(locale) for word in words) <= 10


@BOTH
def test_it_says_until_when_and_whom_to_ask(locale: str) -> None:
    notice = html.unescape(school_notice(load_text(locale), in_school()))
    assert load_text(locale)("page.day", day=date(2026, 3, 26)) in notice
    assert load_text(locale)("reading.summary") in notice
    assert load_text(locale)("school.notice.ask") in notice


@BOTH
def test_there_is_none_elsewhere(locale: str) -> None:
    assert school_notice(load_text(locale), None) == ""
    assert school_notice(load_text(locale), EVENT) == ""


@BOTH
async def test_the_page_of_a_child_says_to_wait_and_what_is_kept(locale: str) -> None:
    line = html.unescape(await line_of(in_school(), locale=locale))
    assert 'data-moderation="school"' in line
    assert load_text(locale)("event.note.school") in line
    assert load_text(locale)("school.notice.heading") in line
    closed = html.unescape(await line_of(replace(in_school(), state=EventState.CLOSED), locale=locale))
    assert load_text(locale)("event.note.school") not in closed
    assert load_text(locale)("event.note.closed") in closed
