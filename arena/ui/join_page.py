"""Joining an event by its code: the address on the poster, and a page with a field for those who type it."""

from collections.abc import Callable, Mapping
from urllib.parse import quote

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from arena.domain.event import CODE_LENGTH
from arena.errors import ArenaError, CodeUnknown, EventNotOpen, StorageError, TooManyTries
from arena.services.arena import Arena
from arena.ui import cards
from arena.ui.assets import OwnAssets
from arena.ui.problems import problem_words
from arena.ui.reading import JOIN, NEVER_KEPT, ReadingRoute, reading_page
from arena.ui.text import Text
from arena.ui.visitor import COOKIE, visitor_id_of

_STATUS = {CodeUnknown: 404, EventNotOpen: 409, TooManyTries: 429, StorageError: 503}
_AGAIN = "again"  # in the address of a second try, after the first one set the cookie


class JoinPage:
    """Answers ``/{locale}/join`` and ``/e/{code}``; what goes wrong is said in words above the field."""

    def __init__(self, own: OwnAssets, arena: Callable[[], Arena], texts: Mapping[str, Text], locale: str) -> None:
        """``locale`` is for browsers that ask for none of our languages."""
        self._own = own
        self._arena = arena
        self._texts = texts
        self._locale = locale

    def route(self) -> ReadingRoute:
        """``GET /{locale}/join``, where ``?code=`` is what was typed into its field."""
        return ReadingRoute(JOIN, self.show)

    async def show(self, request: Request, text: Text) -> Response:
        """The page with the field, or what follows when it was filled in."""
        typed = request.query_params.get("code")
        return self._page(text) if typed is None else await self._join(request, text, typed)

    async def join(self, request: Request) -> Response:
        """``GET /e/{code}``, in the browser's language until the event's own takes over."""
        text = self._texts[spoken_locale(request, self._locale)]
        return await self._join(request, text, request.path_params["code"])

    async def ask(self, request: Request) -> Response:
        """``GET /e/``: somebody left the code out."""
        return _redirect(f"/{spoken_locale(request, self._locale)}/{JOIN}")

    async def _join(self, request: Request, text: Text, typed: str) -> Response:
        """Without the cookie nobody can join: the first reply sets it and asks to come back.

        What opens addresses without keeping cookies, a preview in a chat for one, joins nothing.
        """
        visitor_id = visitor_id_of(request.cookies.get(COOKIE))
        if visitor_id is None:
            if _AGAIN in request.query_params:
                return self._page(text, cards.problem(text("join.cookie")), status=400)
            return _redirect(f"/e/{quote(typed[: CODE_LENGTH * 3], safe='')}?{_AGAIN}=1")
        try:
            event = await self._arena().events.join(visitor_id, typed)
            view = await self._arena().rooms.views.view(event.id)
        except (CodeUnknown, EventNotOpen, TooManyTries, StorageError) as error:
            return self._refused(text, error)
        place = f"room/{event.settings.locale}/{event.code}" if view.state.room.is_open else f"{event.settings.locale}/"
        return _redirect(f"/{place}")

    def _refused(self, text: Text, error: ArenaError) -> Response:
        reply = self._page(text, cards.problem(problem_words(text, error)), status=_STATUS[type(error)])
        if isinstance(error, TooManyTries):
            reply.headers["Retry-After"] = str(round(error.wait_s) + 1)
        return reply

    def _page(self, text: Text, problem: str = "", *, status: int = 200) -> Response:
        form = Markup(
            '{problem}<p class="lead">{lead}</p><form class="ask" action="/{locale}/{join}" method="get">'
            '<label for="code">{label}</label><p class="small" id="code-help">{help}</p>'
            '<input id="code" name="code" type="text" required maxlength="20" size="10" autocomplete="off"'
            ' autocapitalize="characters" spellcheck="false" aria-describedby="code-help">'
            '<button class="button" type="submit">{send}</button></form>'
        ).format(
            problem=Markup(problem),
            lead=text("join.lead"),
            locale=text.locale,
            join=JOIN,
            label=text("join.label"),
            help=text("join.help"),
            send=text("join.send"),
        )
        return reading_page(self._own, text, here=JOIN, title=text("join.title"), body=form, status=status)


def spoken_locale(request: Request, otherwise: str) -> str:
    """The first of our languages that the browser asks for."""
    asked = (part.split(";")[0].strip()[:2].lower() for part in request.headers.get("accept-language", "").split(","))
    return next((locale for locale in asked if locale in ("fr", "en")), otherwise)


def _redirect(address: str) -> Response:
    return RedirectResponse(address, status_code=303, headers={"Cache-Control": NEVER_KEPT})
