"""Model servers on this machine are found, described, and never trusted."""

import asyncio
from collections.abc import Mapping

import httpx
import orjson
import pytest

from arena.domain.catalogue import EndpointKind, Model, Openness, Reasoning
from arena.domain.quantity import Range
from arena.providers.local_servers import (
    DEFAULT_CANDIDATES,
    LocalCandidate,
    LocalDialect,
    LocalFinds,
    find_local_servers,
)
from tests.passing_time import pass_time, settle, standing_still
from tests.providers.fake_server import Connection, Script, hanging_after, replying, serving

LLAMA = {
    "details": {"parameter_size": "3.2B", "quantization_level": "Q4_K_M"},
    "model_info": {
        "general.architecture": "llama",
        "general.parameter_count": 3_212_749_888,
        "llama.context_length": 131_072,
    },
    "capabilities": ["completion", "tools"],
}
MIXTURE = {
    "details": {"quantization_level": "MXFP4"},
    "model_info": {
        "general.architecture": "gptoss",
        "general.parameter_count": 20_914_757_184,
        "gptoss.expert_count": 32,
    },
    "capabilities": ["completion", "thinking"],
}


def ollama(shows: Mapping[str, object], **extra: object) -> Script:
    """An Ollama with these models; a model without details is one that /api/show does not know."""

    async def script(connection: Connection) -> None:
        request = connection.request
        if request.path == "/api/tags":
            listing = {"models": [{"name": name, "model": name, **extra} for name in shows]}
            await connection.reply(200, orjson.dumps(listing), content_type="application/json")
            return
        assert (request.method, request.path) == ("POST", "/api/show")
        show = shows[request.json["model"]]
        await connection.reply(200 if show else 404, orjson.dumps(show or {}))

    return script


def listing(*entries: object) -> Script:
    return replying(200, orjson.dumps({"object": "list", "data": entries}))


async def find(client: httpx.AsyncClient, script: Script, dialect: LocalDialect = LocalDialect.OPENAI) -> LocalFinds:
    async with serving(script) as server:
        with standing_still():
            return await find_local_servers(client, [LocalCandidate("box", "Box", server.url, dialect)])


async def only_model(client: httpx.AsyncClient, script: Script, dialect: LocalDialect) -> Model:
    (model,) = (await find(client, script, dialect)).models
    return model


async def test_ollama_tells_size_quantization_and_context(client: httpx.AsyncClient) -> None:
    model = await only_model(client, ollama({"llama3.2:3b": LLAMA}), LocalDialect.OLLAMA)
    assert model == Model(
        id="local/box/llama3.2-3b",
        wire_name="llama3.2:3b",
        endpoint_id="local/box",
        display_name="llama3.2:3b",
        maker="",
        openness=Openness.OPEN_WEIGHTS,
        total_params_b=Range.exactly(3.212749888),
        active_params_b=Range.exactly(3.212749888),
        params_source="/api/show",
        quantization_bits=4,
        context_tokens=131_072,
    )


async def test_the_active_part_of_a_mixture_is_not_guessed(client: httpx.AsyncClient) -> None:
    model = await only_model(client, ollama({"gpt-oss:20b": MIXTURE}), LocalDialect.OLLAMA)
    assert (model.total_params_b, model.active_params_b) == (Range.exactly(20.914757184), None)
    assert (model.quantization_bits, model.reasoning) == (4, Reasoning.HYBRID)


async def test_a_rounded_size_is_used_when_there_is_no_count(client: httpx.AsyncClient) -> None:
    show = {"details": {"parameter_size": "135M", "quantization_level": "F16"}}
    model = await only_model(client, ollama({"smollm:135m": show}), LocalDialect.OLLAMA)
    assert (model.total_params_b, model.quantization_bits) == (Range.exactly(0.135), 16)


async def test_a_model_without_details_is_listed_without_numbers(client: httpx.AsyncClient) -> None:
    model = await only_model(client, ollama({"mystery": None}), LocalDialect.OLLAMA)
    assert (model.total_params_b, model.params_source, model.context_tokens) == (None, "", None)


@pytest.mark.parametrize(("name", "show"), [("nomic-embed-text", LLAMA), ("minilm", {"capabilities": ["embedding"]})])
async def test_embedding_models_are_left_out(client: httpx.AsyncClient, name: str, show: object) -> None:
    assert await find(client, ollama({name: show}), LocalDialect.OLLAMA) == LocalFinds()


async def test_models_that_run_elsewhere_are_left_out(client: httpx.AsyncClient) -> None:
    script = ollama({"gpt-oss:120b-cloud": MIXTURE}, remote_host="https://ollama.com:443")
    assert await find(client, script, LocalDialect.OLLAMA) == LocalFinds()


async def test_llama_cpp_models_are_described_without_their_folder(client: httpx.AsyncClient) -> None:
    entry = {
        "id": "/home/ada/models/Qwen3-4B-Q8_0.gguf",
        "meta": {"n_params": 4_022_468_096, "n_ctx_train": 40960},
    }
    finds = await find(client, listing(entry))
    (model,), (endpoint,) = finds.models, finds.endpoints
    assert (model.id, model.display_name) == ("local/box/qwen3-4b-q8-0", "Qwen3-4B-Q8_0.gguf")
    assert (model.wire_name, model.context_tokens) == (entry["id"], 40960)
    assert (model.total_params_b, model.quantization_bits) == (Range.exactly(4.022468096), 8)
    assert (endpoint.id, endpoint.name, endpoint.kind) == ("local/box", "Box", EndpointKind.LOCAL)
    assert (endpoint.key_env, endpoint.zone) == (None, None)
    assert endpoint.base_url.endswith("/v1")


async def test_vllm_models_keep_their_name_and_context(client: httpx.AsyncClient) -> None:
    finds = await find(client, listing({"id": "Qwen/Qwen2.5-7B-Instruct-AWQ", "max_model_len": 32768}))
    assert [model.display_name for model in finds.models] == ["Qwen/Qwen2.5-7B-Instruct-AWQ"]
    assert [(model.context_tokens, model.quantization_bits) for model in finds.models] == [(32768, 16)]


async def test_the_demo_endpoint_is_no_local_server(client: httpx.AsyncClient) -> None:
    assert await find(client, listing({"id": "demo/brise", "owned_by": "demo"})) == LocalFinds()


async def test_names_that_look_alike_get_ids_of_their_own(client: httpx.AsyncClient) -> None:
    finds = await find(client, listing({"id": "a:b"}, {"id": "a b"}, {"id": "a/b"}, {"id": "text-embedding-3"}))
    assert [model.id for model in finds.models] == ["local/box/a-b", "local/box/a-b-2", "local/box/a-b-3"]


@pytest.mark.parametrize(
    "script",
    [
        replying(200, b"<html>a router</html>", content_type="text/html"),
        replying(200, b'{"status": "ok"}'),
        replying(200, b'{"data": {"id": "x"}, "models": "many"}'),
        replying(200, b'{"data": [3, null, {}, {"id": 4}], "models": [{"name": null}]}'),
        replying(200, b"\xff\xfe\x00"),
        replying(200, b"[" * 5000),
        replying(200, b" " * 5_000_000),
        replying(404, b'{"data": [{"id": "x"}], "models": [{"name": "x"}]}'),
        replying(302, b"", "Location: /v1/models"),
    ],
)
@pytest.mark.parametrize("dialect", list(LocalDialect))
async def test_what_is_not_a_model_server_is_ignored(
    client: httpx.AsyncClient, script: Script, dialect: LocalDialect
) -> None:
    assert await find(client, script, dialect) == LocalFinds()


@pytest.mark.parametrize("dialect", list(LocalDialect))
async def test_a_server_that_stops_in_the_middle_is_ignored(client: httpx.AsyncClient, dialect: LocalDialect) -> None:
    async with serving(hanging_after(b'{"data": [')) as server:
        candidates = [LocalCandidate("box", "Box", server.url, dialect)]
        assert await find_local_servers(client, candidates, timeout_s=0.2) == LocalFinds()


async def test_bytes_that_are_not_http_are_ignored(client: httpx.AsyncClient) -> None:
    async def garbage(connection: Connection) -> None:
        await connection.send(b"\x16\x03\x01 SSH-2.0\r\n\r\n")
        connection.reset()

    assert await find(client, garbage) == LocalFinds()


async def test_a_silent_server_delays_nothing_else(client: httpx.AsyncClient) -> None:
    asked = asyncio.Barrier(6)

    async def silent(connection: Connection) -> None:
        await asked.wait()
        await connection.gone()

    async def speaking(connection: Connection) -> None:
        await asked.wait()
        await listing({"id": "x"})(connection)
        told.set()

    told = asyncio.Event()
    async with serving(silent) as dead, serving(speaking) as alive:
        candidates = [LocalCandidate(f"s{i}", "S", dead.url) for i in range(5)]
        candidates.append(LocalCandidate("alive", "Alive", alive.url))
        finding = asyncio.create_task(find_local_servers(client, candidates, timeout_s=60.0))
        async with asyncio.timeout(60):
            await told.wait()
        await settle()
        pass_time(60.0)
        finds = await finding
    assert [endpoint.id for endpoint in finds.endpoints] == ["local/alive"]


async def test_nobody_at_home_is_an_empty_find(client: httpx.AsyncClient) -> None:
    server = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    candidates = [
        LocalCandidate("none", "None", f"http://127.0.0.1:{port}"),
        LocalCandidate("odd", "Odd", "http://a..b"),
        LocalCandidate("bad", "Bad", "nonsense"),
    ]
    assert await find_local_servers(client, candidates) == LocalFinds()


def test_the_usual_ports_are_loopback_addresses() -> None:
    roots = [candidate.root_url for candidate in DEFAULT_CANDIDATES]
    ports = {root.rpartition(":")[2] for root in roots}
    assert all(root.startswith("http://127.0.0.1:") for root in roots)
    assert ports == {"11434", "1234", "8080", "8000"}
