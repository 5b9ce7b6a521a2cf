"""What stands between a listener of the organisers' page and its handler: who may organise what."""

from collections.abc import Awaitable, Callable, Sequence
from itertools import zip_longest
from typing import Any, Protocol

import gradio as gr

from arena.errors import AccessRefused, ArenaError, RequestError, StorageError
from arena.services.organisers import Access
from arena.ui import cards
from arena.ui.access import ORGANISER_COOKIE, AccessOf
from arena.ui.guard import Updates
from arena.ui.inputs import Input
from arena.ui.problems import problem_words
from arena.ui.same_origin import comes_from_here
from arena.ui.text import Text

OrganiserHandler = Callable[..., Awaitable[Updates]]
ShowEvent = Callable[[Access, str], Awaitable[Updates]]  # all that the page shows of an event, "" for every one


class OrganiserGuard:
    """Wraps handlers: finds out what the browser may organise, turns our errors into words.

    ``problem`` is where the words go: it must be among the outputs of every listener. ``outputs`` are all that
    the page sets, for listeners that show it anew.
    """

    def __init__(self, access_of: AccessOf, problem: gr.HTML, text: Text, outputs: Sequence[Any] = ()) -> None:
        self._access_of = access_of
        self._text = text
        self.problem = problem
        self.outputs = [problem, *outputs]

    def guarded(self, handler: OrganiserHandler, *inputs: Input) -> Callable[..., Awaitable[Updates]]:
        """The handler as Gradio calls it, with an Access first; whoever has none is refused before it."""

        async def refusing(access: Access, *values: Any) -> Updates:
            if access.is_none:
                raise AccessRefused
            return await handler(access, *values)

        return self._wrapped(refusing, handler.__name__, *inputs)

    def for_anybody(self, handler: OrganiserHandler, *inputs: Input) -> Callable[..., Awaitable[Updates]]:
        """The same for a handler that says itself what somebody without any access sees."""
        return self._wrapped(handler, handler.__name__, *inputs)

    def _wrapped(self, handler: OrganiserHandler, name: str, *inputs: Input) -> Callable[..., Awaitable[Updates]]:
        async def guard(request: gr.Request, *values: Any) -> Updates:
            try:
                if not comes_from_here(request.headers):
                    raise AccessRefused
                access = await self._access_of(request.cookies.get(ORGANISER_COOKIE))
                checked = [take(value) for take, value in zip_longest(inputs, values[: len(inputs)])]
                updates = await handler(access, *checked)
            except (RequestError, StorageError) as error:
                return {self.problem: self._words(error)}
            return updates | {self.problem: updates.get(self.problem, "")}

        guard.__name__ = name  # Gradio lists functions by name
        return guard

    def _words(self, error: ArenaError) -> str:
        return cards.problem(problem_words(self._text, error))


class Panel(Protocol):
    """A part of the organisers' page. Built once a language, like the page."""

    @property
    def parts(self) -> list[Any]:
        """The components that ``render`` sets."""

    def lay_out(self) -> None:
        """Make its components inside the current Blocks, in reading order."""

    def connect(self, on: OrganiserGuard, chosen: gr.Textbox) -> None:
        """Attach its listeners, with ``DIRECT`` and ``on.problem`` among the outputs of each.

        ``chosen`` holds the id of the chosen event, "" for all that one may see.
        """

    async def render(self, access: Access, event_id: str) -> Updates:
        """What an event sets in it; "" for all that one may see. Called with an id that ``access`` covers."""
