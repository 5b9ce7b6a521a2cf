"""What was used, as escaped HTML: sums as ranges with their grades, and each model by itself."""

from collections.abc import Iterable, Iterator

from markupsafe import Markup

from arena.domain.dashboard import Costs
from arena.domain.figures import format_range
from arena.domain.footprint import scale_band
from arena.domain.model_use import Latency, ModelUse
from arena.domain.summary import Balance
from arena.domain.vote import Quality
from arena.services.dashboards import DashboardView
from arena.ui import summary_cards
from arena.ui.dashboard_numbers import number, seconds, why_withheld
from arena.ui.reading_parts import joined, paragraphs, table
from arena.ui.summary_words import accounts_of, balance_notes
from arena.ui.text import Text

ENERGY = "energy_wh"
TOKENS = 1000  # a footprint is told for so many


def costs(text: Text, view: DashboardView, used: Costs) -> Markup:
    """Sums, then models."""
    avoided = Markup("")
    if used.answers_avoided:
        said = text("dashboard.costs.avoided.count", count=number(text, used.answers_avoided))
        avoided = Markup("<h4>{}</h4>{}{}").format(
            text("dashboard.costs.avoided"), paragraphs([said]), _balance(text, used.avoided)
        )
    return Markup("<section><h3>{}</h3>{}{}</section><section><h3>{}</h3>{}</section>").format(
        text("dashboard.costs"),
        _balance(text, used.caused),
        avoided,
        text("dashboard.models"),
        _models(text, view, used),
    )


def _balance(text: Text, balance: Balance) -> Markup:
    tables = joined(summary_cards.account(text, words) for words in accounts_of(text, balance))
    return tables + joined(map(_small, balance_notes(text, balance)))


def _models(text: Text, view: DashboardView, used: Costs) -> Markup:
    models = used.models.shown
    few = text("dashboard.models.few", count=number(text, used.models.withheld)) if used.models.withheld else ""
    if not models:
        return paragraphs([few])
    tables = [_figures(text, view, models), _use(text, view, models), _qualities(text, view, models)]
    return joined((*tables, _small(few))) if few else joined(tables)


def _figures(text: Text, view: DashboardView, models: Iterable[ModelUse]) -> Markup:
    rows = [row for model in models for row in _figure_rows(text, view.names[model.model_id], model)]
    names = ("total", "per_answer", "per_tokens")
    columns = [text("dashboard.column.model"), *(text(f"dashboard.models.{name}") for name in names)]
    return table(text("dashboard.models.figures"), columns, rows) if rows else Markup("")


def _figure_rows(text: Text, name: str, model: ModelUse) -> Iterator[list[str]]:
    """Ends and centres of sums are divided alike: a mean of ranges is a range."""
    for kind, figures in model.figures.items():
        one = figures.get(ENERGY)
        if one is not None:
            bands = [one.band, scale_band(one.band, 1 / one.answers)]
            if one.tokens:
                bands.append(scale_band(one.band, TOKENS / one.tokens))
            told = [format_range(band, ENERGY, text.locale) for band in bands]
            cells = [Markup('<span class="whole">{}</span>').format(words.text) for words in told]
            label = text("dashboard.models.kind", model=name, kind=text(f"footprint.{kind}"))
            yield [label, *cells, *["–"] * (3 - len(cells))]


def _use(text: Text, view: DashboardView, models: Iterable[ModelUse]) -> Markup:
    names = ("battles", "answers", "failed", "tokens", "first_token", "duration")
    columns = [text("dashboard.column.model"), *(text(f"dashboard.models.{name}") for name in names)]
    rows = [
        [
            view.names[model.model_id],
            number(text, model.battles),
            number(text, model.answers),
            number(text, model.failed),
            text(
                "dashboard.models.tokens.pair",
                input=number(text, model.input_tokens),
                output=number(text, model.output_tokens),
            ),
            _latency(text, model.first_token),
            _latency(text, model.duration),
        ]
        for model in models
    ]
    return table(text("dashboard.models.use"), columns, rows) + _small(text("dashboard.models.latency.words"))


def _latency(text: Text, latency: Latency) -> str:
    if latency.median_s is None:
        return "–"
    ends = {"median": seconds(text, latency.median_s), "late": seconds(text, latency.late_s)}
    return text("dashboard.models.latency", **ends)


def _qualities(text: Text, view: DashboardView, models: Iterable[ModelUse]) -> Markup:
    shown = [model for model in models if any(count != 0 for count in model.qualities.values())]
    if not shown:
        return Markup("")
    columns = [text("dashboard.column.model"), *(text(f"quality.{quality}") for quality in Quality)]
    rows = [[view.names[one.model_id], *(number(text, one.qualities[quality]) for quality in Quality)] for one in shown]
    is_whole = all(count is not None for one in shown for count in one.qualities.values())
    tags = table(text("dashboard.models.qualities"), columns, rows)
    return tags if is_whole else tags + _small(why_withheld(text))


def _small(words: str) -> Markup:
    return Markup('<p class="small">{}</p>').format(words)
