"""The bet: one optional tap before the reveal, and its place beside the estimate afterwards."""

from collections.abc import Callable
from typing import Any

import gradio as gr
from markupsafe import Markup

from arena.domain.footprint import Comparison, ComparisonKind
from arena.domain.reflection import BET_FACTORS, Bet
from arena.domain.side import Side
from arena.services.arena import Arena
from arena.services.battles import BattleView
from arena.ui.guard import DIRECT, Guard, Handler, Updates
from arena.ui.inputs import word
from arena.ui.layout import Parts, html
from arena.ui.text import Text

SAME = "same"


class BetSection:
    """A question under the vote and a sentence under the footprints."""

    def __init__(self, arena: Callable[[], Arena], text: Text) -> None:
        self._arena = arena
        self._text = text

    @property
    def parts(self) -> list[Any]:
        """The components that ``render`` sets."""
        return [self.guess, self.result]

    def lay_out(self) -> None:
        """The question: every possible bet is one tap away."""
        bets = [Bet(1), *(Bet(factor, side) for side in Side for factor in BET_FACTORS[1:])]
        self.guess = gr.Radio(
            [(self._words(bet.more, bet.factor), _key(bet)) for bet in bets],
            label=self._text("bet.question"),
            elem_id="bet",
        )

    def lay_out_result(self) -> None:
        """Where the bet stands beside the estimate."""
        self.result = html("", elem_id="bet-result")

    def connect(self, on: Guard, page: Parts) -> None:
        """A tap is stored at once and can be changed until the reveal."""
        place = on.guarded(self._place(), word, word)
        self.guess.input(place, [page.battle_id, self.guess], page.problem, **DIRECT)

    def render(self, view: BattleView | None) -> Updates:
        """The stored bet; after the reveal the sentence with both."""
        bet = view.reflections.bet if view else None
        return {self.guess: _key(bet) if bet else None, self.result: self._beside(view) if view else ""}

    def _place(self) -> Handler:
        async def bet(visitor_id: str, battle_id: str, guess: str) -> Updates:
            await self._arena().battles.bet(visitor_id, battle_id, guess)
            return {}

        return bet

    def _beside(self, view: BattleView) -> str:
        """Estimate beside bet, without a score."""
        bet = view.reflections.bet
        if bet is None or view.footprints is None:
            return ""
        words = self._text(
            "bet.result",
            guess=self._words(bet.more, bet.factor),
            estimate=self._estimate(view.footprints.comparison),
        )
        return Markup('<p class="beside">{}</p>').format(words)

    def _estimate(self, comparison: Comparison | None) -> str:
        if comparison is None:
            return self._text("bet.no_estimate")
        if comparison.kind is ComparisonKind.SAME_ORDER or comparison.factor is None:
            return self._text("bet.same_order")
        return self._words(comparison.more, comparison.factor)

    def _words(self, more: Side | None, factor: int) -> str:
        return self._text("bet.more", side=more.upper(), factor=factor) if more else self._text("bet.same")


def _key(bet: Bet) -> str:
    return f"{bet.more}:{bet.factor}" if bet.more else SAME
