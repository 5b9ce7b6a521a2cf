"""The composition root: settings in, a FastAPI application out; its lifespan owns engine and client."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from arena.opening import catalogue_of, open_arena, practice_of
from arena.services.arena import Arena
from arena.services.footprints import FootprintService
from arena.services.front_door import FrontDoor
from arena.services.suggestions import load_suggestions
from arena.settings import Settings
from arena.ui.mounting import add_pages

# Gradio checks a (missing) login of each request on a thread of its own, one of 40: they cost memory, not time.
GRADIO_THREADS = 2


class _Holder:
    """Where the pages find the arena once the lifespan has opened it."""

    arena: Arena | None = None

    def __call__(self) -> Arena:
        assert self.arena is not None, "the application has not started"
        return self.arena


def create_app(settings: Settings | None = None, front_door: FrontDoor | None = None) -> FastAPI:
    """The whole application; the door is its server's. Raises CatalogueError before anything is opened or written."""
    settings = settings or Settings()
    zones_only = FootprintService.load()
    catalogue = catalogue_of(settings, zones_only)
    footprints = FootprintService.load(catalogue_version=catalogue.version)
    holder = _Holder()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        current_default_thread_limiter().total_tokens = GRADIO_THREADS
        async with open_arena(settings, catalogue, footprints, front_door) as arena:
            holder.arena = arena
            yield

    async def health(_request: Request) -> Response:
        return PlainTextResponse(f"ok {len(holder().line_up.models)} models\n")

    async def home(_request: Request) -> Response:
        headers = {"Cache-Control": "no-store"}
        return RedirectResponse(f"/{settings.default_locale}/", status_code=307, headers=headers)

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.add_route("/healthz", health)
    app.add_route("/", home)
    add_pages(
        app,
        holder,
        load_suggestions(),
        locale=settings.default_locale,
        secure_cookie=settings.secure_cookie,
        need_question=settings.need_question,
        practice=practice_of(settings),
        public_leaderboard=settings.public_leaderboard,
    )
    return app
