"""What an organiser typed: read as it was meant, or refused by its field."""

from dataclasses import replace
from datetime import date

import pytest

from arena.domain.event import Moderation, plain_code
from arena.domain.event_form import MOST_CHARS, EventForm, FormLimits, read_form
from arena.domain.pairing import PairingMode
from arena.errors import EventRejected, InvalidChoice

LIMITS = FormLimits(frozenset({"small", "big", "huge"}), max_answer_tokens=1000)
FORM = EventForm(title="Café IA", held_on="2026-03-14")


def test_what_is_left_empty_takes_its_default() -> None:
    settings = read_form(FORM, LIMITS)
    assert (settings.title, settings.held_on, settings.place) == ("Café IA", date(2026, 3, 14), "")
    assert (settings.mode, settings.moderation, settings.models) == (PairingMode.RANDOM, Moderation.FREE, frozenset())
    assert (settings.max_answer_tokens, settings.retention_days) == (1000, 30)
    assert settings.max_answers is None
    assert settings.max_cost_eur is None


def test_a_form_is_read_as_people_write() -> None:
    typed = replace(
        FORM,
        title="  Café\n\tIA  ",
        held_on="14/3/2026",
        models=("small", "big"),
        retention_days=" 7 ",
        max_answers="1 000",
        max_cost_eur="12,5",
    )
    settings = read_form(typed, LIMITS)
    assert (settings.title, settings.held_on) == ("Café IA", date(2026, 3, 14))
    assert settings.models == {"small", "big"}
    assert (settings.retention_days, settings.max_answers, settings.max_cost_eur) == (7, 1000, 12.5)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"title": ""}, "title"),
        ({"title": " \n "}, "title"),
        ({"title": "x" * 1000}, "title"),
        ({"place": "x" * 1000}, "place"),
        ({"held_on": ""}, "date"),
        ({"held_on": "2026-02-30"}, "date"),
        ({"held_on": "31/04/2026"}, "date"),
        ({"held_on": "0001-01-01"}, "date"),
        ({"held_on": "9999-12-31"}, "date"),
        ({"held_on": "2026-3-14 or so"}, "date"),
        ({"held_on": "٢٠٢٦-٠٣-١٤"}, "date"),
        ({"models": ("small", "stranger")}, "unknown_model"),
        ({"models": ("small",)}, "one_model"),
        ({"models": ("small", "small")}, "one_model"),
        ({"max_answer_tokens": "-1"}, "max_answer_tokens"),
        ({"max_answer_tokens": "0"}, "max_answer_tokens"),
        ({"max_answer_tokens": "1001"}, "max_answer_tokens"),
        ({"max_answer_tokens": "many"}, "max_answer_tokens"),
        ({"max_answer_tokens": "1e2"}, "max_answer_tokens"),
        ({"retention_days": "-30"}, "retention_days"),
        ({"retention_days": "99999999999999999999"}, "retention_days"),
        ({"max_answers": "0"}, "max_answers"),
        ({"max_answers": "-5"}, "max_answers"),
        ({"max_cost_eur": "0"}, "max_cost_eur"),
        ({"max_cost_eur": "-1"}, "max_cost_eur"),
        ({"max_cost_eur": "nan"}, "max_cost_eur"),
        ({"max_cost_eur": "inf"}, "max_cost_eur"),
        ({"max_cost_eur": "1.234"}, "max_cost_eur"),
    ],
)
def test_what_is_impossible_is_refused_by_its_field(changes: dict[str, object], key: str) -> None:
    with pytest.raises(EventRejected) as refused:
        read_form(replace(FORM, **changes), LIMITS)  # type: ignore[arg-type]
    assert refused.value.key == f"error.event.{key}"


@pytest.mark.parametrize(("days", "last"), [("0", "2026-03-14"), ("", "2026-04-13"), ("3650", "2036-03-11")])
def test_texts_are_there_until_so_many_days_after_the_event(days: str, last: str) -> None:
    settings = read_form(replace(FORM, retention_days=days), LIMITS)
    assert settings.texts_kept_until.isoformat() == last


@pytest.mark.parametrize("changes", [{"locale": "de"}, {"mode": "fastest"}, {"moderation": "strict"}, {"mode": ""}])
def test_a_word_outside_its_vocabulary_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(InvalidChoice):
        read_form(replace(FORM, **changes), LIMITS)  # type: ignore[arg-type]


def test_the_longest_title_that_fits_is_taken() -> None:
    assert len(read_form(replace(FORM, title="é" * MOST_CHARS), LIMITS).title) == MOST_CHARS


@pytest.mark.parametrize("typed", ["ABCDEF", "abcdef", " abc def ", "abc-def", "AbC dEf\n"])
def test_a_code_is_read_in_any_case_and_spacing(typed: str) -> None:
    assert plain_code(typed) == "ABCDEF"


@pytest.mark.parametrize("typed", ["", "ABCDE", "ABCDEFG", "ABCDE0", "ABCDEO", "ABCDE1", "ABCDEI", "ABCDEL", "ÀBCDEF"])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert plain_code(typed) is None
