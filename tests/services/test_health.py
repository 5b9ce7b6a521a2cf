"""Which models leave the draw, what is asked of a paused one and when, and that a room is never stuck."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from arena.domain.battle import AnswerStatus
from arena.domain.catalogue import Catalogue, Endpoint, EndpointKind
from arena.domain.health import HealthRules, HealthState
from arena.domain.pairing import PairingMode
from arena.domain.rematch import Refusal, RematchKind
from arena.errors import AccessDenied, ContentFiltered, ContextTooLong, EndpointError, PairingError, ServerFault
from arena.services.health import Health, HealthReport, Target
from arena.services.line_up import LineUp
from tests.passing_time import pass_time
from tests.services.conftest import OpenHouse
from tests.services.house import ANNE, BIG1, BIG2, GIVEN_UP_S, LIMIT_S, RULES, SMALL1, SMALL2, House, line_up_of, model
from tests.services.upstream import DENIED, Held, InTurn, says

QUARTET = (SMALL1, SMALL2, BIG1, BIG2)
EASY = HealthRules(failures_to_pause=2, slow_first_token_s=600)
SOON = replace(RULES, health=replace(EASY, first_pause_s=0.2, longest_pause_s=1.0))
LATER = replace(RULES, health=replace(EASY, first_pause_s=3600, longest_pause_s=3600))
NOWHERE = "http://127.0.0.1:9/v1"


class Clock:
    """A clock that the test turns."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 14, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_s(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def two_endpoints() -> LineUp:
    """Two models at each of two endpoints."""
    here = line_up_of(QUARTET, NOWHERE)
    shed = Endpoint("shed", "The shed", NOWHERE, kind=EndpointKind.LOCAL)
    there = (model("small3", 3, "shed"), model("big3", 200, "shed"))
    models = (SMALL1, BIG1, *there)
    catalogue = Catalogue({**here.catalogue.endpoints, "shed": shed}, {one.id: one for one in models})
    return LineUp(catalogue, models, frozenset(), {}, {})


def health_of(line_up: LineUp) -> tuple[Health, Clock]:
    clock = Clock()
    rules = HealthRules(failures_to_pause=3, first_pause_s=10, longest_pause_s=40, slow_first_token_s=5)
    return Health(line_up, rules, clock=clock), clock


def fail(health: Health, *model_ids: str, error: EndpointError | None = None) -> None:
    for model_id in model_ids:
        health.failed(model_id, error or ServerFault("HTTP 500"))


def drawn(health: Health, line_up: LineUp) -> set[str]:
    return {one.model_id for one in health.best(line_up.candidates)}


def states(report: HealthReport) -> dict[str, HealthState]:
    lines = [line for one in report.endpoints for line in (one.endpoint, *one.models)]
    return {line.name: line.state for line in lines}


# What is kept


def test_a_model_that_fails_in_a_row_leaves_the_draw_and_its_endpoint_stays() -> None:
    health, _ = health_of(two_endpoints())
    fail(health, "small1", "small1", "small1", "small1")
    assert drawn(health, two_endpoints()) == {"big1", "small3", "big3"}
    health.answered("small1", 0.4)
    assert len(drawn(health, two_endpoints())) == 4


@pytest.mark.parametrize("error", [ContentFiltered(), ContextTooLong()])
def test_what_is_no_fault_of_a_model_is_not_held_against_it(error: EndpointError) -> None:
    health, _ = health_of(two_endpoints())
    fail(health, *["small1"] * 9, error=error)
    assert set(states(health.report()).values()) == {HealthState.OK}


def test_an_endpoint_that_fails_with_two_models_takes_all_its_models_out_of_the_draw() -> None:
    health, clock = health_of(two_endpoints())
    fail(health, "small3", "big3", "small3", error=AccessDenied("HTTP 401"))
    assert drawn(health, two_endpoints()) == {"small1", "big1"}
    shown = states(health.report())
    assert {shown[name] for name in ("The shed", "Xylofer Small3", "Xylofer Big3")} == {HealthState.PAUSED}
    assert {shown[name] for name in ("Xylofer Hosting", "Xylofer Small1")} == {HealthState.OK}
    assert health.due() == []
    clock.pass_s(10)
    assert health.due() == [Target("small3", "shed")]


def test_the_probes_of_an_endpoint_go_through_its_models_in_turn_and_back_off() -> None:
    health, clock = health_of(two_endpoints())
    fail(health, "small3", "big3", "small3")
    asked = []
    for pause_s in (10, 20, 40, 40):
        clock.pass_s(pause_s - 0.001)
        assert health.due() == []
        clock.pass_s(0.001)
        (target,) = health.due()
        asked.append(target.model_id)
        health.probed(target, ServerFault.key)
    assert asked == ["small3", "big3", "small3", "big3"]
    clock.pass_s(40)
    health.probed(health.due()[0], None)
    assert len(drawn(health, two_endpoints())) == 4


def test_while_an_endpoint_is_paused_its_models_are_not_probed_for_themselves() -> None:
    health, clock = health_of(two_endpoints())
    fail(health, "small3", "small3", "small3", "big3")
    clock.pass_s(15)
    assert health.due() == [Target("small3", "shed")]
    health.probed(Target("big3", "shed"), None)
    assert health.due() == [Target("small3")], "its own pause is over too"


def test_with_all_paused_the_least_bad_come_back() -> None:
    health, clock = health_of(two_endpoints())
    fail(health, *["small3"] * 3)
    clock.pass_s(1)
    fail(health, *["small1"] * 3)
    clock.pass_s(1)
    fail(health, *["big3"] * 3, *["big1"] * 3)
    assert {line.state for one in health.report().endpoints for line in one.models} == {HealthState.PAUSED}
    assert len(drawn(health, two_endpoints())) == 2
    assert len(list(health.draws(two_endpoints().candidates))) == 3


def test_of_the_few_that_an_event_allows_two_come_back_whatever_the_others_do() -> None:
    health, _ = health_of(two_endpoints())
    fail(health, *["small1"] * 3)
    allowed = [one for one in two_endpoints().candidates if one.model_id in ("small1", "small3")]
    assert set(health.best(allowed)) == set(allowed)


async def test_with_nothing_paused_nobody_is_waited_for() -> None:
    health, _ = health_of(two_endpoints())
    fail(health, "small1", "small1")
    waiting = asyncio.create_task(health.until_due())
    await asyncio.sleep(0.05)
    assert not waiting.done()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)


# In battles


async def until_drawn(house: House, model_id: str) -> None:
    async with asyncio.timeout(LIMIT_S):
        while model_id not in drawn(house.arena.health, house.arena.line_up):  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.01)


async def chosen(house: House, *model_ids: str) -> None:
    """A battle of two models by name: nobody is replaced in it."""
    await house.ended(await house.begin(mode=PairingMode.CHOOSE, chosen=model_ids))


async def test_a_failing_model_is_no_longer_asked_and_comes_back_after_a_probe(house_with: OpenHouse) -> None:
    big1 = InTurn(DENIED, DENIED, DENIED, says("Bonjour monde."), says("Me revoilà."))
    house = await house_with(models=QUARTET, rules=SOON, big1=big1)
    for _ in range(2):
        await chosen(house, "small1", "big1")
    assert drawn(house.arena.health, house.arena.line_up) == {"small1", "small2", "big2"}
    for _ in range(8):
        assert "big1" not in (await house.ended(await house.begin())).models.values()
    assert big1.played == 2
    async with house.arena.prober.running():
        await until_drawn(house, "big1")
    assert big1.played == 4, "the first probe failed, the second came"
    assert [text for role, text in house.upstream.messages("big1")] == [
        "Réponds par deux mots seulement : bonjour monde."
    ]
    (endpoint,) = house.arena.health.report().endpoints
    tally = next(line for line in endpoint.models if line.name == "Xylofer Big1").condition.tally
    assert (tally.answers, tally.failures, tally.probes) == (0, 2, 2)
    await chosen(house, "small1", "big1")
    assert states(house.arena.health.report())["Xylofer Big1"] is HealthState.OK


async def test_only_the_paused_model_is_probed_and_closing_ends_a_probe(house_with: OpenHouse) -> None:
    held = Held()
    house = await house_with(models=QUARTET, rules=SOON, big1=InTurn(DENIED, DENIED, held))
    for _ in range(2):
        await chosen(house, "small1", "big1")
    asked = {one.id: house.upstream.count(one.id) for one in QUARTET}
    async with house.arena.prober.running():
        await asyncio.wait_for(held.asked.wait(), LIMIT_S)
    await asyncio.wait_for(held.left.wait(), LIMIT_S)
    assert {one.id: house.upstream.count(one.id) for one in QUARTET} == {**asked, "big1": 3}


async def test_while_all_is_well_nothing_is_probed(house_with: OpenHouse) -> None:
    house = await house_with(models=QUARTET, rules=SOON)
    async with house.arena.prober.running():
        await house.play()
        before = sum(map(len, house.upstream.requests.values()))
        await asyncio.sleep(0.3)
    assert sum(map(len, house.upstream.requests.values())) == before


async def test_a_stopped_answer_says_nothing_of_its_model(house_with: OpenHouse) -> None:
    house = await house_with(rules=LATER, small1=Held(), big1=Held(before=["Bonjour "]))
    for _ in range(3):
        battle_id = await house.begin()
        await house.arena.duel.stop(ANNE, battle_id)
        battle = await house.ended(battle_id)
        assert {answer.status for answer in battle.turns[0].answers.values()} == {AnswerStatus.STOPPED}
    assert set(states(house.arena.health.report()).values()) == {HealthState.OK}


async def test_a_silent_model_is_paused_and_the_healthy_side_answers(house_with: OpenHouse) -> None:
    silent = Held()
    house = await house_with(models=QUARTET, rules=LATER, big1=silent)
    for _ in range(2):
        battle_id = await house.begin(mode=PairingMode.CHOOSE, chosen=("small1", "big1"))
        await house.until_stored(battle_id, "small1", lambda answer: answer.status.is_over)
        await silent.asked.wait()
        silent.asked.clear()
        pass_time(GIVEN_UP_S)
        await house.ended(battle_id)
    shown = states(house.arena.health.report())
    assert shown["Xylofer Big1"] is HealthState.PAUSED
    assert shown["Xylofer Small1"] is HealthState.OK
    battle = await house.ended(await house.begin(mode=PairingMode.SMALL_VS_BIG))
    assert "big2" in battle.models.values()
    assert battle.can_be_voted


async def test_with_every_model_failing_battles_still_begin(house_with: OpenHouse) -> None:
    house = await house_with(models=QUARTET, rules=LATER, default=DENIED)
    for mode in (PairingMode.RANDOM, PairingMode.SMALL_VS_BIG, PairingMode.SMALL_ONLY, PairingMode.RANDOM):
        battle = await house.ended(await house.begin(mode=mode))
        assert not battle.can_be_voted
    assert HealthState.PAUSED in states(house.arena.health.report()).values()
    house.upstream.scripts["default"] = says("Rétabli.")
    battle = await house.ended(await house.begin(mode=PairingMode.SMALL_VS_BIG))
    assert battle.can_be_voted, "the least bad were asked, and answered"


async def test_a_mode_that_needs_a_paused_model_gets_the_least_bad_one(house_with: OpenHouse) -> None:
    house = await house_with(models=(SMALL1, SMALL2, BIG1), rules=LATER, big1=InTurn(DENIED, DENIED, says("Bonjour.")))
    for _ in range(2):
        await chosen(house, "small1", "big1")
    assert drawn(house.arena.health, house.arena.line_up) == {"small1", "small2"}
    battle = await house.ended(await house.begin(mode=PairingMode.SMALL_VS_BIG))
    assert "big1" in battle.models.values()


async def test_what_cannot_be_drawn_at_all_is_still_refused(house_with: OpenHouse) -> None:
    house = await house_with(models=(SMALL1,), rules=LATER)
    with pytest.raises(PairingError):
        await house.begin()


async def test_a_paused_model_takes_no_failed_models_place_while_a_healthy_one_can(house_with: OpenHouse) -> None:
    trio = (SMALL1, BIG1, BIG2, model("big3", 210))
    house = await house_with(models=trio, rules=LATER, big1=DENIED, big2=InTurn(DENIED, says("Bonjour.")))
    for _ in range(2):
        await chosen(house, "small1", "big1")
    house.upstream.scripts["big3"] = DENIED
    battle = await house.ended(await house.begin(mode=PairingMode.SMALL_VS_BIG))
    assert "big1" not in battle.models.values()
    assert house.upstream.count("big1") == 2


async def test_a_rematch_is_not_offered_with_a_paused_model(house_with: OpenHouse) -> None:
    house = await house_with(models=(SMALL1, BIG1, BIG2), rules=LATER)
    battle_id = await house.begin(mode=PairingMode.CHOOSE, chosen=("big1", "big2"))
    battle = await house.ended(battle_id)
    battles = house.arena.battles
    side = next(side for side, model_id in battle.models.items() if model_id == "big1")
    await battles.vote(ANNE, battle_id, side.value)
    await battles.reveal_footprints(ANNE, battle_id)
    view = await battles.choose_again(ANNE, battle_id, None)
    assert view.offers == {RematchKind.SMALLER: None, RematchKind.SHORTER: None}
    house.upstream.scripts |= {"small1": DENIED, "big1": DENIED}
    for _ in range(2):
        await chosen(house, "big2", "small1")
    offers = (await battles.view(ANNE, battle_id)).offers
    assert offers == {RematchKind.SMALLER: Refusal.NOTHING_SMALLER, RematchKind.SHORTER: None}
