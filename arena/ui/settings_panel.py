"""The settings of an event: a form to make a new one, for the deployer, or to change the chosen one."""

from collections.abc import Callable
from dataclasses import astuple, fields
from typing import Any

import gradio as gr

from arena.domain.event import Event, Moderation
from arena.domain.event_form import MOST_CHARS, EventForm
from arena.domain.pairing import PairingMode
from arena.services.arena import Arena
from arena.services.organisers import Access
from arena.ui.cards import section_heading
from arena.ui.guard import DIRECT, Updates
from arena.ui.inputs import whole, word, words
from arena.ui.layout import html, unshown
from arena.ui.organiser_guard import OrganiserGuard, ShowEvent
from arena.ui.text import LOCALES, Text

_MODELS = [field.name for field in fields(EventForm)].index("models")


class SettingsPanel:
    """Each field has one sentence that says what it does. Organisers may read the names of models."""

    def __init__(self, arena: Callable[[], Arena], text: Text, show: ShowEvent) -> None:
        self._arena = arena
        self._text = text
        self._show = show

    @property
    def parts(self) -> list[Any]:
        """The components that ``render`` sets."""
        return [self.column, self.heading, self.version, self.save, *self.fields]

    def lay_out(self) -> None:
        """The fields in the order of ``EventForm``."""
        text = self._text
        with gr.Column(visible=False, elem_id="event-settings") as self.column:
            self.heading = html("", elem_id="settings-title")
            self.version = unshown()
            self.fields: tuple[Any, ...] = (
                self._line("title"),
                self._line("held_on"),
                self._line("place"),
                self._choice("locale", [(text(f"settings.locale.{one}"), one) for one in LOCALES]),
                self._choice("mode", [(text(f"mode.{one}"), one.value) for one in PairingMode]),
                gr.CheckboxGroup(
                    [], label=text("settings.models"), info=text("settings.models.info"), elem_id="models"
                ),
                self._line("max_answer_tokens"),
                self._choice("moderation", [(text(f"settings.moderation.{one}"), one.value) for one in Moderation]),
                self._line("retention_days"),
                self._line("max_answers"),
                self._line("max_cost_eur"),
            )
            self.models = self.fields[_MODELS]
            self.save = gr.Button("", variant="primary", elem_id="save-event", size="lg")

    def connect(self, on: OrganiserGuard, chosen: gr.Textbox) -> None:
        """One button, which makes or changes."""
        kinds = [words if field is self.models else word for field in self.fields]
        saved = on.guarded(self._save, word, whole, *kinds)
        self.save.click(saved, [chosen, self.version, *self.fields], on.outputs, **DIRECT)

    async def render(self, access: Access, event_id: str) -> Updates:
        """The chosen event, or an empty form where a new one can be made."""
        event = await self._arena().events.get(access, event_id) if event_id else None
        key = "change" if event else "new"
        updates: Updates = {
            self.column: gr.update(visible=event is not None or access.is_deployer),
            self.heading: section_heading(self._text(f"settings.heading.{key}"), "settings-heading"),
            self.version: str(event.version) if event else "",
            self.save: self._text(f"settings.save.{key}"),
        }
        for field, value in zip(self.fields, astuple(self._form(event)), strict=True):
            updates[field] = self._offered(event) if field is self.models else value
        return updates

    async def _save(self, access: Access, event_id: str, version: int, *typed: Any) -> Updates:
        values = list(typed)
        values[_MODELS] = tuple(typed[_MODELS])
        form = EventForm(*values)
        events = self._arena().events
        if event_id:
            event = await events.edit(access, event_id, form, version=version)
        else:
            event = await events.create(access, form)
        return await self._show(access, event.id)

    def _form(self, event: Event | None) -> EventForm:
        """What the fields show."""
        if event is None:
            most = str(self._arena().events.limits.max_answer_tokens)
            return EventForm("", "", locale=self._text.locale, max_answer_tokens=most, retention_days="30")
        settings = event.settings
        return EventForm(
            title=settings.title,
            held_on=self._text("page.day", day=settings.held_on),
            place=settings.place,
            locale=settings.locale,
            mode=settings.mode.value,
            max_answer_tokens=str(settings.max_answer_tokens),
            moderation=settings.moderation.value,
            retention_days=str(settings.retention_days),
            max_answers="" if settings.max_answers is None else str(settings.max_answers),
            max_cost_eur="" if settings.max_cost_eur is None else f"{settings.max_cost_eur:.2f}",
        )

    def _offered(self, event: Event | None) -> Any:
        """The models that answer now, and those that the event allows though they do not."""
        line_up = self._arena().line_up
        allowed = event.settings.models if event else frozenset()
        names = {model.id: model.display_name for model in line_up.models}
        gone = {model: self._text("settings.models.gone", model=model) for model in sorted(allowed - names.keys())}
        choices = [(name, model) for model, name in {**names, **gone}.items()]
        return gr.update(choices=choices, value=sorted(allowed))

    def _line(self, name: str) -> gr.Textbox:
        return gr.Textbox(
            label=self._text(f"settings.{name}"),
            info=self._text(f"settings.{name}.info"),
            max_length=MOST_CHARS,
            elem_id=f"field-{name}",
        )

    def _choice(self, name: str, choices: list[tuple[str, str]]) -> gr.Radio:
        return gr.Radio(
            choices,
            label=self._text(f"settings.{name}"),
            info=self._text(f"settings.{name}.info"),
            elem_id=f"field-{name}",
            elem_classes=["stacked"],
        )
