"""The method in words: steps, constants, choices, known biases and changes, as method.yaml holds them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from arena.domain.data_node import LOCALES, DataNode, placeholders

FILE = "method.yaml"
Words = Mapping[str, str]  # by locale


@dataclass(frozen=True, slots=True)
class Source:
    """Where something comes from, in its own ``lang`` unless it is ours: then in both and without a ``url``."""

    title: Words
    lang: str
    year: int
    url: str


@dataclass(frozen=True, slots=True)
class Symbol:
    """A formula or one of its letters, and what it means."""

    formula: str
    words: Words


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant of the estimator, by its name there. ``divide_by`` turns its value into ``unit``."""

    name: str
    symbol: str
    words: Words
    unit: Words
    divide_by: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class GradeWords:
    """When a grade is given, and why its band is as wide as it is."""

    condition: Words
    why: Words


@dataclass(frozen=True, slots=True)
class Example:
    """Arguments of an estimate that shows a bias: billions of parameters and tokens."""

    active_b: float
    total_b: float
    tokens: int


@dataclass(frozen=True, slots=True)
class Bias:
    """A known fault of the method, with estimates that show it."""

    title: Words
    words: Words
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What a method changed, and since when."""

    method: str
    since: date
    words: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Method:
    """All of method.yaml. Texts hold names in braces for numbers that are known when a page is made."""

    version: str
    sources: Mapping[str, Source]
    numbers: Mapping[str, Decimal]
    number_sources: Mapping[str, str]
    summary: Mapping[str, tuple[str, ...]]
    steps: tuple[Symbol, ...]
    symbols: tuple[Symbol, ...]
    constants: tuple[Constant, ...]
    mix_sources: Mapping[str, str]
    tokens: Mapping[str, tuple[str, ...]]
    grades: Mapping[str, GradeWords]
    counted: tuple[Words, ...]
    not_counted: tuple[Words, ...]
    biases: tuple[Bias, ...]
    comparison: Words
    checked: Mapping[str, Words]
    changes: tuple[Change, ...]

    def names_used(self) -> frozenset[str]:
        """Every name in braces of every text."""
        texts = [
            *(line for lines in (self.summary, self.tokens) for words in lines.values() for line in words),
            *(line for grade in self.grades.values() for line in (*grade.condition.values(), *grade.why.values())),
            *(line for bias in self.biases for line in bias.words.values()),
            *self.comparison.values(),
        ]
        return frozenset().union(*map(placeholders, texts))


_FIELDS = (
    "version", "sources", "numbers", "summary", "steps", "symbols", "constants", "mix_sources", "tokens", "grades",
    "counted", "not_counted", "biases", "comparison", "checked", "changes",
)  # fmt: skip


def parse_method(data: object) -> Method:
    """Read the content of method.yaml. Raises CatalogueError with the file and the field."""
    top = DataNode(data, FILE)
    top.only(*_FIELDS)
    sources = {name: _source(node) for name, node in top.at("sources").named().items()}
    numbers = top.at("numbers").named()
    return Method(
        version=top.at("version").text(),
        sources=sources,
        numbers={name: node.at("value").number() for name, node in numbers.items()},
        number_sources={name: _source_name(node.at("source"), sources) for name, node in numbers.items()},
        summary=_paragraphs(top.at("summary")),
        steps=tuple(_symbol(node, "formula") for node in top.at("steps").each()),
        symbols=tuple(_symbol(node, "symbol") for node in top.at("symbols").each()),
        constants=tuple(_constant(node, sources) for node in top.at("constants").each()),
        mix_sources={name: _source_name(node, sources) for name, node in top.at("mix_sources").named().items()},
        tokens=_paragraphs(top.at("tokens")),
        grades={name: _grade(node) for name, node in top.at("grades").named().items()},
        counted=tuple(node.texts() for node in top.at("counted").each()),
        not_counted=tuple(node.texts() for node in top.at("not_counted").each()),
        biases=tuple(_bias(node) for node in top.at("biases").each()),
        comparison=top.at("comparison").texts(),
        checked={name: node.texts() for name, node in top.at("checked").named().items()},
        changes=tuple(_change(node) for node in top.at("changes").each()),
    )


def _source(node: DataNode) -> Source:
    node.only("title", "year", "url")
    url = node.at("url").value
    if not isinstance(url, str) or not (url == "" or url.startswith("https://")):
        raise node.at("url").error("an https address is needed, or an empty text for our own work")
    title = node.at("title")
    if url == "":
        return Source(title.texts(), "", node.at("year").whole(), url)
    return Source(dict.fromkeys(LOCALES, title.text()), "en", node.at("year").whole(), url)


def _source_name(node: DataNode, sources: Mapping[str, Source]) -> str:
    if node.text() not in sources:
        raise node.error(f"no such source; there are {', '.join(sources)}")
    return node.text()


def _paragraphs(node: DataNode) -> Mapping[str, tuple[str, ...]]:
    return {locale: tuple(part.text() for part in node.at(locale).each()) for locale in LOCALES}


def _symbol(node: DataNode, name: str) -> Symbol:
    node.only(name, *LOCALES)
    return Symbol(node.at(name).text(), _own_texts(node))


def _own_texts(node: DataNode) -> Words:
    """The texts of a mapping that holds other fields as well."""
    return {locale: node.at(locale).text() for locale in LOCALES}


def _constant(node: DataNode, sources: Mapping[str, Source]) -> Constant:
    node.only("name", "symbol", "source", "divide_by", "unit", *LOCALES)
    divide_by = node.get("divide_by")
    return Constant(
        name=node.at("name").text(),
        symbol=node.at("symbol").text(),
        words=_own_texts(node),
        unit=node.at("unit").texts(),
        divide_by=Decimal(1) if divide_by is None else divide_by.number(),
        source=_source_name(node.at("source"), sources),
    )


def _grade(node: DataNode) -> GradeWords:
    node.only("condition", "why")
    return GradeWords(node.at("condition").texts(), node.at("why").texts())


def _bias(node: DataNode) -> Bias:
    node.only("title", "words", "examples")
    return Bias(
        title=node.at("title").texts(),
        words=node.at("words").texts(),
        examples=tuple(_example(part) for part in node.some("examples")),
    )


def _example(node: DataNode) -> Example:
    node.only("active", "total", "tokens")
    return Example(float(node.at("active").number()), float(node.at("total").number()), node.at("tokens").whole())


def _change(node: DataNode) -> Change:
    node.only("method", "date", *LOCALES)
    since = node.at("date")
    if not isinstance(since.value, date):
        raise since.error("a date is needed, as 2026-11-23")
    return Change(node.at("method").text(), since.value, _paragraphs(node))
