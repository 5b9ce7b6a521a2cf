"""Keeps the questions that people in a room propose, and what the organiser decides about each."""

from collections.abc import Callable, Sequence

from sqlalchemy import Engine, func
from sqlmodel import Session, col, select

from arena.domain.event import Moderation
from arena.domain.proposal import MOST_OPEN, OPEN_STATES, Proposal, ProposalState
from arena.errors import ProposalRefused, RoomClosed
from arena.storage.rooms import read_state
from arena.storage.rows import EventRow, ParticipantRow, ProposalRow
from arena.storage.transactions import hold_event_open, reading, writing

_WAITING = (ProposalState.PENDING, ProposalState.LATER)


class ProposalStore:
    """Each method is one transaction. Every one raises StorageError when the database refuses."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, proposal: Proposal) -> Proposal:
        """Write a new proposal; the one that is there already when the same person proposed the same text.

        Raises EventNotFound, EventNotOpen, RoomClosed for who did not join, ProposalRefused.
        """
        with writing(self._engine) as session:
            hold_event_open(session, proposal.event_id)
            _require_taken(session, proposal)
            theirs = col(ProposalRow.event_id) == proposal.event_id, col(ProposalRow.visitor_id) == proposal.visitor_id
            same = session.exec(select(ProposalRow).where(*theirs, ProposalRow.text == proposal.text)).first()
            if same is not None:
                return _to_proposal(same)
            waiting = col(ProposalRow.state).in_([state.value for state in _WAITING])
            if session.exec(select(func.count()).select_from(ProposalRow).where(*theirs, waiting)).one() >= MOST_OPEN:
                raise ProposalRefused("too_many")
            session.add(_to_row(proposal))
            return proposal

    def queue(self, event_id: str) -> tuple[Proposal, ...]:
        """What an organiser may still decide about, in the order in which they should."""
        waiting = col(ProposalRow.state).in_([state.value for state in OPEN_STATES])
        with reading(self._engine) as session:
            rows = session.exec(select(ProposalRow).where(ProposalRow.event_id == event_id, waiting))
            return tuple(sorted(map(_to_proposal, rows), key=lambda one: one.place))

    def of_visitor(self, event_id: str, visitor_id: str) -> Sequence[Proposal]:
        """All that one person proposed in an event, the latest first."""
        query = select(ProposalRow).where(ProposalRow.event_id == event_id, ProposalRow.visitor_id == visitor_id)
        with reading(self._engine) as session:
            latest = col(ProposalRow.created_at).desc(), col(ProposalRow.id)
            return [_to_proposal(row) for row in session.exec(query.order_by(*latest))]

    def change(self, event_id: str, proposal_id: str, decide: Callable[[Proposal], Proposal]) -> Proposal:
        """Put what ``decide`` makes of a proposal in its place. Raises ProposalRefused, and what ``decide`` raises."""
        with writing(self._engine) as session:
            row = session.get(ProposalRow, proposal_id, with_for_update=True)
            if row is None or row.event_id != event_id:
                raise ProposalRefused("missing")
            decided = decide(_to_proposal(row))
            row.text, row.state, row.decided_at = decided.text, decided.state.value, decided.decided_at
            session.add(row)
            return decided


def _require_taken(session: Session, proposal: Proposal) -> None:
    """Raises RoomClosed for who did not join, ProposalRefused where no question is taken.

    The person's own row stays locked: of two requests at once the second counts the first one's.
    """
    participant = session.get(ParticipantRow, (proposal.event_id, proposal.visitor_id), with_for_update=True)
    room = read_state(session, proposal.event_id, to_stay=True).room
    if participant is None or not room.is_open:
        raise RoomClosed
    moderation = session.exec(select(EventRow.moderation).where(EventRow.id == proposal.event_id)).one()
    if moderation != Moderation.FREE or not room.takes_proposals:
        raise ProposalRefused("not_taken")


def _to_row(proposal: Proposal) -> ProposalRow:
    return ProposalRow(
        id=proposal.id,
        event_id=proposal.event_id,
        visitor_id=proposal.visitor_id,
        text=proposal.text,
        state=proposal.state.value,
        created_at=proposal.created_at,
        decided_at=proposal.decided_at,
    )


def _to_proposal(row: ProposalRow) -> Proposal:
    return Proposal(
        id=row.id,
        event_id=row.event_id,
        visitor_id=row.visitor_id,
        text=row.text,
        state=ProposalState(row.state),
        created_at=row.created_at,
        decided_at=row.decided_at,
    )
