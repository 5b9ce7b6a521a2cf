"""The printable report of one event: a document that stands alone, on the web for its organisers and as a file."""

from collections.abc import Awaitable, Callable, Mapping
from importlib import resources

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from arena.domain.suggestions import Suggestions
from arena.errors import StorageError
from arena.services.arena import Arena
from arena.services.reports import Handout
from arena.ui.access import ORGANISER_COOKIE, AccessOf
from arena.ui.problems import problem_words
from arena.ui.report_cards import EquivalentOf, ReportCards
from arena.ui.text import Text

REPORT_PATH = "/organise/report/{locale}/{event_id}"
_NEVER_KEPT = {"Cache-Control": "no-store"}
_DOCUMENT = Markup(
    '<!doctype html><html lang="{locale}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="color-scheme" content="light dark">'
    "<title>{title}</title><style>{style}</style></head><body><main>{body}</main></body></html>\n"
)


def report_document(text: Text, suggestions: Suggestions, handout: Handout, equivalent_of: EquivalentOf) -> str:
    """The whole report; it asks nobody for anything, so that it can be kept as a file."""
    themes = {theme.id: theme.title[text.locale] for theme in suggestions.themes}
    article = ReportCards(text, themes, equivalent_of).article(handout)
    how = Markup('<p class="how">{}</p>').format(text("report.print"))
    return _document(text, f"{handout.report.title} · {text('report.title')}", how + article)


def report_route(
    arena: Callable[[], Arena], suggestions: Suggestions, texts: Mapping[str, Text], access_of: AccessOf
) -> Callable[[Request], Awaitable[Response]]:
    """The handler of REPORT_PATH: 404 alike for an unknown event and for one that this organiser may not see."""

    async def answer(request: Request) -> Response:
        text = texts.get(request.path_params["locale"])
        if text is None:
            return Response(status_code=404)
        event_id = request.path_params["event_id"]
        try:
            access = await access_of(request.cookies.get(ORGANISER_COOKIE))
            handout = await arena().reports.of(event_id) if access.may_see(event_id) else None
        except StorageError as error:
            return _said(text, problem_words(text, error), 503)
        if handout is None:
            return _said(text, text("report.missing"), 404)
        document = report_document(text, suggestions, handout, arena().footprints.equivalent)
        return HTMLResponse(document, headers=_NEVER_KEPT)

    return answer


def _said(text: Text, words: str, status: int) -> Response:
    body = Markup('<article id="content"><h1>{}</h1><p>{}</p></article>').format(text("report.title"), words)
    return HTMLResponse(_document(text, text("report.title"), body), status, headers=_NEVER_KEPT)


def _document(text: Text, title: str, body: Markup) -> str:
    style = Markup(resources.files("arena.ui").joinpath("report.css").read_text(encoding="utf-8"))
    return _DOCUMENT.format(locale=text.locale, title=title, style=style, body=body)
