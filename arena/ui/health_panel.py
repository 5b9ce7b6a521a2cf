"""The organiser's panel of health and money: which models answer, which are paused, what is left of the budget."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import gradio as gr
from markupsafe import Markup

from arena.domain.budget import Balance
from arena.domain.figures import format_number, two_digits
from arena.domain.health import HealthState, Tally
from arena.services.arena import Arena
from arena.services.health import EndpointHealth, HealthLine, HealthReport
from arena.services.organisers import Access
from arena.ui.cards import notice, section_heading
from arena.ui.guard import DIRECT, Updates
from arena.ui.inputs import word
from arena.ui.layout import html
from arena.ui.organiser_guard import OrganiserGuard
from arena.ui.reading_parts import bullets, joined, table
from arena.ui.text import Text

# A second way to tell the states apart beside their words; colour is not one.
_SYMBOLS = {HealthState.OK: "✓", HealthState.SLOW: "…", HealthState.FAILING: "!", HealthState.PAUSED: "‖"}
_CENT = Decimal("0.01")


class HealthPanel:
    """Names models, so it is never part of a participant's page. Built once a language."""

    def __init__(self, arena: Callable[[], Arena], text: Text) -> None:
        self._arena = arena
        self._text = text

    @property
    def parts(self) -> list[Any]:
        """The components that ``render`` sets."""
        return [self.budget, self.health]

    def lay_out(self) -> None:
        """The budget, the tables, and a button that looks again."""
        with gr.Column(elem_id="health"):
            self.budget = html("", elem_id="budget")
            self.health = html("", elem_id="health-tables")
            self.refresh = gr.Button(self._text("health.refresh"), elem_id="health-refresh", size="lg")

    def connect(self, on: OrganiserGuard, chosen: gr.Textbox) -> None:
        """Looking again is the only listener."""
        look = on.guarded(self.render, word)
        self.refresh.click(look, chosen, [*self.parts, on.problem], **DIRECT)

    async def render(self, access: Access, event_id: str) -> Updates:
        """Nothing for who organises nothing; the budget of the chosen event for who may see it."""
        if access.is_none:
            return {self.budget: "", self.health: ""}
        arena = self._arena()
        is_theirs = bool(event_id) and access.may_see(event_id)
        balance = await arena.budgets.balance_of(event_id) if is_theirs else None
        return {self.budget: self._budget(balance), self.health: self._health(arena.health.report())}

    # -- money ----------------------------------------------------------------------------------

    def _budget(self, balance: Balance | None) -> str:
        text = self._text
        heading = section_heading(text("health.budget.heading"), "budget-heading")
        if balance is None:
            return Markup('<div class="health">{}<p>{}</p></div>').format(heading, text("health.budget.choose"))
        lines = [self._answers(balance), self._cost(balance)]
        if balance.spent.unpriced:
            lines.append(text("health.budget.unpriced", count=self._count(balance.spent.unpriced)))
        spent = notice(text("health.budget.spent")) if balance.is_spent else ""
        return Markup('<div class="health">{}{}{}<p class="scope">{}</p></div>').format(
            heading, spent, bullets(lines), text("health.budget.scope")
        )

    def _answers(self, balance: Balance) -> str:
        used, left = self._count(balance.spent.answers), balance.answers_left
        if left is None:
            return self._text("health.budget.answers.free", used=used)
        limit = self._count(balance.budget.max_answers or 0)
        return self._text("health.budget.answers", used=used, limit=limit, left=self._count(left))

    def _cost(self, balance: Balance) -> str:
        cost, left = self._euros(balance.spent.cost_eur), balance.euros_left
        if left is None:
            return self._text("health.budget.cost.free", cost=cost)
        limit = self._euros(balance.budget.max_cost_eur or 0.0)
        return self._text("health.budget.cost", cost=cost, limit=limit, left=self._euros(left))

    def _euros(self, amount_eur: float) -> str:
        exact = Decimal(repr(amount_eur))
        if 0 < exact < _CENT:
            return self._text("health.euros.below", amount=format_number(_CENT, self._text.locale))
        rounded = exact.quantize(_CENT, ROUND_HALF_UP)
        return self._text("health.euros", amount=format_number(rounded, self._text.locale))

    # -- health ---------------------------------------------------------------------------------

    def _health(self, report: HealthReport) -> str:
        heading = section_heading(self._text("health.heading"), "health-heading")
        tables = joined(self._endpoint(one, report.at) for one in report.endpoints)
        scope = self._text("health.scope")
        return Markup('<div class="health">{}{}<p class="scope">{}</p></div>').format(heading, tables, scope)

    def _endpoint(self, one: EndpointHealth, now: datetime) -> Markup:
        text = self._text
        columns = [text(f"health.{name}") for name in ("model", "state", "first_token", "today", "last_error")]
        line = one.endpoint
        since = self._since(line, now) + self._probe(line, now)
        caption = text("health.endpoint", name=line.name, state=self._state(line), since=since)
        return table(caption, columns, [self._row(line, now) for line in one.models])

    def _row(self, line: HealthLine, now: datetime) -> list[str]:
        median_s = line.condition.median_first_token_s
        return [
            line.name,
            Markup(
                '<span class="state" data-state="{}">{} <span>{}</span></span> <span class="small">{}{}</span>'
            ).format(line.state, self._symbol(line), self._state(line), self._since(line, now), self._probe(line, now)),
            self._text("health.not_yet") if median_s is None else self._seconds(median_s),
            self._today(line.condition.tally.on(now.date())),
            self._error(line.condition.last_error_key),
        ]

    @staticmethod
    def _symbol(line: HealthLine) -> Markup:
        return Markup('<span aria-hidden="true">{}</span>').format(_SYMBOLS[line.state])

    def _state(self, line: HealthLine) -> str:
        return self._text(f"health.state.{line.state}")

    def _since(self, line: HealthLine, now: datetime) -> str:
        return self._text("health.since", time=self._time(now - line.since))

    def _probe(self, line: HealthLine, now: datetime) -> str:
        if line.probe_at is None:
            return ""
        wait = line.probe_at - now
        is_due = wait <= timedelta()
        words = self._text("health.probe.now") if is_due else self._text("health.probe", time=self._time(wait))
        return f" · {words}"

    def _today(self, tally: Tally) -> str:
        counts = {name: self._count(getattr(tally, name)) for name in ("answers", "failures", "probes")}
        return self._text("health.counts", **counts)

    def _error(self, error_key: str | None) -> str:
        """In plain words, by the last part of its key."""
        return self._text("health.none" if error_key is None else f"health.fault.{error_key.rpartition('.')[2]}")

    def _time(self, span: timedelta) -> str:
        seconds = max(0, round(span.total_seconds()))
        for unit, length_s in (("days", 86_400), ("hours", 3600), ("minutes", 60)):
            if seconds >= 2 * length_s:
                return self._text(f"health.time.{unit}", count=seconds // length_s)
        return self._text("health.time.seconds", count=seconds)

    def _seconds(self, amount_s: float) -> str:
        return self._text("health.time.seconds", count=format_number(two_digits(amount_s), self._text.locale))

    def _count(self, number: int) -> str:
        return format_number(Decimal(number), self._text.locale)
