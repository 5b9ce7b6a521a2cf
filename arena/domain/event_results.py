"""The results of one event as its report reads them: battles, what was said of each, what each answer took."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from arena.domain.reflection import Need, SecondChoice
from arena.domain.side import Side
from arena.domain.summary import PastAnswer
from arena.domain.vote import Outcome


class Leaning(StrEnum):
    """A vote, whichever side it names: which kind of answer was preferred, by the energy it took."""

    LESS = "less"  # the one that took clearly less
    MORE = "more"  # the one that took clearly more
    ONE = "one"  # one of two of the same order, or without a figure
    BOTH_GOOD = "both_good"
    BOTH_BAD = "both_bad"


@dataclass(frozen=True, slots=True)
class Voice:
    """What one person said of one battle; None is what was not said."""

    visitor_id: str
    vote: Outcome
    second: SecondChoice | None = None
    need: Need | None = None


@dataclass(frozen=True, slots=True)
class HeldBattle:
    """One battle of the event that no organiser hid. ``prompt`` is its first, empty once purged.

    ``more`` is the side that took clearly more energy, None when they are of one order or cannot be compared.
    ``round_number`` is that of a round, whose ``seconds_alone`` are second choices of whom nobody knows the vote,
    by visitor: raised hands, or phones that came late.
    """

    id: str
    visitor_id: str  # who started it
    created_at: datetime
    prompt: str
    theme: str | None
    is_blind: bool
    is_purged: bool = False
    voices: tuple[Voice, ...] = ()
    answers: tuple[PastAnswer, ...] = ()
    kept_side: Side | None = None  # of a rematch: whose first answer was shown again
    more: Side | None = None
    round_number: int | None = None
    seconds_alone: tuple[tuple[str, Outcome], ...] = ()
    recorded_at: datetime | None = None  # when its answers were written, if that was before

    @property
    def speakers(self) -> Iterator[str]:
        """The visitors that started it or said something of it; see ``arena.domain.people``."""
        yield self.visitor_id
        yield from (voice.visitor_id for voice in self.voices)
        yield from (visitor_id for visitor_id, _ in self.seconds_alone)

    @property
    def is_counted(self) -> bool:
        """Whether its votes are blind ones: in a rematch one answer was known already."""
        return self.is_blind and self.kept_side is None

    def leaning(self, outcome: Outcome) -> Leaning:
        """What an outcome says whichever side it names."""
        if outcome is Outcome.BOTH_GOOD or outcome is Outcome.BOTH_BAD:
            return Leaning(outcome.value)
        if self.more is None:
            return Leaning.ONE
        return Leaning.MORE if Side(outcome.value) is self.more else Leaning.LESS

    def is_kept(self, answer: PastAnswer) -> bool:
        """Whether an answer was shown again instead of being generated."""
        return self.recorded_at is not None or (answer.side is self.kept_side and answer.turn_index == 0)


@dataclass(frozen=True, slots=True)
class EventResults:
    """An event with its battles, oldest first. Demonstrations are only counted."""

    event_id: str
    title: str
    place: str
    held_on: date
    battles: tuple[HeldBattle, ...] = ()
    demo_battles: int = 0
