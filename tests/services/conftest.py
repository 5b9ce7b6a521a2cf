"""What the tests of the services share."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TypeAlias

import pytest
from sqlalchemy import Engine, event

from arena.domain.catalogue import EndpointKind, Model
from arena.services.arena import Rules
from arena.services.observing import Sights
from tests.providers.fake_server import Script
from tests.services.house import PAIR, RULES, House, line_up_of, open_house
from tests.services.upstream import open_upstream
from tests.storage.conftest import engine, postgres_url, url

__all__ = ["engine", "postgres_url", "url"]  # databases of both kinds, as the storage tests have them

OpenHouse: TypeAlias = Callable[..., Awaitable[House]]


@pytest.fixture(autouse=True)
def sql_stays_off_the_loop() -> Iterator[list[str]]:
    """Fails the test in which SQL ran on a thread with a running event loop."""
    faults: list[str] = []

    def check(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return  # no loop here: a worker thread, or no async code at all
        faults.append(statement)

    event.listen(Engine, "before_cursor_execute", check)
    yield faults
    event.remove(Engine, "before_cursor_execute", check)
    assert faults == []


@pytest.fixture
async def house_with(tmp_path: Path, empty_database: Path) -> AsyncIterator[OpenHouse]:
    """Opens a house: ``await house_with(small1=script, models=…, rules=…)``; closed after the test."""
    shutil.copyfile(empty_database, tmp_path / "arena.db")
    async with AsyncExitStack() as stack:

        async def open_it(
            *,
            models: Sequence[Model] = PAIR,
            rules: Rules = RULES,
            kind: EndpointKind = EndpointKind.HOSTED,
            max_parallel: int = 8,
            sights: Sights | None = None,
            **scripts: Script,
        ) -> House:
            upstream = await stack.enter_async_context(open_upstream(**scripts))
            line_up = line_up_of(models, upstream.base_url, kind=kind, max_parallel=max_parallel)
            return await stack.enter_async_context(open_house(tmp_path, upstream, line_up, rules, sights))

        yield open_it


@pytest.fixture
async def house(house_with: OpenHouse) -> House:
    """Two models that answer at once."""
    return await house_with()
