"""A Gradio page that is made when somebody first asks for it.

Each costs 5 MB and 0.1 s of the start, and at most meetings nobody opens the other language.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import gradio as gr
from fastapi import FastAPI
from gradio import blocks as gradio_blocks
from gradio.routes import App
from starlette.datastructures import URLPath
from starlette.routing import BaseRoute, Match, Mount, NoMatchFound
from starlette.types import ASGIApp, Receive, Scope, Send

from arena.ui.calls import PlainCalls
from arena.ui.theme import make_theme


class LatePage(BaseRoute):
    """The page at ``/place`` and all below it that no route before it took."""

    def __init__(self, place: str, build: Callable[[], gr.Blocks]) -> None:
        self._place = place
        self._build = build
        self._made: ASGIApp | None = None

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Its own address and those below; what Gradio needs of the path stays as it is."""
        path = scope.get("path", "")
        is_here = scope["type"] == "http" and f"{path}/".startswith(f"/{self._place}/")
        return (Match.FULL if is_here else Match.NONE), {}

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        """Nobody builds addresses of pages by name."""
        raise NoMatchFound(name, path_params)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Make the page if this is the first request for it, then let it answer."""
        await self.made()(scope, receive, send)

    def made(self) -> ASGIApp:
        """The page as an application, with a gate that lets plain calls of its functions pass.

        Made on the event loop, all at once: Gradio notes in a global which page is being laid out.
        """
        if self._made is None:
            with _no_rough_applications():
                blocks = self._build()
                _quiet_queue(blocks)
            page = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
            gr.mount_gradio_app(
                page,
                blocks,
                path=f"/{self._place}",
                footer_links=[],
                run_history=False,
                ssr_mode=False,
                enable_monitoring=False,
                show_error=False,
                theme=make_theme(),
            )
            blocks.app = _mounted_on(page)
            counts = {number: len(function.inputs) for number, function in blocks.fns.items()}
            self._made = PlainCalls(page, input_counts={self._place: counts})
        return self._made


def _mounted_on(page: FastAPI) -> App:
    """The application of Gradio that was mounted last, and that answers."""
    mount = page.routes[-1]
    assert isinstance(mount, Mount)
    assert isinstance(mount.app, App)
    return mount.app


class _NoApplication:
    """In the place of Gradio's applications where none is to be made."""

    @staticmethod
    def create_app(*_arguments: object, **_options: object) -> None:
        """Make none."""


@contextmanager
def _no_rough_applications() -> Iterator[None]:
    """Gradio makes an application of 82 routes when a page is begun, ended and given its queue, and serves a fourth.

    Making the first three takes as long as laying out the page.
    """
    usual = vars(gradio_blocks)["App"]
    vars(gradio_blocks)["App"] = _NoApplication
    try:
        yield
    finally:
        vars(gradio_blocks)["App"] = usual


def _quiet_queue(blocks: gr.Blocks) -> None:
    """No listener of ours is queued, yet the queue's two loops would poll a thousand times a second.

    At Gradio's defaults that is 5 % of a core when nobody is there; both are private attributes.
    """
    blocks.queue(default_concurrency_limit=None)
    blocks._queue.sleep_when_free = 1.0
    blocks._queue.progress_update_sleep_when_free = 1.0
    blocks.state_session_capacity = 1  # see ONE_SESSION
