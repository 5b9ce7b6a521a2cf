"""Probes: two words asked of a paused model, after its pause, to know whether it is back."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from arena.errors import ArenaError
from arena.providers.chat import Patience
from arena.services.check import ask_two_words
from arena.services.health import Health, Target
from arena.services.line_up import LineUp
from arena.services.observing import Observer

logger = logging.getLogger(__name__)
_PATIENCE = Patience(connect_s=5.0, first_word_s=20.0, silence_s=10.0, whole_answer_s=30.0)


@dataclass(frozen=True, slots=True)
class Prober:
    """One background task: it sleeps while nothing is paused."""

    client: httpx.AsyncClient
    line_up: LineUp
    observer: Observer
    health: Health

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Probe for as long as the block lasts."""
        task = asyncio.create_task(self._run(), name="probes")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await self.health.until_due()
            await asyncio.gather(*map(self._probe, self.health.due()))

    async def _probe(self, target: Target) -> None:
        try:
            error_key = await self._ask(target.model_id)
        except Exception:  # a fault of ours on one probe must not end all that follow
            logger.exception("the probe of %s failed", target.model_id)
            error_key = ArenaError.key
        self.health.probed(target, error_key)

    async def _ask(self, model_id: str) -> str | None:
        """Like an answer it takes a place at the endpoint, and a measured machine writes it alone."""
        endpoint = self.line_up.catalogue.endpoint_of(model_id)
        async with self.line_up.place_at(model_id), self.observer.around(endpoint):
            return (await ask_two_words(self.client, self.line_up, model_id, _PATIENCE)).error_key
