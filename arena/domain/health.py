"""The health of a model or an endpoint: a circuit breaker that pauses what fails, and how fast it begins to speak.

Every time comes from the caller. After some failures in a row the breaker opens: the model leaves the draw. When
the pause is over it is half-open: it may be probed, not drawn. One success closes it; each probe that fails
doubles the pause, up to a cap.
"""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from arena.domain.pairing import Candidate, can_meet
from arena.errors import ContentFiltered, ContextTooLong, EndpointError

_MOST_DOUBLINGS = 40  # the cap is reached long before; a larger power would not fit a float


class Circuit(StrEnum):
    """Whether a breaker lets draws pass."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"  # the pause is over: a probe decides


class HealthState(StrEnum):
    """What an organiser is told, the worst last."""

    OK = "ok"
    SLOW = "slow"  # shown, never paused
    FAILING = "failing"  # its last answer failed
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class HealthRules:
    """Failures in a row that pause, pauses in seconds, and what is slow: a median over the last first tokens."""

    failures_to_pause: int = 3
    first_pause_s: float = 30.0
    longest_pause_s: float = 600.0
    slow_first_token_s: float = 5.0
    first_tokens_kept: int = 20
    first_tokens_needed: int = 3  # fewer say nothing

    def pause(self, number: int) -> timedelta:
        """How long the pause of this number in a row lasts, from 1."""
        doublings = min(number - 1, _MOST_DOUBLINGS)
        return timedelta(seconds=min(self.first_pause_s * 2.0**doublings, self.longest_pause_s))


def is_fault(error: EndpointError) -> bool:
    """Whether an error speaks against its model: a filter and a conversation that is too long do not."""
    return not isinstance(error, ContentFiltered | ContextTooLong)


@dataclass(frozen=True, slots=True)
class Breaker:
    """Failures in a row, who failed in them, pauses in a row; ``probe_at`` is the end of the pause that is on."""

    failures: int = 0
    witnesses: frozenset[str] = frozenset()
    pauses: int = 0
    probe_at: datetime | None = None

    @property
    def is_paused(self) -> bool:
        """Whether it is anything but closed."""
        return self.probe_at is not None

    def circuit(self, now: datetime) -> Circuit:
        """Where it stands at a moment."""
        if self.probe_at is None:
            return Circuit.CLOSED
        return Circuit.HALF_OPEN if now >= self.probe_at else Circuit.OPEN

    def failed(self, now: datetime, rules: HealthRules, model_id: str, *, witnesses_needed: int = 1) -> "Breaker":
        """After an answer that failed. Answers that began before a pause do not lengthen it."""
        if self.is_paused:
            return self
        after = replace(self, failures=self.failures + 1, witnesses=self.witnesses | {model_id})
        if after.failures < rules.failures_to_pause or len(after.witnesses) < witnesses_needed:
            return after
        return replace(after, pauses=1, probe_at=now + rules.pause(1))

    def probe_failed(self, now: datetime, rules: HealthRules) -> "Breaker":
        """After a probe that failed: the next pause is twice as long. Unchanged when it was closed meanwhile."""
        if not self.is_paused:
            return self
        pauses = self.pauses + 1
        return replace(self, failures=self.failures + 1, pauses=pauses, probe_at=now + rules.pause(pauses))

    @staticmethod
    def succeeded() -> "Breaker":
        """After any success, of an answer or of a probe: closed, as if nothing had been."""
        return Breaker()


@dataclass(frozen=True, slots=True)
class Tally:
    """What happened on one day; a new day begins at nothing."""

    day: date
    answers: int = 0  # that came, cut or not
    failures: int = 0
    probes: int = 0

    def on(self, day: date) -> "Tally":
        """The tally of a day: this one, or an empty one."""
        return self if day == self.day else Tally(day)


@dataclass(frozen=True, slots=True)
class Condition:
    """All that is known of one model or endpoint; ``since`` is when its state began."""

    since: datetime
    tally: Tally
    breaker: Breaker = field(default_factory=Breaker)
    first_tokens_s: tuple[float, ...] = ()  # of the last answers, the latest last
    last_error_key: str | None = None

    @staticmethod
    def at_start(now: datetime) -> "Condition":
        """Nothing is known yet, so nothing is wrong."""
        return Condition(since=now, tally=Tally(now.date()))

    def state(self, rules: HealthRules) -> HealthState:
        """The worst that is true of it."""
        if self.breaker.is_paused:
            return HealthState.PAUSED
        if self.breaker.failures:
            return HealthState.FAILING
        median_s = self.median_first_token_s
        is_known = median_s is not None and len(self.first_tokens_s) >= rules.first_tokens_needed
        return HealthState.SLOW if is_known and (median_s or 0) > rules.slow_first_token_s else HealthState.OK

    @property
    def median_first_token_s(self) -> float | None:
        """Over the last answers, None before the first."""
        return statistics.median(self.first_tokens_s) if self.first_tokens_s else None

    def answered(self, now: datetime, rules: HealthRules, first_token_s: float | None) -> "Condition":
        """After an answer that came."""
        known = self.first_tokens_s if first_token_s is None else (*self.first_tokens_s, first_token_s)
        tally = self.tally.on(now.date())
        after = replace(
            self,
            breaker=self.breaker.succeeded(),
            first_tokens_s=known[-rules.first_tokens_kept :],
            tally=replace(tally, answers=tally.answers + 1),
        )
        return self._dated(after, now, rules)

    def failed(
        self, now: datetime, rules: HealthRules, error_key: str, model_id: str, *, witnesses_needed: int = 1
    ) -> "Condition":
        """After an answer that failed by its own fault. ``model_id`` is the witness of an endpoint's failure."""
        tally = self.tally.on(now.date())
        after = replace(
            self,
            breaker=self.breaker.failed(now, rules, model_id, witnesses_needed=witnesses_needed),
            last_error_key=error_key,
            tally=replace(tally, failures=tally.failures + 1),
        )
        return self._dated(after, now, rules)

    def probed(self, now: datetime, rules: HealthRules, error_key: str | None) -> "Condition":
        """After a probe; ``error_key`` is None when it was answered."""
        tally = self.tally.on(now.date())
        after = replace(
            self,
            breaker=self.breaker.succeeded() if error_key is None else self.breaker.probe_failed(now, rules),
            last_error_key=error_key or self.last_error_key,
            tally=replace(tally, probes=tally.probes + 1),
        )
        return self._dated(after, now, rules)

    def _dated(self, after: "Condition", now: datetime, rules: HealthRules) -> "Condition":
        return after if after.state(rules) is self.state(rules) else replace(after, since=now)


def draws(
    candidates: Sequence[Candidate], paused: Mapping[str, Breaker], *, kept: AbstractSet[str] = frozenset()
) -> Iterator[tuple[Candidate, ...]]:
    """Who may be drawn, best first: those that are not paused, then with one more of the least bad each time.

    The first offer holds two models that can meet wherever there are two: a room is never stuck. The next ones
    are for a mode that the first cannot serve; the last holds everybody. ``kept`` are there whatever their
    health: a visitor named them, or they sit in the battle already. Least bad is who was paused least often in
    a row, then who is probed first.
    """
    fit = [one for one in candidates if one.model_id not in paused or one.model_id in kept]
    back = [one for one in candidates if one.model_id in paused and one.model_id not in kept]
    back.sort(key=lambda one: (paused[one.model_id].pauses, paused[one.model_id].probe_at, one.model_id))
    for count in range(len(back) + 1):
        offer = (*fit, *back[:count])
        if count == len(back) or can_meet(offer):
            yield offer
