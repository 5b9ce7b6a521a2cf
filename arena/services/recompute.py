"""A recomputation: stored inputs once more, by a method of today, in new rows beside the old ones."""

import math
from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median

from arena.domain.footprint import with_reason_seen
from arena.domain.provenance import FootprintValues, StoredFootprint
from arena.errors import FootprintError
from arena.services.footprints import FootprintService
from arena.storage.footprints import AnswerFootprints, FootprintStore

PAGE = 500  # answers read at a time, and written in one transaction
TOLERANCE = 1e-9  # relative: beyond it two computations of one figure say different things


class Methods:
    """The methods that this version computes, by name; ``current`` is the one of new answers."""

    def __init__(self, current: FootprintService, *others: FootprintService) -> None:
        self.current = current
        self._by_name = {service.method: service for service in (current, *others)}

    def named(self, name: str | None) -> FootprintService:
        """What computes a method, the current one for None. Raises FootprintError for one that nobody holds."""
        service = self.current if name is None else self._by_name.get(name)
        if service is None:
            raise FootprintError("method", name, f"this version computes {', '.join(self._by_name)} only")
        return service

    def of(self, footprint: StoredFootprint) -> FootprintService | None:
        """What made a stored footprint, measures included; None when this version no longer holds it."""
        services = self._by_name.values()
        held = (one for one in services if one.method_of(footprint.inputs) == footprint.values.method)
        return next(held, None)


@dataclass(frozen=True, slots=True)
class ModelChange:
    """What the method changes for the answers of one model: those that were measured apart, they count otherwise.

    Energies are medians of the central values, of the answers that have a figure both ways; None without any.
    """

    model_id: str
    is_measured: bool
    answers: int
    before_wh: float | None
    after_wh: float | None
    regraded: int  # answers with another grade
    figures_won: int  # had no figure
    figures_lost: int

    @property
    def ratio(self) -> float | None:
        """After to before; None where a side is missing or nothing."""
        return self.after_wh / self.before_wh if self.before_wh and self.after_wh is not None else None


@dataclass(frozen=True, slots=True)
class Recomputation:
    """What was done, and what it changes.

    ``unlike`` counts answers whose row of this very method says something else than the method says now: a
    fault, because of which nothing was written. ``refused`` counts stored inputs that are impossible.
    """

    method: str
    answers: int
    already_there: int
    written: int
    unlike: int
    refused: int
    why_refused: str
    models: Sequence[ModelChange]


@dataclass(frozen=True, slots=True)
class _Computed:
    """One answer: its first footprint, what the method says now, and the row of that method if there is one."""

    answer_id: int
    first: StoredFootprint
    values: FootprintValues
    own: FootprintValues | None


@dataclass
class _OfModel:
    """The running account of one model: 16 bytes for each answer, for exact medians."""

    answers: int = 0
    regraded: int = 0
    won: int = 0
    lost: int = 0
    before_wh: "array[float]" = field(default_factory=lambda: array("d"))
    after_wh: "array[float]" = field(default_factory=lambda: array("d"))

    def add(self, before: FootprintValues, after: FootprintValues) -> None:
        self.answers += 1
        self.regraded += before.grade != after.grade
        was, now = before.displayed.get("energy_wh"), after.displayed.get("energy_wh")
        self.won += was is None and now is not None
        self.lost += was is not None and now is None
        if was is not None and now is not None:
            self.before_wh.append(was.central)
            self.after_wh.append(now.central)

    def change(self, model_id: str, *, is_measured: bool) -> ModelChange:
        before, after = (median(energies) if energies else None for energies in (self.before_wh, self.after_wh))
        return ModelChange(model_id, is_measured, self.answers, before, after, self.regraded, self.won, self.lost)


@dataclass
class _Account:
    """The running account of a walk."""

    models: defaultdict[tuple[str, bool], _OfModel] = field(default_factory=lambda: defaultdict(_OfModel))
    already_there: int = 0
    unlike: int = 0
    refused: int = 0
    why_refused: str = ""

    def add(self, computed: _Computed) -> None:
        inputs = computed.first.inputs
        self.models[inputs.model_id, inputs.reading is not None].add(computed.first.values, computed.values)
        if computed.own is not None:
            self.already_there += 1
            self.unlike += not says_the_same(computed.own, computed.values)

    def refuse(self, error: FootprintError) -> None:
        self.refused += 1
        self.why_refused = self.why_refused or str(error)

    def close(self, method: str, *, written: int) -> Recomputation:
        models = [self.models[key].change(key[0], is_measured=key[1]) for key in sorted(self.models)]
        return Recomputation(
            method=method,
            answers=sum(model.answers for model in models) + self.refused,
            already_there=self.already_there,
            written=written,
            unlike=self.unlike,
            refused=self.refused,
            why_refused=self.why_refused,
            models=models,
        )


def recompute_all(
    store: FootprintStore, service: FootprintService, *, now: datetime, since: datetime | None = None, page: int = PAGE
) -> Recomputation:
    """Compute the footprints of all answers, or of those asked for from ``since`` on, by the service's method.

    The facts are those of the first row of each answer. Everything is looked at before anything is written;
    then each page is one transaction, so that an interrupted run is continued by the next. No row is changed.
    Raises StorageError.
    """
    account = _Account()
    for kept in _pages(store, since, page):
        for computed in _compute(service, kept, account):
            account.add(computed)
    if account.unlike:
        return account.close(service.method, written=0)
    written = 0
    for kept in _pages(store, since, page):
        missing = [computed for computed in _compute(service, kept, _Account()) if computed.own is None]
        written += store.add({one.answer_id: _as_of_now(service, one, now) for one in missing})
    return account.close(service.method, written=written)


def _pages(store: FootprintStore, since: datetime | None, limit: int) -> Iterator[Sequence[AnswerFootprints]]:
    after = 0
    while kept := store.page(after=after, limit=limit, since=since):
        yield kept
        after = kept[-1].answer_id


def _compute(service: FootprintService, kept: Sequence[AnswerFootprints], account: _Account) -> Iterator[_Computed]:
    for answer_id, footprints in kept:
        if not footprints:  # erased while we looked
            continue
        first = footprints[0]
        try:
            values = with_reason_seen(service.estimate(first.inputs), first.values.no_figure_reason)
        except FootprintError as error:
            account.refuse(error)
            continue
        own = next((one.values for one in footprints if one.values.method == values.method), None)
        yield _Computed(answer_id, first, values, own)


def _as_of_now(service: FootprintService, computed: _Computed, now: datetime) -> StoredFootprint:
    return StoredFootprint(service.as_of_now(computed.first.inputs, now), computed.values)


def says_the_same(one: FootprintValues, other: FootprintValues) -> bool:
    """Whether two computations agree in grade, reason, quantities and, but for ``TOLERANCE``, every number."""
    if (one.grade, one.no_figure_reason) != (other.grade, other.no_figure_reason):
        return False
    numbers, others = _numbers_of(one), _numbers_of(other)
    return numbers.keys() == others.keys() and all(
        math.isclose(number, others[key], rel_tol=TOLERANCE) for key, number in numbers.items()
    )


def _numbers_of(values: FootprintValues) -> dict[tuple[str, str], float]:
    raw = {(key, f"raw_{end}"): getattr(value, end) for key, value in values.raw.items() for end in ("low", "high")}
    bands = {
        (key, end): getattr(band, end) for key, band in values.displayed.items() for end in ("low", "central", "high")
    }
    return raw | bands
