"""The prompts of an event on the organisers' page: search, hide, delete, each with a second tap to confirm."""

from collections.abc import Callable
from typing import Any

import gradio as gr
from markupsafe import Markup

from arena.domain.asked import AskedPrompt
from arena.errors import InvalidChoice
from arena.services.dashboards import Dashboards, chosen_events
from arena.services.organisers import Access
from arena.ui.cards import notice, section_heading
from arena.ui.guard import DIRECT, Updates
from arena.ui.inputs import word
from arena.ui.layout import html
from arena.ui.organiser_guard import OrganiserGuard
from arena.ui.summary_words import one_line
from arena.ui.text import Text

PROMPT_CHARS = 140  # of a prompt in the list
HIDE, DELETE = "hide", "delete"


class PromptsPanel:
    """Whoever asks, what is asked for is looked up among the battles that they may organise. Built once a language."""

    def __init__(self, dashboards: Callable[[], Dashboards], text: Text) -> None:
        self._dashboards = dashboards
        self._text = text

    @property
    def parts(self) -> list[Any]:
        """The components that ``render`` sets."""
        return [self._words, self._page, self._said, self._picked, self._newer, self._older, *self._asking]

    @property
    def _listed(self) -> list[Any]:
        return [part for part in self.parts if part is not self._words]

    @property
    def _asking(self) -> list[Any]:
        return [self._act, self._question, self._confirm, self._cancel]

    def lay_out(self) -> None:
        """The search, one page of prompts, what may be done with the chosen one."""
        text = self._text
        with gr.Column(elem_id="prompts"):
            html(section_heading(text("prompts.heading"), "prompts-heading"))
            self._words = gr.Textbox("", label=text("prompts.search"), elem_id="prompts-search", max_lines=1)
            self._find = gr.Button(text("prompts.find"), elem_id="prompts-find")
            self._said = html("", elem_id="prompts-said")
            self._picked = gr.Radio([], label=text("prompts.which"), elem_id="prompts-list", elem_classes=["stacked"])
            with gr.Row():
                self._newer = gr.Button(text("prompts.newer"), visible=False, elem_id="prompts-newer")
                self._older = gr.Button(text("prompts.older"), visible=False, elem_id="prompts-older")
            with gr.Row():
                self._hide = gr.Button(text("prompts.hide"), elem_id="prompts-hide")
                self._delete = gr.Button(text("prompts.delete"), elem_id="prompts-delete")
            self._question = html("", elem_id="prompts-question")
            with gr.Row():
                self._confirm = gr.Button("", visible=False, variant="stop", elem_id="prompts-confirm")
                self._cancel = gr.Button(text("prompts.cancel"), visible=False, elem_id="prompts-cancel")
            self._page = gr.Textbox("0", visible="hidden", show_label=False)
            self._act = gr.Textbox("", visible="hidden", show_label=False)

    def connect(self, on: OrganiserGuard, chosen: gr.Textbox) -> None:
        """Every listener shows the page of prompts anew, or asks for a confirmation."""
        outputs = [*self._listed, on.problem]
        search = [chosen, self._words]
        find = on.guarded(self._found, word, word)
        self._find.click(find, search, outputs, **DIRECT)
        self._words.submit(find, search, outputs, **DIRECT)
        for button, step in ((self._newer, -1), (self._older, 1)):
            button.click(on.guarded(self._turn(step), word, word, word), [*search, self._page], outputs, **DIRECT)
        for button, act in ((self._hide, HIDE), (self._delete, DELETE)):
            ask = on.guarded(self._ask(act), word)
            button.click(ask, self._picked, [*self._asking, self._said, on.problem], **DIRECT)
        self._cancel.click(on.guarded(self._forget), None, [*self._asking, on.problem], **DIRECT)
        done = on.guarded(self._done, word, word, word, word)
        self._confirm.click(done, [*search, self._page, self._act], outputs, **DIRECT)

    async def render(self, access: Access, event_id: str) -> Updates:
        """The latest prompts of an event, or of all that one may see. Raises StorageError."""
        if event_id and not access.may_see(event_id):
            event_id, access = "", Access()
        return {self._words: ""} | await self._listing(access, event_id, "", 0)

    async def _found(self, access: Access, event_id: str, words: str) -> Updates:
        return await self._listing(access, event_id, words, 0)

    def _turn(self, step: int) -> Callable[..., Any]:
        async def turn(access: Access, event_id: str, words: str, page: str) -> Updates:
            return await self._listing(access, event_id, words, _number(page) + step)

        return turn

    def _ask(self, act: str) -> Callable[..., Any]:
        async def ask(_access: Access, picked: str) -> Updates:
            if not picked:
                return self._unasked() | {self._said: notice(self._text("prompts.choose"))}
            return {
                self._act: f"{act} {picked}",
                self._said: "",
                self._question: Markup('<p class="notice" role="status">{}</p>').format(
                    self._text(f"prompts.{act}.what")
                ),
                self._confirm: gr.update(value=self._text(f"prompts.confirm.{act}"), visible=True),
                self._cancel: gr.update(visible=True),
            }

        return ask

    async def _forget(self, _access: Access) -> Updates:
        return self._unasked()

    async def _done(self, access: Access, event_id: str, words: str, page: str, act: str) -> Updates:
        what, battle_id, turn_index = _read(act)
        events = chosen_events(access, event_id)
        if what == HIDE:
            await self._dashboards().hide(events, battle_id, turn_index)
            said = self._text("prompts.hidden")
        else:
            await self._dashboards().delete(events, battle_id)
            said = self._text("prompts.deleted")
        return await self._listing(access, event_id, words, _number(page)) | {self._said: notice(said)}

    async def _listing(self, access: Access, event_id: str, words: str, page: int) -> Updates:
        page = max(page, 0)
        found = await self._dashboards().prompts(chosen_events(access, event_id), words, page)
        choices = [(self._line(one), f"{one.battle_id} {one.turn_index}") for one in found.prompts]
        return self._unasked() | {
            self._page: str(page),
            self._said: "" if choices else Markup("<p>{}</p>").format(self._text("prompts.none")),
            self._picked: gr.update(choices=choices, value=None, visible=bool(choices)),
            self._newer: gr.update(visible=page > 0),
            self._older: gr.update(visible=found.has_more),
        }

    def _unasked(self) -> Updates:
        unseen = gr.update(visible=False)
        return {self._act: "", self._question: "", self._confirm: unseen, self._cancel: unseen}

    def _line(self, asked: AskedPrompt) -> str:
        """The hour where the server is: a meeting and its server share a time zone."""
        at = asked.created_at.astimezone()
        when = {"day": at.day, "month": at.month, "hour": at.hour, "minute": at.minute}
        padded = {name: f"{value:02d}" for name, value in when.items()}
        return self._text("prompts.line", prompt=one_line(asked.prompt, PROMPT_CHARS), **padded)


def _number(page: str) -> int:
    return int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 0


def _read(act: str) -> tuple[str, str, int]:
    """What was to be confirmed. Raises InvalidChoice for anything else."""
    what, _, place = act.partition(" ")
    battle_id, _, turn_index = place.partition(" ")
    if what not in (HIDE, DELETE) or not battle_id:
        raise InvalidChoice("nothing to confirm")
    return what, battle_id, _number(turn_index)
