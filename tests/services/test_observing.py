"""Observing answers: which endpoints can be, what their servers tell, and what is left unsaid."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import pytest

from arena.domain.catalogue import Catalogue, Endpoint, EndpointKind
from arena.domain.footprint import NoFigure
from arena.errors import MeterError
from arena.providers.client import open_client
from arena.providers.meters import Meter
from arena.services.line_up import LineUp
from arena.services.measuring import Measuring, MeasuringRules
from arena.services.observing import Observation, Observer, SamplingRules, Sights, look_around
from tests.passing_time import passing_by_turns, settle, standing_still
from tests.providers.fake_server import Connection, hanging_after, replying, serving
from tests.recorded_meter import BURSTS, WINDOW_S, HandClock, RecordedMeter
from tests.services.house import KEY, KEY_ENV, LIMIT_S, model

OFTEN = SamplingRules(first_after_s=0.0, every_s=0.01)
LATE = SamplingRules(first_after_s=LIMIT_S)
ELSEWHERE_URL = "http://192.0.2.1:9/v1"  # of a net that is nobody's (RFC 5737)


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with open_client() as client:
        yield client


def endpoint(name: str = "here", base_url: str = "http://127.0.0.1:9/v1", **changes: object) -> Endpoint:
    kind = changes.pop("kind", EndpointKind.LOCAL)
    return Endpoint(id=name, name=name, base_url=base_url, kind=kind, **changes)  # type: ignore[arg-type]


def line_up_at(*endpoints: Endpoint) -> LineUp:
    """One model at each."""
    models = tuple(model(f"at-{one.id}", 3, one.id) for one in endpoints)
    catalogue = Catalogue({one.id: one for one in endpoints}, {one.id: one for one in models}, version="cafe")
    return LineUp(catalogue, models, frozenset(), {}, {KEY_ENV: KEY})


def measuring_with(meter: RecordedMeter) -> Measuring:
    patient = MeasuringRules(read_timeout_s=LIMIT_S)  # a reading takes a thread, which may wait for its turn
    return Measuring(meter, patient, clock=meter.clock, sleep=meter.clock.sleep)


@dataclass
class Load:
    """A server that tells how many answers it writes at once, one number after the other, then nothing more."""

    running: Sequence[float]
    asked: int = 0
    all_told: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, connection: Connection) -> None:
        self.asked += 1
        if self.asked > len(self.running):
            self.all_told.set()  # the last number was taken before this was asked
            await connection.gone()
            return
        body = f'vllm:num_requests_running{{model_name="m"}} {self.running[self.asked - 1]}\n'
        await connection.reply(200, body.encode())


class TestAround:
    async def test_by_default_nothing_is_seen(self, client: httpx.AsyncClient) -> None:
        async with Observer(client).around(endpoint()) as seen:
            pass
        assert seen == Observation()

    async def test_a_local_answer_has_its_reading_once_it_is_over(self, client: httpx.AsyncClient) -> None:
        meter = RecordedMeter(HandClock(), BURSTS)
        observer = Observer(client, Sights(measuring_with(meter), here=frozenset({"here"})))
        async with observer.around(endpoint()) as seen:
            assert seen.reading is None
            await meter.clock.sleep(WINDOW_S)
        assert seen.reading is not None
        assert (seen.reading.meter, seen.reading.window_s, seen.no_figure) == ("nvml", WINDOW_S, None)

    async def test_other_endpoints_are_not_measured_and_do_not_wait(self, client: httpx.AsyncClient) -> None:
        meter = RecordedMeter(HandClock(), BURSTS)
        sights = Sights(measuring_with(meter), here=frozenset({"here"}), elsewhere=frozenset({"away"}))
        observer = Observer(client, sights)
        async with observer.around(endpoint()), asyncio.timeout(LIMIT_S):
            reads = meter.reads
            async with observer.around(endpoint("hosted", kind=EndpointKind.HOSTED)) as hosted:
                pass
            async with observer.around(endpoint("away")) as away:
                pass
            assert meter.reads == reads
            await meter.clock.sleep(WINDOW_S)
        assert hosted == Observation()
        assert away == Observation(no_figure=NoFigure.ELSEWHERE)

    async def test_a_counter_that_fails_is_the_reason(self, client: httpx.AsyncClient) -> None:
        meter = RecordedMeter(HandClock(), BURSTS, fails_from=5)
        observer = Observer(client, Sights(measuring_with(meter), here=frozenset({"here"})))
        async with observer.around(endpoint()) as seen:
            await meter.clock.sleep(WINDOW_S)
        assert seen == Observation(no_figure=NoFigure.METER_FAILED)

    async def test_an_answer_that_breaks_off_keeps_what_was_measured(self, client: httpx.AsyncClient) -> None:
        meter = RecordedMeter(HandClock(), BURSTS)
        observer = Observer(client, Sights(measuring_with(meter), here=frozenset({"here"})))
        kept: list[Observation] = []

        async def broken() -> None:
            async with observer.around(endpoint()) as seen:
                kept.append(seen)
                await meter.clock.sleep(WINDOW_S)
                raise ConnectionError

        with pytest.raises(ConnectionError):
            await broken()
        assert kept[0].reading is not None

    @pytest.mark.parametrize(
        ("running", "batch_size"),
        [((7,), 7), ((1, 9, 4), 4), ((2, 2, 30, 3), 2), ((0,), 1), ((2.4,), 2), ((2.6,), 3)],
    )
    async def test_the_load_is_the_median_of_what_the_server_told(
        self, client: httpx.AsyncClient, running: tuple[float, ...], batch_size: int
    ) -> None:
        load = Load(running)
        async with serving(load) as server:
            observer = Observer(client, Sights(metrics_urls={"here": f"{server.url}/metrics"}), OFTEN)
            async with passing_by_turns(), observer.around(endpoint()) as seen:
                await load.all_told.wait()
            assert {one.path for one in server.requests} == {"/metrics"}
        assert seen.batch_size == batch_size

    async def test_an_answer_shorter_than_the_first_look_has_no_load(self, client: httpx.AsyncClient) -> None:
        load = Load((7,))
        async with serving(load) as server:
            observer = Observer(client, Sights(metrics_urls={"here": f"{server.url}/metrics"}), LATE)
            async with observer.around(endpoint()) as seen:
                await asyncio.sleep(0.02)
        assert (seen.batch_size, load.asked) == (None, 0)

    @pytest.mark.parametrize("script", [replying(404), replying(200, b"hello"), hanging_after(b"")])
    async def test_a_server_that_stops_telling_is_no_fault(self, client: httpx.AsyncClient, script: object) -> None:
        async with serving(script) as server:  # type: ignore[arg-type]
            observer = Observer(client, Sights(metrics_urls={"here": f"{server.url}/metrics"}), OFTEN)
            async with asyncio.timeout(LIMIT_S), observer.around(endpoint()) as seen:
                await asyncio.sleep(0.05)
        assert seen == Observation()

    async def test_the_server_is_asked_no_more_once_the_answer_is_over(self, client: httpx.AsyncClient) -> None:
        async with serving(replying(200, b"vllm:num_requests_running 3\n")) as server:
            observer = Observer(client, Sights(metrics_urls={"here": f"{server.url}/metrics"}), OFTEN)
            async with observer.around(endpoint()), asyncio.timeout(LIMIT_S):
                while len(server.requests) < 3:  # noqa: ASYNC110 - it tells nobody
                    await asyncio.sleep(0.01)
            await settle()
            asked = len(server.requests)
            await asyncio.sleep(0.05)
            assert asked == len(server.requests)


@dataclass
class Search:
    """Finds a counter, or not; remembers how often it was asked."""

    fault: Exception | None = None
    searches: int = 0

    def __call__(self) -> Meter:
        self.searches += 1
        if self.fault is not None:
            raise self.fault
        return RecordedMeter(HandClock(), BURSTS)


@asynccontextmanager
async def metrics_at(body: bytes) -> AsyncIterator[str]:
    """A chat address whose server has these metrics."""
    async with serving(replying(200, body)) as server:
        yield server.base_url


class TestLookingAround:
    async def test_local_servers_of_this_machine_are_told_from_those_of_another(
        self, client: httpx.AsyncClient
    ) -> None:
        search = Search()
        places: Mapping[str, str] = {"here": "http://127.0.0.1:9/v1", "too": "http://[::1]:9/v1", "away": ELSEWHERE_URL}
        hosted = endpoint("hosted", ELSEWHERE_URL, kind=EndpointKind.HOSTED, key_env=KEY_ENV)
        line_up = line_up_at(*(endpoint(name, url, key_env=KEY_ENV) for name, url in places.items()), hosted)
        sights = await look_around(client, line_up, measure="auto", find=search)
        assert (sights.here, sights.elsewhere) == (frozenset({"here", "too"}), frozenset({"away"}))
        assert sights.measuring is not None
        assert (sights.measuring.meter.name, search.searches) == ("nvml", 1)

    @pytest.mark.parametrize(
        ("base_url", "kind", "measure"),
        [
            ("http://127.0.0.1:9/v1", EndpointKind.LOCAL, "never"),
            (ELSEWHERE_URL, EndpointKind.LOCAL, "auto"),
            ("http://127.0.0.1:9/v1", EndpointKind.HOSTED, "auto"),
            ("http://127.0.0.1:9/v1", EndpointKind.DEMO, "auto"),
        ],
    )
    async def test_no_counter_is_searched_where_none_would_be_used(
        self, client: httpx.AsyncClient, base_url: str, kind: EndpointKind, measure: str
    ) -> None:
        search = Search()
        line_up = line_up_at(endpoint("one", base_url, kind=kind, key_env=KEY_ENV))
        sights = await look_around(client, line_up, measure=measure, find=search)
        assert (sights.measuring, search.searches) == (None, 0)

    @pytest.mark.parametrize(
        ("fault", "reason"),
        [
            (MeterError("NVIDIA: no card; RAPL: no processor counter"), "NVIDIA: no card; RAPL: no processor counter"),
            (OSError("libnvidia-ml.so is broken"), "libnvidia-ml.so is broken"),
            (AttributeError(), "AttributeError"),
        ],
    )
    async def test_no_counter_is_said_with_the_reason_and_is_no_fault(
        self, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture, fault: Exception, reason: str
    ) -> None:
        caplog.set_level(logging.INFO)
        line_up = line_up_at(endpoint(key_env=KEY_ENV))
        sights = await look_around(client, line_up, measure="auto", find=Search(fault))
        assert (sights.measuring, sights.here) == (None, frozenset({"here"}))
        assert f"local answers are not measured: {reason}" in caplog.text

    async def test_servers_that_tell_their_load_are_remembered(self, client: httpx.AsyncClient) -> None:
        async with metrics_at(b"vllm:num_requests_running 0\n") as telling, metrics_at(b"other 1\n") as silent:
            line_up = line_up_at(
                endpoint("telling", telling),
                endpoint("silent", silent),
                endpoint("nobody"),
                endpoint("keyed", telling, key_env=KEY_ENV),
                endpoint("scripted", telling, kind=EndpointKind.DEMO),
            )
            with standing_still():
                sights = await look_around(client, line_up, measure="never")
        assert dict(sights.metrics_urls) == {"telling": f"{telling.removesuffix('/v1')}/metrics"}
