"""The footprints: what each answer took, on the electricity and beside the everyday things that one chooses."""

from collections.abc import Callable
from typing import Any

import gradio as gr

from arena.domain.equivalents import Nature
from arena.domain.mix_choice import MixChoice
from arena.domain.vocabulary import member
from arena.services.arena import Arena
from arena.services.battles import BattleView
from arena.ui.equivalent_cards import equivalents
from arena.ui.footprint_cards import basis, charts, opening
from arena.ui.guard import DIRECT, Guard, Handler, Updates
from arena.ui.inputs import word
from arena.ui.layout import Parts, html
from arena.ui.text import Text


class FootprintsSection:
    """The first reveal. Its two choices are of the page only: nothing of them is stored."""

    def __init__(self, arena: Callable[[], Arena], text: Text) -> None:
        self._arena = arena
        self._text = text

    @property
    def parts(self) -> list[Any]:
        """The components that ``render`` sets."""
        return [self.opening, self.mix, self.nature, *self._drawn]

    @property
    def _drawn(self) -> list[Any]:
        """What depends on a choice."""
        return [self.charts, self.equivalents, self.basis]

    def lay_out_opening(self) -> None:
        """The heading and the comparison."""
        self.opening = html("", elem_id="footprints-opening")

    def lay_out(self) -> None:
        """The mix switch over the charts, the nature of equivalents over these, and what all of it rests on."""
        text = self._text
        self.mix = gr.Radio(
            [(text(f"mix.choice.{mix}"), mix.value) for mix in MixChoice],
            value=MixChoice.HOSTED.value,
            label=text("mix.question"),
            elem_id="mix",
        )
        self.charts = html("", elem_id="charts")
        self.nature = gr.Radio(
            [(text(f"footprint.{nature}"), nature.value) for nature in Nature],
            value=Nature.ENERGY.value,
            label=text("equivalent.question"),
            elem_id="nature",
        )
        self.equivalents = html("", elem_id="equivalents")
        self.basis = html("", elem_id="basis")

    def connect(self, on: Guard, page: Parts) -> None:
        """Either choice draws again what depends on it."""
        gr.on(
            [self.mix.input, self.nature.input],
            on.guarded(self._look(), word, word, word),
            [page.battle_id, self.mix, self.nature],
            [*self._drawn, page.problem],
            **DIRECT,
        )

    def render(self, view: BattleView | None) -> Updates:
        """Each view of a battle begins with the electricity of its servers."""
        reveal = view.footprints if view else None
        return {
            self.opening: opening(self._text, view, reveal) if view and reveal else "",
            self.mix: MixChoice.HOSTED.value,
            self.nature: Nature.ENERGY.value,
            **self._draw(view, Nature.ENERGY),
        }

    def render_named(self, view: BattleView) -> Updates:
        """What the names change: the sizes of the models are said."""
        if view.footprints is None:
            return {}
        return {
            self.opening: opening(self._text, view, view.footprints),
            self.basis: basis(self._text, view, view.footprints),
        }

    def _look(self) -> Handler:
        async def look_at_footprints(visitor_id: str, battle_id: str, mix: str, nature: str) -> Updates:
            view = await self._arena().battles.view_in_mix(visitor_id, battle_id, mix)
            return self._draw(view, member(Nature, nature))

        return look_at_footprints

    def _draw(self, view: BattleView | None, nature: Nature) -> Updates:
        reveal = view.footprints if view else None
        if view is None or reveal is None:
            return dict.fromkeys(self._drawn, "")
        text = self._text
        return {
            self.charts: charts(text, view, reveal),
            self.equivalents: equivalents(text, reveal, nature, self._arena().footprints.equivalents_of),
            self.basis: basis(text, view, reveal),
        }
