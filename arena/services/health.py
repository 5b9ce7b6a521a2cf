"""The health of the models and endpoints in play, as answers and probes show it. In memory: a restart forgets it."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from arena.domain.health import Breaker, Circuit, Condition, HealthRules, HealthState, draws, is_fault
from arena.domain.pairing import Candidate
from arena.errors import EndpointError
from arena.services.line_up import LineUp

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Target:
    """A model to probe, for its own pause or, with ``endpoint_id``, for that of its endpoint."""

    model_id: str
    endpoint_id: str | None = None


@dataclass(frozen=True, slots=True)
class HealthLine:
    """What an organiser sees of one endpoint or model. A model of a paused endpoint is paused with it."""

    name: str
    state: HealthState
    since: datetime
    condition: Condition
    probe_at: datetime | None


@dataclass(frozen=True, slots=True)
class EndpointHealth:
    """An endpoint and its models in play."""

    endpoint: HealthLine
    models: tuple[HealthLine, ...]


@dataclass(frozen=True, slots=True)
class HealthReport:
    """Everything at one moment, in the order of the catalogue."""

    at: datetime
    endpoints: tuple[EndpointHealth, ...]


def _now() -> datetime:
    return datetime.now(UTC)


class Health:
    """Fed by whoever asks a model; tells who may be drawn and whom to probe.

    An endpoint is paused like a model, but on the word of two of its models, where it has two: one that is
    broken alone does not take the others with it. Changed on the event loop only; read from any thread.
    """

    def __init__(self, line_up: LineUp, rules: HealthRules, *, clock: Callable[[], datetime] = _now) -> None:
        self.rules = rules
        self._line_up = line_up
        self._clock = clock
        self._changed = asyncio.Event()
        now = clock()
        self._models = {model.id: Condition.at_start(now) for model in line_up.models}
        self._endpoint_of = {model.id: model.endpoint_id for model in line_up.models}
        self._models_at: dict[str, list[str]] = defaultdict(list)
        for model_id, endpoint_id in self._endpoint_of.items():
            self._models_at[endpoint_id].append(model_id)
        self._endpoints = {endpoint_id: Condition.at_start(now) for endpoint_id in self._models_at}

    # -- what is told -------------------------------------------------------------------------

    def answered(self, model_id: str, first_token_s: float | None) -> None:
        """A model answered: it and its endpoint work."""
        now, endpoint_id = self._clock(), self._endpoint_of[model_id]
        self._set_model(model_id, self._models[model_id].answered(now, self.rules, first_token_s))
        self._set_endpoint(endpoint_id, self._endpoints[endpoint_id].answered(now, self.rules, first_token_s))

    def failed(self, model_id: str, error: EndpointError) -> None:
        """A model failed; what is not its fault changes nothing."""
        if not is_fault(error):
            return
        now, endpoint_id = self._clock(), self._endpoint_of[model_id]
        needed = min(2, len(self._models_at[endpoint_id]))
        model = self._models[model_id].failed(now, self.rules, error.key, model_id)
        endpoint = self._endpoints[endpoint_id].failed(now, self.rules, error.key, model_id, witnesses_needed=needed)
        self._set_model(model_id, model)
        self._set_endpoint(endpoint_id, endpoint)

    def probed(self, target: Target, error_key: str | None) -> None:
        """A probe ended, with None when the model answered: then both it and its endpoint work.

        One for an endpoint that failed says nothing of the model: its own pause, if any, is not lengthened.
        """
        now, model_id = self._clock(), target.model_id
        endpoint_id = self._endpoint_of[model_id]
        self._set_endpoint(endpoint_id, self._endpoints[endpoint_id].probed(now, self.rules, error_key))
        if target.endpoint_id is None or error_key is None:
            self._set_model(model_id, self._models[model_id].probed(now, self.rules, error_key))

    def _set_model(self, model_id: str, after: Condition) -> None:
        self._note(model_id, self._models[model_id], after)
        self._models[model_id] = after

    def _set_endpoint(self, endpoint_id: str, after: Condition) -> None:
        self._note(f"endpoint {endpoint_id}", self._endpoints[endpoint_id], after)
        self._endpoints[endpoint_id] = after

    def _note(self, name: str, before: Condition, after: Condition) -> None:
        if before.breaker.probe_at == after.breaker.probe_at:
            return
        self._changed.set()
        if after.breaker.probe_at is None:
            logger.warning("%s works again", name)
        else:
            logger.warning("%s is paused until %s (%s)", name, after.breaker.probe_at, after.last_error_key)

    # -- what is asked ------------------------------------------------------------------------

    def draws(
        self, candidates: Sequence[Candidate], *, kept: AbstractSet[str] = frozenset()
    ) -> Iterator[tuple[Candidate, ...]]:
        """Who of the candidates may be drawn, best offer first; see ``arena.domain.health.draws``."""
        return draws(candidates, self._paused(), kept=kept)

    def best(self, candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
        """The best offer: all of them that are not paused, or at least two that can meet."""
        return next(self.draws(candidates))

    def due(self) -> list[Target]:
        """Whom to probe now. While an endpoint is paused its models wait: one of them, in turn, is asked for all."""
        now = self._clock()
        targets = []
        for endpoint_id, condition in self._endpoints.items():
            if condition.breaker.circuit(now) is Circuit.HALF_OPEN:
                there = self._models_at[endpoint_id]
                targets.append(Target(there[(condition.breaker.pauses - 1) % len(there)], endpoint_id))
        return targets + [
            Target(model_id)
            for model_id, condition in self._models.items()
            if condition.breaker.circuit(now) is Circuit.HALF_OPEN and not self._waits_for_its_endpoint(model_id)
        ]

    async def until_due(self) -> None:
        """Wait until there is somebody to probe: without end, and at no cost, while nothing is paused."""
        while not self.due():
            self._changed.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._next_probe_in_s()):
                    await self._changed.wait()

    def report(self) -> HealthReport:
        """What an organiser may see. It names models: never for a participant's page."""
        catalogue = self._line_up.catalogue
        return HealthReport(
            self._clock(),
            tuple(
                EndpointHealth(
                    self._line(catalogue.endpoints[endpoint_id].name, condition, condition),
                    tuple(
                        self._line(catalogue.models[one].display_name, self._models[one], self._cause(one))
                        for one in self._models_at[endpoint_id]
                    ),
                )
                for endpoint_id, condition in self._endpoints.items()
            ),
        )

    def _line(self, name: str, condition: Condition, cause: Condition) -> HealthLine:
        return HealthLine(name, cause.state(self.rules), cause.since, condition, cause.breaker.probe_at)

    def _cause(self, model_id: str) -> Condition:
        """What decides on a model: the pause of its endpoint, else its own condition."""
        endpoint = self._endpoints[self._endpoint_of[model_id]]
        return endpoint if endpoint.breaker.is_paused else self._models[model_id]

    def _waits_for_its_endpoint(self, model_id: str) -> bool:
        return self._endpoints[self._endpoint_of[model_id]].breaker.is_paused

    def _paused(self) -> Mapping[str, Breaker]:
        """The models that are paused, each with the breaker that says until when."""
        causes = {model_id: self._cause(model_id).breaker for model_id in self._models}
        return {model_id: breaker for model_id, breaker in causes.items() if breaker.is_paused}

    def _next_probe_in_s(self) -> float | None:
        ends = [
            *(condition.breaker.probe_at for condition in self._endpoints.values()),
            *(
                condition.breaker.probe_at
                for model_id, condition in self._models.items()
                if not self._waits_for_its_endpoint(model_id)
            ),
        ]
        known = [end for end in ends if end is not None]
        return max(0.0, (min(known) - self._clock()).total_seconds()) if known else None
