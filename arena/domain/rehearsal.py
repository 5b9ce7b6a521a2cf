"""A rehearsal: what a room is tried for before people come, and what each check found."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import urlsplit

from arena.domain.legibility import Projection
from arena.errors import RehearsalRefused

PHONES = 20
STEP_P95_S = 2.0  # what a room is promised: every phone shows a step within two seconds
VOTE_P95_S = 0.5  # and a vote is on disk within half a second
MOST_DRIFT_S = 1.0  # of the clock on the wall beside the one that never jumps
SLOW_WRITE_S = 0.1  # a hundred people who vote at once would wait ten seconds for such a disk
CODE_FROM_M = 8.0

# Of the width of the projected page, 1280 or 1920 pixels alike: the size of letters of the join code and of the
# answers is at least that much, as the tests of the screen measure.
CODE_SHARE = 0.1
TEXT_SHARE = 32 / 1280

_PREFIX = "rehearsal-"
_WIDTH = re.compile(r"[0-9]{1,2}(?:[.,][0-9]{1,2})?")
LEAST_WIDTH_M, MOST_WIDTH_M = 0.3, 30.0


class Check(StrEnum):
    """What is looked at, those that stop a meeting first. The words are keys of texts."""

    MODELS = "models"
    DISK = "disk"
    ADDRESS = "address"
    JOIN = "join"
    STEPS = "steps"
    VOTES = "votes"
    BACK = "back"
    SCREEN = "screen"
    CLOCK = "clock"
    ROOMS = "rooms"


@dataclass(frozen=True, slots=True)
class Detail:
    """A thing by its name, with the key of a text or an error that is said of it, "" for nothing."""

    name: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: ``word`` and ``values`` fill in its sentence. Numbers carry their unit in their name."""

    check: Check
    word: str
    values: Mapping[str, float | str] = field(default_factory=dict)
    is_fine: bool = False
    details: Sequence[Detail] = ()


@dataclass(frozen=True, slots=True)
class RehearsalReport:
    """Everything that one rehearsal found. ``address`` is what the phones opened, "" when there was no way in."""

    at: datetime
    took_s: float
    address: str
    findings: Sequence[Finding]

    @property
    def to_do(self) -> tuple[Finding, ...]:
        """What needs somebody, the most pressing first."""
        return tuple(one for one in self._in_order() if not one.is_fine)

    @property
    def fine(self) -> tuple[Finding, ...]:
        """What works."""
        return tuple(one for one in self._in_order() if one.is_fine)

    def _in_order(self) -> list[Finding]:
        order = list(Check)
        return sorted(self.findings, key=lambda one: order.index(one.check))


@dataclass(slots=True)
class Trial:
    """What happened to the phones of a rehearsal so far; times in seconds. None is what was not come to."""

    phones: int = PHONES
    joined: int | None = None
    step_delays: list[float] = field(default_factory=list)
    steps_unseen: int = 0
    vote_delays: list[float] = field(default_factory=list)
    votes_kept: int | None = None
    away: int = 0
    came_back: int | None = None
    still_there: int | None = None


def trial_id(unique: str) -> str:
    """The id of the event of a rehearsal, by which it is known for ever: those of others are hexadecimal."""
    return f"{_PREFIX}{unique}"[:32]


def is_trial(event_id: str) -> bool:
    """Whether an event was made by a rehearsal, to be thrown away."""
    return event_id.startswith(_PREFIX)


def percentile_95(delays: Sequence[float]) -> float:
    """The delay that 95 % of them do not exceed, by nearest rank."""
    return sorted(delays)[math.ceil(0.95 * len(delays)) - 1]


def read_width(typed: str) -> float | None:
    """The width of an image in metres, with a comma or a point; None for nothing typed. Raises RehearsalRefused."""
    plain = "".join(typed.split()).removesuffix("m")
    if not plain:
        return None
    width_m = float(plain.replace(",", ".")) if _WIDTH.fullmatch(plain) else 0.0
    if not LEAST_WIDTH_M <= width_m <= MOST_WIDTH_M:
        raise RehearsalRefused("width")
    return width_m


# -- what the phones say ----------------------------------------------------------------------


def judge_trial(trial: Trial) -> tuple[Finding, ...]:
    """What the phones found out: joining, steps, votes, coming back."""
    return (_joining(trial), _steps(trial), _votes(trial), _coming_back(trial))


def _joining(trial: Trial) -> Finding:
    if trial.joined is None:
        return Finding(Check.JOIN, "untested")
    values = {"count": trial.joined, "phones": trial.phones}
    is_fine = trial.joined == trial.phones
    return Finding(Check.JOIN, "fine" if is_fine else "some", values, is_fine)


def _steps(trial: Trial) -> Finding:
    if trial.steps_unseen:
        return Finding(Check.STEPS, "unseen", {"count": trial.steps_unseen})
    if not trial.step_delays:
        return Finding(Check.STEPS, "untested")
    slowest_s = percentile_95(trial.step_delays)
    is_fine = slowest_s <= STEP_P95_S
    return Finding(Check.STEPS, "fine" if is_fine else "slow", {"p95_s": slowest_s, "most_s": STEP_P95_S}, is_fine)


def _votes(trial: Trial) -> Finding:
    if trial.votes_kept is None or trial.joined is None:
        return Finding(Check.VOTES, "untested")
    if trial.votes_kept != trial.joined or not trial.vote_delays:
        return Finding(Check.VOTES, "lost", {"count": trial.votes_kept, "phones": trial.joined})
    slowest_s = percentile_95(trial.vote_delays)
    is_fine = slowest_s <= VOTE_P95_S
    values = {"phones": trial.joined, "p95_ms": slowest_s * 1000, "most_ms": VOTE_P95_S * 1000}
    return Finding(Check.VOTES, "fine" if is_fine else "slow", values, is_fine)


def _coming_back(trial: Trial) -> Finding:
    if trial.came_back is None or trial.still_there is None:
        return Finding(Check.BACK, "untested")
    if trial.came_back < trial.away:
        return Finding(Check.BACK, "some", {"count": trial.came_back, "phones": trial.away})
    if trial.still_there:
        return Finding(Check.BACK, "ghosts", {"count": trial.still_there})
    return Finding(Check.BACK, "fine", {"phones": trial.away}, is_fine=True)


# -- what else is looked at -------------------------------------------------------------------


def judge_models(
    answered: Sequence[str], failed: Sequence[Detail], *, is_demo: bool = False, recorded: int = 0
) -> Finding:
    """Which of the available models answered two words, and how many recorded duels there are beside them."""
    if recorded and (is_demo or len(answered) < 2):
        return Finding(Check.MODELS, "recorded", {"count": recorded}, is_fine=True)
    if is_demo:
        return Finding(Check.MODELS, "demo")
    values = {"count": len(answered)}
    if len(answered) < 2:
        return Finding(Check.MODELS, "too_few", values, details=failed)
    if failed:
        return Finding(Check.MODELS, "some", values, details=failed)
    return Finding(Check.MODELS, "fine", values, is_fine=True)


@dataclass(frozen=True, slots=True)
class Disk:
    """Where the database is: what is free there in bytes (None: on another machine), and whether others share it."""

    free_bytes: int | None
    is_shared: bool = False


def judge_disk(disk: Disk, writes_s: Sequence[float], *, least_free_bytes: int) -> Finding:
    """Whether votes can be kept. ``writes_s`` are times of writes that outlive a power cut; none: it was refused."""
    if not writes_s:
        return Finding(Check.DISK, "refused")
    values = {"write_ms": sorted(writes_s)[len(writes_s) // 2] * 1000}
    if disk.free_bytes is None:
        word = "elsewhere"
    else:
        values["free_gb"] = disk.free_bytes / 1e9
        word = "full" if disk.free_bytes < least_free_bytes else "shared" if disk.is_shared else "fine"
    if word in ("elsewhere", "fine") and values["write_ms"] > SLOW_WRITE_S * 1000:
        word = "slow"
    return Finding(Check.DISK, word, values, is_fine=word in ("elsewhere", "fine"))


def judge_address(address: str, *, unanswered: str = "") -> Finding:
    """Whether the address that phones went to leads in from the room, "" where there was no way in at all.

    ``unanswered`` is the one of the QR code when this arena did not answer there.
    """
    if unanswered:
        return Finding(Check.ADDRESS, "elsewhere", {"address": unanswered})
    if not address:
        return Finding(Check.ADDRESS, "unknown")
    word = _reach_of(urlsplit(address).hostname or "")
    return Finding(Check.ADDRESS, word, {"address": address}, is_fine=word == "fine")


def _reach_of(host: str) -> str:
    if host == "localhost":
        return "closed"
    try:
        ip = ip_address(host)
    except ValueError:
        return "fine"  # a name, which answered
    if ip.is_loopback:
        return "closed"
    return "self_given" if ip.is_link_local else "public" if ip.is_global else "fine"


def judge_clock(drift_s: float) -> Finding:
    """Whether the clock on the wall jumped meanwhile, forward or back."""
    is_fine = abs(drift_s) <= MOST_DRIFT_S
    return Finding(Check.CLOCK, "fine" if is_fine else "jumped", {"drift_s": abs(drift_s)}, is_fine)


def judge_screen(width_m: float | None) -> Finding:
    """From how far a projected image of that width is read, whatever its pixels: its letters grow with them."""
    if width_m is None:
        return Finding(Check.SCREEN, "unknown")
    image = Projection(width_m, 1.0)
    code_m, text_m = image.farthest_m(CODE_SHARE), image.farthest_m(TEXT_SHARE)
    is_fine = code_m >= CODE_FROM_M
    values = {"code_m": code_m, "text_m": text_m, "needed_m": width_m * CODE_FROM_M / code_m}
    return Finding(Check.SCREEN, "fine" if is_fine else "near", values, is_fine)


def judge_rooms(others: Sequence[Detail], own_step: str | None) -> Finding:
    """Rooms of other events that are open still, and the step at which this event's own room was left."""
    if others:
        return Finding(Check.ROOMS, "others", {"count": len(others)}, details=[one for one in others if one.name])
    if own_step is not None:
        return Finding(Check.ROOMS, "own", details=[Detail("", own_step)])
    return Finding(Check.ROOMS, "fine", is_fine=True)
