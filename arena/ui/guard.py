"""What stands between a listener and its handler: who is asking, and what went wrong in words."""

from collections.abc import Awaitable, Callable
from itertools import zip_longest
from typing import Any

import gradio as gr

from arena.errors import ArenaError, BattleNotFound, PairingError, RequestError, StorageError
from arena.ui import cards
from arena.ui.inputs import Input
from arena.ui.problems import problem_words
from arena.ui.text import Text
from arena.ui.visitor import COOKIE, visitor_id_of

Updates = dict[Any, Any]
Handler = Callable[..., Awaitable[Updates]]
# Unqueued: one short request and reply, no event stream to lose on a weak network; the answers come
# through their own stream. preprocess=False: values are checked by the services, so that a page that
# outlived a server restart still works. postprocess=False: ours are plain already, and Gradio would send each of
# some forty to a thread and back.
DIRECT: dict[str, Any] = {
    "queue": False,
    "show_progress": "hidden",
    "preprocess": False,
    "postprocess": False,
    "api_visibility": "private",
    "concurrency_limit": None,
}


class Guard:
    """Wraps handlers: finds the visitor, turns our errors into words, touches nothing else then.

    ``problem`` is where the words go; it must be among the outputs of every listener.
    """

    def __init__(self, problem: gr.HTML, text: Text) -> None:
        self._shown_in = problem
        self._text = text

    def beside(self, problem: gr.HTML) -> "Guard":
        """The same guard for a form far down the page, whose words go beside it."""
        return Guard(problem, self._text)

    def guarded(self, handler: Handler, *inputs: Input) -> Callable[..., Awaitable[Updates]]:
        """The handler as Gradio calls it; ``inputs`` say what its values must be."""

        async def guard(request: gr.Request, *values: Any) -> Updates:
            visitor_id = visitor_id_of(request.cookies.get(COOKIE))
            try:
                if visitor_id is None:
                    raise BattleNotFound
                checked = [take(value) for take, value in zip_longest(inputs, values[: len(inputs)])]
                updates = await handler(visitor_id, *checked)
            except (RequestError, PairingError, StorageError) as error:
                return {self._shown_in: self._words(error)}
            return updates | {self._shown_in: updates.get(self._shown_in, "")}

        guard.__name__ = getattr(handler, "__name__", "handler")  # Gradio lists functions by name
        return guard

    def _words(self, error: ArenaError) -> str:
        return cards.problem(problem_words(self._text, error))
