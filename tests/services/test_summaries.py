"""A visitor's summary through the services: blind where it must be, and erased for good."""

import asyncio
import logging
import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import event

from arena.domain.battle import RevealStage
from arena.domain.catalogue import EndpointKind
from arena.domain.footprint import ComparisonKind
from arena.domain.provenance import StoredFootprint
from arena.domain.side import Side
from arena.domain.summary import Balance, Kind
from arena.errors import BattleBusy
from arena.services.summaries import MOST_LISTED
from tests.services.conftest import OpenHouse
from tests.services.house import ANNE, BRUNO, House, model
from tests.services.upstream import DENIED, Held, InTurn
from tests.storage.making import at, make_battle


async def reveal(house: House, battle_id: str, visitor: str = ANNE, *, names: bool = True) -> None:
    battles = house.arena.battles
    await battles.vote(visitor, battle_id, "a")
    await battles.bet(visitor, battle_id, "b:10")
    await battles.reveal_footprints(visitor, battle_id)
    if names:
        await battles.choose_again(visitor, battle_id, "b")


def energies(footprints: list[StoredFootprint]) -> float:
    return sum(footprint.values.displayed["energy_wh"].central for footprint in footprints)


async def test_nobody_has_an_empty_summary(house: House) -> None:
    view = await house.arena.summaries.of(ANNE)
    assert view.lines == ()
    assert view.summary.caused.is_empty


async def test_names_and_sums_wait_for_the_reveals(house: House) -> None:
    battle_id = await house.play()
    blind = await house.arena.summaries.of(ANNE)
    assert (blind.lines[0].names, blind.lines[0].comparison) == ({}, None)
    assert (blind.summary.caused, blind.summary.uncounted) == (Balance(), 1)
    await reveal(house, battle_id, names=False)
    half = await house.arena.summaries.of(ANNE)
    assert half.lines[0].names == {}
    comparison = half.lines[0].comparison
    assert comparison is not None
    assert comparison.kind is ComparisonKind.TIMES_MORE
    (account,) = half.summary.caused.accounts
    total = account.totals["energy_wh"]
    stored = list((await house.footprints(battle_id)).values())
    assert (account.kind, total.answers) == (Kind.ESTIMATED, 2)
    assert total.band.central == pytest.approx(energies(stored))
    await house.arena.battles.choose_again(ANNE, battle_id, "b")
    whole = await house.arena.summaries.of(ANNE)
    assert sorted(whole.lines[0].names.values()) == ["Xylofer Big1", "Xylofer Small1"]
    assert whole.summary.caused == half.summary.caused
    assert whole.lines[0].battle.stage is RevealStage.NAMES


async def test_each_visitor_has_a_summary_of_their_own(house: House) -> None:
    await reveal(house, await house.play(ANNE))
    hers, his = await house.arena.summaries.of(ANNE), await house.arena.summaries.of(BRUNO)
    assert (len(hers.lines), len(his.lines)) == (1, 0)


async def test_a_model_without_a_known_size_is_counted_without_a_figure(house_with: OpenHouse) -> None:
    house = await house_with(models=(model("nobody1", None), model("nobody2", None)))
    await reveal(house, await house.play())
    assert (await house.arena.summaries.of(ANNE)).summary.caused == Balance((), without_figure=2)


async def test_a_demonstration_alone_is_an_illustration(house_with: OpenHouse) -> None:
    house = await house_with(kind=EndpointKind.DEMO)
    await reveal(house, await house.play())
    (account,) = (await house.arena.summaries.of(ANNE)).summary.caused.accounts
    assert account.kind is Kind.ILLUSTRATION


async def test_the_list_ends_and_the_count_does_not(house: House) -> None:
    def fill() -> None:
        for number in range(MOST_LISTED + 5):
            house.stores.battles.create_battle(
                make_battle(f"{number:032x}", visitor_id=ANNE, created_at=at(number), models=("small1", "big1"))
            )

    await asyncio.to_thread(fill)
    view = await house.arena.summaries.of(ANNE)
    assert len(view.lines) == MOST_LISTED
    assert view.lines[0].battle.created_at == at(MOST_LISTED + 4)
    assert len(view.summary.battles) == view.summary.uncounted == MOST_LISTED + 5


async def test_erasing_leaves_nothing_and_nobody_else_notices(house: House) -> None:
    await reveal(house, await house.play(ANNE))
    await reveal(house, await house.play(BRUNO), BRUNO)
    erased = await house.arena.summaries.erase(ANNE)
    assert (erased.battles, erased.prompts, erased.answers, erased.votes) == (1, 1, 2, 1)
    assert (await house.arena.summaries.of(ANNE)).lines == ()
    assert await house.rows("SELECT visitor_id FROM battle") == [(BRUNO,)]
    assert await house.arena.battles.current(ANNE) is None
    assert (await house.arena.summaries.erase(ANNE)).is_nothing


async def test_a_battle_that_is_being_written_is_neither_erased_nor_stopped(house_with: OpenHouse) -> None:
    house = await house_with(default=Held())
    battle_id = await house.begin()
    with pytest.raises(BattleBusy):
        await house.arena.summaries.erase(ANNE)
    assert house.arena.duel.is_running(battle_id)
    assert await house.rows("SELECT count(*) FROM battle") == [(1,)]


async def test_a_side_that_is_written_again_is_being_written(house_with: OpenHouse) -> None:
    house = await house_with(small1=InTurn(DENIED, Held()))
    battle_id, sides = await house.begin_with_sides()
    await house.ended(battle_id)
    await house.arena.duel.retry(ANNE, battle_id, sides["small1"])
    with pytest.raises(BattleBusy):
        await house.arena.summaries.erase(ANNE)
    await house.arena.duel.stop(ANNE, battle_id)
    await house.ended(battle_id)
    assert (await house.arena.summaries.erase(ANNE)).battles == 1


async def test_a_file_that_is_being_read_delays_the_bytes_and_says_so(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    await house.play()
    event.listen(house.engine, "checkout", lambda connection, *_: connection.execute("PRAGMA busy_timeout=50"))
    with closing(sqlite3.connect(str(house.engine.url.database), isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM battle").fetchone()
        with caplog.at_level(logging.WARNING):
            assert (await house.arena.summaries.erase(ANNE)).battles == 1
    assert "their bytes wait" in caplog.text
    assert await house.rows("SELECT count(*) FROM battle") == [(0,)]


async def test_a_turn_of_each_side_is_counted(house: House) -> None:
    battle_id = await house.play()
    await house.arena.duel.follow_up(ANNE, battle_id, "Et la nuit ?")
    await house.ended(battle_id)
    await reveal(house, battle_id)
    view = await house.arena.summaries.of(ANNE)
    (account,) = view.summary.caused.accounts
    assert account.totals["water_ml"].answers == 4
    assert [answer.side for answer in view.lines[0].battle.answers] == [Side.A, Side.B] * 2
