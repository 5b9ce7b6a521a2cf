"""N participants play whole battles over HTTP; prints latency, CPU, memory and bytes.

Run: ``python -m tests.bench.bench_duel [N …]`` (default 1 10 30 100). The demo endpoint (300 tokens a side at
50 tokens a second, first token after 0.2 s) and the arena run in processes of their own on this machine, and
so does this load generator, on the same cores. In each of three rounds every participant plays one battle;
they arrive spread over the six seconds that a battle takes, so that all of them overlap. ``--burst`` makes
them all start at once. The yardstick says how fast the machine is: what does not depend on the arena's own code.
"""

import argparse
import asyncio
import contextlib
import json
import random
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from arena.ui.visitor import COOKIE
from tests.bench.bench_upstream import plain_reading_ms
from tests.bench.processes import answering, arena_server, command, demo_endpoint, free_port

UPSTREAM_FIRST_S = 0.2
BATTLE_S = 6.2
ROUNDS = 3
PROMPT = "Question {} : raconte une histoire."


@dataclass
class Tally:
    """What the participants saw. Times in seconds."""

    added_first_s: list[float] = field(default_factory=list)
    vote_s: list[float] = field(default_factory=list)
    duration_s: list[float] = field(default_factory=list)
    bytes_each: list[int] = field(default_factory=list)
    failed: int = 0


class Participant:
    """One phone: the requests that a browser makes for a battle, page load left out."""

    def __init__(self, client: httpx.AsyncClient, url: str, functions: dict[str, int], tally: Tally) -> None:
        self._client = client
        self._url = url
        self._functions = functions
        self._tally = tally
        self._headers = {"cookie": f"{COOKIE}={random.randbytes(16).hex()}"}
        self._session = random.randbytes(6).hex()
        self._bytes = 0

    async def arrive(self) -> None:
        """What the page asks for when it opens."""
        await self._call("load", [])

    async def play(self, start_s: float, number: int) -> None:
        """One battle, begun after a while."""
        await asyncio.sleep(start_s)
        try:
            await self._battle(number)
        except (httpx.HTTPError, AssertionError, KeyError) as fault:
            self._tally.failed += 1
            print(f"a battle failed: {fault!r}", file=sys.stderr)

    async def _battle(self, number: int) -> None:
        self._bytes = 0
        started = time.monotonic()
        reply = await self._call("start", [PROMPT.format(number), "random", [], ""])
        battle_id = _battle_id(reply)
        await self._watch(battle_id, started)
        self._tally.duration_s.append(time.monotonic() - started)
        asked = time.monotonic()
        assert "Vote enregistré" in await self._call("vote", [battle_id, "a"])
        self._tally.vote_s.append(time.monotonic() - asked)
        await self._call("reveal_footprints", [battle_id, "a", ""])
        assert "Bench" in await self._call("choose_again", [battle_id, "a"])
        self._tally.bytes_each.append(self._bytes)

    async def _watch(self, battle_id: str, started: float) -> None:
        waited_for = {"a", "b"}
        async with self._client.stream("GET", f"{self._url}/watch/fr/{battle_id}", headers=self._headers) as reply:
            assert reply.status_code == 200
            async for line in reply.aiter_lines():
                self._bytes += len(line.encode()) + 1
                if not line.startswith("data:"):
                    continue
                message = json.loads(line[5:])
                for _turn, side, *_ in message.get("patches", ()):
                    if side in waited_for:
                        waited_for.discard(side)
                        self._tally.added_first_s.append(time.monotonic() - started - UPSTREAM_FIRST_S)
        assert not waited_for

    async def _call(self, name: str, data: list[object]) -> str:
        body = {"data": data, "fn_index": self._functions[name], "session_hash": self._session}
        reply = await self._client.post(f"{self._url}/fr/gradio_api/run/predict", json=body, headers=self._headers)
        assert reply.status_code == 200, reply.text
        self._bytes += reply.num_bytes_downloaded + len(str(reply.headers))
        return json.dumps(reply.json(), ensure_ascii=False)


def _battle_id(reply: str) -> str:
    return reply.split("/watch/fr/")[1][:32]


async def functions_of(client: httpx.AsyncClient, url: str) -> dict[str, int]:
    """Gradio's numbers of our handlers, by name."""
    config = (await client.get(f"{url}/fr/config")).json()
    return {dependency["api_name"]: dependency["id"] for dependency in config["dependencies"]}


def cpu_s(pid: int) -> float:
    parts = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(parts[11]) + int(parts[12])) / 100


def memory_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return float("nan")


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


async def measure(people: int, *, burst: bool) -> str:
    """One table row, on a fresh server."""
    tally = Tally()
    limits = httpx.Limits(max_connections=None)
    with tempfile.TemporaryDirectory() as folder:
        async with (
            demo_endpoint() as base_url,
            arena_server(Path(folder), base_url) as (url, pid),
            httpx.AsyncClient(limits=limits, timeout=60, trust_env=False) as client,
        ):
            functions = await functions_of(client, url)
            warm = Participant(client, url, functions, Tally())
            await warm.play(0, 0)
            room = [Participant(client, url, functions, tally) for _ in range(people)]
            for one in room:
                await one.arrive()
            before = cpu_s(pid)
            gap = 0 if burst else BATTLE_S / people
            for number in range(ROUNDS):
                await asyncio.gather(*(one.play(gap * seat, number) for seat, one in enumerate(room)))
            cpu = (cpu_s(pid) - before) / (people * ROUNDS)
            memory = memory_mb(pid)
    first = [f"{percentile(tally.added_first_s, share) * 1000:.0f}" for share in (0.5, 0.95)]
    return (
        f"{people:>4}  {'/'.join(first):>13}  {percentile(tally.vote_s, 0.95) * 1000:>8.0f}"
        f"  {statistics.median(tally.duration_s):>8.2f}  {cpu:>12.3f}"
        f"  {statistics.median(tally.bytes_each) / 1000:>9.1f}  {memory:>9.0f}  {tally.failed:>6}"
    )


async def cold_start_s() -> float:
    """Seconds from the command to the first page."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        started = time.monotonic()
        database = f"sqlite:///{Path(folder) / 'cold.db'}"
        async with command("serve", "--port", str(port), ARENA_DATABASE_URL=database) as process:
            await answering(f"http://127.0.0.1:{port}/fr/", process)
            return time.monotonic() - started


async def idle_share() -> float:
    """Share of one core used when nobody is there."""
    with tempfile.TemporaryDirectory() as folder:
        async with demo_endpoint() as base_url, arena_server(Path(folder), base_url) as (_, pid):
            await asyncio.sleep(3)
            before = cpu_s(pid)
            await asyncio.sleep(20)
            return (cpu_s(pid) - before) / 20


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("people", nargs="*", type=int, default=[1, 10, 30, 100])
    parser.add_argument("--burst", action="store_true", help="everybody starts at once")
    options = parser.parse_args()
    print("   N  first p50/p95  vote p95  duration  CPU s/battle  kB/battle  memory MB  failed")
    print("        (added, ms)      (ms)       (s)")
    for people in options.people:
        print(await measure(people, burst=options.burst), flush=True)
    with contextlib.suppress(asyncio.CancelledError):
        print(f"cold start to first page: {await cold_start_s():.2f} s")
        print(f"idle: {await idle_share() * 100:.1f} % of a core")
        print(f"yardstick, two streams read with httpx alone: {2 * await plain_reading_ms():.0f} ms of CPU")


if __name__ == "__main__":
    asyncio.run(main())
