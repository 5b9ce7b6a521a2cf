"""Pages to read and print: plain HTML beside the Gradio pages, without a script unless one is named."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import brotli
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from arena.ui.assets import OwnAssets
from arena.ui.text import Text

SUMMARY, METHOD, FIGURES, PRIVACY = "summary", "method", "figures", "privacy"
PRIVACY_REGISTER = "privacy/register"  # reached from the privacy page
JOIN = "join"
LEADERBOARD = "leaderboard"  # only where whoever runs the server wants it
READING_PLACES = (SUMMARY, METHOD, FIGURES, PRIVACY)  # under /fr/ and /en/, in the order of the navigation
_SAME_FOR_ALL = (METHOD, FIGURES, PRIVACY_REGISTER)  # the privacy page speaks to children where they are
NEVER_KEPT = "no-store"
_A_WHILE = "public, max-age=300"  # the same for everybody, until the next version of the arena

_DOCUMENT = Markup(
    "<!doctype html>"
    '<html lang="{locale}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="color-scheme" content="light dark"><title>{title} · {site}</title>{links}</head>'
    '<body class="reading"><a class="skip" href="#content">{skip}</a>'
    '<header class="banner"><p class="site"><a href="/{locale}/">{site}</a></p>{nav}</header>'
    '<main id="content" tabindex="-1"><h1>{title}</h1>{body}</main>'
    '<footer class="colophon"><p>{footer}</p></footer></body></html>'
)


@dataclass(frozen=True, slots=True)
class ReadingRoute:
    """One address under each language: ``/{locale}/{path}``, and who answers there in that language."""

    path: str
    respond: Callable[[Request, Text], Awaitable[Response]]
    method: str = "GET"

    def endpoint(self, text: Text) -> Callable[[Request], Awaitable[Response]]:
        """The route's handler in one language."""

        async def answer(request: Request) -> Response:
            return _packed(await self.respond(request, text), request.headers.get("accept-encoding", ""))

        return answer


def _packed(response: Response, accepted: str) -> Response:
    """The same reply, compressed for a browser that can read it: 40 kB of tables become 9."""
    response.headers["Vary"] = "Accept-Encoding"
    if "br" in accepted and response.body:
        response.body = brotli.compress(bytes(response.body), quality=4)
        response.headers["Content-Encoding"] = "br"
        response.headers["Content-Length"] = str(len(response.body))
    return response


def reading_page(
    own: OwnAssets,
    text: Text,
    *,
    here: str,
    title: str,
    body: Markup,
    status: int = 200,
    scripts: tuple[str, ...] = (),
    elsewhere: str = "/{locale}/{here}",
    places: tuple[str, ...] = READING_PLACES,
) -> HTMLResponse:
    """A whole document around ``body``, which begins below the page's h1 (``title``).

    ``here`` marks the place in the navigation, which leads to ``places``; ``elsewhere`` finds the same page in the
    other language. ``scripts`` are names of our own assets. A page about one visitor is never kept by anybody.
    """
    document = _DOCUMENT.format(
        locale=text.locale,
        title=title,
        site=text("page.heading"),
        links=own.links("icon.svg", "style.css", "dark.css", "reading.css", *scripts),
        skip=text("reading.skip"),
        nav=_navigation(text, here, elsewhere, places),
        body=body,
        footer=text("page.footer"),
    )
    caching = _A_WHILE if here in _SAME_FOR_ALL else NEVER_KEPT
    return HTMLResponse(document, status, headers={"Cache-Control": caching})


def reading_links(text: Text, here: str = "", places: tuple[str, ...] = READING_PLACES) -> Markup:
    """The reading pages of one language as list items; the page that is being read is marked."""
    names = {
        SUMMARY: "reading.summary",
        METHOD: "reading.method",
        FIGURES: "reading.figures",
        PRIVACY: "reading.privacy",
        LEADERBOARD: "leaderboard.title",
    }
    return Markup("").join(
        Markup('<li><a href="/{locale}/{place}"{current}>{name}</a></li>').format(
            locale=text.locale,
            place=place,
            current=Markup(' aria-current="page"') if place == here else "",
            name=text(names[place]),
        )
        for place in places
    )


def _navigation(text: Text, here: str, elsewhere: str, places: tuple[str, ...]) -> Markup:
    other = "en" if text.locale == "fr" else "fr"
    return Markup(
        '<nav aria-label="{label}"><ul><li><a href="/{locale}/">{duel}</a></li>{links}'
        '<li><a href="{elsewhere}" lang="{other}" hreflang="{other}">{language}</a></li></ul></nav>'
    ).format(
        label=text("reading.pages"),
        locale=text.locale,
        duel=text("reading.duel"),
        links=reading_links(text, here, places),
        other=other,
        elsewhere=elsewhere.format(locale=other, here=here),
        language=text("page.other_language"),
    )
