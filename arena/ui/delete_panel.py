"""Deleting an event for good, once its code was typed."""

from collections.abc import Callable
from typing import Any

import gradio as gr
from markupsafe import Markup

from arena.services.arena import Arena
from arena.services.organisers import Access
from arena.ui.guard import Updates
from arena.ui.inputs import word
from arena.ui.layout import html
from arena.ui.organiser_guard import AT_THE_DESK, OrganiserGuard, ShowEvent
from arena.ui.text import Text


class DeletePanel:
    """Folded away at the end of the page; shown for one event."""

    def __init__(self, arena: Callable[[], Arena], text: Text, show: ShowEvent) -> None:
        self._arena = arena
        self._text = text
        self._show = show

    @property
    def parts(self) -> list[Any]:
        """The components that ``render`` sets."""
        return [self.column, self.typed]

    def lay_out(self) -> None:
        """What goes, a field for the code, and a button."""
        text = self._text
        with (
            gr.Column(visible=False, elem_id="event-delete") as self.column,
            gr.Accordion(text("delete.heading"), open=False),
        ):
            html(Markup("<p>{}</p>").format(text("delete.help")))
            self.typed = gr.Textbox(label=text("delete.code"), elem_id="delete-code", max_length=20)
            self.delete = gr.Button(text("delete.do"), variant="stop", elem_id="delete-event", size="lg")

    def connect(self, on: OrganiserGuard, chosen: gr.Textbox) -> None:
        """Afterwards the page shows what is left."""
        self.delete.click(on.guarded(self._delete, word, word), [chosen, self.typed], on.outputs, **AT_THE_DESK)

    async def render(self, access: Access, event_id: str) -> Updates:  # noqa: ARG002 - a panel's signature
        """Nothing without an event; a code typed for another one goes."""
        return {self.column: gr.update(visible=bool(event_id)), self.typed: ""}

    async def _delete(self, access: Access, event_id: str, typed: str) -> Updates:
        arena = self._arena()
        await arena.events.delete(access, event_id, typed_code=typed, is_running=arena.duel.is_running)
        await arena.rooms.door.close()
        return await self._show(access, "")
