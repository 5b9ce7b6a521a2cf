"""What a rehearsal found, in words: for every finding that there can be, in both languages."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from arena.domain.rehearsal import (
    Check,
    Detail,
    Disk,
    Finding,
    RehearsalReport,
    Trial,
    judge_address,
    judge_clock,
    judge_disk,
    judge_models,
    judge_rooms,
    judge_screen,
    judge_trial,
)
from arena.errors import endpoints
from arena.errors.tree import ArenaError
from arena.ui.rehearsal_cards import RehearsalCards
from arena.ui.text import LOCALES, load_text

GOOD = Trial(20, 20, [0.123] * 180, 0, [0.0567] * 40, 20, 5, 5, 0)
FAULTS = [
    ArenaError.key,
    *(kind.key for kind in vars(endpoints).values() if isinstance(kind, type) and issubclass(kind, ArenaError)),
]
FAILED = [Detail("Zorblax <9>", fault) for fault in FAULTS if fault != "error.request"]


def findings() -> Iterator[Finding]:
    """Everything that any check can say."""
    for check in Check:
        yield from (Finding(check, "broken"), Finding(check, "untested"))
    for trial in (
        GOOD,
        replace(GOOD, joined=19),
        replace(GOOD, steps_unseen=3),
        replace(GOOD, step_delays=[2.5]),
        replace(GOOD, vote_delays=[0.7]),
        replace(GOOD, came_back=1),
        replace(GOOD, still_there=2),
    ):
        yield from judge_trial(trial)
    yield from (judge_models(["a"] * answered, FAILED[:failed]) for answered, failed in ((2, 0), (2, 99), (1, 99)))
    yield from (judge_models((), (), is_demo=True, recorded=recorded) for recorded in (0, 4))
    for disk in (Disk(5 * 10**9), Disk(5), Disk(5 * 10**9, is_shared=True), Disk(None)):
        yield from (judge_disk(disk, writes, least_free_bytes=10) for writes in ([0.0023], [0.5], []))
    for host in ("192.168.1.20", "127.0.0.1", "169.254.1.2", "9.9.9.9"):
        yield judge_address(f"http://{host}:7860")
    yield from (judge_address(""), judge_address("", unanswered="http://192.168.1.20:7860"))
    yield from (judge_screen(width_m) for width_m in (None, 0.5, 2.4))
    yield from (judge_clock(drift_s) for drift_s in (0.0, -3600.0))
    yield from (judge_rooms([], None), judge_rooms([], "room.step.vote"), judge_rooms([Detail("Jeudi")], None))


def report(*found: Finding) -> RehearsalReport:
    return RehearsalReport(datetime(2026, 3, 14, 9, 5, tzinfo=UTC), 3.2, "http://192.168.1.20:7860", found)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_finding_is_a_sentence_with_a_mark_and_a_word_and_says_what_to_do_unless_it_is_fine(locale: str) -> None:
    text = load_text(locale)
    cards = RehearsalCards(text)
    for one in findings():
        html = cards.report(report(one))
        assert html.count('class="mark"') == html.count('<span class="word">') == 1
        assert ('class="do"' in html) is not one.is_fine
        assert (text("rehearsal.mark.fine") in html) is one.is_fine
        assert not re.search(r"[{}]|None|\d\.\d{4}", html), one


@pytest.mark.parametrize("locale", LOCALES)
def test_what_needs_somebody_stands_before_what_works(locale: str) -> None:
    text = load_text(locale)
    html = RehearsalCards(text).report(report(*judge_trial(GOOD), judge_screen(None), judge_models((), FAILED[:1])))
    places = [
        html.index(text(f"rehearsal.{key}")) for key in ("to_do", "check.models", "check.screen", "fine", "check.join")
    ]
    assert places == sorted(places)
    assert text("rehearsal.verdict.some", count=2) in html


def test_numbers_are_rounded_have_their_unit_and_follow_the_language() -> None:
    found = report(*judge_trial(GOOD), judge_screen(2.4))
    french, english = (RehearsalCards(load_text(locale)).report(found).replace("\u00a0", " ") for locale in LOCALES)
    assert "0,12 s" in french
    assert "57 ms" in french
    assert "6,6 m" in french
    assert "0.12 s" in english
    assert "6.6 m" in english


def test_names_are_written_as_words_never_as_html() -> None:
    html = RehearsalCards(load_text("fr")).report(report(judge_models((), FAILED[:1])))
    assert "Zorblax &lt;9&gt;" in html
