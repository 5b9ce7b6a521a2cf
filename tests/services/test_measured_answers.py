"""Answers of a local server, from real HTTP to what people read: measured one at a time, or with the reason."""

import asyncio
import html
import re
from dataclasses import dataclass, field, replace
from itertools import pairwise

import pytest

from arena.domain.catalogue import EndpointKind
from arena.domain.footprint import ComparisonKind, NoFigure
from arena.domain.provenance import MeterReading
from arena.domain.side import Side
from arena.services.battles import BattleView
from arena.services.measuring import Measuring, MeasuringRules
from arena.services.observing import Sights
from arena.ui.text import LOCALES, load_text
from tests.providers.fake_server import Connection, replying, serving
from tests.recorded_meter import BURSTS, FIRST_W, IDLE_W, SECOND_W, WINDOW_S, HandClock, RecordedMeter
from tests.services.conftest import OpenHouse
from tests.services.house import ANNE, BRUNO, House, footprint_service
from tests.services.upstream import says
from tests.ui.reveals import fragment

HERE = frozenset({"xylofer"})
STEADY = ((0.0, 0.0), (1e6, 50e6))  # 50 W for ever


@dataclass
class Writing:
    """Writes an answer that takes nine seconds by the clock; knows how many were written at once."""

    clock: HandClock
    tokens: int = 100
    together: asyncio.Barrier | None = None  # of answers that wait for each other
    at_once: int = 0
    most_at_once: int = 0
    windows: list[tuple[float, float]] = field(default_factory=list)

    async def __call__(self, connection: Connection) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        began = self.clock.seconds
        if self.together is not None:
            await self.together.wait()
        await asyncio.sleep(0.02)  # others would come meanwhile
        await self.clock.sleep(WINDOW_S)
        self.windows.append((began, self.clock.seconds))
        self.at_once -= 1
        await says("Bonjour ", "à tous.", tokens=self.tokens)(connection)


def seen_by(meter: RecordedMeter) -> Sights:
    patient = MeasuringRules(read_timeout_s=60.0)  # a reading takes a thread, which may wait for its turn
    return Sights(Measuring(meter, patient, clock=meter.clock, sleep=meter.clock.sleep), here=HERE)


async def revealed(house: House, battle_id: str, visitor: str = ANNE) -> BattleView:
    await house.arena.battles.vote(visitor, battle_id, "a")
    return await house.arena.battles.reveal_footprints(visitor, battle_id)


def page_of(view: BattleView, locale: str) -> str:
    """The words of the first reveal."""
    return html.unescape(re.sub(r"<[^>]+>", " ", fragment(locale, view)))


async def test_a_local_answer_is_stored_with_its_reading_and_grade_a(house_with: OpenHouse) -> None:
    meter = RecordedMeter(HandClock(), BURSTS)
    house = await house_with(kind=EndpointKind.LOCAL, sights=seen_by(meter), default=Writing(meter.clock))
    stored = await house.footprints(await house.play())
    readings = sorted((one.inputs.reading for one in stored.values()), key=lambda one: one.gross_wh if one else 0)
    for reading, power_w in zip(readings, (FIRST_W, SECOND_W), strict=True):
        assert isinstance(reading, MeterReading)
        assert (reading.meter, reading.window_s) == ("nvml", WINDOW_S)
        assert reading.idle_w == pytest.approx(IDLE_W)
        assert reading.gross_wh == pytest.approx(power_w * WINDOW_S / 3600)
        assert reading.net_wh == pytest.approx((power_w - IDLE_W) * WINDOW_S / 3600)
    for inputs, values in stored.values():
        assert inputs.reading is not None
        assert (values.grade, values.method, values.no_figure_reason) == ("A", "measured-nvml/v1", None)
        band = values.displayed["energy_wh"]
        assert band.central == pytest.approx(inputs.reading.gross_wh)
        assert [band.low, band.high] == pytest.approx([band.central / 1.25, band.central * 1.2])
    rows = await house.rows("SELECT meter, gross_wh, idle_w, net_wh, window_s FROM meter_reading ORDER BY gross_wh")
    assert [row[0] for row in rows] == ["nvml", "nvml"]
    assert [row[1] for row in rows] == [pytest.approx(0.3), pytest.approx(1.05)]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("counter", ["nvml", "rapl"])
async def test_the_page_says_what_was_measured_gross_and_net(house_with: OpenHouse, locale: str, counter: str) -> None:
    meter = RecordedMeter(HandClock(), BURSTS, name=counter)
    house = await house_with(kind=EndpointKind.LOCAL, sights=seen_by(meter), default=Writing(meter.clock))
    view = await revealed(house, await house.play())
    text, words = load_text(locale), page_of(view, locale)
    assert words.count(text(f"footprint.scope.{counter}")) == 2
    for amount in ("0.30", "0.25", "1.1", "1.0"):
        assert amount.replace(".", "," if locale == "fr" else ".") in words
    assert text("footprint.scope.measured") in words
    assert text("footprint.scope") not in words
    assert text("footprint.estimated") not in re.sub(r"\bestimé\w+", "", words)
    assert text("footprint.grade.A") in words
    assert f"measured-{counter}/v1" in words
    assert "ecologits" not in words
    assert view.footprints is not None
    assert view.footprints.comparison is not None
    assert view.footprints.comparison.kind is ComparisonKind.TIMES_MORE
    more = view.footprints.comparison.more
    assert more is not None
    assert text("footprint.comparison.more_measured", side=more.upper(), factor="4") in words


async def test_two_battles_at_once_never_share_the_counter(house_with: OpenHouse) -> None:
    meter = RecordedMeter(HandClock(), STEADY)
    writing = Writing(meter.clock)
    house = await house_with(kind=EndpointKind.LOCAL, sights=seen_by(meter), default=writing)
    battles = await asyncio.gather(house.begin(ANNE), house.begin(BRUNO))
    for battle_id, visitor in zip(battles, (ANNE, BRUNO), strict=True):
        await house.ended(battle_id, visitor)
        for inputs, values in (await house.footprints(battle_id)).values():
            assert inputs.reading is not None
            assert (inputs.reading.window_s, values.grade) == (WINDOW_S, "A")
            assert inputs.reading.gross_wh == pytest.approx(50 * WINDOW_S / 3600)
    assert writing.most_at_once == 1
    ordered = sorted(writing.windows)
    assert len(ordered) == 4
    assert all(end <= begin for (_, end), (begin, _) in pairwise(ordered))


async def test_where_nothing_is_measured_answers_are_written_together(house_with: OpenHouse) -> None:
    writing = Writing(HandClock(), together=asyncio.Barrier(2))
    house = await house_with(kind=EndpointKind.LOCAL, default=writing)
    stored = await house.footprints(await house.play())
    assert writing.most_at_once == 2
    assert [one.values.no_figure_reason for one in stored.values()] == [NoFigure.LOCAL] * 2


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("fails_from", [0.0, 5.0], ids=["from the start", "in the middle of the first answer"])
async def test_a_failing_counter_leaves_no_number_and_says_so(
    house_with: OpenHouse, fails_from: float, locale: str
) -> None:
    meter = RecordedMeter(HandClock(), BURSTS, fails_from=fails_from)
    house = await house_with(kind=EndpointKind.LOCAL, sights=seen_by(meter), default=Writing(meter.clock))
    battle_id = await house.play()
    for inputs, values in (await house.footprints(battle_id)).values():
        assert (inputs.reading, values.grade, values.raw, values.displayed) == (None, "E", {}, {})
        assert values.no_figure_reason == NoFigure.METER_FAILED
    assert await house.rows("SELECT * FROM meter_reading") == []
    assert [answer.text for answer in (await house.stored(battle_id)).turns[0].answers.values()] == [
        "Bonjour à tous."
    ] * 2
    words = page_of(await revealed(house, battle_id), locale)
    text = load_text(locale)
    assert text(NoFigure.METER_FAILED) in words
    assert text("footprint.comparison.none") in words
    assert not re.search(r"\bm?Wh\b", words)


@pytest.mark.parametrize("locale", LOCALES)
async def test_a_counter_that_fails_between_two_answers_leaves_one_number_and_no_winner(
    house_with: OpenHouse, locale: str
) -> None:
    meter = RecordedMeter(HandClock(), BURSTS, fails_from=15)
    house = await house_with(kind=EndpointKind.LOCAL, sights=seen_by(meter), default=Writing(meter.clock))
    view = await revealed(house, await house.play())
    assert view.footprints is not None
    assert sorted(values.grade for values in view.footprints.sides.values()) == ["A", "E"]
    assert view.footprints.comparison is None
    words, text = page_of(view, locale), load_text(locale)
    assert words.count(text("footprint.scope.nvml")) == 1
    assert text(NoFigure.METER_FAILED) in words
    assert text("footprint.comparison.none") in words


@pytest.mark.parametrize("locale", LOCALES)
async def test_an_answer_of_another_machine_has_its_own_reason(house_with: OpenHouse, locale: str) -> None:
    house = await house_with(kind=EndpointKind.LOCAL, sights=Sights(elsewhere=HERE))
    view = await revealed(house, await house.play())
    assert load_text(locale)(NoFigure.ELSEWHERE) in page_of(view, locale)


async def test_the_turns_of_a_side_are_measured_each_and_added_up(house_with: OpenHouse) -> None:
    meter = RecordedMeter(HandClock(), STEADY)
    house = await house_with(kind=EndpointKind.LOCAL, sights=seen_by(meter), default=Writing(meter.clock))
    battle_id = await house.play()
    await house.arena.duel.follow_up(ANNE, battle_id, "Et pourquoi rouge le soir ?")
    await house.ended(battle_id)
    view = await revealed(house, battle_id)
    words = page_of(view, "en")
    assert view.footprints is not None
    assert view.footprints.sides[Side.A].displayed["energy_wh"].central == pytest.approx(0.25)
    assert words.count("0.25\u202fWh in all") == 2


async def test_the_load_that_a_server_tells_is_stored_with_the_estimate(house_with: OpenHouse) -> None:
    async with serving(replying(200, b"vllm:num_requests_running 5\n")) as server:
        sights = Sights(metrics_urls={"xylofer": f"{server.url}/metrics"})
        clock = HandClock()

        async def slow(connection: Connection) -> None:
            enough = len(server.requests) + 6  # of both sides: some of each
            while len(server.requests) < enough:  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.01)
            await Writing(clock)(connection)

        house = await house_with(sights=sights, default=slow)
        stored = await house.footprints(await house.play())
    assert [one.inputs.batch_size for one in stored.values()] == [5, 5]
    service = footprint_service()
    for inputs, values in stored.values():
        assert values == service.estimate(inputs)
        alone = replace(inputs, latency_s=None)  # how long it took is this machine's affair
        busy = replace(alone, batch_size=service.bands.generic_host.batch_size)
        lows = [service.estimate(one).raw["energy_wh"].low for one in (alone, busy)]
        assert lows[0] > 1.3 * lows[1]
