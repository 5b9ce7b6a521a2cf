"""The dashboard on the organisers' page: numbers and percentages, kept fresh while somebody looks."""

from collections.abc import Callable
from typing import Any

import gradio as gr
from markupsafe import Markup

from arena.domain.breakdowns import FIRST
from arena.domain.census import LEAST_PEOPLE
from arena.domain.dashboard import Dashboard
from arena.services.dashboards import Dashboards, DashboardView, EventIds, chosen_events
from arena.services.organisers import Access
from arena.ui.cards import section_heading
from arena.ui.cost_tables import costs
from arena.ui.dashboard_numbers import interval, number
from arena.ui.guard import Updates
from arena.ui.inputs import word
from arena.ui.layout import html
from arena.ui.opinion_tables import outcomes, reflections
from arena.ui.organiser_guard import AT_THE_DESK, OrganiserGuard
from arena.ui.reading_parts import definitions, joined, paragraphs
from arena.ui.text import Text

CHART_HEIGHT = 260  # pixels
# What Gradio makes of a table of pandas, which this process would load for nothing else: 28 MB.
_PLOT = {"columns": ["choice", "votes"], "datatypes": {"choice": "nominal", "votes": "quantitative"}, "mark": "bar"}


class DashboardPanel:
    """Asks every few seconds whether anything changed, as long as it is on the screen; see dashboard.js.

    Names models, so it is never part of a participant's page. Built once a language.
    """

    def __init__(self, dashboards: Callable[[], Dashboards], text: Text) -> None:
        self._dashboards = dashboards
        self._text = text

    @property
    def parts(self) -> list[Any]:
        """The components that ``render`` sets."""
        return [self._stamp, self._heading, self._votes, self._chart, self._rest]

    def lay_out(self) -> None:
        """Counts, votes beside their chart, then everything else."""
        with gr.Column(elem_id="dashboard"):
            html(section_heading(self._text("dashboard.heading"), "dashboard-heading"))
            self._beat = html("", elem_id="dashboard-beat", js_on_load="arenaBeat(element, trigger)")
            self._stamp = gr.Textbox("", visible="hidden", elem_id="dashboard-stamp", show_label=False)
            self._heading = html("", elem_id="dashboard-counts")
            with gr.Row(elem_id="dashboard-votes"):
                with gr.Column(min_width=280):
                    self._votes = html("")
                with gr.Column(min_width=280):
                    self._chart = self._make_chart()
            self._rest = html("", elem_id="dashboard-rest")

    def connect(self, on: OrganiserGuard, chosen: gr.Textbox) -> None:
        """Each beat renders anew if anything changed since the stamp."""

        async def refresh(access: Access, event_id: str, stamp: str) -> Updates:
            untouched: Updates = {on.problem: gr.skip()}  # what another panel had to say stays
            if await self._dashboards().stamp(_events(access, event_id)) == stamp:
                return untouched
            return untouched | await self.render(access, event_id)

        beat = on.guarded(refresh, word, word)
        self._beat.submit(beat, [chosen, self._stamp], [*self.parts, on.problem], **AT_THE_DESK)

    async def render(self, access: Access, event_id: str) -> Updates:
        """Everything of one event, or of all that one may see. Raises StorageError."""
        view = await self._dashboards().of(_events(access, event_id))
        opinions, used = view.dashboard.opinions, view.dashboard.costs
        return {
            self._stamp: view.stamp,
            self._heading: self._counts(view),
            self._votes: outcomes(self._text, opinions) if opinions else "",
            self._chart: self._charted(view.dashboard),
            self._rest: joined((reflections(self._text, opinions), costs(self._text, view, used)))
            if opinions and used
            else "",
        }

    def _make_chart(self) -> gr.BarPlot:
        text = self._text
        return gr.BarPlot(
            x="choice",
            y="votes",
            x_title=text("dashboard.column.choice"),
            y_title=text("dashboard.column.count"),
            sort=[text(f"dashboard.chart.{outcome}") for outcome in FIRST],
            height=CHART_HEIGHT,
            show_label=False,
            buttons=[],
            visible=False,
            elem_id="dashboard-chart",
        )

    def _charted(self, dashboard: Dashboard) -> Any:
        """The votes as bars, where all of them may be shown."""
        counts = dashboard.opinions.outcomes if dashboard.opinions else {}
        bars = [
            [self._text(f"dashboard.chart.{outcome}"), count] for outcome, count in counts.items() if count is not None
        ]
        if len(bars) < len(FIRST) or not any(count for _, count in bars):
            return gr.update(visible=False)
        return gr.update(value=_PLOT | {"data": bars}, visible=True)

    def _counts(self, view: DashboardView) -> Markup:
        text, shown = self._text, view.dashboard
        few = text("dashboard.participants.few", least=LEAST_PEOPLE)
        people = few if shown.participants is None else number(text, shown.participants)
        tiles = [
            (text("dashboard.participants"), people),
            (text("dashboard.battles"), number(text, shown.battles)),
            (text("dashboard.votes"), number(text, shown.votes)),
            (text("dashboard.without_vote"), self._abandoned(shown)),
        ]
        apart = {"demo": shown.demo_battles, "hidden": shown.hidden_battles, "uncounted": view.uncounted}
        notes = [text(f"dashboard.{name}", count=number(text, count)) for name, count in apart.items() if count]
        if not shown.battles:
            return paragraphs([text("dashboard.empty"), *notes])
        if shown.participants is None:
            notes.insert(0, text("dashboard.few", least=LEAST_PEOPLE))
        return definitions(tiles, "tiles") + joined(Markup('<p class="small">{}</p>').format(note) for note in notes)

    def _abandoned(self, shown: Dashboard) -> Markup:
        count = number(self._text, shown.without_vote.count)
        return Markup('{}<span class="small">{}</span>').format(count, interval(self._text, shown.without_vote))


def _events(access: Access, event_id: str) -> EventIds:
    """Nothing for an event of somebody else: the page says so itself."""
    return chosen_events(access, event_id) if not event_id or access.may_see(event_id) else frozenset()
