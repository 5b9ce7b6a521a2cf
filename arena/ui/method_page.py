"""The method page: how a footprint is computed, with every constant and where it comes from."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from arena.domain.catalogue import Catalogue
from arena.domain.data_node import placeholders
from arena.domain.method import Bias, Method
from arena.services.arena import Arena
from arena.services.estimator import METHOD as METHOD_ID
from arena.services.footprints import FootprintService
from arena.services.method import numbers_of
from arena.ui.assets import OwnAssets
from arena.ui.method_tables import (
    bands_table,
    constants_table,
    equivalents_table,
    examples_table,
    hosts_table,
    mixes_table,
    source_link,
)
from arena.ui.reading import METHOD, ReadingRoute, reading_page
from arena.ui.reading_parts import bullets, definitions, formula, joined, paragraphs, written_number
from arena.ui.text import Text, without_orphans, zone_name

Section = tuple[str, Markup]  # the key of its heading, which is its anchor too, and its content


def method_route(own: OwnAssets, arena: Callable[[], Arena], method: Method) -> ReadingRoute:
    """``GET /{locale}/method``."""

    async def respond(_request: Request, text: Text) -> Response:
        opened = arena()
        body = method_body(text, method, opened.footprints, opened.line_up.catalogue)
        return reading_page(own, text, here=METHOD, title=text("method.title"), body=body)

    return ReadingRoute(METHOD, respond)


def method_body(text: Text, method: Method, service: FootprintService, catalogue: Catalogue) -> Markup:
    """The whole method with the numbers of this very moment."""
    words = _Words(text, method, service)
    sections = _sections(text, method, service, catalogue, words)
    current = text(
        "method.current", method=METHOD_ID, bands=service.bands.version, equivalents=service.equivalents.version
    )
    return Markup(
        '<div class="lead">{summary}</div><p class="small">{current}</p>'
        '<nav class="contents" aria-label="{label}"><ol>{contents}</ol></nav>{sections}'
    ).format(
        summary=paragraphs(words.lines(method.summary)),
        current=current,
        label=text("method.contents"),
        contents=joined(Markup('<li><a href="#{}">{}</a></li>').format(_anchor(key), text(key)) for key, _ in sections),
        sections=joined(
            Markup('<section aria-labelledby="{id}"><h2 id="{id}">{heading}</h2>{content}</section>').format(
                id=_anchor(key), heading=text(key), content=content
            )
            for key, content in sections
        ),
    )


def _anchor(key: str) -> str:
    return key.replace(".", "-")


class _Words:
    """Fills the numbers into the sentences of one language."""

    def __init__(self, text: Text, method: Method, service: FootprintService) -> None:
        self._locale = text.locale
        self._numbers = {
            **{name: _written(number, text) for name, number in numbers_of(method, service).items()},
            "harmonised_zone": zone_name(text, service.bands.harmonised_zone),
        }

    def __call__(self, words: Mapping[str, str]) -> str:
        return self._filled(words[self._locale])

    def lines(self, lines: Mapping[str, tuple[str, ...]]) -> list[str]:
        return [self._filled(line) for line in lines[self._locale]]

    def _filled(self, line: str) -> str:
        return without_orphans(line.format_map(self._numbers))


def _written(number: Decimal, text: Text) -> str:
    return written_number(number, text.locale)


def _sections(
    text: Text, method: Method, service: FootprintService, catalogue: Catalogue, words: _Words
) -> list[Section]:
    provenance = Markup("<p>{}</p>").format(service.bands.provenance[text.locale])
    return [
        ("method.formula", _formula(text, method, words)),
        ("method.constants", constants_table(text, method)),
        ("method.tokens", paragraphs(words.lines(method.tokens))),
        ("method.mixes", mixes_table(text, method, service, catalogue)),
        ("method.hosts", hosts_table(text, service, catalogue)),
        ("method.bands", provenance + bands_table(text, method, service.bands, words)),
        ("method.scope", _scope(text, method, words)),
        ("method.comparison", Markup("<p>{}</p>").format(words(method.comparison))),
        ("method.biases", joined(_bias(text, method, service, bias, words) for bias in method.biases)),
        ("method.equivalents", equivalents_table(text, method, service.equivalents)),
        ("method.sources", _sources(text, method)),
        ("method.changes", _changes(text, method, words)),
    ]


def _formula(text: Text, method: Method, words: _Words) -> Markup:
    steps = joined(Markup("<li>{}{}</li>").format(words(step.words), formula(step.formula)) for step in method.steps)
    letters = definitions(((formula(symbol.formula), words(symbol.words)) for symbol in method.symbols), "letters")
    return Markup('<ol class="steps">{}</ol><h3>{}</h3>{}').format(steps, text("method.symbols"), letters)


def _scope(text: Text, method: Method, words: _Words) -> Markup:
    return Markup('<div class="halves"><div><h3>{}</h3>{}</div><div><h3>{}</h3>{}</div></div>').format(
        text("method.counted"),
        bullets(words(line) for line in method.counted),
        text("method.not_counted"),
        bullets(words(line) for line in method.not_counted),
    )


def _bias(text: Text, method: Method, service: FootprintService, bias: Bias, words: _Words) -> Markup:
    named = placeholders(bias.words[text.locale])
    sources = dict.fromkeys(method.number_sources[name] for name in sorted(named) if name in method.number_sources)
    return Markup("<h3>{title}</h3><p>{words}{sources}</p>{examples}").format(
        title=words(bias.title),
        words=words(bias.words),
        sources=joined(
            Markup(' <span class="small">{}</span>').format(source_link(text, method, source)) for source in sources
        ),
        examples=examples_table(text, service, bias.examples) if bias.examples else Markup(""),
    )


def _sources(text: Text, method: Method) -> Markup:
    return bullets(source_link(text, method, name) for name in method.sources)


def _changes(text: Text, method: Method, words: _Words) -> Markup:
    newest_first = sorted(method.changes, key=lambda change: change.since, reverse=True)
    return joined(
        Markup("<h3>{}</h3>{}").format(
            text(
                "method.change",
                method=change.method,
                day=change.since.day,
                month=change.since.month,
                year=change.since.year,
            ),
            bullets(words.lines(change.words)),
        )
        for change in newest_first
    )
