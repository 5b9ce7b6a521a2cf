"""A proposal: a question from the room, which nobody sees but the organiser until it is approved."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ProposalState(StrEnum):
    """What the organiser decided."""

    PENDING = "pending"
    APPROVED = "approved"
    LATER = "later"
    REJECTED = "rejected"
    ASKED = "asked"  # it became a round


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
