"""Each page says its language and travels compressed."""

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from arena.ui.own_head import OwnHead

HEAD = '<link rel="stylesheet" href="/own/style.css">'
PAGE = '<!doctype html>\n<html\n lang="en"\n\tstyle="margin: 0">é 🎉 <p lang="en">x</p></html>'


async def _page(_request: Request) -> Response:
    return HTMLResponse(PAGE)


async def _get(path: str, accepts: str = "identity") -> httpx.Response:
    app = Starlette(routes=[Route(path, _page) for path in ("/fr/", "/fr", "/en/", "/other")])
    wrapped = OwnHead(app, pages=frozenset({"/fr/", "/fr", "/en/"}), head=HEAD)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(wrapped), base_url="http://arena") as client:
        return await client.get(path, headers={"accept-encoding": accepts})


async def test_the_french_page_is_french_and_the_english_one_english() -> None:
    assert (await _get("/fr/")).text == PAGE.replace('lang="en"\n', 'lang="fr"\n')
    assert (await _get("/fr")).text == PAGE.replace('lang="en"\n', 'lang="fr"\n')
    assert (await _get("/en/")).text == PAGE


async def test_a_page_further_down_says_its_language_too() -> None:
    app = Starlette(routes=[Route("/organise/fr/", _page)])
    wrapped = OwnHead(app, pages=frozenset({"/organise/fr/"}), head=HEAD)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(wrapped), base_url="http://arena") as client:
        reply = await client.get("/organise/fr/", headers={"accept-encoding": "identity"})
    assert reply.text == PAGE.replace('lang="en"\n', 'lang="fr"\n')


async def test_a_page_is_compressed_for_browsers_that_can_read_it() -> None:
    packed = await _get("/fr/", "gzip, br")
    assert packed.headers["content-encoding"] == "br"
    assert packed.text == (await _get("/fr/")).text
    assert "content-encoding" not in (await _get("/fr/")).headers
    assert packed.headers["vary"] == "Accept-Encoding"


async def test_a_page_is_kept_by_no_cache() -> None:
    assert (await _get("/en/")).headers["cache-control"] == "no-store"


async def test_other_replies_pass_untouched() -> None:
    reply = await _get("/other", "br")
    assert reply.text == PAGE
    assert "cache-control" not in reply.headers


async def test_our_style_comes_with_the_page_and_nobody_elses_address() -> None:
    gradio = '<link rel="manifest" href="/manifest.json" /><meta property="og:url" content="https://gradio.app/" />'
    page = f'<html lang="en"><head>{gradio}<title>x</title></head></html>'

    async def serve(_request: Request) -> Response:
        return HTMLResponse(page)

    wrapped = OwnHead(Starlette(routes=[Route("/en/", serve)]), pages=frozenset({"/en/"}), head=HEAD)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(wrapped), base_url="http://arena") as client:
        reply = await client.get("/en/", headers={"accept-encoding": "identity"})
    assert reply.text == f'<html lang="en"><head><title>x</title>{HEAD}</head></html>'
