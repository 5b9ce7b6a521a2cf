"""The need question: one tap on whether one could have done without an AI, and what else would have done."""

from collections.abc import Callable
from typing import Any, Literal

import gradio as gr
from markupsafe import Markup

from arena.domain.plain_task import plain_task_of
from arena.domain.reflection import Need
from arena.services.arena import Arena
from arena.services.battles import BattleView
from arena.ui.guard import DIRECT, Guard, Handler, Updates
from arena.ui.inputs import word
from arena.ui.layout import Parts, html
from arena.ui.text import Text

NeedQuestion = Literal["after", "before", "never"]


class NeedSection:
    """Asked where the organiser wants it: under the prompt box, or after the footprints."""

    def __init__(self, arena: Callable[[], Arena], text: Text, asked: NeedQuestion) -> None:
        self._arena = arena
        self._text = text
        self._asked = asked

    @property
    def is_before(self) -> bool:
        """Whether the answer travels with the prompt."""
        return self._asked == "before"

    @property
    def parts(self) -> list[Any]:
        """The components that ``render`` sets."""
        return [self.answer, self.alternatives]

    def lay_out(self) -> None:
        """The question and the place for alternatives; the style sheet hides it where it is not asked."""
        with gr.Column(elem_id=f"need-{self._asked}"):
            self.answer = gr.Radio(
                [(self._text(f"need.{need}"), need.value) for need in Need],
                label=self._text("need.question.before" if self.is_before else "need.question.after"),
                elem_id="need",
            )
            self.alternatives = html("", elem_id="need-alternatives")

    def connect(self, on: Guard, page: Parts) -> None:
        """Before sending a tap only shows alternatives; afterwards it is stored at once."""
        if self.is_before:
            offer = on.guarded(self._offer(), word)
            self.answer.input(offer, page.prompt, [self.alternatives, page.problem], **DIRECT)
        else:
            store = on.guarded(self._store(), word, word)
            self.answer.input(store, [page.battle_id, self.answer], page.problem, **DIRECT)

    def render(self, view: BattleView | None) -> Updates:
        """The stored answer, and alternatives when the first prompt plainly needed no model."""
        need = view.reflections.need if view else None
        is_shown = view is not None and view.footprints is not None and not self.is_before
        prompt = view.battle.turns[0].prompt if view and is_shown else ""
        return {self.answer: need.value if need else None, self.alternatives: self._alternatives(prompt)}

    def _store(self) -> Handler:
        async def answer_need(visitor_id: str, battle_id: str, answer: str) -> Updates:
            await self._arena().battles.answer_need(visitor_id, battle_id, answer)
            return {}

        return answer_need

    def _offer(self) -> Handler:
        async def offer_alternatives(_visitor_id: str, prompt: str) -> Updates:
            return {self.alternatives: self._alternatives(prompt)}

        return offer_alternatives

    def _alternatives(self, prompt: str) -> str:
        task = plain_task_of(prompt)
        if task is None:
            return ""
        offered = Markup("").join(Markup("<li>{}</li>").format(self._text(f"need.{task}.{n}")) for n in (1, 2))
        return Markup('<div class="alternatives"><p>{}</p><ul>{}</ul></div>').format(
            self._text("need.alternatives"), offered
        )
