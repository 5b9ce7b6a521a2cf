"""What a visitor thinks of a battle: the vote and the reactions to each answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from arena.domain.side import Side


class Outcome(StrEnum):
    """The four options of a vote, as stored and exported."""

    A = "a"
    BOTH_GOOD = "both_good"
    BOTH_BAD = "both_bad"
    B = "b"


class Quality(StrEnum):
    """Quality tags of a reaction: compar:IA's own vocabulary, so that exports compare."""

    USEFUL = "useful"
    COMPLETE = "complete"
    CREATIVE = "creative"
    CLEAR_FORMATTING = "clear_formatting"
    INCORRECT = "incorrect"
    SUPERFICIAL = "superficial"
    INSTRUCTIONS_NOT_FOLLOWED = "instructions_not_followed"


POSITIVE_QUALITIES = (Quality.USEFUL, Quality.COMPLETE, Quality.CREATIVE, Quality.CLEAR_FORMATTING)
NEGATIVE_QUALITIES = (Quality.INCORRECT, Quality.SUPERFICIAL, Quality.INSTRUCTIONS_NOT_FOLLOWED)


@dataclass(frozen=True, slots=True)
class Vote:
    """One visitor's blind vote on one battle; there is at most one for each pair of the two."""

    battle_id: str
    visitor_id: str
    outcome: Outcome
    comment: str = ""
    created_at: datetime | None = None
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reaction:
    """One visitor's opinion of one side's answers: liked, disliked or None, and quality tags."""

    battle_id: str
    visitor_id: str
    side: Side
    liked: bool | None = None
    qualities: frozenset[Quality] = frozenset()


@dataclass(frozen=True, slots=True)
class Opinion:
    """All that one visitor has said of one battle."""

    vote: Vote | None
    reactions: Mapping[Side, Reaction]
