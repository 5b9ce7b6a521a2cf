"""The two processes of a benchmark: a demo endpoint and the arena, each on a free loopback port."""

import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import httpx

CATALOGUE = """
endpoints:
  - id: bench
    name: Bench
    base_url: {base_url}
    kind: local
    limits: {{max_parallel: 1000}}
models:
  - {{id: bench/a, wire_name: bench/300/50, endpoint: bench, display_name: Bench A, maker: Bench, {facts}}}
  - {{id: bench/b, wire_name: bench/301/50, endpoint: bench, display_name: Bench B, maker: Bench, {facts}}}
"""


FACTS = (
    "openness: open-weights, total_params_b: 8, active_params_b: 8, params_source: a load test, "
    "description: {fr: Essai de charge., en: Load test.}"
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.asynccontextmanager
async def command(*arguments: str, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run ``arena …`` until the block ends; stopped by its own pid."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "arena",
        *arguments,
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def answering(url: str, process: asyncio.subprocess.Process, seconds: float = 30) -> None:
    """Wait until a server answers. Raises RuntimeError when its process ends first."""
    async with httpx.AsyncClient(trust_env=False) as client, asyncio.timeout(seconds):
        while True:
            if process.returncode is not None:
                raise RuntimeError(f"the server of {url} stopped with {process.returncode}")
            with contextlib.suppress(httpx.HTTPError):
                if (await client.get(url)).is_success:
                    return
            await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def demo_endpoint() -> AsyncIterator[str]:
    """A demo endpoint in a process of its own; its base URL."""
    port = free_port()
    async with command("demo-endpoint", "--port", str(port)) as process:
        base_url = f"http://127.0.0.1:{port}/v1"
        await answering(f"{base_url}/models", process)
        yield base_url


@contextlib.asynccontextmanager
async def arena_server(folder: Path, base_url: str) -> AsyncIterator[tuple[str, int]]:
    """The arena on bench models in a process of its own; its URL and pid."""
    catalogue = folder / "bench.yaml"
    catalogue.write_text(CATALOGUE.format(base_url=base_url, facts=FACTS), encoding="utf-8")
    port = free_port()
    environment: Mapping[str, str] = {
        "ARENA_CATALOGUE": str(catalogue),
        "ARENA_DATABASE_URL": f"sqlite:///{folder / 'bench.db'}",
        "ARENA_DEMO": "never",
        "ARENA_FIND_LOCAL_SERVERS": "false",
    }
    async with command("serve", "--port", str(port), **environment) as process:
        url = f"http://127.0.0.1:{port}"
        await answering(f"{url}/healthz", process)
        yield url, process.pid
