"""An organiser without a browser, and meetings made on their page."""

import re
from typing import Any

import httpx

from tests.e2e.page_client import PageClient
from tests.serving import Application

DEPLOYER = "a secret of the deployer, for these tests only"
_DEFAULTS = {
    "title": "Café IA",
    "held_on": "14/03/2026",
    "place": "",
    "locale": "fr",
    "mode": "random",
    "models": [],
    "max_answer_tokens": "",
    "moderation": "free",
    "retention_days": "",
    "max_answers": "",
    "max_cost_eur": "",
}


class OrganiserClient(PageClient):
    """One browser on the organisers' page. ``with`` it comes in by a secret; with an empty one it stays outside."""

    def __init__(self, application: Application, secret: str = DEPLOYER, locale: str = "fr") -> None:
        super().__init__(application, locale, below="organise/")
        self._application = application
        self._secret = secret

    def __enter__(self) -> "OrganiserClient":
        super().__enter__()
        if self._secret:
            assert self.enter(self._secret).status_code == 303
        return self

    def enter(self, secret: str, **what: Any) -> httpx.Response:
        """Send the form of the door."""
        return self.post("/organise/enter", data={"secret": secret}, **what)

    def send_always(self, headers: dict[str, str]) -> None:
        """Add headers to every request from now on."""
        self._http.headers.update(headers)

    def save(self, event_id: str = "", version: str = "", **fields: Any) -> httpx.Response:
        """Make an event, or change one."""
        return self.call("save", event_id, version, *({**_DEFAULTS, **fields}).values())

    def make(self, *, is_open: bool = True, **fields: Any) -> tuple[str, str]:
        """A new event; its id and its code."""
        known = set(self._ids())
        reply = self.save(**fields)
        made = set(self._ids()) - known
        assert len(made) == 1, reply.text
        event_id = made.pop()
        if is_open:
            self.move(event_id, "open")
        return event_id, str(self._application.rows("select code from event where id=?", event_id)[0][0])

    def try_on(self, number: int, event_id: str) -> httpx.Response:
        """Call any function of the page about an event, with nothing else."""
        return self.call(number, *[event_id, *[""] * self.inputs[number]][: self.inputs[number]])

    def move(self, event_id: str, state: str) -> httpx.Response:
        """Open or close it, as it is now."""
        return self.call("move", event_id, state, ["yes"], str(self.version_of(event_id)))

    def version_of(self, event_id: str) -> int:
        return int(self._application.rows("select version from event where id=?", event_id)[0][0])

    def make_link(self, event_id: str, label: str = "", until: str = "") -> str:
        """The secret of a new link."""
        found = re.search(r"/organise/open/([\w-]{43})", self.call("make_link", event_id, label, until).text)
        assert found
        return found[1]

    def _ids(self) -> list[str]:
        return [str(row[0]) for row in self._application.rows("select id from event")]
