"""The visitor's event on their page: one quiet line, a way to leave it, and what its settings do to the form."""

from collections.abc import Callable
from typing import Any

import gradio as gr
from markupsafe import Markup

from arena.domain.event import Event, Moderation, allowed_in
from arena.domain.pairing import PairingMode
from arena.services.arena import Arena
from arena.ui.guard import Updates
from arena.ui.layout import Parts, html
from arena.ui.reading import JOIN
from arena.ui.school_words import school_notice
from arena.ui.text import Text


class EventSection:
    """Looks at the event whenever a page is about to show the form. Built once a language, like the page."""

    def __init__(self, arena: Callable[[], Arena], text: Text) -> None:
        self._arena = arena
        self._text = text

    def lay_out(self) -> None:
        """The line, and under it the button, which the style sheet shows where there is something to leave."""
        with gr.Column(elem_id="event"):
            self.line = html("", elem_id="event-line", js_on_load="arenaEvent(element, watch)")
            self.leave = gr.Button(self._text("event.leave"), elem_id="leave-event", size="lg")

    def parts(self, page: Parts) -> list[Any]:
        """The components that this section sets."""
        return [self.line, page.modes, page.mode, page.chosen]

    async def shown(self, visitor_id: str, page: Parts) -> Updates:
        """What the event of this visitor sets on the page; without one, the form is as it was built."""
        event = await self._arena().events.current(visitor_id)
        line: Updates = {self.line: await self._line(event)}
        return line if event is None else line | self._form(event, page)

    async def left(self, visitor_id: str, page: Parts) -> Updates:
        """The page after the visitor left their event: that of the deployer's open event, if there is one."""
        await self._arena().events.leave(visitor_id)
        event = await self._arena().events.current(visitor_id)
        return {self.line: await self._line(event)} | self._form(event, page)

    def _form(self, event: Event | None, page: Parts) -> Updates:
        """Each update makes a component anew, about 1 ms: hence not at each visit."""
        mode = event.settings.mode if event else PairingMode.RANDOM
        is_choice = mode is PairingMode.CHOOSE
        return {
            page.modes: gr.update(visible=event is None or is_choice, open=is_choice),
            page.mode: gr.update(value=mode.value, visible=event is None),
            page.chosen: self.offered(event, mode),
        }

    def offered(self, event: Event | None, mode: str) -> Any:
        """The models that can be chosen; names reach the browser only for the mode that is not blind."""
        if mode != PairingMode.CHOOSE:
            return gr.update(choices=[], value=[], visible=False)
        line_up = self._arena().line_up
        allowed = {one.model_id for one in allowed_in(event, line_up.candidates)}
        choices = [(model.display_name, model.id) for model in line_up.models if model.id in allowed]
        return gr.update(choices=choices, value=[], visible=True)

    async def _line(self, event: Event | None) -> str:
        text = self._text
        if event is None:
            link = Markup('<a href="/{}/{}">{}</a>').format(text.locale, JOIN, text("event.join"))
            return Markup('<p class="event">{}</p>').format(link)
        name = Markup("<strong>{}</strong>").format(event.settings.title)
        words = Markup(text("event.in")).format(title=name) if event.is_open else name
        notes = [text(f"event.note.{event.state}")] if not event.is_open else []
        if event.is_open and event.settings.moderation is not Moderation.FREE:
            notes.append(text(f"event.note.{event.settings.moderation}"))
        noted = Markup("").join(Markup('<p class="notice">{}</p>').format(note) for note in notes)
        would_land_again = event.is_open and event.code == self._arena().events.open_code
        leave = "" if would_land_again else Markup(" data-leave")
        has_room = event.is_open and await self._arena().rooms.views.is_open(event.id)
        way = Markup('<p class="event"><a href="/room/{}/{}">{}</a></p>') if has_room else Markup("")
        entrance = way.format(text.locale, event.code, text("event.room"))
        return Markup('<div data-event="{}" data-moderation="{}"{}><p class="event">{}</p>{}{}{}</div>').format(
            event.state, event.settings.moderation, leave, words, entrance, noted, school_notice(text, event)
        )
