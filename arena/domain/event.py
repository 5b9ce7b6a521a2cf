"""An event: one Café IA meeting, with what its organiser decided for it."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from arena.domain.pairing import Candidate, PairingMode
from arena.errors import EventNotOpen, OrganiserAsks

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
    SCHOOL = "school"  # nothing at all: the organiser asks, the room votes


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

    @property
    def texts_kept_until(self) -> date:
        """The last day on which what was written on the day of the event is there."""
        return self.held_on + timedelta(days=self.retention_days)


@dataclass(frozen=True, slots=True)
class Event:
    """An event as it is kept. ``version`` grows with each change, so that two editors cannot overwrite each other."""

    id: str
    code: str
    state: EventState
    settings: EventSettings
    created_at: datetime
    version: int = 1

    @property
    def is_open(self) -> bool:
        return self.state is EventState.OPEN

    def require_open(self) -> None:
        """Raises EventNotOpen for an event that takes no prompt and no vote now."""
        if not self.is_open:
            raise EventNotOpen(self.state)

    @property
    def is_school(self) -> bool:
        """Whether participants write nothing, and are told so in words for children."""
        return self.settings.moderation is Moderation.SCHOOL

    def require_asking(self) -> None:
        """Raises OrganiserAsks where no participant may start a duel or add a turn to one."""
        if self.is_school:
            raise OrganiserAsks("prompt")

    def require_comments(self) -> None:
        """Raises OrganiserAsks where no participant may write beside a vote."""
        if self.is_school:
            raise OrganiserAsks("comment")

    def may_become(self, state: EventState) -> bool:
        """A draft is opened, an open event is closed, a closed one may be opened again."""
        return state in _NEXT[self.state]


_NEXT = {
    EventState.DRAFT: frozenset({EventState.OPEN}),
    EventState.OPEN: frozenset({EventState.CLOSED}),
    EventState.CLOSED: frozenset({EventState.OPEN}),
}


@dataclass(frozen=True, slots=True)
class OrganiserLink:
    """A secret link to one event, without its secret, which is kept nowhere."""

    id: str
    event_id: str
    label: str
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None

    def works_at(self, now: datetime) -> bool:
        """Whether it lets anybody in at that moment."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


def allowed_in(event: Event | None, candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Those of the available models that may answer in an event; all of them outside of any."""
    models = event.settings.models if event else frozenset()
    return tuple(one for one in candidates if not models or one.model_id in models)


def answer_cap(event: Event | None, everywhere: int) -> int:
    """The longest answer of a battle, in tokens: an event may ask for shorter ones, never for longer ones."""
    return everywhere if event is None else min(everywhere, event.settings.max_answer_tokens)


def plain_code(typed: str) -> str | None:
    """The code that somebody typed, in any case and with spaces or hyphens; None for what is no code at all."""
    code = "".join(typed.upper().replace("-", " ").split())
    return code if len(code) == CODE_LENGTH and set(code) <= set(CODE_ALPHABET) else None
