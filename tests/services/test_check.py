"""The check that is made before the room does it: two words from every model."""

import asyncio

from arena.providers.client import open_client
from arena.services.check import ModelCheck, check_models
from tests.providers.fake_server import DONE, Connection, delta, finish, streaming, usage
from tests.services.house import BIG1, BIG2, KEY, LIMIT_S, SMALL1, SMALL2, line_up_of
from tests.services.upstream import DENIED, Held, Upstream, open_upstream, says

ALL = (SMALL1, SMALL2, BIG1, BIG2)


async def checks_of(upstream: Upstream, *, max_parallel: int = 8) -> dict[str, ModelCheck]:
    line_up = line_up_of(ALL, upstream.base_url, max_parallel=max_parallel)
    async with open_client() as client:
        return {check.model_id: check for check in await check_models(client, line_up)}


async def test_every_model_is_asked_once_and_reported() -> None:
    thinks = streaming((delta(reasoning_content="Hm."), delta(content="Bonjour"), finish(), DONE))
    async with open_upstream(small1=says("Bonjour ", "monde", tokens=2), small2=thinks, big1=DENIED) as upstream:
        checks = await checks_of(upstream)
    assert [checks[model.id].error_key for model in ALL] == [None, None, "error.endpoint.access_denied", None]
    assert [checks[model.id].reports_usage for model in ALL] == [True, False, False, False]
    assert all(check.endpoint_id == "xylofer" for check in checks.values())
    for name in ("small1", "small2", "big2"):
        assert (checks[name].first_token_s or 0) > 0
        assert (checks[name].tokens_per_s or 0) > 0
    assert (checks["big1"].first_token_s, checks["big1"].tokens_per_s) == (None, None)
    assert [upstream.count(model.id) for model in ALL] == [1, 1, 1, 1]
    assert upstream.requests["small1"][0].headers["authorization"] == f"Bearer {KEY}"


async def test_no_more_models_are_asked_at_a_time_than_an_endpoint_allows() -> None:
    now, most, pair = 0, 0, asyncio.Barrier(2)

    async def counted(connection: Connection) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await pair.wait()
        await asyncio.sleep(0.05)  # a third one would come meanwhile
        now -= 1  # before the end: the next request may come as soon as this one is answered
        await says("Bonjour.")(connection)

    async with open_upstream(default=counted) as upstream:
        checks = await checks_of(upstream, max_parallel=2)
    assert (len(checks), most) == (4, 2)


async def test_a_slow_model_does_not_hold_up_the_others() -> None:
    slow = Held()
    async with open_upstream(small1=slow) as upstream:
        running = asyncio.create_task(checks_of(upstream))
        async with asyncio.timeout(LIMIT_S):
            while not all(upstream.count(model.id) for model in ALL):  # noqa: ASYNC110 - the server tells nobody
                await asyncio.sleep(0.01)
        slow.opened.set()
        assert all(check.error_key is None for check in (await running).values())


async def test_an_answer_that_is_only_thought_does_not_count_as_one() -> None:
    silent = streaming((delta(reasoning_content="Hm."), finish(), usage(completion_tokens=1), DONE))
    async with open_upstream(small1=silent) as upstream:
        checks = await checks_of(upstream)
    assert checks["small1"].error_key == "error.endpoint.empty"
