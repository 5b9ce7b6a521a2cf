"""A proposal: a question from the room, which nobody sees but the organiser until it is approved."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from arena.errors import ProposalRefused

MOST_OPEN = 3  # of one person, so that nobody fills the queue alone


class ProposalState(StrEnum):
    """What the organiser decided."""

    PENDING = "pending"
    APPROVED = "approved"
    LATER = "later"
    REJECTED = "rejected"
    ASKED = "asked"  # it became a round

    @property
    def is_open(self) -> bool:
        """Whether the organiser may still decide something else."""
        return self not in (ProposalState.REJECTED, ProposalState.ASKED)


OPEN_STATES = tuple(state for state in ProposalState if state.is_open)
_QUEUE = (ProposalState.PENDING, ProposalState.APPROVED, ProposalState.LATER)


@dataclass(frozen=True, slots=True)
class Proposal:
    """One question proposed by one visitor; ``text`` as the organiser left it."""

    id: str
    event_id: str
    visitor_id: str
    text: str
    state: ProposalState
    created_at: datetime
    decided_at: datetime | None = None

    def decided(self, state: ProposalState, now: datetime, *, text: str | None = None) -> "Proposal":
        """The same one after a decision, with another text if there is one.

        Raises ProposalRefused for one that was rejected or asked already.
        """
        if not self.state.is_open:
            raise ProposalRefused("decided")
        return replace(self, state=state, decided_at=now, text=self.text if text is None else text)

    @property
    def place(self) -> tuple[int, datetime, str]:
        """Where it stands in the organiser's queue: what waits for a decision first, then the oldest."""
        return (_QUEUE.index(self.state), self.created_at, self.id)
