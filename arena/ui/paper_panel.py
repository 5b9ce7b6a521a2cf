"""The way to a document to print about an event, on the organisers' page: its report, its kit, its rehearsal."""

from dataclasses import dataclass
from typing import Any

import gradio as gr
from markupsafe import Markup

from arena.services.organisers import Access
from arena.ui.cards import section_heading
from arena.ui.guard import Updates
from arena.ui.kit_page import KIT_PATH
from arena.ui.layout import html
from arena.ui.organiser_guard import OrganiserGuard
from arena.ui.rehearsal_page import REHEARSAL_PATH
from arena.ui.report_page import REPORT_PATH
from arena.ui.text import Text


@dataclass(frozen=True, slots=True)
class Paper:
    """One kind of document: its name on the page, its address, the keys of its words."""

    name: str
    path: str
    heading: str
    what: str
    open: str
    choose: str


REPORT = Paper(
    "report", REPORT_PATH, "report.panel.heading", "report.panel.what", "report.panel.open", "report.panel.choose"
)
KIT = Paper("kit", KIT_PATH, "kit.title", "kit.panel.what", "kit.panel.open", "kit.panel.choose")
REHEARSAL = Paper(
    "rehearsal",
    REHEARSAL_PATH,
    "rehearsal.title",
    "rehearsal.panel.what",
    "rehearsal.panel.open",
    "rehearsal.panel.choose",
)


class PaperPanel:
    """A link, since it is a document of its own. Built once a language."""

    def __init__(self, text: Text, paper: Paper) -> None:
        self._text = text
        self._paper = paper

    @property
    def parts(self) -> list[Any]:
        """The components that ``render`` sets."""
        return [self.way]

    def lay_out(self) -> None:
        """What the document is, then the way to it."""
        with gr.Column():
            html(section_heading(self._text(self._paper.heading), f"{self._paper.name}-heading"))
            self.way = html("", elem_id=f"{self._paper.name}-way")

    def connect(self, on: OrganiserGuard, chosen: gr.Textbox) -> None:
        """Nothing to listen to."""

    async def render(self, access: Access, event_id: str) -> Updates:
        """The way to the document of one event; there is none of several."""
        if not (event_id and access.may_see(event_id)):
            return {self.way: Markup("<p>{}</p>").format(self._text(self._paper.choose))}
        address = self._paper.path.format(locale=self._text.locale, event_id=event_id)
        return {
            self.way: Markup(
                '<p>{}</p><p><a class="button" href="{}" target="_blank" rel="noopener">{}</a></p>'
            ).format(self._text(self._paper.what), address, self._text(self._paper.open))
        }
