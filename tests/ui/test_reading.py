"""The shell of the pages to read: a whole document in its language, its own styles, nothing from elsewhere."""

import asyncio
import re
from importlib import resources

import brotli
import pytest
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from arena.ui.assets import OwnAssets
from arena.ui.reading import FIGURES, METHOD, READING_PLACES, SUMMARY, ReadingRoute, reading_page
from arena.ui.text import LOCALES, Text, load_text

OWN = OwnAssets()


def page(locale: str = "fr", here: str = METHOD, *, scripts: tuple[str, ...] = ()) -> Response:
    return reading_page(
        OWN, load_text(locale), here=here, title="A <b> title", body=Markup("<p>body</p>"), scripts=scripts
    )


def html(locale: str = "fr", here: str = METHOD, *, scripts: tuple[str, ...] = ()) -> str:
    return bytes(page(locale, here, scripts=scripts).body).decode()


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("here", READING_PLACES)
def test_a_page_says_its_language_and_finds_itself_in_the_other_one(locale: str, here: str) -> None:
    document = html(locale, here)
    other = "en" if locale == "fr" else "fr"

    assert document.startswith(f'<!doctype html><html lang="{locale}">')
    assert f'<a href="/{other}/{here}" lang="{other}" hreflang="{other}">' in document
    assert f'<a href="/{locale}/{here}" aria-current="page">' in document
    assert document.count('aria-current="page"') == 1
    assert document.count("<h1>A &lt;b&gt; title</h1>") == 1
    for place in ("", *READING_PLACES):
        assert f'href="/{locale}/{place}"' in document


def test_a_page_loads_our_styles_and_no_script_unless_it_is_named() -> None:
    assert re.findall(r'<link rel="stylesheet" href="/own/(\w+)\.', html()) == ["style", "dark", "reading"]
    assert "<script" not in html()
    assert html(scripts=("arena.js",)).count("<script src=") == 1
    with pytest.raises(KeyError):
        page(scripts=("theirs.js",))


def test_only_the_page_about_a_visitor_is_never_kept() -> None:
    assert page(here=SUMMARY).headers["cache-control"] == "no-store"
    for here in (METHOD, FIGURES):
        assert page(here=here).headers["cache-control"] == "public, max-age=300"
    assert reading_page(OWN, load_text("en"), here=SUMMARY, title="x", body=Markup(), status=404).status_code == 404


async def answered(accepted: str) -> Response:
    async def respond(_request: Request, text: Text) -> Response:
        return page(text.locale)

    request = Request({"type": "http", "headers": [(b"accept-encoding", accepted.encode())]})
    return await ReadingRoute(METHOD, respond).endpoint(load_text("fr"))(request)


def test_a_page_is_compressed_for_browsers_that_can_read_it() -> None:
    plain, packed = asyncio.run(answered("gzip")), asyncio.run(answered("gzip, br"))

    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "br"
    assert brotli.decompress(bytes(packed.body)) == plain.body
    assert packed.headers["content-length"] == str(len(packed.body))
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"


def test_the_dark_colours_are_those_of_the_duel_page() -> None:
    style, dark = (
        resources.files("arena.ui").joinpath(name).read_text(encoding="utf-8") for name in ("style.css", "dark.css")
    )
    duel = re.search(r"\.dark \{([^}]*)\}", style)
    own = re.search(r"prefers-color-scheme: dark\) \{\s*:root \{([^}]*)\}", dark)

    assert duel is not None
    assert own is not None
    assert own[1].split() == duel[1].split()
