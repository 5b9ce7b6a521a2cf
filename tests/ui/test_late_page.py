"""A page is made when somebody asks for it, once, and takes no address of its neighbours."""

import gradio as gr
import httpx
from fastapi import FastAPI

from arena.ui.late_page import LatePage
from tests.serving import serving_app


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
            assert httpx.get(url + address, trust_env=False).status_code == 200, address
        assert workshop.made == 1


def test_neighbours_are_left_alone() -> None:
    workshop, app = Workshop(), FastAPI()
    app.router.routes.append(LatePage("xx", workshop.build))
    with serving_app(app) as url:
        for address in ("/", "/x", "/xxx/", "/yy/xx/", "/%78y/"):
            assert httpx.get(url + address, trust_env=False).status_code == 404, address
    assert workshop.made == 0


def test_only_plain_calls_of_its_functions_pass_also_when_they_come_first() -> None:
    workshop, app = Workshop(), FastAPI()
    app.router.routes.append(LatePage("xx", workshop.build))
    with serving_app(app) as url:
        call = {"fn_index": 0, "data": ["bonjour"], "session_hash": "abc"}
        forged = {"fn_index": 0, "data": [{"path": "/etc/passwd"}], "session_hash": "abc"}
        address = f"{url}/xx/gradio_api/run/predict"
        assert httpx.post(address, json=forged, trust_env=False).status_code == 422
        reply = httpx.post(address, json=call, trust_env=False)
    assert reply.json()["data"] == ["bonjour"]
