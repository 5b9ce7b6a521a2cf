"""The door of the organisers' pages: a secret link, a button that opens it, and the way out."""

from collections.abc import Callable, Mapping
from urllib.parse import parse_qs

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from arena.errors import AccessRefused, ArenaError, StorageError
from arena.services.arena import Arena
from arena.services.organisers import BADGE_LASTS
from arena.ui import cards
from arena.ui.access import ORGANISER_COOKIE
from arena.ui.assets import OwnAssets
from arena.ui.join_page import spoken_locale
from arena.ui.problems import problem_words
from arena.ui.reading import NEVER_KEPT, reading_page
from arena.ui.same_origin import comes_from_here
from arena.ui.text import Text

PLACE = "organise"
ENTER, LEAVE = f"/{PLACE}/enter", f"/{PLACE}/leave"


class OrganiserDoor:
    """The secret is in the path of a page that asks nothing else and sends no referrer, then in the body of a form.

    Opening the link does nothing yet: what fetches it to show a preview lets nobody in.
    """

    def __init__(
        self,
        own: OwnAssets,
        arena: Callable[[], Arena],
        texts: Mapping[str, Text],
        *,
        locale: str,
        secure: bool,
    ) -> None:
        self._own = own
        self._arena = arena
        self._texts = texts
        self._locale = locale
        self._secure = secure

    async def home(self, request: Request) -> Response:
        """``GET /organise``: the desk in the browser's language."""
        return _to(f"/{PLACE}/{spoken_locale(request, self._locale)}/")

    async def show(self, request: Request) -> Response:
        """``GET /organise/open/{secret}``: one button."""
        text = self._text(request)
        body = Markup('<p class="lead">{lead}</p>{form}').format(
            lead=text("organise.open.lead"), form=entry_form(text, secret=request.path_params["secret"])
        )
        return self._page(text, body)

    async def enter(self, request: Request) -> Response:
        """``POST /organise/enter`` with ``secret``: sets the cookie; 403 in words for a secret that opens nothing."""
        text = self._text(request)
        if not comes_from_here(request.headers):
            return self._refused(text, AccessRefused(), 403)
        sent = parse_qs((await request.body()).decode("ascii", "replace")).get("secret", [""])
        try:
            entry = await self._arena().organisers.enter(sent[-1], request.cookies.get(ORGANISER_COOKIE))
        except AccessRefused as error:
            return self._refused(text, error, 403)
        except StorageError as error:
            return self._refused(text, error, 503)
        reply = _to(f"/{PLACE}/{entry.locale or text.locale}/")
        reply.set_cookie(
            ORGANISER_COOKIE,
            entry.cookie,
            max_age=int(BADGE_LASTS.total_seconds()),
            httponly=True,
            samesite="lax",
            secure=self._secure,
        )
        return reply

    async def leave(self, request: Request) -> Response:
        """``POST /organise/leave``: takes the cookie back."""
        reply = _to(f"/{PLACE}/{self._text(request).locale}/")
        if comes_from_here(request.headers):
            reply.delete_cookie(ORGANISER_COOKIE, httponly=True, samesite="lax", secure=self._secure)
        return reply

    def _text(self, request: Request) -> Text:
        return self._texts[spoken_locale(request, self._locale)]

    def _refused(self, text: Text, error: ArenaError, status: int) -> Response:
        body = Markup(cards.problem(problem_words(text, error)))
        return self._page(text, body + Markup(how_to_get_in(text)), status=status)

    def _page(self, text: Text, body: Markup, *, status: int = 200) -> Response:
        return reading_page(
            self._own,
            text,
            here=PLACE,
            title=text("organise.title"),
            body=body,
            status=status,
            elsewhere=f"/{PLACE}/{{locale}}/",
        )


def entry_form(text: Text, *, secret: str | None = None) -> Markup:
    """The form that lets in: with the secret in it, or with a field for it."""
    hidden = '<input type="hidden" name="secret" value="{secret}">'
    asked = (
        '<label for="secret">{label}</label>'
        '<input id="secret" name="secret" type="password" required maxlength="300" autocomplete="off">'
    )
    return Markup(
        '<form class="ask" action="{enter}" method="post">'
        + (asked if secret is None else hidden)
        + '<button class="button" type="submit">{open}</button></form>'
    ).format(enter=ENTER, secret=secret or "", label=text("organise.secret"), open=text("organise.open"))


def how_to_get_in(text: Text) -> str:
    """What somebody without a valid cookie is shown."""
    return Markup('<p class="lead">{lead}</p><p>{help}</p>{form}').format(
        lead=text("organise.closed"), help=text("organise.closed.help"), form=entry_form(text)
    )


def _to(address: str) -> RedirectResponse:
    return RedirectResponse(address, status_code=303, headers={"Cache-Control": NEVER_KEPT})
