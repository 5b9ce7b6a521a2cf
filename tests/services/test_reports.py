"""A report through the services: battles played for real, compared as their people saw it."""

import asyncio

from sqlalchemy import Engine

from arena.domain.event_results import Leaning
from arena.domain.report import Split, Withheld
from arena.services.reports import Handout
from tests.services.conftest import OpenHouse
from tests.services.house import House, model
from tests.storage.test_retention import make_event, put_into
from tests.storage.test_visitors import contents

EVENT = "e" * 32
PEOPLE = tuple(f"visitor-{number}" for number in range(5))


async def hold(house: House, people: tuple[str, ...] = PEOPLE) -> Handout:
    """An event in which each person plays one duel, prefers the small model, then changes to the other."""
    await asyncio.to_thread(make_event, house.engine, EVENT)
    battles = house.arena.battles
    for visitor in people:
        battle_id = await house.play(visitor)
        await asyncio.to_thread(put_into, house.engine, EVENT, battle_id)
        stored = await house.stored(battle_id)
        small = next(side for side, model_id in stored.models.items() if model_id != "big1")
        await battles.vote(visitor, battle_id, small.value)
        await battles.reveal_footprints(visitor, battle_id)
        await battles.choose_again(visitor, battle_id, small.other.value)
    handout = await house.arena.reports.of(EVENT)
    assert handout is not None
    return handout


async def test_votes_lean_by_the_comparison_that_was_shown(house: House) -> None:
    report = (await hold(house)).report
    assert report.votes == Split({Leaning.LESS: 5}, 5)
    assert not isinstance(report.change, Withheld)
    assert report.change.after == Split({Leaning.MORE: 5}, 5)
    assert (report.change.to_more, report.change.switched.count) == (5, 5)
    assert [account.totals["energy_wh"].answers for account in report.caused.accounts] == [10]
    assert report.avoided.is_empty


async def test_three_questions_come_with_the_results(house: House) -> None:
    handout = await hold(house)
    assert [question.id for question in handout.questions] == ["habits-switch", "strategic-small", "giving-up-more"]
    assert len(handout.gestures) == 3


async def test_without_known_sizes_no_answer_took_clearly_more(house_with: OpenHouse) -> None:
    house = await house_with(models=(model("small1", None), model("big1", None)))
    report = (await hold(house)).report
    assert report.votes == Split({Leaning.ONE: 5}, 5)
    assert (report.caused.accounts, report.caused.without_figure) == ((), 10)


async def test_an_answer_whose_footprint_is_missing_is_not_compared(house: House) -> None:
    await hold(house)
    await asyncio.to_thread(forget_some, house.engine)
    handout = await house.arena.reports.of(EVENT)
    assert handout is not None
    assert handout.report.votes == Split({Leaning.ONE: 5}, 5)


def forget_some(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "DELETE FROM footprint_input WHERE answer_id IN (SELECT min(answer.id) FROM answer GROUP BY turn_id)"
        )


async def test_reading_a_report_writes_nothing(house: House) -> None:
    await hold(house, PEOPLE[:1])
    before = await asyncio.to_thread(contents, house.engine)
    await house.arena.reports.of(EVENT)
    assert await asyncio.to_thread(contents, house.engine) == before


async def test_an_unknown_event_has_no_report(house: House) -> None:
    assert await house.arena.reports.of("nothing") is None
