"""Again with less: two ways to play a revealed battle again, and what such a rematch showed."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import gradio as gr
from markupsafe import Markup

from arena.domain.figures import format_number
from arena.domain.rematch import SHORT_WORDS, Refusal, RematchKind
from arena.domain.rematch_result import RematchResult, Saving
from arena.services.arena import Arena
from arena.services.battles import BattleView
from arena.ui.cards import section_heading
from arena.ui.guard import DIRECT, Guard, Handler, Updates
from arena.ui.inputs import word
from arena.ui.layout import Parts, html
from arena.ui.section import ShowBattle
from arena.ui.text import Text


class RematchSection:
    """Offered once the names are shown. ``show`` renders a battle that has just begun, every section included."""

    def __init__(self, arena: Callable[[], Arena], text: Text, show: ShowBattle) -> None:
        self._arena = arena
        self._text = text
        self._show = show

    @property
    def parts(self) -> list[Any]:
        """The components that ``render`` sets."""
        return [self.result, self.intro, *self.reasons.values()]

    def lay_out(self) -> None:
        """The result of a rematch, or a button for each kind under one line that says what it does.

        The style sheet shows a button where its line offers it: Gradio would make it anew for each change.
        """
        self.reasons: dict[RematchKind, gr.HTML] = {}
        self.buttons: dict[RematchKind, gr.Button] = {}
        with gr.Column(elem_id="rematch"):
            self.result = html("", elem_id="rematch-result")
            self.intro = html("", elem_id="rematch-intro")
            for kind in RematchKind:
                self.reasons[kind] = html("", elem_id=f"rematch-{kind}-reason")
                self.buttons[kind] = gr.Button(self._label(kind), elem_id=f"rematch-{kind}", size="lg")

    def connect(self, on: Guard, page: Parts) -> None:
        """Each button starts a battle, which the page then shows."""
        for kind, button in self.buttons.items():
            button.click(on.guarded(self._start(kind), word), page.battle_id, page.rendered, **DIRECT)

    def render(self, view: BattleView | None) -> Updates:
        """Nothing at all before the names are shown."""
        offers = view.offers if view else {}
        intro = Markup(section_heading(self._text("rematch.heading"), "rematch-heading"))
        updates: Updates = {
            self.result: self._result(view.rematch) if view and view.rematch else "",
            self.intro: intro + Markup("<p>{}</p>").format(self._text("rematch.intro")) if offers else "",
        }
        reasons = {
            self.reasons[kind]: self._reason(kind, offers[kind]) if kind in offers else "" for kind in RematchKind
        }
        return updates | reasons

    def _start(self, kind: RematchKind) -> Handler:
        async def start_rematch(visitor_id: str, origin_id: str) -> Updates:
            arena = self._arena()
            battle_id = await arena.duel.rematch(visitor_id, origin_id, kind)
            return self._show(await arena.battles.view(visitor_id, battle_id))

        return start_rematch

    def _label(self, kind: RematchKind) -> str:
        return self._text(f"rematch.{kind}", words=SHORT_WORDS)

    def _reason(self, kind: RematchKind, refusal: Refusal | None) -> str:
        """What a rematch is, or why there is none."""
        if refusal is None:
            words = self._text(f"rematch.why.{kind}", words=SHORT_WORDS)
        else:
            words = self._text("rematch.none", button=self._label(kind), reason=self._text(refusal))
        return Markup("<p{}>{}</p>").format(Markup(" data-offered") if refusal is None else "", words)

    def _result(self, result: RematchResult) -> str:
        """Whether the lighter answer was enough, and what may be said of its energy. No score."""
        text = self._text
        lines = [
            text("rematch.result.kept", side=result.kept_side.upper()),
            text(f"rematch.result.new.{result.kind}", side=result.kept_side.other.upper(), words=SHORT_WORDS),
            text(f"rematch.result.{result.noticed}"),
            self._saving(result.saving),
        ]
        if result.is_over_limit:
            lines.insert(2, text("rematch.result.over_limit", words=SHORT_WORDS))
        said = Markup("").join(Markup("<li>{}</li>").format(line) for line in lines)
        heading = Markup(section_heading(text("rematch.result.heading"), "rematch-result-heading"))
        return heading + Markup('<ul class="shown">{}</ul>').format(said)

    def _saving(self, saving: Saving | None) -> str:
        if saving is None:
            return self._text("rematch.saving.none")
        factor = format_number(Decimal(saving.factor or 1), self._text.locale)
        return self._text(f"rematch.saving.{saving.kind}", factor=factor)
