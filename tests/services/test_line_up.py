"""Which models can be drawn: what is set, what answers, what is found on the machine, and the demo."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from arena.domain.catalogue import Catalogue, Endpoint, EndpointKind, Model
from arena.opening import catalogue_of
from arena.providers.chat import ChatMessage, Patience, TextDelta
from arena.providers.client import answers, open_client
from arena.providers.local_servers import LocalCandidate
from arena.providers.openai_chat import stream_chat
from arena.services.arena import StartRules, open_line_up
from arena.services.line_up import LineUp
from arena.settings import Settings
from tests.providers.fake_server import Connection, replying, serving
from tests.services.house import BIG1, KEY, KEY_ENV, SMALL1, footprint_service, line_up_of, model
from tests.services.upstream import open_upstream

NOWHERE = "http://127.0.0.1:9/v1"  # the discard port: nothing listens
NO_SEARCH = StartRules(demo="never", find_local_servers=False)
DEMO_FAST = replace(NO_SEARCH, demo="auto", demo_speed=50.0)


def catalogue(*endpoints: Endpoint, models: tuple[Model, ...]) -> Catalogue:
    """These endpoints and models beside the demo of the shipped catalogue."""
    shipped = catalogue_of(Settings(), footprint_service())
    demo = {key: one for key, one in shipped.models.items() if one.endpoint_id == "demo"}
    return Catalogue(
        {"demo": shipped.endpoints["demo"], **{one.id: one for one in endpoints}},
        {**demo, **{one.id: one for one in models}},
    )


def endpoint(endpoint_id: str, base_url: str, *, key_env: str | None = None) -> Endpoint:
    return Endpoint(endpoint_id, endpoint_id, base_url, kind=EndpointKind.LOCAL, key_env=key_env)


@asynccontextmanager
async def opened(
    a_catalogue: Catalogue, rules: StartRules, keys: Mapping[str, str] | None = None
) -> AsyncIterator[LineUp]:
    async with open_client() as client, open_line_up(a_catalogue, client, footprint_service(), keys or {}, rules) as up:
        yield up


def ids(line_up: LineUp) -> set[str]:
    return {one.id for one in line_up.models}


async def test_an_endpoint_without_a_key_counts_only_when_it_answers() -> None:
    async with open_upstream() as upstream:
        known = catalogue(
            endpoint("here", upstream.base_url),
            endpoint("gone", NOWHERE),
            models=(model("small1", 3, "here"), model("big1", 200, "gone")),
        )
        async with opened(known, NO_SEARCH) as line_up:
            assert ids(line_up) == {"small1"}


async def test_a_server_that_is_broken_does_not_answer() -> None:
    async with serving(replying(500)) as server:
        known = catalogue(endpoint("here", server.base_url), models=(model("small1", 3, "here"),))
        async with opened(known, NO_SEARCH) as line_up:
            assert ids(line_up) == set()


@pytest.mark.parametrize(("keys", "there"), [({}, set()), ({KEY_ENV: ""}, set()), ({KEY_ENV: KEY}, {"small1"})])
async def test_an_endpoint_with_a_key_counts_when_its_variable_is_set(keys: dict[str, str], there: set[str]) -> None:
    known = catalogue(endpoint("host", NOWHERE, key_env=KEY_ENV), models=(model("small1", 3, "host"),))
    async with opened(known, NO_SEARCH, keys) as line_up:
        assert ids(line_up) == there


async def list_models(connection: Connection) -> None:
    body = b'{"data": [{"id": "Zorglub-3B-q4", "owned_by": "me"}]}'
    await connection.reply(200, body, content_type="application/json")


async def test_a_local_server_that_is_found_joins() -> None:
    async with serving(list_models) as server:
        rules = replace(NO_SEARCH, find_local_servers=True)
        candidates = (LocalCandidate("shed", "The shed", server.url), LocalCandidate("gone", "Gone", NOWHERE))
        async with opened(catalogue(models=()), replace(rules, local_candidates=candidates)) as line_up:
            assert ids(line_up) == {"local/shed/zorglub-3b-q4"}
            assert line_up.kind_of("local/shed/zorglub-3b-q4") is EndpointKind.LOCAL
            assert "Zorglub-3B-q4" in line_up.names
        async with opened(catalogue(models=()), replace(NO_SEARCH, local_candidates=candidates)) as line_up:
            assert ids(line_up) == set()


@pytest.mark.parametrize(
    ("demo", "others", "is_served", "is_demo"),
    [
        ("auto", 0, True, True),
        ("auto", 1, True, True),
        ("auto", 2, False, False),
        ("always", 0, True, True),
        ("always", 2, True, False),
        ("never", 0, False, False),
        ("never", 2, False, False),
    ],
)
async def test_the_demo_plays_when_it_is_needed_or_wanted(
    demo: str, others: int, is_served: bool, is_demo: bool
) -> None:
    models = tuple(model(name, 3, "host") for name in ("small1", "big1")[:others])
    known = catalogue(endpoint("host", NOWHERE, key_env=KEY_ENV), models=models)
    async with opened(known, replace(DEMO_FAST, demo=demo), {KEY_ENV: KEY}) as line_up:
        demos = {name for name in ids(line_up) if name.startswith("demo/")}
        assert (len(demos) >= 4, line_up.is_demo) == (is_served, is_demo)
        assert bool(demos) is is_served
        assert ids(line_up) - demos == ({one.id for one in models} if demo != "auto" or others == 2 else set())


async def test_the_demo_is_served_over_http_for_as_long_as_it_is_needed() -> None:
    async with opened(catalogue(models=()), DEMO_FAST) as line_up, open_client() as client:
        request = line_up.request(line_up.models[0].id, (ChatMessage("user", "Bonjour"),), 50)
        said = [event async for event in stream_chat(client, request, Patience()) if isinstance(event, TextDelta)]
        assert said
    async with open_client() as client:
        assert not await answers(client, request.base_url)


async def test_every_name_of_the_catalogue_is_masked_not_only_those_that_play() -> None:
    known = catalogue(endpoint("gone", NOWHERE), models=(model("small1", 3, "gone"),))
    async with opened(known, NO_SEARCH) as line_up:
        assert {"Xylofer Small1", "Maison Brumaire", "small1", "Xylofer"} <= line_up.names


def test_a_request_carries_the_key_and_never_shows_it() -> None:
    line_up = line_up_of((SMALL1, BIG1), "https://host.invalid/v1")
    request = line_up.request("small1", (ChatMessage("user", "Bonjour"),), 50)
    assert (request.api_key, request.wire_name, request.max_tokens) == (KEY, "small1", 50)
    assert KEY not in repr(request)
    assert KEY not in repr(vars(line_up)["catalogue"])


def test_candidates_are_ordered_by_size_not_by_name() -> None:
    line_up = line_up_of((BIG1, SMALL1), "https://host.invalid/v1")
    energy = {one.model_id: one.energy_per_token_wh or 0 for one in line_up.candidates}
    assert energy["big1"] > 3 * energy["small1"] > 0
