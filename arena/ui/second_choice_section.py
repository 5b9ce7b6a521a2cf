"""The second choice: the same four options and the same words for everybody, knowing the footprints."""

from collections.abc import Callable
from typing import Any

import gradio as gr
from markupsafe import Markup

from arena.domain.battle import RevealStage
from arena.domain.vote import Outcome
from arena.services.arena import Arena
from arena.services.battles import BattleView
from arena.ui.cards import section_heading
from arena.ui.guard import DIRECT, Guard, Handler, Updates
from arena.ui.inputs import word
from arena.ui.layout import Parts, html
from arena.ui.section import ShowBattle
from arena.ui.text import Text


class SecondChoiceSection:
    """Asked between the footprints and the names; choosing or skipping shows the names."""

    def __init__(self, arena: Callable[[], Arena], text: Text, show: ShowBattle) -> None:
        self._arena = arena
        self._text = text
        self._show = show

    @property
    def parts(self) -> list[Any]:
        """The components that ``render`` sets."""
        return [self.outcome, self.chosen]

    def lay_out(self) -> None:
        """The question with the way on, and the line that stays of it."""
        text = self._text
        with gr.Column(elem_id="second-choice"):
            html(section_heading(text("second.heading"), "second-heading"))
            self.outcome = gr.Radio(
                [(text(f"vote.{outcome}"), outcome.value) for outcome in Outcome],
                label=text("second.question"),
                elem_id="second-outcome",
                elem_classes=["four-options"],
            )
            self.confirm = gr.Button(text("second.confirm"), variant="primary", elem_id="to-names", size="lg")
            self.skip = gr.Button(text("second.skip"), elem_id="skip-second", size="lg")
        self.chosen = html("", elem_id="second-chosen")

    def connect(self, on: Guard, page: Parts) -> None:
        """Both buttons show the names; only what is chosen differs."""
        self.confirm.click(
            on.guarded(self._choose(), word, word), [page.battle_id, self.outcome], page.rendered, **DIRECT
        )
        self.skip.click(on.guarded(self._skip(), word), page.battle_id, page.rendered, **DIRECT)

    def render(self, view: BattleView | None) -> Updates:
        """Before it is answered the blind vote is filled in, for everybody alike."""
        chosen = view.reflections.second_choice if view else None
        vote = view.opinion.vote if view else None
        outcome = chosen.outcome if chosen else vote and vote.outcome
        return {self.outcome: outcome.value if outcome else None, self.chosen: self._line(view) if view else ""}

    def _choose(self) -> Handler:
        async def choose_again(visitor_id: str, battle_id: str, outcome: str) -> Updates:
            return self._show(await self._arena().battles.choose_again(visitor_id, battle_id, outcome))

        return choose_again

    def _skip(self) -> Handler:
        async def skip_second_choice(visitor_id: str, battle_id: str) -> Updates:
            return self._show(await self._arena().battles.choose_again(visitor_id, battle_id, None))

        return skip_second_choice

    def _line(self, view: BattleView) -> str:
        chosen = view.reflections.second_choice
        if chosen is None or view.battle.stage is not RevealStage.NAMES:
            return ""
        words = self._text("second.skipped")
        if chosen.outcome is not None:
            words = self._text("second.chosen", choice=self._text(f"vote.{chosen.outcome}"))
        return Markup('<p class="recorded">{}</p>').format(words)
