"""What models did: their answers, how fast, how liked, what they used; and what all of them used together."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from arena.domain.census import Census, Sum, add_sums, parts_of
from arena.domain.census_taking import CAUSED
from arena.domain.footprint import Grade
from arena.domain.statistics import quantile
from arena.domain.summary import SUMMED, Account, Balance, Kind, Total
from arena.domain.vote import Quality
from arena.domain.withholding import withheld

Value = TypeVar("Value")

MEDIAN, LATE = 50, 95  # the percentiles of latencies


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds to two significant digits, see ``statistics.quantile``; None when nothing was timed."""

    median_s: float | None
    late_s: float | None


@dataclass(frozen=True, slots=True)
class ModelUse:
    """One model. ``failed`` answers broke off, came without a word or were given by another model in its place.

    ``qualities`` are None where they are withheld; ``figures`` are sums by kind and quantity.
    """

    model_id: str
    battles: int
    answers: int
    failed: int
    input_tokens: int
    output_tokens: int
    first_token: Latency
    duration: Latency
    qualities: Mapping[Quality, int | None]
    figures: Mapping[Kind, Mapping[str, Sum]]


@dataclass(frozen=True, slots=True)
class ModelUses:
    """The models that at least five people met, most battles first, and how many others are withheld."""

    shown: tuple[ModelUse, ...] = ()
    withheld: int = 0


@dataclass(frozen=True, slots=True)
class _Figures:
    """Sums of one account (caused or avoided) with the parts of their keys."""

    quantity: str
    model_id: str
    kind: Kind
    grade: Grade
    method: str
    sum: Sum


def models_of(census: Census) -> ModelUses:
    """Every model by itself. What all models did together is known: their battles are a line of a known sum."""
    met = {parts[1]: cell for parts, cell in _by_parts(census.cells, "model")}
    hidden = withheld(met, [list(met)])
    timed = _histograms(census)
    used: Mapping[str, list[_Figures]] = defaultdict(list)
    for one in _figures(census, CAUSED):
        used[one.model_id].append(one)
    shown = sorted((key for key in met if key not in hidden), key=lambda key: (-met[key].count, key))
    return ModelUses(
        tuple(
            ModelUse(
                model_id=model_id,
                battles=met[model_id].count,
                answers=census.count("answers", model_id),
                failed=census.count("failed", model_id),
                input_tokens=census.count("tokens", model_id, "input"),
                output_tokens=census.count("tokens", model_id, "output"),
                first_token=_latency(timed["first_token", model_id]),
                duration=_latency(timed["duration", model_id]),
                qualities=_qualities(census, model_id),
                figures=_by_kind(used[model_id]),
            )
            for model_id in shown
        ),
        len(hidden),
    )


def balance_of(census: Census, account: str) -> Balance:
    """All figures of an account by kind: an illustration only where there is nothing else, as in a summary."""
    by_kind: dict[Kind, list[_Figures]] = defaultdict(list)
    for one in _figures(census, account):
        by_kind[one.kind].append(one)
    illustrations = by_kind.pop(Kind.ILLUSTRATION, [])
    accounts = tuple(_account(kind, by_kind[kind]) for kind in Kind if kind in by_kind)
    unfigured = census.count("unfigured", account)
    if illustrations and not accounts and not unfigured:
        return Balance((_account(Kind.ILLUSTRATION, illustrations),))
    left_out = sum(one.sum.answers for one in illustrations if one.quantity == SUMMED[0])
    return Balance(accounts, unfigured, left_out)


def _account(kind: Kind, figures: Sequence[_Figures]) -> Account:
    totals = {quantity: total for quantity in SUMMED if (total := _sum(figures, quantity))}
    grades: Counter[Grade] = Counter()
    for one in figures:
        grades[one.grade] += one.sum.answers if one.quantity == SUMMED[0] else 0
    return Account(
        kind=kind,
        totals={quantity: Total(total.band, total.answers) for quantity, total in totals.items()},
        grades={grade: grades[grade] for grade in Grade if grades[grade]},
        methods=tuple(sorted({one.method for one in figures})),
    )


def _sum(figures: Iterable[_Figures], quantity: str) -> Sum | None:
    parts = [one.sum for one in figures if one.quantity == quantity]
    return add_sums(parts) if parts else None


def _by_kind(figures: Sequence[_Figures]) -> Mapping[Kind, Mapping[str, Sum]]:
    return {
        kind: {quantity: one for quantity in SUMMED if (one := _sum(mine, quantity))}
        for kind in Kind
        if (mine := [one for one in figures if one.kind is kind])
    }


def _figures(census: Census, account: str) -> Iterator[_Figures]:
    for key, one in census.sums.items():
        its_account, quantity, model_id, kind, grade, method = parts_of(key)
        if its_account == account:
            yield _Figures(quantity, model_id, Kind(kind), Grade(grade), method, one)


def _by_parts(counted: Mapping[str, Value], name: str) -> Iterator[tuple[tuple[str, ...], Value]]:
    for key, value in counted.items():
        parts = parts_of(key)
        if parts[0] == name:
            yield parts, value


def _histograms(census: Census) -> Mapping[tuple[str, str], dict[float, int]]:
    """How often each latency came, by its name and model."""
    timed: Mapping[tuple[str, str], dict[float, int]] = defaultdict(dict)
    for name in ("first_token", "duration"):
        for (_, model_id, seconds), count in _by_parts(census.counts, name):
            timed[name, model_id][float(seconds)] = count
    return timed


def _latency(counts: Mapping[float, int]) -> Latency:
    return Latency(quantile(counts, MEDIAN), quantile(counts, LATE))


def _qualities(census: Census, model_id: str) -> Mapping[Quality, int | None]:
    """No sum of them is shown, so that each stands for itself."""
    cells = {quality: census.cell("quality", model_id, quality) for quality in Quality}
    return {quality: None if cell.is_of_few else cell.count for quality, cell in cells.items()}
