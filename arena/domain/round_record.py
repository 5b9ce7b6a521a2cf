"""A round as it is exported: what was set of it, which step came when, and who read which answer first."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from arena.domain.round import Step
from arena.domain.side import Side


@dataclass(frozen=True, slots=True)
class NotedStep:
    """A step that a round was brought to, numbered from 1; one that was undone stays, marked."""

    number: int
    step: Step
    at: datetime
    is_undone: bool


@dataclass(frozen=True, slots=True)
class RoundRecord:
    """The round of a battle; ``seats`` are by visitor."""

    number: int
    has_bet: bool
    is_streamed: bool
    skips_names: bool
    steps: tuple[NotedStep, ...] = ()
    seats: Mapping[str, Side] = field(default_factory=dict)
