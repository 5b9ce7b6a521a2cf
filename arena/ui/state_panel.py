"""The state of an event: how participants join it, opening and closing it."""

from collections.abc import Callable
from typing import Any

import gradio as gr
from markupsafe import Markup

from arena.domain.event import Event, EventState
from arena.errors import EventRejected
from arena.services.arena import Arena
from arena.services.organisers import Access
from arena.ui.cards import section_heading
from arena.ui.guard import Updates
from arena.ui.inputs import whole, word, words
from arena.ui.layout import html, unshown
from arena.ui.organiser_guard import AT_THE_DESK, OrganiserGuard, ShowEvent
from arena.ui.room_desk import DESK
from arena.ui.text import Text

YES = "yes"
_NEXT = {EventState.DRAFT: "open", EventState.OPEN: "closed", EventState.CLOSED: "open"}


class StatePanel:
    """Shown for one event; each step is confirmed before it is taken."""

    def __init__(self, arena: Callable[[], Arena], text: Text, show: ShowEvent) -> None:
        self._arena = arena
        self._text = text
        self._show = show

    @property
    def parts(self) -> list[Any]:
        """The components that ``render`` sets."""
        return [self.column, self.summary, self.version, self.target, self.confirm, self.move]

    def lay_out(self) -> None:
        """The code to announce, and one button for the next state."""
        text = self._text
        with gr.Column(visible=False, elem_id="event-state") as self.column:
            self.summary = html("", elem_id="event-summary", js_on_load="arenaAddresses(element, watch)")
            self.version, self.target = unshown(), unshown()
            self.confirm = gr.CheckboxGroup([], label=text("state.confirm"), elem_id="state-confirm")
            self.move = gr.Button("", elem_id="state-move", size="lg")

    def connect(self, on: OrganiserGuard, chosen: gr.Textbox) -> None:
        """Opening and closing show the whole page anew."""
        inputs = [chosen, self.target, self.confirm, self.version]
        self.move.click(on.guarded(self._move, word, word, words, whole), inputs, on.outputs, **AT_THE_DESK)

    async def render(self, access: Access, event_id: str) -> Updates:
        """Nothing without an event."""
        if not event_id:
            return {self.column: gr.update(visible=False)}
        event = await self._arena().events.get(access, event_id)
        following = _NEXT[event.state]
        return {
            self.column: gr.update(visible=True),
            self.summary: self._summary(event),
            self.version: str(event.version),
            self.target: following,
            self.confirm: gr.update(choices=[(self._text(f"state.sure.{following}"), YES)], value=[]),
            self.move: self._text(f"state.to.{following}"),
        }

    async def _move(self, access: Access, event_id: str, target: str, confirmed: list[str], version: int) -> Updates:
        access.require(event_id)
        if confirmed != [YES]:
            raise EventRejected("error.event.confirm")
        await self._arena().events.move(access, event_id, target, version=version)
        door = self._arena().rooms.door  # of its room, if that is open: it opens and closes with the event
        await (door.reopen() if target == EventState.OPEN else door.close())
        return await self._show(access, event_id)

    def _summary(self, event: Event) -> str:
        """Escaped like everything that somebody typed."""
        text, settings = self._text, event.settings
        where = " · ".join(filter(None, (text("page.day", day=settings.held_on), settings.place)))
        return Markup(section_heading(settings.title, "event-heading")) + Markup(
            '<p>{where}</p><p class="state" data-state="{state}">{words}</p>'
            '<p>{join} <a data-address href="/e/{code}">/e/{code}</a></p>'
            '<p>{label} <span class="code">{code}</span></p>{desk}'
        ).format(
            where=where,
            state=event.state,
            words=text(f"organise.state.{event.state}.help"),
            join=text("state.join"),
            label=text("state.code"),
            code=event.code,
            desk=self._way_to_the_desk(event),
        )

    def _way_to_the_desk(self, event: Event) -> Markup:
        """Once the event is open: before and after, nobody can be let into its room."""
        if not event.is_open:
            return Markup("")
        return Markup('<p>{}</p><p><a class="button" id="to-desk" href="{}">{}</a></p>').format(
            self._text("desk.way.what"),
            DESK.format(locale=self._text.locale, event_id=event.id),
            self._text("desk.way"),
        )
