"""The form of an event: what an organiser typed, and the rules that it must pass."""

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from arena.domain.event import EventSettings, Moderation
from arena.domain.pairing import PairingMode
from arena.domain.suggestions import LOCALES
from arena.errors import EventRejected, InvalidChoice

MOST_CHARS = 120  # of a title, a place or a label
FIRST_DAY, LAST_DAY = date(2020, 1, 1), date(2099, 12, 31)
LEAST_ANSWER_TOKENS = 16
RETENTION_DAYS, MOST_RETENTION_DAYS = 30, 3650
MOST_ANSWERS = 1_000_000
MOST_COST_EUR = 100_000

_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_WRITTEN_DAY = re.compile(r"([0-9]{1,2})[/. ]([0-9]{1,2})[/. ]([0-9]{4})")
_WHOLE = re.compile(r"[0-9]{1,9}")
_AMOUNT = re.compile(r"[0-9]{1,9}(?:[.,][0-9]{1,2})?")

_Word = TypeVar("_Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class EventForm:
    """The fields as they were typed. Those left empty that have a default take it."""

    title: str
    held_on: str
    place: str = ""
    locale: str = "fr"
    mode: str = PairingMode.RANDOM
    models: tuple[str, ...] = ()
    max_answer_tokens: str = ""
    moderation: str = Moderation.FREE
    retention_days: str = ""
    max_answers: str = ""
    max_cost_eur: str = ""


@dataclass(frozen=True, slots=True)
class FormLimits:
    """What this arena allows: the models it knows, and the longest answer in tokens."""

    models: AbstractSet[str]
    max_answer_tokens: int = 1000


def read_form(form: EventForm, limits: FormLimits) -> EventSettings:
    """The settings that a form asks for. Raises EventRejected for the first field that is wrong, InvalidChoice."""
    if form.locale not in LOCALES:
        raise InvalidChoice(f"{form.locale!r} is not a language of the arena")
    return EventSettings(
        title=line_of(form.title, "title", least=1),
        held_on=day_of(form.held_on),
        place=line_of(form.place, "place"),
        locale=form.locale,
        mode=_word_of(PairingMode, form.mode),
        models=_models_of(form.models, limits.models),
        max_answer_tokens=_answer_tokens_of(form.max_answer_tokens, limits.max_answer_tokens),
        moderation=_word_of(Moderation, form.moderation),
        retention_days=_retention_of(form.retention_days),
        max_answers=_whole(form.max_answers, "max_answers", 1, MOST_ANSWERS),
        max_cost_eur=_amount(form.max_cost_eur, "max_cost_eur", MOST_COST_EUR),
    )


def line_of(text: str, field: str, *, least: int = 0) -> str:
    """One line of free text, its spaces tidied. Raises EventRejected when it is too short or too long."""
    line = " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())
    if not least <= len(line) <= MOST_CHARS:
        raise EventRejected(f"error.event.{field}", limit=MOST_CHARS)
    return line


def day_of(text: str) -> date:
    """A day written 2026-03-14 or 14/03/2026. Raises EventRejected for one that does not exist."""
    iso, written = _ISO_DAY.fullmatch(text.strip()), _WRITTEN_DAY.fullmatch(text.strip())
    parts = iso.groups() if iso else written.groups()[::-1] if written else ()
    try:
        day = date(*map(int, parts))
    except (TypeError, ValueError):
        raise EventRejected("error.event.date") from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise EventRejected("error.event.date")
    return day


def _word_of(vocabulary: type[_Word], value: str) -> _Word:
    try:
        return vocabulary(value)
    except ValueError:
        raise InvalidChoice(f"{value!r} is not a {vocabulary.__name__}") from None


def _models_of(chosen: tuple[str, ...], known: AbstractSet[str]) -> frozenset[str]:
    """None chosen means all; a single one could meet nobody."""
    if strangers := sorted(set(chosen) - known):
        raise EventRejected("error.event.unknown_model", model=strangers[0][:MOST_CHARS])
    if len(set(chosen)) == 1:
        raise EventRejected("error.event.one_model")
    return frozenset(chosen)


def _answer_tokens_of(text: str, most: int) -> int:
    tokens = _whole(text, "max_answer_tokens", min(LEAST_ANSWER_TOKENS, most), most)
    return most if tokens is None else tokens


def _retention_of(text: str) -> int:
    days = _whole(text, "retention_days", 0, MOST_RETENTION_DAYS)
    return RETENTION_DAYS if days is None else days


def _whole(text: str, field: str, low: int, high: int) -> int | None:
    """A whole number, None for an empty field."""
    typed = "".join(text.split())
    if not typed:
        return None
    if not _WHOLE.fullmatch(typed) or not low <= int(typed) <= high:
        raise EventRejected(f"error.event.{field}", low=low, high=high)
    return int(typed)


def _amount(text: str, field: str, high: int) -> float | None:
    """An amount of money with a comma or a point, None for an empty field."""
    typed = "".join(text.split())
    if not typed:
        return None
    if not _AMOUNT.fullmatch(typed) or not 0 < float(typed.replace(",", ".")) <= high:
        raise EventRejected(f"error.event.{field}", high=high)
    return float(typed.replace(",", "."))
