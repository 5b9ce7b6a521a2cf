"""The way to the printable report of an event, on the organisers' page."""

from typing import Any

import gradio as gr
from markupsafe import Markup

from arena.services.organisers import Access
from arena.ui.cards import section_heading
from arena.ui.guard import Updates
from arena.ui.layout import html
from arena.ui.organiser_guard import OrganiserGuard
from arena.ui.report_page import REPORT_PATH
from arena.ui.text import Text


class ReportPanel:
    """A link, since the report is a document of its own. Built once a language."""

    def __init__(self, text: Text) -> None:
        self._text = text

    @property
    def parts(self) -> list[Any]:
        """The components that ``render`` sets."""
        return [self.way]

    def lay_out(self) -> None:
        """What the report is, then the way to it."""
        html(section_heading(self._text("report.panel.heading"), "report-heading"))
        self.way = html("", elem_id="report-way")

    def connect(self, on: OrganiserGuard, chosen: gr.Textbox) -> None:
        """Nothing to listen to."""

    async def render(self, access: Access, event_id: str) -> Updates:
        """The way to the report of one event; there is none of several."""
        if not (event_id and access.may_see(event_id)):
            return {self.way: Markup("<p>{}</p>").format(self._text("report.panel.choose"))}
        address = REPORT_PATH.format(locale=self._text.locale, event_id=event_id)
        return {
            self.way: Markup(
                '<p>{}</p><p><a class="button" href="{}" target="_blank" rel="noopener">{}</a></p>'
            ).format(self._text("report.panel.what"), address, self._text("report.panel.open"))
        }
