"""Real servers on loopback for tests: the application in a process of its own, and scripted models in a thread."""

import asyncio
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import httpx
import uvicorn
import yaml
from starlette.types import ASGIApp

from tests.providers import fake_server
from tests.providers.fake_server import Connection

LIMIT_S = 60.0  # ends a test that is broken
START_LIMIT_S = 120.0
PORTS = range(20_000, 32_000)  # below those that systems give to whoever calls out

_chance = random.SystemRandom()


def free_port() -> int:
    """A port that nobody listens on now, and that no connection is given while a server is not up yet, or again."""
    while True:
        port = _chance.choice(PORTS)
        with closing(socket.socket()) as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class Application:
    """``arena serve`` as a process, with a SQLite file of its own; can be killed and started again."""

    program: tuple[str, ...] = ("-c", "from arena.cli import app; app()", "serve")

    def __init__(self, folder: Path, **settings: str) -> None:
        self.database = folder / "arena.db"
        self.log = folder / "serve.log"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.endswith(("_KEY", "_TOKEN"))},
            "ARENA_DATABASE_URL": f"sqlite:///{self.database}",
            "ARENA_FIND_LOCAL_SERVERS": "false",
            "ARENA_MEASURE": "never",  # a counter of the machine that runs the tests would queue their answers
            **{f"ARENA_{name.upper()}": value for name, value in settings.items()},
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, *self.program, "--port", str(self.port)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, env=self._environment, stdout=log, stderr=log)
        limit = time.monotonic() + START_LIMIT_S
        while not self._is_healthy():
            if self._process.poll() is not None or time.monotonic() > limit:
                self.kill()
                raise RuntimeError(f"the application did not start:\n{self.log.read_text()}")
            time.sleep(0.05)

    @property
    def pid(self) -> int:
        """Of the process, while it runs."""
        assert self._process is not None, "it was not started"
        return self._process.pid

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it politely."""
        self._end(signal.SIGTERM)

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What the database holds, read past the application."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as connection:
            return list(connection.execute(query, values))

    def mapped(self) -> str:
        """The files that the process has in its memory, libraries among them, as Linux lists them."""
        assert self._process is not None
        return Path(f"/proc/{self._process.pid}/maps").read_text()

    def _is_healthy(self) -> bool:
        try:  # no test server has a certificate, and reading those of the world takes 50 ms of a core
            return httpx.get(f"{self.url}/healthz", timeout=10.0, trust_env=False, verify=False).status_code == 200
        except httpx.TransportError:
            return False

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(how)
        try:
            self._process.wait(timeout=LIMIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(timeout=LIMIT_S)


_AnApplication = TypeVar("_AnApplication", bound=Application)


@contextmanager
def running(application: _AnApplication) -> Iterator[_AnApplication]:
    """The application for as long as the block lasts."""
    application.start()
    try:
        yield application
    finally:
        application.stop()


class ScriptedModels:
    """A model server whose behaviour a test chooses by what it writes into the prompt.

    ``[name]`` in the last prompt calls the script of that name; without one the answer is plain.
    """

    def __init__(self, scripts: Mapping[str, fake_server.Script]) -> None:
        self._scripts = scripts
        self.base_url = ""
        self.requests: list[fake_server.Received] = []

    async def play(self, connection: Connection) -> None:
        """Answer one request."""
        if connection.request.method == "GET":  # which models there are, and what load
            await connection.reply(200, b'{"data": []}', content_type="application/json")
            return
        self.requests.append(connection.request)
        prompt = connection.request.json["messages"][-1]["content"]
        name = next((name for name in self._scripts if f"[{name}]" in prompt), "plain")
        await self._scripts[name](connection)


@contextmanager
def serving_models(models: ScriptedModels) -> Iterator[ScriptedModels]:
    """The model server on a free port, in a thread with a loop of its own."""
    ready, over = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        async with fake_server.serving(models.play) as server:
            models.base_url = server.base_url
            ready.set()
            await over.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    assert ready.wait(LIMIT_S), "the model server did not start"
    try:
        yield models
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(LIMIT_S)
        loop.close()


def write_catalogue(path: Path, base_url: str, models: list[dict[str, Any]]) -> Path:
    """A catalogue of local models at one address."""
    document = {
        "endpoints": [],
        "local": [{"id": "upstream", "name": "Xylofer Hosting", "base_url": base_url, "zone": "FRA"}],
        "models": [
            {
                "endpoint": "upstream",
                "openness": "open-weights",
                "licence": "Apache 2.0",
                "released": "2026-01",
                "params_source": "invented for a test",
                "quantization_bits": 8,
                "description": {"fr": "Inventé pour un test.", "en": "Invented for a test."},
                **model,
            }
            for model in models
        ],
    }
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    return path


@contextmanager
def serving_app(app: ASGIApp) -> Iterator[str]:
    """Some part of the application on a free port, served as the whole one is, in a thread; its address."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=2, lifespan="off"))
    with closing(socket.socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        limit = time.monotonic() + START_LIMIT_S
        while not server.started:
            assert time.monotonic() < limit, "it does not start"
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(LIMIT_S)
