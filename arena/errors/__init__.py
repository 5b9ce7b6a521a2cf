"""The errors of the arena. Each carries a text key; the words live in the locale files.

ArenaError
├── CatalogueError          models.yaml says something impossible (line, field, reason)
├── PairingError            the catalogue cannot give two different models for this mode
│   └── EventPairingError   nor can the models that an event allows
├── FootprintError          an argument of an estimate is impossible (name, value, reason)
├── MeterError              an energy counter of this machine cannot be read or reads nonsense
├── StorageError            the database refused or is out of reach
├── VoteFileError           a file of votes says something impossible (file, line, column, value, reason)
├── RequestError            a person (or a script) asked for something that cannot be done
│   ├── Refusal             base of those with a key of their own for each reason
│   │   ├── PromptRejected  empty, too long, or holds personal data
│   │   ├── EventRejected   what an organiser typed for an event is impossible (which field, its limits)
│   │   └── AddressRefused  no address at all, none of this machine, or none that the room can be opened on
│   ├── OrganiserAsks       in school mode a participant starts no duel and writes nothing (which, and why)
│   ├── BattleNotFound      no such battle for this visitor
│   ├── BattleBusy          the battle is still being written
│   ├── BattleClosed        already revealed, or at its last turn
│   ├── VoteMissing         the reveal was asked for before the vote
│   ├── FootprintsUnseen    a second choice was made before the first reveal
│   ├── InvalidChoice       a value outside its vocabulary
│   ├── NumberRefused       a number that is not one, or out of bounds
│   ├── FigureFixed         a figure of an earlier method cannot be computed under another mix
│   ├── TooManyBattles      this visitor started too many battles at once
│   ├── QuotaReached        this visitor started too many battles within the hour
│   ├── BudgetSpent         the event has used its answers or its euros
│   ├── EventNotFound       no such event, or none that this organiser may see
│   ├── EventNotOpen        the event is not open yet, or not any more: no prompt, no vote
│   ├── EventChanged        somebody else changed the event meanwhile
│   ├── CodeUnknown         no event has that code
│   ├── TooManyTries        too many wrong codes from this visitor, for a while
│   ├── AccessRefused       not an organiser, or not any more
│   ├── RoomClosed          the room of an event is not open, or has no round
│   ├── RoomChanged         another desk, or another button, was faster
│   ├── StepUnreachable     the round leaves that step out, or its answers are not there yet
│   ├── BallotRefused       the room is not asked that now (what, and why)
│   ├── ProposalRefused     the room takes no question, or none more of this person, or there is no such proposal
│   ├── RehearsalRefused    one is under way, a room is voting, or what was typed for it is impossible (which)
│   ├── TooFewPeople        an export about fewer people than may be told apart
│   ├── ParquetMissing      the library that writes Parquet is not installed
│   ├── ExportInterrupted   a file could not be written to its end
│   └── RecordingError      a file of recorded duels is refused (tree of its own: errors/recordings.py)
└── EndpointError           a model endpoint did not do what was asked of it
    ├── EndpointUnreachable refused connection
    │   ├── HostNotFound    DNS
    │   └── TlsFailed       certificate or handshake
    ├── RequestRefused      400 and other 4xx
    │   ├── ContextTooLong  400 because prompt and history do not fit
    │   ├── AccessDenied    401, 403: key missing, wrong or not allowed
    │   ├── ModelUnknown    404: no such model, or no such address
    │   └── RateLimited     429
    ├── ServerFault         5xx, or an `error` object in the stream
    ├── EndpointSilent      no byte for too long, or the whole answer took too long
    ├── StreamDropped       the connection broke before the end of the answer
    ├── MalformedReply      the endpoint does not speak the protocol
    ├── EmptyAnswer         a correct reply without a word in it
    └── ContentFiltered     the endpoint's own filter cut the answer
"""

from collections.abc import Sequence

from arena.errors.endpoints import (
    AccessDenied,
    ContentFiltered,
    ContextTooLong,
    EmptyAnswer,
    EndpointError,
    EndpointSilent,
    EndpointUnreachable,
    HostNotFound,
    MalformedReply,
    ModelUnknown,
    RateLimited,
    RequestRefused,
    ServerFault,
    StreamDropped,
    TlsFailed,
)
from arena.errors.rooms import (
    AddressRefused,
    BallotRefused,
    ProposalRefused,
    RehearsalRefused,
    RoomChanged,
    RoomClosed,
    StepUnreachable,
)
from arena.errors.tree import ArenaError, Refusal, RequestError

__all__ = [
    "AccessDenied",
    "AccessRefused",
    "AddressRefused",
    "ArenaError",
    "BallotRefused",
    "BattleBusy",
    "BattleClosed",
    "BattleNotFound",
    "BudgetSpent",
    "CatalogueError",
    "CodeUnknown",
    "ContentFiltered",
    "ContextTooLong",
    "EmptyAnswer",
    "EndpointError",
    "EndpointSilent",
    "EndpointUnreachable",
    "EventChanged",
    "EventNotFound",
    "EventNotOpen",
    "EventPairingError",
    "EventRejected",
    "ExportInterrupted",
    "FigureFixed",
    "FootprintError",
    "FootprintsUnseen",
    "HostNotFound",
    "InvalidChoice",
    "MalformedReply",
    "MeterError",
    "ModelUnknown",
    "NumberRefused",
    "PairingError",
    "ParquetMissing",
    "PromptRejected",
    "ProposalRefused",
    "QuotaReached",
    "RateLimited",
    "Refusal",
    "RehearsalRefused",
    "RequestError",
    "RequestRefused",
    "RoomChanged",
    "RoomClosed",
    "ServerFault",
    "StepUnreachable",
    "StorageError",
    "StreamDropped",
    "TlsFailed",
    "TooFewPeople",
    "TooManyBattles",
    "TooManyTries",
    "VoteFileError",
    "VoteMissing",
]


class CatalogueError(ArenaError):
    """The catalogue file is wrong: names the file, the line, the field and the reason.

    ``others`` holds the further problems of the same file; the message shows the first ten in all.
    """

    key = "error.catalogue"
    shown = 10

    def __init__(
        self,
        reason: str,
        *,
        file: str = "models.yaml",
        line: int = 0,
        field: str = "",
        others: Sequence["CatalogueError"] = (),
    ) -> None:
        self.reason = reason
        self.file = file
        self.line = line
        self.field = field
        self.others = tuple(others)
        place = f"{file}:{line}" if line else file
        own = f"{place}: {field}: {reason}" if field else f"{place}: {reason}"
        rest = [str(other) for other in self.others[: self.shown - 1]]
        left = len(self.others) - len(rest)
        super().__init__("\n".join([own, *rest, *([f"… and {left} more"] if left else [])]))


class PairingError(ArenaError):
    """Fewer than two models can be drawn for the mode that was asked for."""

    key = "error.pairing"


class EventPairingError(PairingError):
    """Of the models that an event allows, fewer than two can be drawn now."""

    key = "error.event.pairing"


class FootprintError(ArenaError):
    """An argument of an estimate is impossible: names the argument, its value and the reason."""

    key = "error.footprint"

    def __init__(self, argument: str, value: object, reason: str) -> None:
        self.argument = argument
        self.value = value
        self.reason = reason
        super().__init__(f"{argument}={value!r}: {reason}")


class MeterError(ArenaError):
    """An energy counter of this machine is absent, cannot be read or says something impossible."""

    key = "error.meter"


class StorageError(ArenaError):
    """The database refused a write or cannot be reached."""

    key = "error.storage"


class VoteFileError(ArenaError):
    """A file of votes cannot be ranked: names the file, the line, the column, its value and the reason."""

    key = "error.vote_file"

    def __init__(
        self, reason: str, *, file: str, line: int = 0, column: str = "", value: str | bytes | None = None
    ) -> None:
        self.reason = reason
        self.file = file
        self.line = line
        self.column = column
        self.value = value
        place = f"{file}:{line}" if line else file
        named = [place, *([column] if column else []), *([] if value is None else [repr(value)]), reason]
        super().__init__(": ".join(named))


class PromptRejected(Refusal):
    """The prompt is empty, too long or holds personal data."""


class OrganiserAsks(RequestError):
    """The event is in school mode: its organiser asks, participants write nothing; ``what`` they tried to do.

    That is ``prompt`` for a duel or a turn of their own, ``comment`` for words beside a vote.
    """

    def __init__(self, what: str = "prompt") -> None:
        self.key = f"error.school.{what}"
        super().__init__(f"school mode: no {what} from participants")


class BattleNotFound(RequestError):
    """No battle of that id that this visitor may see."""

    key = "error.battle_not_found"


class BattleBusy(RequestError):
    """The answers of the battle are still being written."""

    key = "error.battle_busy"


class BattleClosed(RequestError):
    """The battle was revealed or reached its last turn."""

    key = "error.battle_closed"


class VoteMissing(RequestError):
    """A reveal needs a recorded vote first."""

    key = "error.vote_missing"


class FootprintsUnseen(RequestError):
    """A second choice needs the footprints of the first reveal."""

    key = "error.footprints_unseen"


class InvalidChoice(RequestError):
    """A value is not in its vocabulary."""

    key = "error.invalid_choice"


class NumberRefused(RequestError):
    """What was typed is not a whole number between 1 and ``most``; ``key`` says of which field."""

    def __init__(self, what: str, most: int) -> None:
        self.key = f"error.number.{what}"
        self.most = most
        super().__init__(f"{what}: expected a whole number from 1 to {most}")


class FigureFixed(RequestError):
    """A footprint made by an earlier method stays as it is: this version cannot compute it another way."""

    key = "error.figure_fixed"


class TooManyBattles(RequestError):
    """This visitor already has as many running battles as allowed."""

    key = "error.too_many_battles"


class QuotaReached(RequestError):
    """This visitor started as many battles within the hour as allowed; one more may start in some minutes."""

    key = "error.quota_reached"

    def __init__(self, minutes: int = 60) -> None:
        self.values = {"minutes": minutes}
        super().__init__(f"one more in {minutes} minutes")


class BudgetSpent(RequestError):
    """The event has no answers, or no euros, left for what was asked."""

    key = "error.budget_spent"


class EventNotFound(RequestError):
    """No event of that id that this organiser may see."""

    key = "error.event.not_found"


class EventNotOpen(RequestError):
    """The event takes no prompt and no vote: it is not open yet, or closed; ``key`` says which."""

    def __init__(self, state: str) -> None:
        self.key = f"error.event.{state}"
        super().__init__(f"the event is {state}")


class EventRejected(Refusal):
    """What was typed for an event is impossible."""


class EventChanged(RequestError):
    """The event is no longer the version that was edited: nothing was overwritten."""

    key = "error.event.changed"


class CodeUnknown(RequestError):
    """No event has that code."""

    key = "error.event.code"


class TooManyTries(RequestError):
    """Too many wrong codes; ``wait_s`` is how long to wait, in seconds."""

    key = "error.event.too_many_tries"

    def __init__(self, wait_s: float) -> None:
        self.wait_s = wait_s
        super().__init__(self.key)


class AccessRefused(RequestError):
    """No valid organiser's link or secret."""

    key = "error.organise.refused"


class TooFewPeople(RequestError):
    """Row by row an export of fewer than five people would say too much about each of them."""

    key = "error.export.too_few"


class ParquetMissing(RequestError):
    """Parquet needs the optional package pyarrow: ``pip install 'arena[parquet]'``."""

    key = "error.export.no_parquet"


class ExportInterrupted(RequestError):
    """A file could not be written to its end; none was left half."""

    key = "error.export.interrupted"
