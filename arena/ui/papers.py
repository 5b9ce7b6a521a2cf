"""Documents to print that stand beside the organisers' page: around their content, and who may open them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from importlib import resources

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from arena.errors import EventNotFound, StorageError
from arena.services.organisers import Access
from arena.ui.access import ORGANISER_COOKIE, AccessOf
from arena.ui.problems import problem_words
from arena.ui.text import Text

Compose = Callable[[Request, Text, Access, str], Awaitable[str | Response]]  # the document of an event that may be seen


@dataclass(frozen=True, slots=True)
class PaperKeys:
    """The keys of a document's name and of what is said to those who may not open it."""

    title: str
    missing: str


NEVER_KEPT = {"Cache-Control": "no-store"}
_DOCUMENT = Markup(
    '<!doctype html><html lang="{locale}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="color-scheme" content="light dark">'
    "<title>{title}</title><style>{style}</style>{links}</head><body><main>{body}</main></body></html>\n"
)


def paper(text: Text, title: str, body: Markup, sheet: str, *, links: str = "") -> str:
    """A whole document. ``sheet`` is a style sheet of ours, on top of what all papers share; it is written into it."""
    style = joined_styles("paper.css", sheet)
    return _DOCUMENT.format(locale=text.locale, title=title, style=style, links=links, body=body)


def joined_styles(*names: str) -> Markup:
    """Style sheets of ours, one after the other."""
    folder = resources.files("arena.ui")
    return Markup("\n").join(Markup(folder.joinpath(name).read_text(encoding="utf-8")) for name in names)


def paper_route(
    keys: PaperKeys, sheet: str, texts: Mapping[str, Text], access_of: AccessOf, compose: Compose
) -> Callable[[Request], Awaitable[Response]]:
    """The handler of an address with ``{locale}`` and ``{event_id}``, for organisers of that event.

    404 alike for an event that this organiser may not see and for one that ``compose`` does not find (EventNotFound).
    """

    async def answer(request: Request) -> Response:
        text = texts.get(request.path_params["locale"])
        if text is None:
            return Response(status_code=404)
        event_id = request.path_params["event_id"]
        try:
            access = await access_of(request.cookies.get(ORGANISER_COOKIE))
            access.require(event_id)
            document = await compose(request, text, access, event_id)
        except EventNotFound:
            return no_paper(text, keys, sheet, text(keys.missing), 404)
        except StorageError as error:
            return no_paper(text, keys, sheet, problem_words(text, error), 503)
        return document if isinstance(document, Response) else HTMLResponse(document, headers=NEVER_KEPT)

    return answer


def no_paper(text: Text, keys: PaperKeys, sheet: str, words: str, status: int) -> Response:
    """The same page with a few words in place of a document."""
    title = text(keys.title)
    body = Markup('<article id="content"><h1>{}</h1><p>{}</p></article>').format(title, words)
    return HTMLResponse(paper(text, title, body, sheet), status, headers=NEVER_KEPT)
