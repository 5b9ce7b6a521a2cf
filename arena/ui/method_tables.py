"""The tables of the method page: constants, electricity, hosts, bands, examples, equivalents."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from markupsafe import Markup

from arena.domain.catalogue import Catalogue, Endpoint, EndpointKind, Openness
from arena.domain.equivalents import NATURES, EquivalentEntry, EquivalentTable
from arena.domain.estimate import hidden_quantities
from arena.domain.figures import (
    NARROW_SPACE,
    NO_BREAK_SPACE,
    UNITS,
    common_unit,
    format_number,
    format_range,
    two_digits,
)
from arena.domain.footprint import Bands, Grade, Margin
from arena.domain.method import Constant, Example, Method
from arena.domain.provenance import Band
from arena.domain.quantity import Range
from arena.services.estimator import constants
from arena.services.footprint_report import footprint_report
from arena.services.footprints import FootprintService
from arena.services.method import exact
from arena.ui.reading_parts import formula, joined, link, table, written_number
from arena.ui.text import Text, zone_name

WordsOf = Callable[[Mapping[str, str]], str]
_CONSTANT_DIGITS = 5
_PUBLISHED_ZONES = ("FRA", "USA")  # offered beside the zone of the host, whatever the catalogue holds


def source_link(text: Text, method: Method, name: str) -> Markup:
    """A source by its name in method.yaml, with its year."""
    source = method.sources[name]
    return link(source.url, text("method.dated", title=source.title[text.locale], year=source.year), lang=source.lang)


def constants_table(text: Text, method: Method) -> Markup:
    """Every constant with its value of this moment, unit and source."""
    now = constants()
    columns = [text(f"method.{name}") for name in ("symbol", "meaning", "value", "source")]
    rows = [_constant_row(text, method, constant, now[constant.name]) for constant in method.constants]
    return table(text("method.constants.caption"), columns, rows)


def _constant_row(text: Text, method: Method, constant: Constant, value: float) -> list[str]:
    shown = exact(value) / constant.divide_by
    number = written_number(shown, text.locale, most_digits=_CONSTANT_DIGITS, rounded_to=_CONSTANT_DIGITS)
    return [
        formula(constant.symbol),
        constant.words[text.locale],
        Markup('<data value="{}">{}</data>').format(repr(value), f"{number}{NARROW_SPACE}{constant.unit[text.locale]}"),
        source_link(text, method, constant.source),
    ]


def mixes_table(text: Text, method: Method, service: FootprintService, catalogue: Catalogue) -> Markup:
    """The factors of the zones in which the catalogue's hosts are, and of those that estimates fall back on."""
    own = {endpoint.zone for endpoint in _hosts(catalogue) if endpoint.zone is not None}
    zones = sorted({*own, *_PUBLISHED_ZONES, service.bands.harmonised_zone, service.bands.generic_host.zone})
    names = ("gwp", "water", "pe", "adpe")
    columns = [text("method.zone"), *(text(f"method.mix.{name}") for name in names)]
    factors = table(text("method.mixes.caption"), columns, [_mix_row(text, service, zone) for zone in zones])
    sources = joined(
        Markup("<li>{}{}: {}</li>").format(
            text(f"method.mix.{name}"),
            NO_BREAK_SPACE if text.locale == "fr" else "",
            source_link(text, method, method.mix_sources[name]),
        )
        for name in names
    )
    return Markup("{}<p>{}</p><ul>{}</ul>").format(factors, text("method.mix.sources"), sources)


def _mix_row(text: Text, service: FootprintService, zone: str) -> list[str]:
    mix = service.mix_of(zone)
    hidden = hidden_quantities(zone, mix, service.bands)
    cells = {
        "gwp": ("gwp_g", exact(mix.gwp_kg_per_kwh) * 1000),
        "water": ("water_ml", exact(mix.wue_l_per_kwh)),
        "pe": ("pe_kj", exact(mix.pe_mj_per_kwh)),
        "adpe": ("adpe_ug", exact(mix.adpe_kg_per_kwh)),
    }
    return [
        zone_name(text, zone),
        *(
            text("method.mix.hidden")
            if quantity in hidden
            else text(f"method.mix.{name}_per_kwh", value=written_number(value, text.locale))
            for name, (quantity, value) in cells.items()
        ),
    ]


def hosts_table(text: Text, service: FootprintService, catalogue: Catalogue) -> Markup:
    """Place, PUE and water of every host of the catalogue, and of the generic one."""
    generic = service.bands.generic_host
    columns = [text(f"method.{name}") for name in ("host", "zone", "pue", "wue", "source")]
    unknown = text("method.host.unknown_zone", zone=zone_name(text, generic.zone))
    rows = [
        [
            host.name,
            unknown if host.zone is None else zone_name(text, host.zone),
            _span(text, host.pue or generic.pue),
            _span(text, host.wue_l_per_kwh or generic.wue_l_per_kwh),
            Markup('<span lang="en">{}</span>').format(host.source),
        ]
        for host in _hosts(catalogue)
    ]
    rows.append(
        [
            text("method.host.generic"),
            zone_name(text, generic.zone),
            _span(text, generic.pue),
            _span(text, generic.wue_l_per_kwh),
            text("method.host.generic_source"),
        ]
    )
    return table(text("method.hosts.caption"), columns, rows)


def _hosts(catalogue: Catalogue) -> list[Endpoint]:
    """Only hosts that everybody may know: a local server's name stays here."""
    return [endpoint for endpoint in catalogue.endpoints.values() if endpoint.kind is EndpointKind.HOSTED]


def _span(text: Text, span: Range) -> str:
    ends = dict.fromkeys(written_number(exact(float(end)), text.locale) for end in (span.low, span.high))
    return Markup('<span class="whole">{}</span>').format(f"{NO_BREAK_SPACE}–{NO_BREAK_SPACE}".join(ends))


def bands_table(text: Text, method: Method, bands: Bands, words: WordsOf) -> Markup:
    """How far each grade's range reaches, under which condition, and why."""
    margins: dict[str, Margin | None] = {
        **{grade.value: bands.margins.get(grade) for grade in Grade},
        "C_large": bands.margin_c_from_large,
        "tokens": bands.margin_estimated_tokens,
    }
    columns = [text(f"method.{name}") for name in ("grade", "condition", "margin", "why")]
    rows = [
        [_grade_name(text, name), words(grade.condition), _margin(text, margins[name]), words(grade.why)]
        for name, grade in method.grades.items()
    ]
    return table(text("method.bands.caption"), columns, rows)


def _grade_name(text: Text, name: str) -> str:
    return name if name in [grade.value for grade in Grade] else text(f"method.grade.{name}")


def _margin(text: Text, margin: Margin | None) -> str:
    if margin is None:
        return text("method.margin.none")
    low, high = (
        written_number(exact(float(factor)), text.locale) for factor in (margin.divide_low_by, margin.multiply_high_by)
    )
    return text("method.margin.factors", low=low, high=high)


def examples_table(text: Text, service: FootprintService, examples: Sequence[Example]) -> Markup:
    """Energies computed now under the scenario of comparisons, each beside the first."""
    zone = service.bands.harmonised_zone
    shown = [_energy(service, example, zone) for example in examples]
    unit = common_unit(shown, "energy_wh")
    rows = [
        [
            _model(text, example),
            format_range(band, "energy_wh", text.locale, unit=unit).text,
            text("method.times", factor=format_number(two_digits(band.central / shown[0].central), text.locale)),
        ]
        for example, band in zip(examples, shown, strict=True)
    ]
    columns = [text(f"method.{name}") for name in ("model", "energy", "centre")]
    return table(text("method.examples", zone=zone_name(text, zone)), columns, rows)


def _model(text: Text, example: Example) -> str:
    total = written_number(exact(example.total_b), text.locale)
    return text("method.model.dense", total=total, tokens=written_number(Decimal(example.tokens), text.locale))


def _energy(service: FootprintService, example: Example, zone: str) -> Band:
    report = footprint_report(
        service,
        active=example.active_b,
        total=example.total_b,
        tokens=example.tokens,
        zone=zone,
        openness=Openness.OPEN_WEIGHTS,
    )
    energy = report["displayed"]["energy_wh"]["total"]
    return Band(energy["low"], energy["central"], energy["high"])


def equivalents_table(text: Text, method: Method, equivalents: EquivalentTable) -> Markup:
    """Every everyday thing with its amount, what that counts, its source and how it was checked."""
    columns = [text(f"method.{name}") for name in ("thing", "value", "counts", "source", "checked")]
    rows = [_equivalent_row(text, method, entry) for entry in equivalents.entries]
    return table(text("method.equivalents.caption"), columns, rows)


def _equivalent_row(text: Text, method: Method, entry: EquivalentEntry) -> list[str]:
    return [
        entry.labels[text.locale].singular,
        text(f"method.per.{entry.per}", amount=_amount(text, entry)),
        entry.scopes[text.locale],
        link(entry.url, text("method.dated", title=entry.source[text.locale], year=entry.year), lang=text.locale),
        method.checked[entry.checked][text.locale],
    ]


def _amount(text: Text, entry: EquivalentEntry) -> str:
    """The amount as its source has it, in the unit that reads best."""
    quantity = next(name for name, nature in NATURES.items() if nature is entry.nature)
    unit = next((unit for unit in reversed(UNITS[quantity]) if entry.amount >= unit.in_base), UNITS[quantity][0])
    number = written_number(exact(entry.amount) / exact(unit.in_base), text.locale)
    return f"{number}{NARROW_SPACE}{unit.names[text.locale].symbol}"
