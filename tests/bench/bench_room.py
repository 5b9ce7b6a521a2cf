"""A whole round with a hundred phones over HTTP; prints latency, CPU, memory and bytes.

Run: ``python -m tests.bench.bench_room [PHONES]`` (default 100). The arena with its demo models is a process of
its own, on the same cores as this load generator. Every phone joins by the code, reads its page, and follows its stream
over a connection of its own; a desk presses the steps. After each press the time until a phone has the step is taken;
while it is asked, all phones answer within four seconds. In between everybody is quiet for a while.
"""

import argparse
import asyncio
import json
import random
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from arena.ui.visitor import COOKIE
from tests.bench.bench_duel import cpu_s, memory_mb, percentile
from tests.e2e.organiser_client import DEPLOYER, OrganiserClient
from tests.e2e.room_client import Desk
from tests.serving import Application, running

STEPS = ("prompt", "bet", "answers", "vote", "closed", "footprints", "second_choice", "names", "debate")
SAID = {"bet": ("same", "3", "10"), "vote": ("a", "b", "both_good"), "second_choice": ("a", "b", "both_bad")}
QUIET_S = 20.0
STEP_S = 5.0
ANSWER_WITHIN_S = 4.0


@dataclass
class Phone:
    """One phone: a raw connection, so that the load generator costs little and bytes are those of the wire."""

    url: str
    cookie: str
    bytes_heard: int = 0
    data: dict[str, str] = field(default_factory=dict)
    arrived: dict[str, float] = field(default_factory=dict)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def follow(self, path: str) -> None:
        """Read the stream until cancelled."""
        host = urlsplit(self.url)
        reader, writer = await asyncio.open_connection(host.hostname, host.port, limit=2**20)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {host.netloc}\r\nCookie: {self.cookie}\r\n\r\n".encode())
        try:
            while line := await reader.readline():
                self.bytes_heard += len(line)
                if line.startswith(b"data: "):
                    self._take(json.loads(line[6:]))
        finally:
            writer.close()

    def _take(self, message: dict[str, dict[str, str]]) -> None:
        if "data" in message:
            self.data = message["data"]
            self.arrived.setdefault(self.data["step"] or "waiting", time.monotonic())
            self._news.set()

    async def until(self, step: str) -> None:
        """Wait until it has a step."""
        while step not in self.arrived:
            self._news.clear()
            await self._news.wait()

    async def says(self, client: httpx.AsyncClient, kind: str, after_s: float) -> float:
        """Seconds from the tap to the server's word that it is on disk."""
        await asyncio.sleep(after_s)
        began = time.monotonic()
        body = {"event": self.data["event"], "round": self.data["round"], "kind": kind, "locale": "fr"}
        body["value"] = random.choice(SAID[kind])
        reply = await client.post(f"{self.url}/room/ballot", json=body, headers={"cookie": self.cookie})
        assert reply.json()["own"][kind] == body["value"], reply.text
        return time.monotonic() - began


@dataclass
class Measured:
    """What a round cost. Times in seconds, CPU as a share of one core."""

    step_s: list[float] = field(default_factory=list)
    said_s: list[float] = field(default_factory=list)
    quiet_cpu: float = 0.0
    voting_cpu: list[float] = field(default_factory=list)
    bytes_each: list[float] = field(default_factory=list)


async def joined(client: httpx.AsyncClient, url: str, code: str) -> Phone:
    """A phone that came by the code and has read its page."""
    phone = Phone(url, f"{COOKIE}={random.randbytes(16).hex()}")
    for address in (f"/e/{code}", f"/room/fr/{code}"):
        reply = await client.get(url + address, headers={"cookie": phone.cookie})
        assert reply.status_code in (200, 303), reply.text
    return phone


async def press(desk: Desk, step: str, phones: list[Phone]) -> list[float]:
    """Bring the room to a step; how long each phone took to have it."""
    version = (await asyncio.to_thread(desk.look))["data"]["version"]
    while True:  # the answers may need a moment until they are there
        began = time.monotonic()
        reply = await asyncio.to_thread(desk.press, "go", step=step, seen=version)
        if reply.status_code != 400:
            break
        await asyncio.sleep(0.1)
    assert reply.status_code == 200, reply.text
    async with asyncio.timeout(30):
        await asyncio.gather(*(phone.until(step) for phone in phones))
    return [phone.arrived[step] - began for phone in phones]


async def play(desk: Desk, application: Application, client: httpx.AsyncClient, phones: list[Phone]) -> Measured:
    """One round, from the room that waits to the debate."""
    measured, began, pid = Measured(), time.monotonic(), application.pid
    before = cpu_s(pid)
    await asyncio.sleep(QUIET_S)
    measured.quiet_cpu = (cpu_s(pid) - before) / QUIET_S
    await asyncio.to_thread(desk.does, "ask", prompt="Pourquoi le ciel est-il bleu ?", has_bet=True)
    for step in STEPS:
        measured.step_s += await press(desk, step, phones)
        if step in SAID:
            before, start = cpu_s(pid), time.monotonic()
            gap = ANSWER_WITHIN_S / len(phones)
            said = (phone.says(client, step, number * gap) for number, phone in enumerate(phones))
            measured.said_s += await asyncio.gather(*said)
            measured.voting_cpu.append((cpu_s(pid) - before) / (time.monotonic() - start))
        await asyncio.sleep(STEP_S)
    lasted = time.monotonic() - began
    measured.bytes_each = [phone.bytes_heard / lasted for phone in phones]
    return measured


def ms(values: list[float]) -> str:
    shares = [percentile(values, share) * 1000 for share in (0.5, 0.95)]
    return "/".join(f"{value:.0f}" for value in (*shares, max(values) * 1000))


async def measure(people: int, application: Application, desk: Desk) -> None:
    """Have all phones join and follow, play a round, print."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=people)
    async with httpx.AsyncClient(limits=limits, timeout=60, trust_env=False) as client:
        phones = [await joined(client, application.url, desk.code) for _ in range(people)]
        alone = memory_mb(application.pid)
        following = [asyncio.create_task(phone.follow(f"/room/fr/{desk.code}/follow")) for phone in phones]
        try:
            await asyncio.gather(*(phone.until("waiting") for phone in phones))
            measured = await play(desk, application, client, phones)
        finally:
            for task in following:
                task.cancel()
            await asyncio.gather(*following, return_exceptions=True)
    print(f"{people} phones")
    print(f"a step on every phone, p50/p95/max: {ms(measured.step_s)} ms")
    print(f"a ballot on disk, p50/p95/max: {ms(measured.said_s)} ms, {len(measured.said_s)} ballots")
    kept = application.rows("select count(*) from vote join battle on battle.id = battle_id where event_id = ?",
                            desk.event_id)[0][0]  # fmt: skip
    print(f"votes on disk: {kept} of {people} that were acknowledged")
    print(f"CPU while all only follow: {measured.quiet_cpu * 100:.1f} % of a core")
    print(f"CPU while all answer within {ANSWER_WITHIN_S:.0f} s: {max(measured.voting_cpu) * 100:.0f} % of a core")
    print(f"a phone hears {statistics.mean(measured.bytes_each):.0f} B/s over the round")
    print(f"memory: {alone:.0f} MB before they follow, {memory_mb(application.pid):.0f} MB at most")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("people", nargs="?", type=int, default=100)
    people = parser.parse_args().people
    with tempfile.TemporaryDirectory() as folder:
        application = Application(Path(folder), demo="always", demo_speed="30", deployer_secret=DEPLOYER)
        with running(application), OrganiserClient(application) as organiser:
            event_id, code = organiser.make(title="Café IA")
            desk = Desk(application, organiser, event_id, code)
            desk.does("open")
            asyncio.run(measure(people, application, desk))


if __name__ == "__main__":
    main()
