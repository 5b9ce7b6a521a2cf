"""A footprint: how sure it is (its grade), how wide it is shown (its band), and how two of them compare."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from arena.domain.battle import Answer, TokenSource
from arena.domain.catalogue import EndpointKind, Openness
from arena.domain.provenance import Band, FootprintInputs, FootprintValues
from arena.domain.quantity import Range
from arena.domain.side import Side

# A token is about 4 characters of English (OpenAI's published rule of thumb) and, by assumption, about 3 of
# French with the same tokenisers; 3.5 is the middle. bands.yaml widens every figure that rests on it.
CHARACTERS_PER_TOKEN = 3.5

MOST_TOKENS = 10_000_000  # of one answer: ten times the longest context on offer, more is a mistake


class Grade(StrEnum):
    """How sure a figure is, from measured to none. Ordered: a later member is less sure."""

    A = "A"  # measured with a stated scope
    B = "B"  # open weights, the same model measured by ML.ENERGY, zone known
    C = "C"  # open weights, host or batch unknown
    C_MINUS = "C-"  # open weights beyond the sizes EcoLogits was checked against
    D = "D"  # closed, size not published: a supposition
    E = "E"  # no number


class NoFigure(StrEnum):
    """Why there is no number: text keys."""

    LOCAL = "footprint.none.local"  # a model server nearby without a meter
    ELSEWHERE = "footprint.none.elsewhere"  # on another machine, whose counter cannot be read from here
    METER_FAILED = "footprint.none.meter_failed"  # there is a meter, and it said nothing of this answer
    UNKNOWN_SIZE = "footprint.none.unknown_size"
    NO_ZONE = "footprint.none.no_zone"  # the inputs hold no electricity mix
    NO_TOKENS = "footprint.none.no_tokens"  # nothing was produced


class ComparisonKind(StrEnum):
    """What may be said of two energies."""

    SAME_ORDER = "same_order"
    TIMES_MORE = "times_more"


@dataclass(frozen=True, slots=True)
class Margin:
    """How far a band reaches beyond the estimator's own range, as factors of at least 1."""

    divide_low_by: float
    multiply_high_by: float

    def __post_init__(self) -> None:
        if not (1 <= self.divide_low_by < math.inf and 1 <= self.multiply_high_by < math.inf):
            raise ValueError(f"a margin needs finite factors of at least 1, got {self}")

    def around(self, raw: Range) -> Range:
        """The range widened by both factors."""
        return Range(raw.low / self.divide_low_by, raw.high * self.multiply_high_by)


@dataclass(frozen=True, slots=True)
class GenericHost:
    """What is assumed of a host that says nothing of itself; ``wue_l_per_kwh`` is water used on site."""

    pue: Range
    wue_l_per_kwh: Range
    zone: str
    quantization_bits: int
    batch_size: int


@dataclass(frozen=True, slots=True)
class Bands:
    """The versioned choices behind every displayed figure: bands.yaml, which says where they come from."""

    version: str
    provenance: Mapping[str, str]  # by locale: fr, en
    margins: Mapping[Grade, Margin]
    margin_c_from_large: Margin
    margin_estimated_tokens: Margin
    large_from_total_b: float
    calibrated_up_to_total_b: float
    lowest_pe_mj_per_kwh: float
    defaulted_adpe_kg_per_kwh: float
    same_order_below: float
    generic_host: GenericHost
    harmonised_zone: str
    nominal_params_b: Range

    def margin_for(self, grade: Grade, total_params_b: Range | None) -> Margin:
        """The margin of a grade; grade C is wider from the size named in the file. Raises KeyError for E."""
        if grade is Grade.C and total_params_b and total_params_b.high >= self.large_from_total_b:
            return self.margin_c_from_large
        return self.margins[grade]


def parse_bands(data: Mapping[str, Any]) -> Bands:
    """Read the content of bands.yaml. Raises KeyError, TypeError or ValueError where it is wrong."""
    limits = data["limits"]
    return Bands(
        version=str(data["version"]),
        provenance=dict(data["provenance"]),
        margins={Grade(grade): _margin(margin) for grade, margin in data["grades"].items()},
        margin_c_from_large=_margin(data["C_from_large"]),
        margin_estimated_tokens=_margin(data["estimated_tokens"]),
        large_from_total_b=float(limits["large_from_total_b"]),
        calibrated_up_to_total_b=float(limits["calibrated_up_to_total_b"]),
        lowest_pe_mj_per_kwh=float(limits["lowest_pe_mj_per_kwh"]),
        defaulted_adpe_kg_per_kwh=float(limits["defaulted_adpe_kg_per_kwh"]),
        same_order_below=float(data["comparison"]["same_order_below"]),
        generic_host=_generic_host(data["generic_host"]),
        harmonised_zone=str(data["harmonised_zone"]),
        nominal_params_b=Range.exactly(float(data["nominal_params_b"])),
    )


def _margin(data: Mapping[str, Any]) -> Margin:
    return Margin(float(data["divide_low_by"]), float(data["multiply_high_by"]))


def _generic_host(data: Mapping[str, Any]) -> GenericHost:
    pue_low, pue_high = data["pue"]
    wue_low, wue_high = data["wue_l_per_kwh"]
    return GenericHost(
        pue=Range(pue_low, pue_high),
        wue_l_per_kwh=Range(wue_low, wue_high),
        zone=str(data["zone"]),
        quantization_bits=int(data["quantization_bits"]),
        batch_size=int(data["batch_size"]),
    )


@dataclass(frozen=True, slots=True)
class GradeFacts:
    """What decides a grade. ``is_measured``: this model, by ML.ENERGY; ``has_meter``: this answer, here."""

    openness: str
    endpoint_kind: str
    total_params_b: Range | None
    active_params_b: Range | None
    zone: str | None
    output_tokens: int
    is_measured: bool = False
    has_meter: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """A grade and, for grade E, the reason why there is no number."""

    grade: Grade
    no_figure: NoFigure | None = None


def grade_of(facts: GradeFacts, bands: Bands) -> Verdict:
    """The grade that an answer deserves.

    The size limit comes before "measured by ML.ENERGY": beyond it the shown number is still EcoLogits', and
    that is further from those measurements than grade B's band reaches. A closed model is D whatever size is
    claimed for it, since nobody can check.
    """
    no_figure = _why_no_figure(facts)
    if no_figure is not None:
        return Verdict(Grade.E, no_figure)
    if facts.has_meter:
        return Verdict(Grade.A)
    if facts.openness == Openness.CLOSED:
        return Verdict(Grade.D)
    return Verdict(_open_weights_grade(facts, bands))


def _why_no_figure(facts: GradeFacts) -> NoFigure | None:
    if facts.output_tokens == 0:
        return NoFigure.NO_TOKENS
    if facts.has_meter:
        return None
    if facts.endpoint_kind == EndpointKind.LOCAL:
        return NoFigure.LOCAL
    if facts.total_params_b is None or facts.active_params_b is None:
        return NoFigure.UNKNOWN_SIZE
    return None


def _open_weights_grade(facts: GradeFacts, bands: Bands) -> Grade:
    if facts.total_params_b and facts.total_params_b.high > bands.calibrated_up_to_total_b:
        return Grade.C_MINUS
    return Grade.B if facts.is_measured and facts.zone else Grade.C


def facts_of(inputs: FootprintInputs) -> GradeFacts:
    """The facts that stored inputs hold."""
    return GradeFacts(
        openness=inputs.openness,
        endpoint_kind=inputs.endpoint_kind,
        total_params_b=inputs.total_params_b,
        active_params_b=inputs.active_params_b,
        zone=inputs.zone,
        output_tokens=inputs.output_tokens,
        is_measured=inputs.is_measured,
        has_meter=inputs.reading is not None,
    )


def with_reason_seen(values: FootprintValues, seen: str | None) -> FootprintValues:
    """The values with what was seen while a local answer was written, if that says more than the inputs do.

    Inputs hold only that there is no reading; a counter that failed or stands elsewhere is in no input.
    """
    if values.no_figure_reason == NoFigure.LOCAL and seen in (NoFigure.ELSEWHERE, NoFigure.METER_FAILED):
        return replace(values, no_figure_reason=str(seen))
    return values


def is_illustration(inputs: FootprintInputs) -> bool:
    """Whether the answer was scripted, so that its figure only shows what a model of that size would take."""
    return inputs.endpoint_kind == EndpointKind.DEMO


def widen(
    raw: Range,
    grade: Grade,
    *,
    total_params_b: Range | None,
    bands: Bands,
    token_source: TokenSource = TokenSource.REPORTED,
) -> Band:
    """The band that is displayed for an estimator's range; its centre is the geometric mean of that range."""
    wide = bands.margin_for(grade, total_params_b).around(raw)
    if token_source is TokenSource.ESTIMATED:
        wide = bands.margin_estimated_tokens.around(wide)
    return Band(wide.low, central_of(raw), wide.high)


def central_of(raw: Range) -> float:
    """Geometric mean, kept between the ends against the last bit of rounding."""
    return min(max(math.sqrt(raw.low) * math.sqrt(raw.high), raw.low), raw.high)


def scale_band(band: Band, factor: float) -> Band:
    """The band of ``factor`` times the same thing."""
    return Band(band.low * factor, band.central * factor, band.high * factor)


def sum_bands(bands: Sequence[Band]) -> Band:
    """Several answers together: ends and centres are summed, since they share the errors of the method."""
    return Band(
        math.fsum(band.low for band in bands),
        math.fsum(band.central for band in bands),
        math.fsum(band.high for band in bands),
    )


def total_of(values: Sequence[FootprintValues], *, method: str) -> FootprintValues:
    """All the answers of one side; ``method`` names the sum of none.

    Turns that produced nothing add nothing; one unknown turn makes the sum unknown. The grade is the least
    sure one, a quantity is summed only when every turn has it, and every method that was used is named.
    """
    spoken = [value for value in values if value.no_figure_reason != NoFigure.NO_TOKENS]
    if not spoken:
        return FootprintValues(method, Grade.E.value, NoFigure.NO_TOKENS.value, {}, {})
    unknown = next((value for value in spoken if value.no_figure_reason), None)
    if unknown is not None:
        return unknown
    shared = [key for key in spoken[0].displayed if all(key in value.displayed for value in spoken)]
    return FootprintValues(
        method=" + ".join(sorted({value.method for value in spoken})),
        grade=max((Grade(value.grade) for value in spoken), key=list(Grade).index).value,
        no_figure_reason=None,
        raw={key: _sum_ranges([value.raw[key] for value in spoken]) for key in shared},
        displayed={key: sum_bands([value.displayed[key] for value in spoken]) for key in shared},
    )


def _sum_ranges(ranges: Sequence[Range]) -> Range:
    return Range(math.fsum(part.low for part in ranges), math.fsum(part.high for part in ranges))


@dataclass(frozen=True, slots=True)
class Comparison:
    """What may be said of A and B. ``more`` and ``factor`` are None when they are of the same order."""

    kind: ComparisonKind
    more: Side | None = None
    factor: int | None = None


def compare_energies(energy_wh: Mapping[Side, float], *, same_order_below: float) -> Comparison | None:
    """Compare central energies of one scenario; None when one of them is not a positive number."""
    if not all(0 < energy_wh[side] < math.inf for side in Side):
        return None
    more = max(Side, key=lambda side: energy_wh[side])
    ratio = energy_wh[more] / energy_wh[more.other]
    if round(ratio, 9) < same_order_below:  # three times the tokens is 3, whatever the last bit says
        return Comparison(ComparisonKind.SAME_ORDER)
    return Comparison(ComparisonKind.TIMES_MORE, more, round_to_one_digit(ratio))


def round_to_one_digit(ratio: float) -> int:
    """A ratio of at least 1 to one significant digit, halves upwards: 3.4 → 3, 15 → 20."""
    exact = Decimal(ratio)
    unit = Decimal(1).scaleb(max(exact.adjusted(), 0))
    return int((exact / unit).quantize(Decimal(1), ROUND_HALF_UP) * unit)


def estimate_tokens(text: str) -> int:
    """Tokens of a text whose endpoint reported none; at least 1 for a text that is not empty."""
    return math.ceil(len(text) / CHARACTERS_PER_TOKEN)


@dataclass(frozen=True, slots=True)
class TokenCount:
    """Output tokens of an answer, reasoning included, and where the number comes from."""

    tokens: int
    source: TokenSource


def count_tokens(answer: Answer) -> TokenCount:
    """The count an answer carries, or an estimate when it has none or an impossible one.

    Some endpoints report 0, -1 or nonsense for an answer that everybody can read.
    """
    written = estimate_tokens(answer.text) + estimate_tokens(answer.reasoning)
    carried = answer.usage.output_tokens
    if carried is None or not 0 <= carried <= MOST_TOKENS or (carried == 0 and written):
        return TokenCount(written, TokenSource.ESTIMATED)
    return TokenCount(carried, answer.token_source or TokenSource.REPORTED)
