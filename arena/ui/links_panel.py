"""The secret links of an event: make one, which is shown once; see which there are; end one."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import gradio as gr
from markupsafe import Markup

from arena.domain.event import OrganiserLink
from arena.domain.event_form import MOST_CHARS
from arena.services.arena import Arena
from arena.services.organisers import Access
from arena.ui.cards import section_heading
from arena.ui.guard import DIRECT, Updates
from arena.ui.inputs import word
from arena.ui.layout import html
from arena.ui.organiser_door import PLACE
from arena.ui.organiser_guard import OrganiserGuard, ShowEvent
from arena.ui.text import Text


class LinksPanel:
    """Shown for one event."""

    def __init__(self, arena: Callable[[], Arena], text: Text, show: ShowEvent) -> None:
        self._arena = arena
        self._text = text
        self._show = show

    @property
    def parts(self) -> list[Any]:
        """The components that ``render`` sets."""
        return [self.column, self.made, self.label, self.until, self.listed, self.ending, self.which]

    def lay_out(self) -> None:
        """A new link, the list, and the choice of one to end."""
        text = self._text
        with gr.Column(visible=False, elem_id="event-links") as self.column:
            html(Markup(section_heading(text("links.heading"), "links-heading")) + _paragraph(text("links.help")))
            self.label = gr.Textbox(
                label=text("links.label"), info=text("links.label.info"), max_length=MOST_CHARS, elem_id="link-label"
            )
            self.until = gr.Textbox(
                label=text("links.until"), info=text("links.until.info"), max_length=20, elem_id="link-until"
            )
            self.make = gr.Button(text("links.make"), elem_id="make-link", size="lg")
            self.made = html("", elem_id="made-link", js_on_load="arenaAddresses(element, watch)")
            self.listed = html("", elem_id="link-list")
            with gr.Column(visible=False) as self.ending:
                self.which = gr.Radio([], label=text("links.which"), elem_id="link-which", elem_classes=["stacked"])
                self.end = gr.Button(text("links.end"), variant="stop", elem_id="end-link", size="lg")

    def connect(self, on: OrganiserGuard, chosen: gr.Textbox) -> None:
        """Making and ending a link leave the rest of the page as it is."""
        outputs = [on.problem, *self.parts]
        made = on.guarded(self._make, word, word, word)
        self.make.click(made, [chosen, self.label, self.until], outputs, **DIRECT)
        self.end.click(on.guarded(self._end, word, word), [chosen, self.which], on.outputs, **DIRECT)

    async def render(self, access: Access, event_id: str) -> Updates:
        """Nothing without an event; never a secret."""
        if not event_id:
            return {self.column: gr.update(visible=False), self.made: ""}
        links = await self._arena().organisers.links_of(access, event_id)
        now = datetime.now(UTC)
        working = [link for link in links if link.works_at(now)]
        return {
            self.column: gr.update(visible=True),
            self.made: "",
            self.label: "",
            self.until: "",
            self.listed: self._list(links, now),
            self.ending: gr.update(visible=bool(working)),
            self.which: gr.update(choices=[(self._name(link), link.id) for link in working], value=None),
        }

    async def _make(self, access: Access, event_id: str, label: str, until: str) -> Updates:
        made = await self._arena().organisers.make_link(access, event_id, label=label, until=until)
        shown = Markup(
            '<div class="made" role="status"><p>{once}</p>'
            '<p><a data-address href="/{place}/open/{secret}" rel="noreferrer">/{place}/open/{secret}</a></p></div>'
        ).format(once=self._text("links.once"), place=PLACE, secret=made.secret)
        return await self.render(access, event_id) | {self.made: shown}

    async def _end(self, access: Access, event_id: str, link_id: str) -> Updates:
        await self._arena().organisers.revoke(access, event_id, link_id)
        return await self._show(access, event_id)

    def _list(self, links: tuple[OrganiserLink, ...], now: datetime) -> str:
        if not links:
            return _paragraph(self._text("links.none"))
        return Markup('<ul class="shown">{}</ul>').format(
            Markup("").join(
                Markup("<li>{} · {}</li>").format(self._name(link), self._state(link, now)) for link in links
            )
        )

    def _name(self, link: OrganiserLink) -> str:
        """Its label and its day: what tells links apart without a secret."""
        made = self._text("links.made", day=self._text("page.day", day=link.created_at.date()))
        return f"{link.label} · {made}" if link.label else made

    def _state(self, link: OrganiserLink, now: datetime) -> str:
        if link.revoked_at is not None:
            return self._text("links.state.revoked")
        if link.expires_at is None:
            return self._text("links.state.works")
        key = "links.state.until" if link.works_at(now) else "links.state.over"
        return self._text(key, day=self._text("page.day", day=link.expires_at.date()))


def _paragraph(words: str) -> Markup:
    return Markup("<p>{}</p>").format(words)
