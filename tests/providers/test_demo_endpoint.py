"""The demo endpoint, asked over real HTTP, also by the official client of the protocol."""

import asyncio
import re
import signal
import time
import unicodedata
from collections.abc import AsyncIterator

import httpx
import openai
import pytest

from arena.domain.suggestions import Suggestion
from arena.providers.chat import ChatMessage
from arena.providers.demo_endpoint import DemoServer, create_demo_app, run_demo_endpoint
from arena.providers.demo_script import DEMO_MODELS, ScriptBook, load_script_book, normalised
from arena.services.suggestions import load_suggestions

LIMIT_S = 60.0
SKY = "Pourquoi le ciel est-il bleu ?"
STYLES = [model.style for model in DEMO_MODELS]
SUGGESTIONS = load_suggestions().items


@pytest.fixture(scope="module")
def book() -> ScriptBook:
    return load_script_book()


@pytest.fixture
async def base_url() -> AsyncIterator[str]:
    async with run_demo_endpoint(speed=50.0) as url:
        yield url


@pytest.fixture
async def official(base_url: str) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=base_url, api_key="none", max_retries=0) as official:
        yield official


def asked(text: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text}]


def said(book: ScriptBook, style: str, *texts: str) -> str:
    messages = []
    for text in texts:
        messages += [ChatMessage("user", text), ChatMessage("assistant", "…")]
    return "".join(book.script(style, messages[:-1]).answer)


def folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


@pytest.mark.parametrize("style", STYLES)
def test_an_instruction_after_the_prompt_limits_the_words_and_changes_nothing_else(
    book: ScriptBook, style: str
) -> None:
    whole = said(book, style, SKY)
    short = said(book, style, f"{SKY}\n\nRéponds en 80 mots au plus.")
    assert whole.startswith(short)
    assert len(short.split()) <= 80
    assert short.rstrip()[-1] in ".!?…" or short == whole
    assert said(book, style, f"{SKY}\n\nAnswer in at most 3000 words.") == whole


async def test_the_official_client_lists_the_demo_models(official: openai.AsyncOpenAI) -> None:
    listed = await official.models.list()

    assert [model.id for model in listed.data] == [model.wire_name for model in DEMO_MODELS]


async def test_the_official_client_reads_a_whole_answer(official: openai.AsyncOpenAI, book: ScriptBook) -> None:
    reply = await official.chat.completions.create(model="demo/cascade", messages=[{"role": "user", "content": SKY}])

    assert reply.choices[0].message.content == said(book, "cascade", SKY)
    assert reply.choices[0].finish_reason == "stop"
    assert reply.usage is not None
    assert reply.usage.completion_tokens == len(re.findall(r"\S+", said(book, "cascade", SKY)))


async def test_the_official_client_streams_the_same_answer_with_its_usage(
    official: openai.AsyncOpenAI, book: ScriptBook
) -> None:
    stream = await official.chat.completions.create(
        model="demo/brise",
        messages=[{"role": "user", "content": SKY}],
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = [chunk async for chunk in stream]

    pieces = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices]
    assert "".join(piece or "" for piece in pieces) == said(book, "brise", SKY)
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.prompt_tokens == 6
    assert chunks[-1].usage.completion_tokens == sum(bool(piece) for piece in pieces)


async def test_no_usage_is_sent_unless_it_is_asked_for(official: openai.AsyncOpenAI) -> None:
    stream = await official.chat.completions.create(
        model="demo/alpage", messages=[{"role": "user", "content": SKY}], stream=True
    )

    assert all(chunk.usage is None for chunk in [chunk async for chunk in stream])


async def test_the_reasoning_model_thinks_first_and_its_thoughts_are_counted(
    client: httpx.AsyncClient, base_url: str
) -> None:
    body = {"model": "demo/dune", "messages": asked(SKY)}
    reply = (await client.post(f"{base_url}/chat/completions", json=body)).json()

    message, usage = reply["choices"][0]["message"], reply["usage"]
    thoughts = usage["completion_tokens_details"]["reasoning_tokens"]
    assert thoughts == len(message["reasoning_content"].split()) > 0
    assert usage["completion_tokens"] == thoughts + len(message["content"].split())


async def test_reasoning_is_streamed_before_the_answer(client: httpx.AsyncClient, base_url: str) -> None:
    body = {"model": "demo/dune", "messages": asked(SKY), "stream": True}
    text = (await client.post(f"{base_url}/chat/completions", json=body)).text

    assert text.rfind('"reasoning_content"') < text.find('"delta":{"content"')
    assert text.endswith("data: [DONE]\n\n")


@pytest.mark.parametrize("cap", ["max_tokens", "max_completion_tokens"])
async def test_a_cap_ends_the_answer_with_the_reason_length(client: httpx.AsyncClient, base_url: str, cap: str) -> None:
    body = {"model": "demo/ecluse", "messages": asked(SKY), cap: 7}
    reply = (await client.post(f"{base_url}/chat/completions", json=body)).json()

    assert reply["choices"][0]["finish_reason"] == "length"
    assert reply["usage"]["completion_tokens"] == 7
    assert len(reply["choices"][0]["message"]["content"].split()) == 7


async def test_an_unknown_model_is_refused_with_an_error_object(official: openai.AsyncOpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as raised:
        await official.chat.completions.create(model="demo/nobody", messages=[{"role": "user", "content": "?"}])

    assert raised.value.code == "model_not_found"


@pytest.mark.parametrize(
    "body",
    [
        b"not json",
        b"[]",
        b'{"model": 3, "messages": [{"role": "user", "content": "?"}]}',
        b'{"model": "demo/alpage"}',
        b'{"model": "demo/alpage", "messages": []}',
        b'{"model": "demo/alpage", "messages": ["hello"]}',
        b'{"model": "demo/alpage", "messages": [{"role": "wizard", "content": "?"}]}',
        b'{"model": "demo/alpage", "messages": [{"role": "user", "content": 4}]}',
        b'{"model": "demo/alpage", "messages": [{"role": "user", "content": "?"}], "max_tokens": 0}',
        b'{"model": "demo/alpage", "messages": [{"role": "user", "content": "?"}], "max_tokens": "9"}',
    ],
)
async def test_a_bad_body_is_refused_with_an_error_object(
    client: httpx.AsyncClient, base_url: str, body: bytes
) -> None:
    reply = await client.post(f"{base_url}/chat/completions", content=body)

    assert reply.status_code == 400
    assert reply.json()["error"]["type"] == "invalid_request_error"


async def test_a_bench_model_keeps_its_count_and_its_pace(client: httpx.AsyncClient) -> None:
    body = {"model": "bench/40/100", "messages": asked("?"), "stream": True}
    async with run_demo_endpoint() as url:
        start = time.monotonic()
        reply = await client.post(f"{url}/chat/completions", json=body)
        elapsed = time.monotonic() - start

    assert re.findall(r'"content":"(\w+) "', reply.text) == [f"mot{number}" for number in range(1, 41)]
    assert elapsed > 0.55


async def test_a_client_that_leaves_stops_the_stream(client: httpx.AsyncClient) -> None:
    body = {"model": "bench/100000/50", "messages": asked("?"), "stream": True}
    async with DemoServer(create_demo_app()) as server:
        async with client.stream("POST", f"{server.base_url}/chat/completions", json=body) as reply:
            await anext(reply.aiter_raw())
            assert server.app.state.open_streams == 1
        async with asyncio.timeout(LIMIT_S):
            while server.app.state.open_streams:  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.01)


async def test_the_server_stops_within_a_second_while_it_streams(client: httpx.AsyncClient) -> None:
    body = {"model": "bench/100000/50", "messages": asked("?"), "stream": True}
    async with DemoServer(create_demo_app()) as server:
        request = client.build_request("POST", f"{server.base_url}/chat/completions", json=body)
        reply = await client.send(request, stream=True)
        start = time.monotonic()
    elapsed = time.monotonic() - start
    await reply.aclose()

    assert elapsed < 10, "a second, and the rest for what else this machine does: the stream takes half an hour"
    assert server.app.state.open_streams == 0


async def test_the_endpoint_leaves_signals_to_the_main_server() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    async with run_demo_endpoint():
        assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


async def test_a_port_in_use_is_an_error() -> None:
    async with DemoServer(create_demo_app()) as server:
        port = int(server.base_url.split(":")[2].removesuffix("/v1"))
        with pytest.raises(OSError, match="in use"):
            DemoServer(create_demo_app(), port=port)


@pytest.mark.parametrize("item", SUGGESTIONS, ids=lambda item: item.id)
@pytest.mark.parametrize("locale", ["fr", "en"])
def test_every_suggestion_has_a_written_answer_in_every_style(book: ScriptBook, item: Suggestion, locale: str) -> None:
    answers = [said(book, style, item.text[locale]) for style in STYLES]

    fallbacks = {said(book, style, text) for style in STYLES for text in ("Zorglub, un mot", "zorglub the one")}
    assert len(set(answers)) == len(STYLES)
    assert not fallbacks & set(answers)
    assert all(book.detect_locale(answer) == locale for answer in answers if len(answer.split()) > 60)


def test_answers_grow_from_the_shortest_style_to_the_longest(book: ScriptBook) -> None:
    for item in SUGGESTIONS:
        for text in item.text.values():
            lengths = [len(said(book, style, text)) for style in ("alpage", "brise", "cascade", "ecluse")]
            assert lengths == sorted(lengths)
            assert len(said(book, "dune", text)) < lengths[2]


def test_no_answer_names_a_demo_model(book: ScriptBook) -> None:
    names = re.compile(rf"\b({'|'.join(STYLES)})", re.IGNORECASE)
    texts = [text for parts in book.parts.values() for text in parts.values()]

    assert [text for text in texts if names.search(folded(text))] == []


def test_a_suggestion_is_recognised_however_it_is_typed(book: ScriptBook) -> None:
    assert said(book, "alpage", "  pourquoi  le ciel est-il BLEU") == said(book, "alpage", SKY)
    assert normalised("L’eau… ") == normalised("l'eau")


def test_the_last_message_decides(book: ScriptBook) -> None:
    assert said(book, "brise", "Bonjour !", SKY) == said(book, "brise", SKY)


@pytest.mark.parametrize("style", STYLES)
def test_an_unknown_question_gets_a_plain_refusal_in_its_language(book: ScriptBook, style: str) -> None:
    french = said(book, style, "Quelle est la hauteur de la tour de mon village ?")
    english = said(book, style, "How tall is the tower in my village?")

    assert "modèle de langage" in french
    assert "language model" in english


def test_a_follow_up_is_not_answered_as_a_first_question(book: ScriptBook) -> None:
    assert said(book, "alpage", SKY, "Et la nuit ?") != said(book, "alpage", "Et la nuit ?")
    assert "modèle de langage" in said(book, "alpage", SKY, "Et la nuit ?")


def test_a_text_without_a_known_word_is_taken_for_french(book: ScriptBook) -> None:
    assert book.detect_locale("Zorglub ?") == "fr"


def test_a_cut_script_counts_its_reasoning_first(book: ScriptBook) -> None:
    script = book.script("dune", [ChatMessage("user", SKY)])
    cut = script.cut(len(script.reasoning) + 2)

    assert cut.reasoning == script.reasoning
    assert cut.answer == script.answer[:2]
