"""A participant without a browser: speaks the requests that Gradio's page makes, and keeps all that comes back."""

import html
import json
import re
from typing import Any

import httpx

from tests.serving import LIMIT_S, Application

_TARGETS = {
    ("send", "click"): "start",
    ("mode", "input"): "offer",
    ("control", "submit"): "show",
    ("stop", "click"): "stop",
    ("follow-up-send", "click"): "follow_up",
    ("liked-a", "input"): "react_a",
    ("liked-b", "input"): "react_b",
    ("retry-a", "click"): "retry_a",
    ("retry-b", "click"): "retry_b",
    ("outcome", "input"): "vote",
    ("to-footprints", "click"): "footprints",
    ("to-names", "click"): "names",
    ("skip-second", "click"): "skip",
    ("bet", "input"): "bet",
    ("nature", "input"): "look",
    ("project", "click"): "project",
    ("crowd", "input"): "crowd",
    ("need", "input"): "need",
    ("new-duel", "click"): "leave",
    ("rematch-smaller", "click"): "rematch_smaller",
    ("rematch-shorter", "click"): "rematch_shorter",
    ("leave-event", "click"): "leave_event",
    ("picker", "input"): "pick",
    ("save-event", "click"): "save",
    ("state-move", "click"): "move",
    ("make-link", "click"): "make_link",
    ("end-link", "click"): "end_link",
    ("delete-event", "click"): "delete",
    ("prompts-confirm", "click"): "confirm",
}


class PageClient:
    """One visitor of one language's page. ``heard`` is every byte that reached the browser, decoded.

    ``below`` begins the address of another page than the participant's.
    """

    def __init__(self, application: Application, locale: str = "fr", *, below: str = "") -> None:
        self._locale = locale
        self._place = f"/{below}{locale}"
        self._http = httpx.Client(
            base_url=application.url,
            timeout=LIMIT_S,
            trust_env=False,
            verify=False,
            event_hooks={"response": [self._record]},
        )
        self.heard: list[str] = []
        self.handlers: dict[str, int] = {}
        self.inputs: dict[int, int] = {}
        self.battle_id = ""

    def __enter__(self) -> "PageClient":
        self.page = self.get(f"{self._place}/")
        self._read_config(self.get(f"{self._place}/config").json())
        return self

    def __exit__(self, *_fault: object) -> None:
        self._http.close()

    @property
    def cookies(self) -> httpx.Cookies:
        return self._http.cookies

    @property
    def everything(self) -> str:
        """All that was heard, also with JSON and HTML escapes undone."""
        return self.heard_since(0)

    def heard_since(self, beginning: int) -> str:
        """What was heard after so many replies, also with JSON and HTML escapes undone."""
        raw = "\n".join(self.heard[beginning:])
        plain = re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), raw)
        return "\n".join((raw, plain, html.unescape(plain)))

    def get(self, path: str, **what: Any) -> httpx.Response:
        return self._http.get(path, **what)

    def post(self, path: str, **what: Any) -> httpx.Response:
        return self._http.post(path, **what)

    def call(self, handler: str | int, *values: object) -> httpx.Response:
        """Call one handler as the page does."""
        number = handler if isinstance(handler, int) else self.handlers[handler]
        body = {"data": list(values), "fn_index": number, "session_hash": "abcdef12345", "trigger_id": 1}
        return self._http.post(f"{self._place}/gradio_api/run/predict", json=body)

    def start(self, prompt: str, mode: str = "random", chosen: tuple[str, ...] = ()) -> str:
        """Start a battle; its id."""
        return self._begun(self.call("start", prompt, mode, list(chosen), ""))

    def begin_with_need(self, prompt: str, need: str) -> str:
        """Start a battle where the need for an AI is asked before sending; its id."""
        return self._begun(self.call("start", prompt, "random", [], need))

    def rematch(self, kind: str) -> str:
        """Play the current battle again with less; the new battle's id."""
        return self._begun(self.call(f"rematch_{kind}", self.battle_id))

    def _begun(self, reply: httpx.Response) -> str:
        found = re.search(r'data-battle="([0-9a-f]{32})"', reply.json()["data"][0])
        assert found, reply.text
        self.battle_id = found[1]
        return self.battle_id

    def watch(self) -> list[dict[str, Any]]:
        """The battle's stream to its end."""
        reply = self.get(f"/watch/{self._locale}/{self.battle_id}")
        assert reply.status_code == 200
        return [json.loads(line[6:]) for line in reply.text.splitlines() if line.startswith("data: ")]

    def watch_until(self, words: str, *, times: int) -> None:
        """Look at the battle's stream until these words came so often; nothing of it is kept."""
        address, seen = self._http.base_url.join(f"/watch/{self._locale}/{self.battle_id}"), 0
        with httpx.stream(
            "GET", address, cookies=self.cookies, timeout=LIMIT_S, trust_env=False, verify=False
        ) as reply:
            for line in reply.iter_lines():
                seen += line.count(words)
                if seen >= times:
                    return
        raise AssertionError(f"{words!r} came {seen} times")

    def answers(self) -> dict[str, str]:
        """The HTML of each side's first answer, put together as the page does."""
        blocks: dict[str, list[str]] = {"a": [], "b": []}
        for message in self.watch():
            for turn, side, block, keep, added in message.get("patches", []):
                if turn == 0:
                    known = blocks[side]
                    known.extend([""] * (block + 1 - len(known)))
                    units = known[block].encode("utf-16-le")[: 2 * keep]
                    known[block] = units.decode("utf-16-le") + added
        return {side: "".join(parts) for side, parts in blocks.items()}

    def _record(self, response: httpx.Response) -> None:
        response.read()
        self.heard.append(str(response.headers) + "\n" + response.text)

    def _read_config(self, config: dict[str, Any]) -> None:
        names = {part["id"]: part["props"].get("elem_id") for part in config["components"]}
        for dependency in config["dependencies"]:
            number = dependency["id"]
            self.inputs[number] = len(dependency["inputs"])
            for target, event in dependency["targets"]:
                name = "load" if event == "load" else _TARGETS.get((names.get(target, ""), event))
                if name:
                    self.handlers[name] = number


def problem_of(reply: httpx.Response) -> str:
    """The words of the problem line in a reply, empty without one."""
    found = re.search(r'<p class="problem" role="alert">([^<]*)</p>', "".join(_strings(reply.json()["data"])))
    return html.unescape(found[1]) if found else ""


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [found for part in value.values() for found in _strings(part)]
    if isinstance(value, list):
        return [found for part in value for found in _strings(part)]
    return []
