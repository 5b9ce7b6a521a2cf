"""Stand-ins for who organises, until a panel stands on the organisers' page."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import gradio as gr

from arena.ui.guard import Updates
from arena.ui.inputs import Input


@dataclass(frozen=True, slots=True)
class Allowed:
    """What somebody may see."""

    event_ids: frozenset[str] = frozenset()
    is_deployer: bool = False

    def may_see(self, event_id: str) -> bool:
        return self.is_deployer or event_id in self.event_ids


class OpenDoor:
    """Lets everybody in with the same access."""

    def __init__(self, problem: gr.HTML, access: Allowed) -> None:
        self.problem = problem
        self._access = access

    def guarded(self, handler: Callable[..., Awaitable[Updates]], *inputs: Input) -> Callable[..., Awaitable[Updates]]:
        async def guard(*values: Any) -> Updates:
            checked = [take(value) for take, value in zip_longest(inputs, values)]
            return await handler(self._access, *checked)

        return guard
