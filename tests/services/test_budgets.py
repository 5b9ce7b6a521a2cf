"""What visitors and events may use: battles within an hour, answers and euros, each refused in time."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from arena.domain.battle import Battle
from arena.domain.budget import Price, Spending
from arena.domain.catalogue import Model
from arena.domain.pairing import PairingMode
from arena.domain.rematch import RematchKind
from arena.errors import BudgetSpent, QuotaReached
from tests.providers.fake_server import Script
from tests.services.conftest import OpenHouse
from tests.services.house import (
    ANNE,
    BIG1,
    BIG2,
    BRUNO,
    PROMPT,
    SMALL1,
    House,
    duel_rules,
    errors_of,
    footprint_service,
)
from tests.services.upstream import DENIED, Held, InTurn, drops_after, says

EVENT = "e" * 32
PRICE = Price(100.0, 1000.0, "invented for a test", "2026-03")
PRICED = tuple(replace(one, price=PRICE) for one in (SMALL1, BIG1))
READ = footprint_service().estimate_tokens(PROMPT)
MOST_EUR = PRICE.cost_eur(READ, 400)
WRITES = says("Bonjour.", tokens=50)  # and 7 read
COST_EUR = PRICE.cost_eur(7, 50)


async def make_event(house: House, **limits: float | None) -> None:
    columns = {
        "id": EVENT,
        "code": "ABCDEF",
        "state": "open",
        "title": "Café IA",
        "held_on": date(2026, 3, 14).isoformat(),
        "place": "",
        "locale": "fr",
        "mode": "random",
        "max_answer_tokens": 400,
        "moderation": "free",
        "retention_days": 30,
        "created_at": datetime.now(UTC).isoformat(),
        "version": 1,
        **limits,
    }
    names = ", ".join(columns)
    values = ", ".join(f":{name}" for name in columns)

    def insert() -> None:
        with house.engine.begin() as connection:
            connection.execute(text(f"INSERT INTO event ({names}) VALUES ({values})"), columns)

    await asyncio.to_thread(insert)


async def join(house: House, battle_id: str) -> None:
    """Make a battle one of the event."""

    def update() -> None:
        with house.engine.begin() as connection:
            connection.execute(text(f"UPDATE battle SET event_id = '{EVENT}' WHERE id = '{battle_id}'"))

    await asyncio.to_thread(update)


async def spent(house: House) -> Spending:
    balance = await house.arena.budgets.balance_of(EVENT)
    assert balance is not None
    return balance.spent


async def priced_house(house_with: OpenHouse, models: Sequence[Model] = PRICED, **scripts: Script) -> House:
    return await house_with(models=models, **{"small1": WRITES, "big1": WRITES, **scripts})


# Quotas


async def test_after_so_many_battles_within_the_hour_a_visitor_is_told_when_to_come_back(
    house_with: OpenHouse,
) -> None:
    house = await house_with(rules=duel_rules(max_battles_per_hour=3))
    for _ in range(3):
        await house.play(ANNE)
    with pytest.raises(QuotaReached) as caught:
        await house.begin(ANNE)
    assert caught.value.values == {"minutes": 60}
    await house.play(BRUNO)
    assert await house.rows("SELECT visitor_id, count(*) FROM battle GROUP BY visitor_id ORDER BY visitor_id") == [
        (ANNE, 3),
        (BRUNO, 1),
    ]


async def test_the_hour_slides(house_with: OpenHouse) -> None:
    house = await house_with(rules=duel_rules(max_battles_per_hour=2))
    battles = await house.stored(await house.play()), await house.stored(await house.play())
    await age(house, battles[0], minutes=70)
    await age(house, battles[1], minutes=20)
    await house.play()
    with pytest.raises(QuotaReached) as caught:
        await house.begin()
    assert caught.value.values == {"minutes": 40}


async def age(house: House, battle: Battle, *, minutes: int) -> None:
    moment = (datetime.now(UTC) - timedelta(minutes=minutes)).strftime("%Y-%m-%d %H:%M:%S.%f")

    def update() -> None:
        with house.engine.begin() as connection:
            connection.execute(text(f"UPDATE battle SET created_at = '{moment}' WHERE id = '{battle.id}'"))

    await asyncio.to_thread(update)


async def revealed(house: House) -> str:
    battle_id = await house.play()
    await house.arena.battles.vote(ANNE, battle_id, "a")
    await house.arena.battles.reveal_footprints(ANNE, battle_id)
    await house.arena.battles.choose_again(ANNE, battle_id, None)
    return battle_id


async def test_a_rematch_is_a_battle_for_the_quota(house_with: OpenHouse) -> None:
    house = await house_with(rules=duel_rules(max_battles_per_hour=1))
    origin_id = await revealed(house)
    assert await errors_of(house.arena.duel.rematch(ANNE, origin_id, RematchKind.SHORTER)) == [QuotaReached]


async def test_a_quota_holds_for_those_who_start_at_once_but_for_what_runs_at_once(house_with: OpenHouse) -> None:
    house = await house_with(rules=duel_rules(max_battles_per_hour=1, max_running_per_visitor=2), default=Held())
    errors = await errors_of(*(house.begin() for _ in range(10)))
    assert len(errors) >= 8


# Prices


async def test_an_answer_costs_what_its_tokens_cost_when_it_was_written(house_with: OpenHouse) -> None:
    house = await priced_house(house_with, big1=says("Sans compte."))
    battle_id = await house.play()
    reported = await house.answer_of(battle_id, "small1")
    assert reported.cost_eur == pytest.approx(COST_EUR)
    estimated = await house.answer_of(battle_id, "big1")
    assert estimated.usage.input_tokens is None
    assert estimated.cost_eur == pytest.approx(PRICE.cost_eur(READ, estimated.usage.output_tokens or 0))


async def test_while_it_is_written_an_answer_counts_for_the_most_it_may_cost(house_with: OpenHouse) -> None:
    held = Held(before=["Bonjour "])
    house = await priced_house(house_with, big1=held)
    battle_id = await house.begin()
    growing = await house.until_stored(battle_id, "big1", lambda answer: answer.text != "")
    assert growing.cost_eur == pytest.approx(MOST_EUR)
    held.opened.set()
    await house.ended(battle_id)
    assert ((await house.answer_of(battle_id, "big1")).cost_eur or 0) < MOST_EUR


async def test_without_a_price_or_without_a_word_the_cost_is_unknown(house_with: OpenHouse) -> None:
    house = await priced_house(house_with, models=(PRICED[0], BIG1, BIG2), small1=DENIED)
    battle_id = await house.begin(mode=PairingMode.CHOOSE, chosen=("small1", "big1"))
    await house.ended(battle_id)
    assert (await house.answer_of(battle_id, "small1")).cost_eur is None
    assert (await house.answer_of(battle_id, "big1")).cost_eur is None


async def test_a_retry_adds_to_what_the_broken_attempt_cost(house_with: OpenHouse) -> None:
    house = await priced_house(house_with, big1=InTurn(drops_after("Un début "), WRITES))
    battle_id, sides = await house.begin_with_sides()
    await house.ended(battle_id)
    broken = (await house.answer_of(battle_id, "big1")).cost_eur
    assert broken is not None
    await house.arena.duel.retry(ANNE, battle_id, sides["big1"])
    await house.ended(battle_id)
    assert (await house.answer_of(battle_id, "big1")).cost_eur == pytest.approx(broken + COST_EUR)


async def test_a_longer_conversation_may_cost_more(house_with: OpenHouse) -> None:
    house = await priced_house(house_with, small1=InTurn(WRITES, Held()), big1=InTurn(WRITES, Held()))
    battle_id = await house.play()
    await house.arena.duel.follow_up(ANNE, battle_id, PROMPT)
    turn = (await house.stored(battle_id)).turns[1]
    read = 2 * READ + footprint_service().estimate_tokens("Bonjour.")
    assert [answer.cost_eur for answer in turn.answers.values()] == [pytest.approx(PRICE.cost_eur(read, 400))] * 2


# Budgets of events


async def test_a_further_turn_and_a_rematch_need_what_is_left_of_the_answers(house_with: OpenHouse) -> None:
    house = await house_with()
    await make_event(house, max_answers=3)
    origin_id = await revealed(house)
    other_id = await house.play()
    await join(house, origin_id)
    rematch_id = await house.arena.duel.rematch(ANNE, origin_id, RematchKind.SHORTER)
    assert (await house.ended(rematch_id)).event_id == EVENT
    assert await spent(house) == Spending(3, 0.0, 3)
    assert await errors_of(house.arena.duel.rematch(ANNE, origin_id, RematchKind.SHORTER)) == [BudgetSpent]
    await join(house, other_id)
    assert await errors_of(house.arena.duel.follow_up(ANNE, other_id, "Et alors ?")) == [BudgetSpent]
    assert not house.arena.duel.is_running(other_id), "what was refused does not run"
    assert len((await house.stored(other_id)).turns) == 1


async def test_euros_are_reserved_before_and_counted_after(house_with: OpenHouse) -> None:
    house = await priced_house(house_with)
    await make_event(house, max_cost_eur=2 * COST_EUR + 2 * MOST_EUR)
    battle_id = await house.play()
    await join(house, battle_id)
    assert (await spent(house)).cost_eur == pytest.approx(2 * COST_EUR)
    assert await errors_of(house.arena.duel.follow_up(ANNE, battle_id, PROMPT * 50)) == [BudgetSpent]
