"""An event: one Café IA meeting, with what its organiser decided for it."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from arena.domain.pairing import PairingMode

CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0 O 1 I L: they are read aloud and typed on phones
CODE_LENGTH = 6


class EventState(StrEnum):
    """How far an event is; only an open one takes prompts and votes."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class Moderation(StrEnum):
    """What participants may ask."""

    FREE = "free"  # anything that the rules of prompts let through
    SUGGESTIONS = "suggestions"  # only the shipped suggestions: no free text


@dataclass(frozen=True, slots=True)
class EventSettings:
    """What an organiser decides. An empty set of models means all that are available.

    ``max_cost_eur`` counts answers whose price is known. ``retention_days`` after the event its texts go.
    """

    title: str
    held_on: date
    place: str = ""
    locale: str = "fr"
    mode: PairingMode = PairingMode.RANDOM
    models: AbstractSet[str] = frozenset()
    max_answer_tokens: int = 1000
    moderation: Moderation = Moderation.FREE
    retention_days: int = 30
    max_answers: int | None = None
    max_cost_eur: float | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """An event as it is kept. ``version`` grows with each change, so that two editors cannot overwrite each other."""

    id: str
    code: str
    state: EventState
    settings: EventSettings
    created_at: datetime
    version: int = 1
