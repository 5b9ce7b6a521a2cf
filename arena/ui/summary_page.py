"""My summary, for the visitor of this browser only: the page, the same as a text file, and its erasure."""

from collections.abc import Callable

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from arena.errors import BattleBusy, StorageError
from arena.services.arena import Arena
from arena.ui import cards, summary_cards
from arena.ui.assets import OwnAssets
from arena.ui.problems import problem_words
from arena.ui.reading import SUMMARY, ReadingRoute, reading_page
from arena.ui.same_origin import form_key, is_own_form
from arena.ui.summary_text import summary_text
from arena.ui.summary_words import SummaryWords, words_of
from arena.ui.text import Text
from arena.ui.visitor import COOKIE, visitor_id_of

SUMMARY_FILE = "summary.txt"
SUMMARY_ERASE = "summary/erase"


def summary_routes(own: OwnAssets, arena: Callable[[], Arena]) -> tuple[ReadingRoute, ...]:
    """``GET /{locale}/summary``, ``GET /{locale}/summary.txt`` and ``POST /{locale}/summary/erase``."""
    page = SummaryPage(own, arena)
    return (
        ReadingRoute(SUMMARY, page.show),
        ReadingRoute(SUMMARY_FILE, page.download),
        ReadingRoute(SUMMARY_ERASE, page.erase, method="POST"),
    )


class SummaryPage:
    """Answers the three addresses; what goes wrong is said in words on the page."""

    def __init__(self, own: OwnAssets, arena: Callable[[], Arena]) -> None:
        self._own = own
        self._arena = arena

    async def show(self, request: Request, text: Text) -> Response:
        """The page."""
        return await self._shown(request, text)

    async def download(self, request: Request, text: Text) -> Response:
        """The same as a file."""
        try:
            words = await self._words(request, text)
        except StorageError as error:
            return PlainTextResponse(problem_words(text, error) + "\n", 503, headers={"Cache-Control": "no-store"})
        headers = {
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{text("summary.file")}"',
        }
        return PlainTextResponse(summary_text(text, words), headers=headers)

    async def erase(self, request: Request, text: Text) -> Response:
        """Erase everything of this visitor and take the cookie back; 403 for a form that is not ours."""
        if not await is_own_form(request):
            return self._page(text, cards.problem(text("summary.not_ours")), status=403)
        visitor_id = visitor_id_of(request.cookies.get(COOKIE))
        if visitor_id is None:
            return self._page(text, summary_cards.empty(text))
        try:
            erased = await self._arena().summaries.erase(visitor_id)
        except BattleBusy:
            return await self._shown(request, text, problem=text("summary.busy"), status=409)
        except StorageError as error:
            return self._page(text, cards.problem(problem_words(text, error)), status=503)
        reply = self._page(text, summary_cards.erased(text, erased))
        reply.delete_cookie(COOKIE, httponly=True, samesite="lax")
        return reply

    async def _shown(self, request: Request, text: Text, *, problem: str = "", status: int = 200) -> Response:
        try:
            words = await self._words(request, text)
        except StorageError as error:
            return self._page(text, cards.problem(problem_words(text, error)), status=503)
        body = Markup(cards.problem(problem)) if problem else Markup("")
        body += summary_cards.empty(text) if words is None else summary_cards.summary(text, words)
        if visitor_id_of(request.cookies.get(COOKIE)) is not None:
            body += summary_cards.erasure(text, form_key(request))
        return self._page(text, body, status=status)

    async def _words(self, request: Request, text: Text) -> SummaryWords | None:
        """None for a visitor without a battle. Raises StorageError."""
        visitor_id = visitor_id_of(request.cookies.get(COOKIE))
        if visitor_id is None:
            return None
        view = await self._arena().summaries.of(visitor_id)
        return words_of(text, view) if view.lines else None

    def _page(self, text: Text, body: str, *, status: int = 200) -> Response:
        return reading_page(
            self._own,
            text,
            here=SUMMARY,
            title=text("summary.title"),
            body=Markup(body),
            status=status,
            scripts=("summary.js",),
        )
