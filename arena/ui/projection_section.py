"""And if everybody did it? People, times a day and an answer, multiplied in the open."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import gradio as gr

from arena.domain.figures import NARROW_SPACE
from arena.domain.projection import Crowd, Projection, read_projection
from arena.domain.side import Side
from arena.domain.vocabulary import member
from arena.errors import InvalidChoice
from arena.services.arena import Arena
from arena.services.battles import BattleView
from arena.ui.footprints_section import FootprintsSection
from arena.ui.guard import DIRECT, Guard, Handler, Updates
from arena.ui.inputs import word
from arena.ui.layout import Parts, html
from arena.ui.projection_cards import projection_cards
from arena.ui.text import Text

START = Projection(people=30, times_a_day=10)  # a room, and an everyday use of it


class ProjectionSection:
    """Nothing of it is stored. A projection follows the mix switch over the footprints."""

    def __init__(
        self, arena: Callable[[], Arena], text: Text, crowds: tuple[Crowd, ...], footprints: FootprintsSection
    ) -> None:
        self._arena = arena
        self._text = text
        self._crowds = crowds
        self._footprints = footprints

    @property
    def parts(self) -> list[Any]:
        """The components that ``render`` sets."""
        return [self.side, self.crowd, self.people, self.times, self.problem, self.result]

    def lay_out(self) -> None:
        """A form that is filled in already, and what comes of it; folded away until somebody asks."""
        text = self._text
        with gr.Accordion(text("projection.heading"), open=False, elem_id="everybody"):
            self.side = gr.Radio(
                [(text("footprint.side", side=side.upper()), side.value) for side in Side],
                label=text("projection.side"),
                elem_id="projected-side",
            )
            self.crowd = gr.Radio(
                [(crowd.label[text.locale], crowd.id) for crowd in self._crowds],
                label=text("projection.crowd"),
                elem_id="crowd",
            )
            with gr.Row(elem_id="numbers"):
                self.people = gr.Textbox(label=text("projection.people"), max_lines=1, elem_id="people")
                self.times = gr.Textbox(label=text("projection.times"), max_lines=1, elem_id="times")
            self.compute = gr.Button(text("projection.compute"), elem_id="project", size="lg")
            self.problem = html("", elem_id="projection-problem")
            self.result = html("", elem_id="projection")

    def connect(self, on: Guard, page: Parts) -> None:
        """What is wrong is said here, beside the fields, rather than at the top of a long page."""
        near = on.beside(self.problem)
        mix = self._footprints.mix
        gr.on(
            [self.compute.click, self.people.submit, self.times.submit, self.side.input, mix.input],
            near.guarded(self._compute(), word, word, word, word, word),
            [page.battle_id, mix, self.side, self.people, self.times],
            [self.crowd, self.result, self.problem],
            **DIRECT,
        )
        self.crowd.input(
            near.guarded(self._take_crowd(), word, word, word, word, word),
            [page.battle_id, mix, self.side, self.crowd, self.times],
            [self.crowd, self.people, self.result, self.problem],
            **DIRECT,
        )

    def render(self, view: BattleView | None) -> Updates:
        """Each battle begins with a room."""
        return {
            self.side: Side.A.value,
            self.people: _spaced(START.people),
            self.times: _spaced(START.times_a_day),
            self.problem: "",
            **self._show(view, Side.A, START),
        }

    def _compute(self) -> Handler:
        async def project(visitor_id: str, battle_id: str, mix: str, side: str, people: str, times: str) -> Updates:
            view = await self._arena().battles.view_in_mix(visitor_id, battle_id, mix)
            return self._show(view, member(Side, side), read_projection(people, times))

        return project

    def _take_crowd(self) -> Handler:
        async def project_crowd(
            visitor_id: str, battle_id: str, mix: str, side: str, crowd_id: str, times: str
        ) -> Updates:
            view = await self._arena().battles.view_in_mix(visitor_id, battle_id, mix)
            crowd = next((crowd for crowd in self._crowds if crowd.id == crowd_id), None)
            if crowd is None:
                raise InvalidChoice(f"{crowd_id!r} is not a crowd")
            people = _spaced(crowd.people)
            return self._show(view, member(Side, side), read_projection(people, times)) | {self.people: people}

        return project_crowd

    def _show(self, view: BattleView | None, side: Side, projection: Projection) -> Updates:
        """The result, and the crowd that the number of people happens to be."""
        crowd = next((crowd for crowd in self._crowds if crowd.people == projection.people), None)
        found = self._arena().footprints.equivalent if view else None
        shown = projection_cards(self._text, view, side, projection, crowd, found) if view and found else ""
        return {self.crowd: crowd.id if crowd else None, self.result: shown}


def _spaced(number: int) -> str:
    """Digits in groups, as ``read_projection`` takes them back."""
    return f"{Decimal(number):,f}".replace(",", NARROW_SPACE)
