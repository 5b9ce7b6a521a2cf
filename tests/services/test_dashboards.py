"""Dashboards of a room: who may see what, what is kept fresh, what hiding and deleting change."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from arena.domain.statistics import wilson
from arena.domain.vote import Outcome, Vote
from arena.errors import BattleBusy, BattleNotFound, InvalidChoice
from arena.services.dashboards import PROMPTS_A_PAGE, Dashboards, chosen_events
from arena.services.organisers import Access
from arena.storage.engine import open_engine, upgrade
from arena.storage.stores import Stores, stores_of
from tests.services.house import BIG1, SMALL1
from tests.services.rooms import ELSEWHERE, ROOM, dashboards_of, open_room, play
from tests.storage.making import at

PEOPLE = 40
OURS = frozenset({ROOM})
FIRST = f"{0:032x}"


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database in which a room has played, made once and copied for each test."""
    file = tmp_path_factory.mktemp("played") / "arena.db"
    engine = open_engine(f"sqlite:///{file}")
    upgrade(engine)
    open_room(engine, PEOPLE)
    engine.dispose()
    return file


@pytest.fixture
async def engine(tmp_path: Path, played: Path) -> AsyncIterator[Engine]:
    shutil.copyfile(played, tmp_path / "arena.db")
    engine = await asyncio.to_thread(open_engine, f"sqlite:///{tmp_path}/arena.db")
    yield engine
    await asyncio.to_thread(engine.dispose)


@pytest.fixture
def stores(engine: Engine) -> Stores:
    return stores_of(engine, catalogue_version="cafe")


@pytest.fixture
def dashboards(stores: Stores) -> Dashboards:
    return dashboards_of(stores)


def test_one_sees_the_events_that_one_may_organise() -> None:
    organiser, deployer = Access(OURS), Access(is_deployer=True)
    assert chosen_events(organiser, "") == OURS
    assert chosen_events(organiser, ROOM) == OURS
    assert chosen_events(deployer, "") is None
    assert chosen_events(deployer, ELSEWHERE) == frozenset({ELSEWHERE})
    with pytest.raises(InvalidChoice):
        chosen_events(organiser, ELSEWHERE)


async def test_a_room_is_counted_when_somebody_looks(dashboards: Dashboards) -> None:
    view = await dashboards.of(OURS)
    assert (view.dashboard.participants, view.dashboard.battles, view.uncounted) == (PEOPLE, PEOPLE, 0)
    assert view.dashboard.without_vote == wilson(4, PEOPLE)
    assert view.names == {SMALL1.id: SMALL1.display_name, BIG1.id: BIG1.display_name}
    assert view.dashboard.opinions is not None
    assert view.dashboard.opinions.bets.right is not None  # compared by the real estimator


async def test_another_event_is_empty_and_everything_holds_both(dashboards: Dashboards, stores: Stores) -> None:
    await asyncio.to_thread(play, stores, 1000, event_id=ELSEWHERE)
    assert (await dashboards.of(frozenset({ELSEWHERE}))).dashboard.battles == 1
    assert (await dashboards.of(OURS)).dashboard.battles == PEOPLE
    assert (await dashboards.of(None)).dashboard.battles == PEOPLE + 1
    assert (await dashboards.of(frozenset())).dashboard.battles == 0


async def test_a_vote_changes_the_stamp_and_the_next_view(dashboards: Dashboards, stores: Stores) -> None:
    before = await dashboards.of(OURS)
    assert await dashboards.stamp(OURS) == before.stamp
    await asyncio.to_thread(stores.battles.cast_vote, Vote(FIRST, "somebody else", Outcome.B), at(9))
    assert await dashboards.stamp(OURS) != before.stamp
    assert (await dashboards.of(OURS)).dashboard.votes == before.dashboard.votes + 1


async def test_a_view_without_a_change_is_the_one_in_memory(dashboards: Dashboards) -> None:
    first, second = await dashboards.of(OURS), await dashboards.of(OURS)
    assert second.dashboard is first.dashboard


async def test_the_background_counts_what_nobody_looks_at(dashboards: Dashboards, stores: Stores) -> None:
    counting = asyncio.create_task(dashboards.keep_counting(period_s=0.01))
    async with asyncio.timeout(20):
        while await asyncio.to_thread(stores.censuses.uncounted):  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.02)
    counting.cancel()
    await asyncio.gather(counting, return_exceptions=True)
    assert (await asyncio.to_thread(stores.censuses.total, None)).count("battles") == PEOPLE


async def test_prompts_are_found_by_their_words_newest_first(dashboards: Dashboards, stores: Stores) -> None:
    await asyncio.to_thread(play, stores, 500, prompt="Combien font 100 % de 3 ?")
    page = await dashboards.prompts(OURS, "", 0)
    assert page.prompts[0].prompt == "Combien font 100 % de 3 ?"
    assert (len(page.prompts), page.has_more) == (PROMPTS_A_PAGE, True)
    assert [one.battle_id for one in (await dashboards.prompts(OURS, " COMBIEN ", 0)).prompts] == [f"{500:032x}"]
    assert len((await dashboards.prompts(OURS, "%", 0)).prompts) == 1  # a sign, not a pattern
    assert (await dashboards.prompts(frozenset({ELSEWHERE}), "", 0)).prompts == ()


async def test_a_hidden_prompt_leaves_the_list_and_every_figure(dashboards: Dashboards) -> None:
    await dashboards.hide(OURS, FIRST, 0)
    assert (await dashboards.prompts(OURS, "Question 0 ", 0)).prompts == ()
    view = await dashboards.of(OURS)
    assert (view.dashboard.battles, view.dashboard.hidden_battles) == (PEOPLE - 1, 1)


async def test_a_deleted_battle_leaves_no_row_and_no_byte(
    dashboards: Dashboards, stores: Stores, engine: Engine, tmp_path: Path
) -> None:
    await asyncio.to_thread(play, stores, 700, prompt="Les girafes dorment-elles ?")
    await dashboards.of(OURS)
    await dashboards.delete(OURS, f"{700:032x}")

    def left() -> int:
        with engine.connect() as connection:
            tables = ("battle", "turn", "vote", "bet", "battle_side", "reaction", "census_place", "census_change")
            key = {table: "id" if table == "battle" else "battle_id" for table in tables}
            return sum(
                connection.execute(text(f"SELECT count(*) FROM {table} WHERE {key[table]} = '{700:032x}'")).scalar_one()
                for table in tables
            )

    def is_readable() -> bool:
        return any(b"girafes" in file.read_bytes() for file in tmp_path.glob("arena.db*"))

    assert await asyncio.to_thread(left) == 0
    assert not await asyncio.to_thread(is_readable)
    assert (await dashboards.of(OURS)).dashboard.battles == PEOPLE


@pytest.mark.parametrize("events", [frozenset({ELSEWHERE}), frozenset[str]()])
async def test_battles_of_other_events_can_be_neither_hidden_nor_deleted(
    dashboards: Dashboards, events: frozenset[str]
) -> None:
    with pytest.raises(BattleNotFound):
        await dashboards.hide(events, FIRST, 0)
    with pytest.raises(BattleNotFound):
        await dashboards.delete(events, FIRST)
    assert (await dashboards.of(OURS)).dashboard.battles == PEOPLE


async def test_what_does_not_exist_can_be_neither_hidden_nor_deleted(dashboards: Dashboards) -> None:
    with pytest.raises(BattleNotFound):
        await dashboards.hide(OURS, "nothing", 0)
    with pytest.raises(BattleNotFound):
        await dashboards.hide(OURS, FIRST, 7)
    with pytest.raises(BattleNotFound):
        await dashboards.delete(None, "nothing")


async def test_a_battle_that_is_being_written_is_not_deleted(stores: Stores) -> None:
    writing = dashboards_of(stores, is_running=lambda battle_id: battle_id == FIRST)
    with pytest.raises(BattleBusy):
        await writing.delete(OURS, FIRST)
    assert (await writing.of(OURS)).dashboard.battles == PEOPLE
