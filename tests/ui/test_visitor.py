"""The one cookie: given once, on pages only, and read the same way everywhere."""

import re

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from arena.ui.visitor import COOKIE, VisitorCookie, visitor_id_of

TOKEN = "0123456789abcdef" * 2


async def _who(request: Request) -> Response:
    return PlainTextResponse(str(visitor_id_of(request.cookies.get(COOKIE))))


def _app(*, secure: bool = False) -> ASGIApp:
    app = Starlette(routes=[Route("/fr/", _who), Route("/own/x", _who)])
    return VisitorCookie(app, pages=frozenset({"/fr/"}), secure=secure)


async def _get(path: str, cookie: str | None = None, *, secure: bool = False) -> httpx.Response:
    headers = {"cookie": cookie} if cookie is not None else {}
    transport = httpx.ASGITransport(_app(secure=secure))
    async with httpx.AsyncClient(transport=transport, base_url="http://arena") as client:
        return await client.get(path, headers=headers)


async def test_a_first_visit_gets_one_cookie_that_scripts_cannot_read() -> None:
    (cookie,) = (await _get("/fr/")).headers.get_list("set-cookie")
    value, *attributes = cookie.split("; ")
    assert re.fullmatch(COOKIE + r"=[0-9a-f]{32}", value)
    assert attributes == ["Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=31536000"]


async def test_two_visitors_get_different_cookies() -> None:
    first, second = (await _get("/fr/")).cookies[COOKIE], (await _get("/fr/")).cookies[COOKIE]
    assert first != second


async def test_behind_tls_the_cookie_travels_over_tls_only() -> None:
    assert (await _get("/fr/", secure=True)).headers["set-cookie"].endswith("; Secure")


async def test_a_known_visitor_keeps_the_cookie() -> None:
    reply = await _get("/fr/", f"{COOKIE}={TOKEN}")
    assert "set-cookie" not in reply.headers
    assert reply.text == visitor_id_of(TOKEN)


@pytest.mark.parametrize(
    "beside",
    [
        'prefs={"theme": "dark", "a": [1, 2]}; {}',
        "bad name=1; {}",
        "=; ; {}; x",
        'quoted="a;b"; {}',
        "a=b,c=d; {}",
        "{}; $Version=1; $Path=/",
    ],
)
async def test_a_cookie_of_somebody_else_loses_no_visitor(beside: str) -> None:
    reply = await _get("/fr/", beside.replace("{}", f"{COOKIE}={TOKEN}"))
    assert "set-cookie" not in reply.headers
    assert reply.text == visitor_id_of(TOKEN)


@pytest.mark.parametrize(
    "value",
    ["", "x", TOKEN.upper(), TOKEN + "0", TOKEN[:-1], "' or 1=1 --", "../../etc", "é" * 32, TOKEN[:-1] + "\u0661", '"'],
)
async def test_a_forged_cookie_is_nobody_and_is_replaced(value: str) -> None:
    headers = [(b"cookie", f"{COOKIE}={value}".encode())]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(_app()), base_url="http://arena") as client:
        reply = await client.get("/fr/", headers=headers)
    assert reply.text == "None"
    assert len(reply.headers.get_list("set-cookie")) == 1


async def test_the_address_of_an_event_gives_the_cookie_too() -> None:
    assert COOKIE in (await _get("/e/ABC234")).cookies


async def test_no_cookie_is_set_anywhere_but_on_a_page() -> None:
    assert "set-cookie" not in (await _get("/own/x")).headers


def test_what_is_stored_of_a_visitor_opens_no_battle() -> None:
    visitor_id = visitor_id_of(TOKEN)
    assert visitor_id is not None
    assert visitor_id != TOKEN
    assert visitor_id_of(visitor_id) != visitor_id
