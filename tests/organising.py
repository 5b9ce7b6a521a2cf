"""An organiser for tests of panels: what they may see, and a guard that asks for no cookie."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from arena.ui.guard import Updates
from arena.ui.inputs import Input


@dataclass(frozen=True)
class Access:
    """May see these events and no other."""

    event_ids: frozenset[str] = frozenset()

    def may_see(self, event_id: str) -> bool:
        return event_id in self.event_ids


class OpenGuard:
    """Everybody is the organiser of these events."""

    def __init__(self, problem: gr.HTML, *event_ids: str) -> None:
        self.problem = problem
        self._access = Access(frozenset(event_ids))

    def guarded(self, handler: Callable[..., Awaitable[Updates]], *inputs: Input) -> Callable[..., Awaitable[Updates]]:
        async def guard(*values: Any) -> Updates:
            taken = [take(value) for take, value in zip(inputs, values, strict=True)]
            return await handler(self._access, *taken) | {self.problem: ""}

        return guard
