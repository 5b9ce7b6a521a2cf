"""Trying out a room before the meeting: a button, what is being tried, and one page with what to do."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from urllib.parse import parse_qs

from fastapi import FastAPI
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from arena.domain.rehearsal import read_width
from arena.errors import EventNotFound, RehearsalRefused, StorageError
from arena.services.arena import Arena
from arena.services.front_door import Opening
from arena.services.organisers import Access
from arena.services.rehearsal import Wish
from arena.ui.access import ORGANISER_COOKIE, AccessOf
from arena.ui.assets import OwnAssets
from arena.ui.papers import NEVER_KEPT, PaperKeys, no_paper, paper, paper_route
from arena.ui.problems import problem_words
from arena.ui.rehearsal_cards import REHEARSE, RehearsalCards
from arena.ui.same_origin import comes_from_here
from arena.ui.text import LOCALES, Text

REHEARSAL_PATH = "/organise/rehearsal/{locale}/{event_id}"
_SHEET = "rehearsal.css"
_KEYS = PaperKeys("rehearsal.title", "rehearsal.missing")
_GROWING = Markup("<!-- growing -->")
# Compressed, a stream would wait until there is enough to compress.
_AS_IT_COMES = NEVER_KEPT | {"Content-Encoding": "identity", "X-Accel-Buffering": "no"}


class RehearsalPage:
    """Answers REHEARSAL_PATH and REHEARSE, for organisers of the event."""

    def __init__(
        self, own: OwnAssets, arena: Callable[[], Arena], texts: Mapping[str, Text], access_of: AccessOf
    ) -> None:
        self._links = own.links("summary.js")
        self._arena = arena
        self._texts = texts
        self._access_of = access_of

    def add_to(self, app: FastAPI) -> None:
        """Both routes."""
        app.add_route(REHEARSAL_PATH, paper_route(_KEYS, _SHEET, self._texts, self._access_of, self._compose))
        app.add_route(REHEARSE, self.begin, methods=["POST"])

    async def begin(self, request: Request) -> Response:
        """``POST /organise/rehearse`` with ``event``, ``locale``, ``width``; leads to the page, to see how it goes.

        404 in words for an event that this organiser may not see, 409 in words when none begins now.
        """
        sent = parse_qs((await request.body()).decode("ascii", "replace"))
        event_id, width, locale = (sent.get(name, [""])[-1] for name in ("event", "width", "locale"))
        text = self._texts.get(locale, self._texts[LOCALES[0]])
        access = await self._access_of(request.cookies.get(ORGANISER_COOKIE))
        if not comes_from_here(request.headers) or not access.may_see(event_id):
            return no_paper(text, _KEYS, _SHEET, text(_KEYS.missing), 404)
        try:
            wish = Wish(event_id, text("rehearsal.double"), text.locale, read_width(width), _served_at(request))
            await self._arena().rehearsals.start(access, wish)
        except EventNotFound:
            return no_paper(text, _KEYS, _SHEET, text(_KEYS.missing), 404)
        except (RehearsalRefused, StorageError) as error:
            words = problem_words(text, error)
            document = await self._document(text, access, event_id, problem=words)
            return HTMLResponse(document, 409 if isinstance(error, RehearsalRefused) else 503, headers=NEVER_KEPT)
        return RedirectResponse(_address(text.locale, event_id), 303, headers=NEVER_KEPT)

    async def _compose(self, _request: Request, text: Text, access: Access, event_id: str) -> str | Response:
        if not self._arena().rehearsals.is_running_for(event_id):
            return await self._document(text, access, event_id)
        document = await self._document(text, access, event_id, is_running=True)
        return StreamingResponse(self._growing(text, event_id, document), media_type="text/html", headers=_AS_IT_COMES)

    async def _document(
        self, text: Text, access: Access, event_id: str, *, problem: str = "", is_running: bool = False
    ) -> str:
        event = await self._arena().events.get(access, event_id)
        report = self._arena().rehearsals.report_of(event_id)
        title = f"{text('rehearsal.title')} · {event.settings.title}"
        parts = RehearsalCards(text)
        form = parts.form(event_id, is_again=report is not None, problem=problem)
        found = parts.report(report) if report is not None else Markup()
        below = _GROWING if is_running else form + found if problem or report is None else found + form
        body = Markup('{head}<article id="content"><h1 dir="auto">{title}</h1>{what}{below}</article>').format(
            head=self._head(text, event_id, is_printable=report is not None and not is_running),
            title=title,
            what="" if report is not None and not is_running else parts.what(),
            below=below,
        )
        return paper(text, title, body, _SHEET, links=self._links)

    def _head(self, text: Text, event_id: str, *, is_printable: bool) -> Markup:
        other = next(locale for locale in LOCALES if locale != text.locale)
        button = Markup('<p><button type="button" data-print hidden>{}</button></p>').format(text("rehearsal.print"))
        return Markup(
            '<header class="how"><p class="language"><a href="{}" lang="{}" hreflang="{}">{}</a></p>'
            '<p><a href="/desk/{}/{}">{}</a></p>{}</header>'
        ).format(
            _address(other, event_id),
            other,
            other,
            text("page.other_language"),
            text.locale,
            event_id,
            text("rehearsal.desk"),
            button if is_printable else "",
        )

    async def _growing(self, text: Text, event_id: str, document: str) -> AsyncGenerator[str]:
        """The page, with a line for each check when it begins; at the end it goes on to what was found, by itself."""
        parts, address = RehearsalCards(text), _address(text.locale, event_id)
        head, _, tail = document.partition(_GROWING)
        yield head + Markup('<h2>{}</h2><ol class="growing" role="log">').format(text("rehearsal.running"))
        async with aclosing(self._arena().rehearsals.watch(event_id)) as begun:
            async for check in begun:
                yield Markup("<li>{}</li>\n").format(parts.name(check))
        yield Markup('</ol><p><a href="{0}">{1}</a></p><meta http-equiv="refresh" content="0; url={0}">').format(
            address, text("rehearsal.result")
        )
        yield tail


def _address(locale: str, event_id: str) -> Markup:
    return escape(REHEARSAL_PATH.format(locale=locale, event_id=event_id))


def _served_at(request: Request) -> Opening | None:
    """Where the server took this request, as its socket says: what the request itself says could be anything."""
    server = request.scope.get("server")
    if server is None or server[1] is None:
        return None
    return Opening(server[0], server[1])
