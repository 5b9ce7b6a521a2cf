"""A page is made when somebody asks for it, once, and takes no address of its neighbours."""

from typing import Any

import gradio as gr
import gradio.routes
import httpx
import pytest
from fastapi import FastAPI

from arena.ui.late_page import LatePage
from tests.serving import LIMIT_S, serving_app


class Workshop:
    """Makes pages and counts them."""

    def __init__(self) -> None:
        self.made = 0

    def build(self) -> gr.Blocks:
        self.made += 1
        blocks: gr.Blocks
        with gr.Blocks(title="Essai", analytics_enabled=False) as blocks:
            said = gr.Textbox(elem_id="said")
            said.submit(lambda words: words, said, said, queue=False, api_visibility="private")
        return blocks


def test_a_page_is_made_at_its_first_request_and_kept() -> None:
    workshop, app = Workshop(), FastAPI()
    app.router.routes.append(LatePage("xx", workshop.build))
    with serving_app(app) as url:
        assert workshop.made == 0
        for address in ("/xx/", "/xx/config", "/xx/"):
            assert httpx.get(url + address, trust_env=False, verify=False, timeout=LIMIT_S).status_code == 200, address
        assert workshop.made == 1


def test_neighbours_are_left_alone() -> None:
    workshop, app = Workshop(), FastAPI()
    app.router.routes.append(LatePage("xx", workshop.build))
    with serving_app(app) as url:
        for address in ("/", "/x", "/xxx/", "/yy/xx/", "/%78y/"):
            assert httpx.get(url + address, trust_env=False, verify=False, timeout=LIMIT_S).status_code == 404, address
    assert workshop.made == 0


def test_only_plain_calls_of_its_functions_pass_also_when_they_come_first() -> None:
    workshop, app = Workshop(), FastAPI()
    app.router.routes.append(LatePage("xx", workshop.build))
    with serving_app(app) as url:
        call = {"fn_index": 0, "data": ["bonjour"], "session_hash": "abc"}
        forged = {"fn_index": 0, "data": [{"path": "/etc/passwd"}], "session_hash": "abc"}
        address = f"{url}/xx/gradio_api/run/predict"
        assert httpx.post(address, json=forged, trust_env=False, verify=False, timeout=LIMIT_S).status_code == 422
        reply = httpx.post(address, json=call, trust_env=False, verify=False, timeout=LIMIT_S)
    assert reply.json()["data"] == ["bonjour"]


def test_one_application_is_made_and_it_is_the_one_that_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[gradio.routes.App] = []
    usual = gradio.routes.App.create_app

    def counted(*arguments: Any, **options: Any) -> gradio.routes.App:
        made.append(usual(*arguments, **options))
        return made[-1]

    monkeypatch.setattr(gradio.routes.App, "create_app", counted)
    workshop, app = Workshop(), FastAPI()
    page = LatePage("xx", workshop.build)
    app.router.routes.append(page)
    with serving_app(app) as url:
        assert httpx.get(f"{url}/xx/", trust_env=False, verify=False, timeout=LIMIT_S).status_code == 200
    assert len(made) == 1
    assert made[0].get_blocks().app is made[0]
    with gr.Blocks() as other:
        pass
    assert isinstance(other.app, gradio.routes.App)  # for pages made elsewhere nothing has changed
