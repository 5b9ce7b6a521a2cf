"""What it costs to read one stream: httpx's own transport against the one the arena uses.

Run: ``python -m tests.bench.bench_upstream``. Prints CPU in ms for a stream of 300 tokens, one token a chunk.
"""

import asyncio
import statistics
import time

import httpx

from arena.providers.chat import ChatMessage, ChatRequest, Patience
from arena.providers.client import open_client
from arena.providers.openai_chat import stream_chat
from tests.bench.processes import demo_endpoint

STREAMS = 30
ROUNDS = 3


async def read_one(client: httpx.AsyncClient, base_url: str) -> None:
    request = ChatRequest(base_url, "bench/300/100", (ChatMessage("user", "?"),), 1000)
    async for _ in stream_chat(client, request, Patience()):
        pass


async def cost_ms(client: httpx.AsyncClient, base_url: str) -> float:
    await read_one(client, base_url)
    rounds = []
    for _ in range(ROUNDS):
        before = time.process_time()
        await asyncio.gather(*(read_one(client, base_url) for _ in range(STREAMS)))
        rounds.append((time.process_time() - before) / STREAMS * 1000)
    return statistics.median(rounds)


async def plain_reading_ms() -> float:
    """What one stream costs with httpx's own transport."""
    limits = httpx.Limits(max_connections=None)
    async with demo_endpoint() as base_url, httpx.AsyncClient(limits=limits, trust_env=False) as plain:
        return await cost_ms(plain, base_url)


async def main() -> None:
    own = await plain_reading_ms()
    async with demo_endpoint() as base_url, open_client() as client:
        ours = await cost_ms(client, base_url)
    print(f"{'transport':<24}{'CPU ms a stream':>16}")
    print(f"{'httpx (httpcore, h11)':<24}{own:>16.1f}")
    print(f"{'httpx over aiohttp':<24}{ours:>16.1f}")
    print(f"ratio {own / ours:.2f}")


if __name__ == "__main__":
    asyncio.run(main())
