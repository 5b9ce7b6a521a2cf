"""The organisers' panel of downloads: what each file holds, where it is, and the choice of texts."""

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr
from markupsafe import Markup

from arena.domain.dataset import LEAST_PEOPLE, Dataset, formats_of
from arena.domain.export_scope import Census
from arena.services.datasets import Datasets, Overview, Wish
from arena.services.organisers import Access
from arena.ui.cards import notice, section_heading
from arena.ui.export_route import CODEBOOK_PATH, export_link
from arena.ui.guard import DIRECT, Updates
from arena.ui.inputs import word, words
from arena.ui.layout import html
from arena.ui.organiser_guard import OrganiserGuard
from arena.ui.reading_parts import bullets, joined
from arena.ui.text import Text

_OPTIONS = ("texts", "demo")


class ExportsPanel:
    """Links only: the files themselves come through their own route. Built once a language."""

    def __init__(self, datasets: Callable[[], Datasets], text: Text) -> None:
        self._datasets = datasets
        self._text = text

    @property
    def parts(self) -> list[Any]:
        """The components that ``render`` sets."""
        return [self.options, self.files]

    def lay_out(self) -> None:
        """The choice of what else goes into the files, then the files."""
        with gr.Column(elem_id="exports"):
            html(section_heading(self._text("exports.heading"), "exports-heading"))
            self.options = gr.CheckboxGroup(
                [(self._text(f"exports.option.{option}"), option) for option in _OPTIONS],
                label=self._text("exports.options"),
                elem_id="exports-options",
                visible=False,
            )
            self.files = html("", elem_id="exports-files")

    def connect(self, on: OrganiserGuard, chosen: gr.Textbox) -> None:
        """Another choice makes other links."""
        offer = on.guarded(self._offer, word, words)
        self.options.input(offer, [chosen, self.options], [self.files, on.problem], **DIRECT)

    async def render(self, access: Access, event_id: str) -> Updates:
        """The files of one event, without texts; none for all events at once. Raises StorageError."""
        is_theirs = bool(event_id) and access.may_see(event_id)
        files = await self._files(event_id, ()) if is_theirs else self._paragraph("exports.choose")
        return {self.options: gr.update(value=[], visible=is_theirs), self.files: files}

    async def _offer(self, access: Access, event_id: str, options: Sequence[str]) -> Updates:
        if not (event_id and access.may_see(event_id)):
            return {self.files: self._paragraph("exports.choose")}
        return {self.files: await self._files(event_id, options)}

    async def _files(self, event_id: str, options: Sequence[str]) -> str:
        overview = await self._datasets().overview(event_id, demo="demo" in options)
        warning = notice(self._text("exports.texts.warning")) if "texts" in options else ""
        return Markup('<div class="exports"><p>{}</p>{}{}{}{}</div>').format(
            self._text("exports.intro"),
            bullets(self._counts(overview.census)),
            Markup(warning),
            self._links(event_id, overview, options),
            self._codebook(),
        )

    def _counts(self, census: Census) -> list[str]:
        left_out = [("blind", census.blind), ("hidden", census.hidden), ("demo", census.demo)]
        shown = [("exported", census.exported), *((name, count) for name, count in left_out if count)]
        return [self._text(f"exports.count.{name}", count=count) for name, count in shown]

    def _links(self, event_id: str, overview: Overview, options: Sequence[str]) -> Markup:
        if not overview.has_enough_people:
            return Markup(notice(self._text("exports.too_few", least=LEAST_PEOPLE)))
        entries = joined(self._entry(event_id, dataset, options) for dataset in Dataset)
        return Markup('<p>{}</p><ul class="files">{}</ul>').format(self._text("exports.formats"), entries)

    def _entry(self, event_id: str, dataset: Dataset, options: Sequence[str]) -> Markup:
        links = joined(
            (self._link(event_id, Wish(dataset, form, "texts" in options, "demo" in options)))
            for form in formats_of(dataset)
        )
        return Markup('<li><h3>{}</h3><p>{}</p><p class="formats">{}</p></li>').format(
            self._text(f"exports.{dataset}.name"), self._text(f"exports.{dataset}.what"), links
        )

    def _link(self, event_id: str, wish: Wish) -> Markup:
        name = self._text("exports.download", name=self._text(f"exports.{wish.dataset}.name"))
        return Markup('<a href="{}" download><span class="unseen">{}</span>{}</a> ').format(
            export_link(event_id, wish, self._text.locale), name, self._text(f"exports.format.{wish.format}")
        )

    def _codebook(self) -> Markup:
        links = joined(
            Markup('<a href="{}/codebook.{}.{}" download>{}</a> ').format(
                CODEBOOK_PATH, self._text.locale, ending, self._text(f"exports.codebook.{ending}")
            )
            for ending in ("md", "csv")
        )
        return Markup('<h3>{}</h3><p>{}</p><p class="formats">{}</p>').format(
            self._text("exports.codebook"), self._text("exports.codebook.what"), links
        )

    def _paragraph(self, key: str) -> Markup:
        return Markup("<p>{}</p>").format(self._text(key))
