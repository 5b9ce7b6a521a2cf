"""Stand-ins for who organises, for panels that do not stand on the organisers' page yet."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import gradio as gr

from arena.errors import RequestError
from arena.ui import cards
from arena.ui.guard import Updates
from arena.ui.inputs import Input
from arena.ui.problems import problem_words
from arena.ui.text import Text


@dataclass(frozen=True, slots=True)
class Looker:
    """What somebody may see."""

    event_ids: frozenset[str] = frozenset()
    is_deployer: bool = False

    def may_see(self, event_id: str) -> bool:
        return self.is_deployer or event_id in self.event_ids


class SameLooker:
    """Lets everybody in as the same person, and says what was refused."""

    def __init__(self, problem: gr.HTML, text: Text, looker: Looker) -> None:
        self.problem = problem
        self._text = text
        self._looker = looker

    def guarded(self, handler: Callable[..., Awaitable[Updates]], *inputs: Input) -> Callable[..., Awaitable[Updates]]:
        async def guard(*values: Any) -> Updates:
            checked = [take(value) for take, value in zip_longest(inputs, values[: len(inputs)])]
            try:
                updates = await handler(self._looker, *checked)
            except RequestError as error:
                return {self.problem: cards.problem(problem_words(self._text, error))}
            return {self.problem: "", **updates}

        return guard
