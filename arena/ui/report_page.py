"""The printable report of one event: a document that stands alone, on the web for its organisers and as a file."""

from collections.abc import Awaitable, Callable, Mapping

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from arena.domain.suggestions import Suggestions
from arena.errors import EventNotFound
from arena.services.arena import Arena
from arena.services.organisers import Access
from arena.services.reports import Handout
from arena.ui.access import AccessOf
from arena.ui.papers import PaperKeys, paper, paper_route
from arena.ui.report_cards import EquivalentOf, ReportCards
from arena.ui.text import Text

REPORT_PATH = "/organise/report/{locale}/{event_id}"
_SHEET = "report.css"
_KEYS = PaperKeys("report.title", "report.missing")


def report_document(text: Text, suggestions: Suggestions, handout: Handout, equivalent_of: EquivalentOf) -> str:
    """The whole report; it asks nobody for anything, so that it can be kept as a file."""
    themes = {theme.id: theme.title[text.locale] for theme in suggestions.themes}
    article = ReportCards(text, themes, equivalent_of).article(handout)
    how = Markup('<p class="how">{}</p>').format(text("report.print"))
    return paper(text, f"{handout.report.title} · {text('report.title')}", how + article, _SHEET)


def report_route(
    arena: Callable[[], Arena], suggestions: Suggestions, texts: Mapping[str, Text], access_of: AccessOf
) -> Callable[[Request], Awaitable[Response]]:
    """The handler of REPORT_PATH, see ``paper_route``."""

    async def compose(_request: Request, text: Text, _access: Access, event_id: str) -> str:
        handout = await arena().reports.of(event_id)
        if handout is None:
            raise EventNotFound
        return report_document(text, suggestions, handout, arena().footprints.equivalent)

    return paper_route(_KEYS, _SHEET, texts, access_of, compose)
