"""A room while somebody follows it: who is connected, what they see, and when they are told of a change."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum

from arena.domain.ballot import Ballot, Tally
from arena.domain.battle import BlindBattle
from arena.domain.debate import Question
from arena.domain.event import Event
from arena.domain.room import RoomState
from arena.domain.round import BallotKind
from arena.services.battles import NameReveal
from arena.services.footprint_reveal import FootprintReveal

HEARTBEAT_S = 10.0


class Role(StrEnum):
    """Which page follows."""

    PHONE = "phone"
    SCREEN = "screen"
    DESK = "desk"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many phones are connected and how many ballots of each kind are on disk."""

    connected: int = 0
    ballots: Mapping[BallotKind, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RoomView:
    """All that a room may be shown now; nothing in it names a model before the round shows names.

    ``battle`` is None without a round; before the step of the answers a page shows only its question. ``tally`` has
    nothing that the step does not show. ``question`` is for the debate, chosen by rules from the event's own results,
    once the round is there. ``number`` grows with each reading.
    """

    event: Event
    state: RoomState
    number: int
    battle: BlindBattle | None = None
    footprints: FootprintReveal | None = None
    names: NameReveal | None = None
    tally: Tally = field(default_factory=Tally)
    counts: Counts = field(default_factory=Counts)
    question: Question | None = None


@dataclass(eq=False, slots=True)
class Follower:
    """One page that follows a room; phones belong to a visitor and are not told of counts."""

    role: Role
    visitor_id: str | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def next_change(self) -> None:
        """Wait for news; comes back without any after ten seconds, so that a page knows the server is there."""
        with suppress(TimeoutError):
            async with asyncio.timeout(HEARTBEAT_S):
                await self.changed.wait()
        self.changed.clear()


class LiveRoom:
    """What is kept in memory of a room: nothing that the database does not know, but who is connected."""

    def __init__(self, event_id: str) -> None:
        self.event_id = event_id
        self.followers: set[Follower] = set()
        self.view: RoomView | None = None
        self.loading = asyncio.Lock()
        self.ballots: dict[str, Ballot] = {}  # of the view's round, by visitor: what a phone shows of itself
        self._said_meanwhile: dict[str, Ballot] = {}  # while the ballots are being read
        self.attending: dict[str, asyncio.Task[None]] = {}  # by battle
        self.answers_began: tuple[str, float] | None = None  # which round, and when by the clock that never jumps
        self.seated = ""  # the round in which those connected at its beginning have their seats
        self.has_new_ballots = False
        self.keeper: asyncio.Task[None] | None = None

    @contextmanager
    def following(self, role: Role, visitor_id: str | None = None) -> Iterator[Follower]:
        """Register a page for as long as the block lasts."""
        follower = Follower(role, visitor_id)
        follower.changed.set()  # the first look does not wait
        self.followers.add(follower)
        self.has_new_ballots = True  # one more is connected
        try:
            yield follower
        finally:
            self.followers.discard(follower)
            self.has_new_ballots = True

    @property
    def phones(self) -> frozenset[str]:
        """The visitors whose phones are connected."""
        return frozenset(one.visitor_id for one in self.followers if one.role is Role.PHONE and one.visitor_id)

    def tell(self, *roles: Role) -> None:
        """Tell the pages of some roles, or all of them, that there is news."""
        for follower in self.followers:
            if not roles or follower.role in roles:
                follower.changed.set()

    def note_ballot(self, visitor_id: str, ballot: Ballot) -> None:
        """Somebody spoke: their own pages show it at once, the count follows."""
        self.ballots[visitor_id] = self._said_meanwhile[visitor_id] = ballot
        self.has_new_ballots = True
        for follower in self.followers:
            if follower.visitor_id == visitor_id:
                follower.changed.set()

    def begin_reading(self) -> None:
        """The ballots are about to be read: what is noted from now on may not be among them."""
        self._said_meanwhile.clear()

    def take_read(self, ballots: Mapping[str, Ballot]) -> None:
        """The ballots as they were read."""
        self.ballots = {**ballots, **self._said_meanwhile}

    def elapsed_s(self, round_id: str) -> float | None:
        """Seconds since the answers of a round were first shown here; None when that was before a restart."""
        if self.answers_began is None or self.answers_began[0] != round_id:
            return None
        return time.monotonic() - self.answers_began[1]
