"""Questions from the room: who may propose one, what the organiser decides, and what deserves a second look."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from arena.data import read_shipped
from arena.domain.event import Event, Moderation
from arena.domain.insults import FILE, Insults, parse_insults
from arena.domain.personal_data import find_personal_data
from arena.domain.proposal import Proposal, ProposalState
from arena.domain.vocabulary import member
from arena.errors import InvalidChoice, ProposalRefused
from arena.services.live_room import Role, RoomView
from arena.services.organisers import Access
from arena.services.prompts import PromptRules
from arena.services.room_views import RoomViews
from arena.storage.stores import Stores

_DECISIONS = (ProposalState.APPROVED, ProposalState.LATER, ProposalState.REJECTED, ProposalState.PENDING)


@dataclass(frozen=True, slots=True)
class QueuedProposal:
    """A proposal with what the organiser should look at twice; nothing is ever decided for them."""

    proposal: Proposal
    has_personal_data: bool
    has_insult: bool


def load_insults() -> Insults:
    """Read the packaged list. Raises CatalogueError when the file is wrong."""
    return parse_insults(read_shipped(FILE))


def takes_proposals(view: RoomView) -> bool:
    """Whether people in a room may propose a question now."""
    room = view.state.room
    return is_free(view.event) and view.event.is_open and room.is_open and room.takes_proposals


def is_free(event: Event) -> bool:
    """Whether an event lets participants write at all."""
    return event.settings.moderation is Moderation.FREE


class Proposals:
    """Every method may be called on the event loop; the database is read and written on worker threads."""

    def __init__(self, stores: Stores, views: RoomViews, rules: PromptRules) -> None:
        self._store = stores.proposals
        self._events = stores.events
        self._views = views
        self._rules = rules
        self._insults = load_insults()

    # -- what a participant does --------------------------------------------------------------

    async def propose(self, visitor_id: str, event_id: str, text: str) -> Proposal:
        """Take a question from the room, on disk when it returns; the same again from the same person is one.

        Personal data is refused, so that the person knows at once. Raises PromptRejected, EventNotFound,
        EventNotOpen, RoomClosed, ProposalRefused.
        """
        event = await asyncio.to_thread(self._events.get, event_id)
        if not is_free(event):  # before anything is said about the text
            raise ProposalRefused("not_taken")
        now = datetime.now(UTC)
        proposal = Proposal(uuid4().hex, event_id, visitor_id, self._rules.checked(text), ProposalState.PENDING, now)
        kept = await asyncio.to_thread(self._store.add, proposal)
        await self._views.touched(event_id, Role.DESK)
        return kept

    # -- what an organiser does ---------------------------------------------------------------

    async def queue(self, access: Access, event_id: str) -> tuple[QueuedProposal, ...]:
        """What waits for the organiser, with alerts. Raises EventNotFound."""
        access.require(event_id)
        proposals = await asyncio.to_thread(self._store.queue, event_id)
        return tuple(map(self._looked_at, proposals))

    async def decide(
        self, access: Access, event_id: str, proposal_id: str, decision: str, text: str | None = None
    ) -> Proposal:
        """Approve, reject or put off a proposal; ``text`` is what the organiser made of it.

        Raises EventNotFound, InvalidChoice, PromptRejected, ProposalRefused.
        """
        access.require(event_id)
        state = member(ProposalState, decision)
        if state not in _DECISIONS:
            raise InvalidChoice(f"{decision!r} is no decision about a proposal")
        checked = None if text is None else self._rules.checked(text)
        return await self._change(event_id, proposal_id, state, checked)

    async def approved(self, access: Access, event_id: str, proposal_id: str) -> Proposal:
        """One that may be asked now. Raises EventNotFound, ProposalRefused."""
        queue = await self.queue(access, event_id)
        found = next((one.proposal for one in queue if one.proposal.id == proposal_id), None)
        if found is None or found.state is not ProposalState.APPROVED:
            raise ProposalRefused("missing")
        return found

    async def note_asked(self, event_id: str, proposal_id: str) -> None:
        """It became a round, of which the text is a copy: that one stays when its author erases theirs."""
        await self._change(event_id, proposal_id, ProposalState.ASKED, None)

    # -- inside -------------------------------------------------------------------------------

    async def _change(self, event_id: str, proposal_id: str, state: ProposalState, text: str | None) -> Proposal:
        now = datetime.now(UTC)

        def decide(before: Proposal) -> Proposal:
            return before.decided(state, now, text=text)

        changed = await asyncio.to_thread(self._store.change, event_id, proposal_id, decide)
        await self._views.touched(event_id, Role.DESK, Role.PHONE)
        return changed

    def _looked_at(self, proposal: Proposal) -> QueuedProposal:
        text = proposal.text
        return QueuedProposal(proposal, bool(find_personal_data(text)), self._insults.are_in(text))
