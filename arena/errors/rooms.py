"""What cannot be done in a room."""

from arena.errors.tree import Refusal, RequestError


class RoomClosed(RequestError):
    """The room of an event is not open, or has no round yet."""

    key = "error.room.closed"


class RoomChanged(RequestError):
    """Another desk was faster, or the same button was pressed twice."""

    key = "error.room.changed"


class StepUnreachable(RequestError):
    """The round leaves that step out, or its answers are not there yet."""

    key = "error.room.step"


class BallotRefused(RequestError):
    """The room is not asked that: ``key`` says whether it came too early, too late, after the names, or for another
    round."""

    WHYS = ("early", "late", "named", "other_round")

    def __init__(self, why: str) -> None:
        self.key = f"error.room.ballot.{why}"
        super().__init__(why)


class ProposalRefused(RequestError):
    """No question is taken from the room: ``key`` says why, or there is no such proposal to decide about."""

    WHYS = ("not_taken", "too_many", "missing", "decided")

    def __init__(self, why: str) -> None:
        self.key = f"error.room.proposal.{why}"
        super().__init__(why)


class RehearsalRefused(RequestError):
    """No rehearsal begins: one is under way, a room is voting, or the width of the image is impossible."""

    WHYS = ("running", "voting", "width")

    def __init__(self, why: str) -> None:
        self.key = f"error.rehearsal.{why}"
        super().__init__(why)


class AddressRefused(Refusal):
    """An address that cannot be read, or on which this machine cannot listen."""
