"""A battle: one prompt, two anonymous answers, and what may be shown of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from arena.domain.pairing import PairingMode
from arena.domain.rematch import Rematch
from arena.domain.side import Side


class AnswerStatus(StrEnum):
    """How far an answer came and how it ended."""

    PENDING = "pending"
    STREAMING = "streaming"
    COMPLETE = "complete"
    CAPPED = "capped"  # reached the length cap
    TRUNCATED = "truncated"  # broke after its first word; error_key says why
    STOPPED = "stopped"  # stopped by the visitor, or because nobody watched
    FAILED = "failed"  # no word came; error_key says why

    @property
    def is_over(self) -> bool:
        return self not in (AnswerStatus.PENDING, AnswerStatus.STREAMING)


class TokenSource(StrEnum):
    """Where a token count comes from."""

    REPORTED = "reported"
    ESTIMATED = "estimated"


@dataclass(frozen=True, slots=True)
class Usage:
    """Token counts of one answer; None means that the endpoint did not report it.

    ``output_tokens`` includes ``reasoning_tokens``, as in the chat completions protocol.
    """

    input_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Replacement:
    """A model that failed before its first word and made place for another, unseen."""

    model_id: str
    error_key: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What one model answered in one turn. ``text`` is unmasked: pages get a BlindBattle instead.

    ``cost_eur`` is what it cost at the price of its day, broken attempts included; None is unknown. While it is
    being written it is the most it may cost.
    """

    model_id: str
    status: AnswerStatus = AnswerStatus.PENDING
    text: str = ""
    reasoning: str = ""
    usage: Usage = field(default_factory=Usage)
    token_source: TokenSource | None = None
    error_key: str | None = None
    first_token_s: float | None = None
    duration_s: float | None = None
    self_named: bool = False
    replaced: Replacement | None = None
    cost_eur: float | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One prompt and the two answers to it."""

    index: int
    prompt: str
    created_at: datetime
    answers: Mapping[Side, Answer]

    @property
    def is_over(self) -> bool:
        return all(answer.status.is_over for answer in self.answers.values())


@dataclass(frozen=True, slots=True)
class Battle:
    """One blind comparison with everything known about it. Never handed to a page."""

    id: str
    visitor_id: str
    created_at: datetime
    locale: str
    mode: PairingMode
    is_blind: bool
    is_demo: bool
    models: Mapping[Side, str]
    turns: tuple[Turn, ...] = ()
    rematch: Rematch | None = None
    event_id: str | None = None
    theme: str | None = None  # of the suggestion that was its first prompt
    purged_at: datetime | None = None  # its texts are gone, so that nothing more can be said of them
    recorded_at: datetime | None = None  # its answers were written before, for a recorded duel

    @property
    def is_over(self) -> bool:
        """Whether every answer of every turn has ended."""
        return all(turn.is_over for turn in self.turns)

    @property
    def can_be_voted(self) -> bool:
        """A vote needs an ended battle in which each side said something at least once."""
        if self.purged_at is not None:
            return False
        return self.is_over and all(any(turn.answers[side].text for turn in self.turns) for side in Side)


class RevealStage(StrEnum):
    """What a visitor has been shown of a battle, in order."""

    BLIND = "blind"
    FOOTPRINTS = "footprints"
    NAMES = "names"


@dataclass(frozen=True, slots=True)
class BlindAnswer:
    """An answer as a voter may see it: masked text, no model."""

    status: AnswerStatus
    text: str
    thought: bool
    error_key: str | None
    self_named: bool


@dataclass(frozen=True, slots=True)
class BlindTurn:
    """A turn as a voter may see it."""

    index: int
    prompt: str
    answers: Mapping[Side, BlindAnswer]


@dataclass(frozen=True, slots=True)
class BlindBattle:
    """A battle as a voter may see it: blindness is a type, it has no model names to leak."""

    id: str
    mode: PairingMode
    is_demo: bool
    is_blind: bool
    is_over: bool
    can_be_voted: bool
    stage: RevealStage
    turns: tuple[BlindTurn, ...]
    is_purged: bool = False  # its texts are gone
