"""What is observed around an answer while it is written: the energy it took here, the load of its server."""

import asyncio
import logging
import statistics
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

from arena.domain.catalogue import Endpoint, EndpointKind
from arena.domain.footprint import NoFigure
from arena.domain.provenance import MeterReading
from arena.providers.meters import Meter, find_meter
from arena.providers.own_machine import is_this_machine
from arena.providers.vllm_metrics import ask_running, metrics_url_of
from arena.services.line_up import LineUp
from arena.services.measuring import Measuring

logger = logging.getLogger(__name__)
FIND_TIMEOUT_S = 10.0


@dataclass(slots=True)
class Observation:
    """What was observed of one answer, complete once it has ended.

    ``batch_size`` is how many answers its server wrote at once, ``no_figure`` why a local one has no reading
    where there is more to say than that there is no meter.
    """

    reading: MeterReading | None = None
    batch_size: int | None = None
    no_figure: NoFigure | None = None


@dataclass(frozen=True, slots=True)
class SamplingRules:
    """When a server is asked for its load during an answer, in seconds."""

    first_after_s: float = 1.0
    every_s: float = 2.0


@dataclass(frozen=True, slots=True)
class Sights:
    """What can be observed of which endpoints, by id: found out once, at start.

    ``here`` are local servers of this machine, ``elsewhere`` those of another one; ``metrics_urls`` is where
    a server tells its load.
    """

    measuring: Measuring | None = None
    here: AbstractSet[str] = frozenset()
    elsewhere: AbstractSet[str] = frozenset()
    metrics_urls: Mapping[str, str] = field(default_factory=dict)


class Observer:
    """Observes answers as far as it can; by default it sees nothing."""

    def __init__(
        self, client: httpx.AsyncClient, sights: Sights | None = None, rules: SamplingRules | None = None
    ) -> None:
        self._client = client
        self._sights = sights or Sights()
        self._rules = rules or SamplingRules()

    @asynccontextmanager
    async def around(self, endpoint: Endpoint) -> AsyncIterator[Observation]:
        """Observe the block in which an endpoint writes an answer; a measured one waits until it is alone."""
        observation = Observation()
        async with self._measured(endpoint, observation), self._sampled(endpoint, observation):
            yield observation

    @asynccontextmanager
    async def _measured(self, endpoint: Endpoint, observation: Observation) -> AsyncIterator[None]:
        measuring = self._sights.measuring
        if endpoint.id in self._sights.elsewhere:
            observation.no_figure = NoFigure.ELSEWHERE
        if measuring is None or endpoint.id not in self._sights.here:
            yield
            return
        window = None
        try:
            async with measuring.window() as window:
                yield
        finally:  # also of an answer that was cut short
            observation.reading = window.reading if window is not None else None
            observation.no_figure = None if observation.reading else NoFigure.METER_FAILED

    @asynccontextmanager
    async def _sampled(self, endpoint: Endpoint, observation: Observation) -> AsyncIterator[None]:
        metrics_url = self._sights.metrics_urls.get(endpoint.id)
        if metrics_url is None:
            yield
            return
        loads: list[float] = []
        sampling = asyncio.create_task(self._sample(metrics_url, loads))
        try:
            yield
        finally:
            sampling.cancel()
            if loads:
                observation.batch_size = max(1, round(statistics.median(loads)))
            await asyncio.gather(sampling, return_exceptions=True)

    async def _sample(self, metrics_url: str, loads: list[float]) -> None:
        await asyncio.sleep(self._rules.first_after_s)
        while True:
            load = await ask_running(self._client, metrics_url)
            if load is not None:
                loads.append(load)
            await asyncio.sleep(self._rules.every_s)


async def look_around(
    client: httpx.AsyncClient, line_up: LineUp, *, measure: str, find: Callable[[], Meter] = find_meter
) -> Sights:
    """Find out what can be observed of the endpoints in play; ``measure`` is ``auto`` or ``never``.

    A counter is searched once, and only where a local server runs on this machine.
    """
    endpoints = {
        endpoint.id: endpoint for endpoint in map(line_up.catalogue.endpoint_of, (m.id for m in line_up.models))
    }
    local = [endpoint for endpoint in endpoints.values() if endpoint.kind is EndpointKind.LOCAL]
    own = await asyncio.gather(*(asyncio.to_thread(is_this_machine, endpoint.base_url) for endpoint in local))
    here = frozenset(endpoint.id for endpoint, is_own in zip(local, own, strict=True) if is_own)
    return Sights(
        measuring=await _measuring(find) if here and measure == "auto" else None,
        here=here,
        elsewhere=frozenset(endpoint.id for endpoint in local) - here,
        metrics_urls=await _telling(client, endpoints.values()),
    )


async def _measuring(find: Callable[[], Meter]) -> Measuring | None:
    try:
        async with asyncio.timeout(FIND_TIMEOUT_S):  # a driver may hang
            meter = await asyncio.to_thread(find)
    except TimeoutError:
        logger.info("local answers are not measured: the search for a counter took too long")
        return None
    except Exception as error:  # noqa: BLE001 - whatever a driver does must not stop the start
        logger.info("local answers are not measured: %s", str(error) or type(error).__name__)
        return None
    logger.info("local answers are measured, one at a time, by %s", meter.name)
    return Measuring(meter)


async def _telling(client: httpx.AsyncClient, endpoints: Iterable[Endpoint]) -> Mapping[str, str]:
    """Where the servers without a key that tell their load do so; scripted ones have none."""
    urls = {
        endpoint.id: metrics_url_of(endpoint.base_url)
        for endpoint in endpoints
        if endpoint.key_env is None and endpoint.kind is not EndpointKind.DEMO
    }
    loads = await asyncio.gather(*(ask_running(client, url) for url in urls.values()))
    telling = {key: url for (key, url), load in zip(urls.items(), loads, strict=True) if load is not None}
    if telling:
        logger.info("servers that tell how many answers they write at once: %s", ", ".join(sorted(telling)))
    return telling
