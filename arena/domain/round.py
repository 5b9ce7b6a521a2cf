"""A round: one battle shared by everybody in a room, and the step that its organiser has brought it to."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from arena.domain.battle import RevealStage
from arena.errors import BallotRefused, StepUnreachable


class Step(StrEnum):
    """Where a round is, in order. What a page shows depends on nothing else."""

    WAITING = "waiting"  # people join; the question is not shown yet
    PROMPT = "prompt"
    BET = "bet"  # how many times more energy one of both will take
    ANSWERS = "answers"
    VOTE = "vote"
    CLOSED = "closed"  # the results of the vote are there
    FOOTPRINTS = "footprints"  # still anonymous
    SECOND_CHOICE = "second_choice"
    NAMES = "names"
    DEBATE = "debate"

    @property
    def number(self) -> int:
        """Its place in the order, from 0."""
        return _ORDER[self]

    def has_come_to(self, other: "Step") -> bool:
        """Whether it is that step or a later one."""
        return self.number >= other.number


_ORDER = {step: number for number, step in enumerate(Step)}


class BallotKind(StrEnum):
    """What a person may say once in a round."""

    BET = "bet"
    VOTE = "vote"
    SECOND_CHOICE = "second_choice"


OPEN_DURING = {BallotKind.BET: Step.BET, BallotKind.VOTE: Step.VOTE, BallotKind.SECOND_CHOICE: Step.SECOND_CHOICE}
_STAGES = {RevealStage.BLIND: 0, RevealStage.FOOTPRINTS: 1, RevealStage.NAMES: 2}


@dataclass(frozen=True, slots=True)
class Round:
    """A round as it is kept. Its question and its answers are those of its battle.

    ``shown`` is the most that the room has ever been shown of the battle, whatever the step is now: what people say
    after that is not blind any more. ``recorded_at`` is when the answers of a recorded duel were written.
    """

    id: str
    event_id: str
    battle_id: str
    number: int
    step: Step
    created_at: datetime
    has_bet: bool = False
    is_streamed: bool = False
    skips_names: bool = False
    shown: RevealStage = RevealStage.BLIND
    recorded_at: datetime | None = None

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps that this round goes through."""
        left_out = {step for step, is_out in ((Step.BET, not self.has_bet), (Step.NAMES, self.skips_names)) if is_out}
        return tuple(step for step in Step if step not in left_out)

    @property
    def next_step(self) -> Step | None:
        """The step after this one, None at the end."""
        return next((step for step in self.steps if step.number > self.step.number), None)

    @property
    def previous_step(self) -> Step | None:
        """The step before this one, None at the beginning."""
        return next((step for step in reversed(self.steps) if step.number < self.step.number), None)

    @property
    def stage(self) -> RevealStage:
        """What the step shows of the battle."""
        if self.step.has_come_to(Step.NAMES) and not self.skips_names:
            return RevealStage.NAMES
        return RevealStage.FOOTPRINTS if self.step.has_come_to(Step.FOOTPRINTS) else RevealStage.BLIND

    def require(self, step: Step, *, answers_are_there: bool) -> None:
        """Raises StepUnreachable for a step that the round leaves out, or that shows answers before they are there."""
        if step not in self.steps or (step.has_come_to(Step.ANSWERS) and not answers_are_there):
            raise StepUnreachable(step)

    def takes(self, kind: BallotKind) -> bool:
        """Whether that is asked now."""
        return OPEN_DURING[kind] is self.step

    def require_open(self, kind: BallotKind) -> None:
        """Raises BallotRefused, which says whether that comes too early or too late."""
        if not self.takes(kind):
            raise BallotRefused("late" if self.step.has_come_to(OPEN_DURING[kind]) else "early")

    def require_unseen(self, kind: BallotKind) -> None:
        """Raises BallotRefused for a second choice after the names: it was to be made knowing the footprints alone."""
        if kind is BallotKind.SECOND_CHOICE and self.is_too_late_for(kind):
            raise BallotRefused("named")

    def is_too_late_for(self, kind: BallotKind) -> bool:
        """Whether the room has already been shown what this was to be said without."""
        limit = RevealStage.NAMES if kind is BallotKind.SECOND_CHOICE else RevealStage.FOOTPRINTS
        return _STAGES[self.shown] >= _STAGES[limit]


def further(one: RevealStage, other: RevealStage) -> RevealStage:
    """The one that shows more."""
    return max(one, other, key=_STAGES.__getitem__)
