"""Simulated phones: they join a room, follow it and vote over HTTP, as the page of a participant does."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx
import orjson

VISITOR_COOKIE = "arena_visitor"
AGAIN_S = 0.2  # a phone that lost its stream comes back so soon


@asynccontextmanager
async def open_phone_client(base_url: str, *, timeout_s: float = 20.0) -> AsyncIterator[httpx.AsyncClient]:
    """A client for many phones: it keeps no cookie of its own, and a stream may stay silent between heartbeats."""
    nobodys = CookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    timeout = httpx.Timeout(timeout_s)
    async with httpx.AsyncClient(
        base_url=base_url, cookies=nobodys, limits=limits, timeout=timeout, trust_env=False
    ) as client:
        yield client


class PhoneFault(Exception):
    """The server did not do what a phone needs: what was asked, and the status that came."""


@dataclass(eq=False)
class SimulatedPhone:
    """One phone. ``data`` is what its page's script knows of the room, ``bytes_heard`` what its stream weighed.

    ``seen_at`` is when it first saw each step of each round, by the clock that never jumps.
    """

    client: httpx.AsyncClient
    code: str
    locale: str = "fr"
    cookie: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    seen_at: dict[tuple[str, str], float] = field(default_factory=dict)
    bytes_heard: int = 0
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def join(self) -> None:
        """Open the code's address as a browser that keeps cookies does. Raises PhoneFault, httpx errors."""
        first = await self.client.get(f"/e/{self.code}", headers=self._headers())
        self.cookie = self.cookie or first.cookies.get(VISITOR_COOKIE) or ""
        if not self.cookie:
            raise PhoneFault(f"no cookie came with /e/{self.code}: {first.status_code}")
        joined = await self.client.get(first.headers.get("location", f"/e/{self.code}"), headers=self._headers())
        if joined.status_code >= 400:
            raise PhoneFault(f"/e/{self.code} let nobody in: {joined.status_code}")

    @asynccontextmanager
    async def following(self) -> AsyncIterator["SimulatedPhone"]:
        """Follow the room for as long as the block lasts, coming back whenever the stream breaks."""
        following = asyncio.create_task(self._follow())
        try:
            yield self
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)

    async def until(self, step: str, *, round_id: str | None = None) -> None:
        """Wait until the phone shows a step, of a certain round or of any."""
        async with self.news:
            await self.news.wait_for(
                lambda: self.data.get("step") == step and round_id in (None, self.data.get("round"))
            )

    async def say(self, kind: str, value: str, *, round_id: str | None = None) -> httpx.Response:
        """Cast a ballot in the round that the phone shows, or in another one."""
        body = {
            "event": self.data.get("event"),
            "round": round_id or self.data.get("round"),
            "kind": kind,
            "value": value,
            "locale": self.locale,
        }
        return await self.client.post("/room/ballot", content=orjson.dumps(body), headers=self._headers())

    async def _follow(self) -> None:
        while True:
            with suppress(httpx.TransportError):  # as a page on a weak network: it comes back
                await self._listen()
            await asyncio.sleep(AGAIN_S)

    async def _listen(self) -> None:
        address = f"/room/{self.locale}/{self.code}/follow"
        async with self.client.stream("GET", address, headers=self._headers()) as reply:
            if reply.status_code != 200:
                return
            async for line in reply.aiter_lines():
                self.bytes_heard += len(line.encode()) + 1
                if line.startswith("data: "):
                    await self._take(orjson.loads(line[6:]))

    async def _take(self, message: Mapping[str, Any]) -> None:
        if "data" not in message:
            return
        async with self.news:
            self.data = message["data"]
            if (step := self.data.get("step")) is not None:
                self.seen_at.setdefault((self.data["round"], step), time.monotonic())
            self.news.notify_all()

    def _headers(self) -> dict[str, str]:
        return {"Cookie": f"{VISITOR_COOKIE}={self.cookie}"} if self.cookie else {}
