"""A room without browsers: the desk presses, phones and the screen look, all over real HTTP."""

import json
import time
from typing import Any

import httpx

from tests.e2e.organiser_client import OrganiserClient
from tests.serving import LIMIT_S, Application


class Desk:
    """The desk of one event, pressed by an organiser; it remembers which version of the room it saw."""

    def __init__(
        self, application: Application, organiser: OrganiserClient, event_id: str, code: str, locale: str = "fr"
    ) -> None:
        self._url = application.url
        self._organiser = organiser
        self.event_id = event_id
        self.code = code
        self._locale = locale

    def press(self, press: str, *, seen: int | None = None, **sent: Any) -> httpx.Response:
        """Press a button as somebody who sees the room as it is now, or as it was."""
        version = self.look()["data"]["version"] if seen is None else seen
        body = {"event": self.event_id, "press": press, "seen": version, "locale": self._locale, **sent}
        return self._organiser.post("/desk/press", json=body)

    def does(self, press: str, **sent: Any) -> int:
        """Press a button that works; the room's new version."""
        reply = self.press(press, **sent)
        assert reply.status_code == 200, reply.text
        return int(reply.json()["version"])

    def goes(self, *steps: str) -> None:
        """Bring the round through these steps; the answers may need a moment until they are there."""
        for step in steps:
            limit = time.monotonic() + LIMIT_S
            while (reply := self.press("go", step=step)).status_code == 400 and time.monotonic() < limit:
                time.sleep(0.1)
            assert reply.status_code == 200, reply.text

    def look(self) -> dict[str, Any]:
        """What the desk's page shows now."""
        address = f"/desk/{self._locale}/{self.event_id}/follow"
        with httpx.Client(
            base_url=self._url, cookies=self._organiser.cookies, timeout=LIMIT_S, trust_env=False, verify=False
        ) as http:
            return first_message(http, address, self._organiser.heard)


class Onlooker:
    """A browser that can read a room's page and its stream: the screen, or a phone once it joined.

    ``heard`` is every byte that reached it.
    """

    def __init__(self, application: Application, code: str, *, place: str = "screen", locale: str = "fr") -> None:
        self.code = code
        self.heard: list[str] = []
        self._place = f"/{place}/{locale}/{code}"
        self._locale = locale
        self.http = httpx.Client(
            base_url=application.url, timeout=LIMIT_S, trust_env=False, verify=False, follow_redirects=True
        )

    def __enter__(self) -> "Onlooker":
        return self

    def __exit__(self, *_fault: object) -> None:
        self.http.close()

    def page(self) -> httpx.Response:
        reply = self.http.get(self._place)
        self.heard.append(str(reply.headers) + "\n" + reply.text)
        return reply

    def look(self) -> dict[str, Any]:
        """What its page shows now: ``parts`` and ``data``."""
        return first_message(self.http, f"{self._place}/follow", self.heard)


class Phone(Onlooker):
    """A participant's phone. ``with`` it joins by the code."""

    def __init__(self, application: Application, code: str, locale: str = "fr") -> None:
        super().__init__(application, code, place="room", locale=locale)

    def __enter__(self) -> "Phone":
        reply = self.http.get(f"/e/{self.code}")
        assert reply.status_code == 200, reply.text
        self.heard.append(str(reply.headers) + "\n" + reply.text)
        return self

    def says(self, kind: str, value: str, *, round_id: str | None = None) -> httpx.Response:
        """Cast a ballot in the round that it sees, or in another one."""
        seen = self.look()["data"]
        body = {"event": seen["event"], "round": round_id or seen["round"], "kind": kind, "value": value}
        reply = self.http.post("/room/ballot", json={**body, "locale": self._locale})
        self.heard.append(str(reply.headers) + "\n" + reply.text)
        return reply


def first_message(http: httpx.Client, address: str, heard: list[str]) -> dict[str, Any]:
    """The first event of a stream, which holds all that a page shows."""
    with http.stream("GET", address) as reply:
        assert reply.status_code == 200, address
        heard.append(str(reply.headers))
        for line in reply.iter_lines():
            heard.append(line)
            if line.startswith("data: "):
                message: dict[str, Any] = json.loads(line[6:])
                return message
    raise AssertionError(f"{address} ended without a message")
