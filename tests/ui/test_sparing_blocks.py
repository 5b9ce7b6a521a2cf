"""A page sends what Gradio would send, and makes nothing anew of what a handler leaves alone."""

from collections.abc import Iterator
from typing import Any

import gradio as gr
import httpx
import pytest
from fastapi import FastAPI

from arena.ui.calls import ONE_SESSION
from arena.ui.guard import DIRECT
from arena.ui.late_page import LatePage
from arena.ui.sparing_blocks import SparingBlocks
from tests.serving import LIMIT_S, serving_app


class Page:
    """A page with one box that a handler sets, and one that it leaves alone."""

    def __init__(self, kind: type[gr.Blocks]) -> None:
        self._kind = kind
        self.blocks: gr.Blocks

    def build(self) -> gr.Blocks:
        with self._kind(analytics_enabled=False) as self.blocks:
            asked, stranger = gr.Textbox(), gr.Textbox()
            self.left, self.plain, skipped = gr.Textbox(), gr.Textbox(), gr.Textbox()
            choice = gr.Radio(["x"], visible=False)

            async def some(words: str) -> dict[Any, Any]:
                said = {
                    self.plain: words,
                    skipped: gr.skip(),
                    choice: gr.update(choices=[("Un", "1")], visible=True),
                }
                return {"nothing": {}, "unknown": {stranger: words}}.get(words, said)

            async def one(words: str) -> dict[Any, Any]:
                return {self.plain: words}

            asked.submit(some, asked, [self.left, self.plain, skipped, choice], **DIRECT)
            asked.submit(one, asked, self.plain, **DIRECT)
        return self.blocks

    def keeps(self, part: gr.Textbox) -> bool:
        """Whether Gradio still has the component that was laid out."""
        return self.blocks.state_holder[ONE_SESSION][part._id] is part


PAGES = {"usual": Page(gr.Blocks), "sparing": Page(SparingBlocks)}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    app = FastAPI()
    for place, page in PAGES.items():
        app.router.routes.append(LatePage(place, page.build))
    with serving_app(app) as address:
        yield address


def asked(url: str, place: str, number: int, words: str) -> httpx.Response:
    call = {"fn_index": number, "data": [words], "session_hash": "abc"}
    return httpx.post(
        f"{url}/{place}/gradio_api/run/predict", json=call, trust_env=False, verify=False, timeout=LIMIT_S
    )


@pytest.mark.parametrize(("number", "words"), [(0, "bonjour"), (1, "bonjour")])
def test_the_page_gets_what_gradio_would_send(url: str, number: int, words: str) -> None:
    usual, sparing = (asked(url, place, number, words).json()["data"] for place in ("usual", "sparing"))
    assert sparing == usual
    assert words in sparing


def test_a_handler_that_sets_nothing_changes_nothing(url: str) -> None:
    assert asked(url, "sparing", 0, "nothing").json()["data"] == [gr.skip()] * 4


def test_what_is_no_output_is_refused(url: str) -> None:
    for place in ("usual", "sparing"):
        assert asked(url, place, 0, "unknown").status_code == 500


def test_what_is_left_alone_is_not_made_anew(url: str) -> None:
    kept = {}
    for place, page in PAGES.items():
        asked(url, place, 0, "bonjour")
        kept[place] = page.keeps(page.left)
    assert kept == {"usual": False, "sparing": True}
