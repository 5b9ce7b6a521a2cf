"""Leaderboards: the arena's own votes as a ranking, beside what the models are and what they cost."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from arena.domain.battle import Answer, AnswerStatus, TokenSource, Usage
from arena.domain.catalogue import Catalogue, EndpointKind, Model, Openness
from arena.domain.census import LEAST_PEOPLE
from arena.domain.counted import CastVotes, LeftOut, StandingFilter
from arena.domain.footprint import Grade
from arena.domain.pareto import TradeOff, pareto_front
from arena.domain.provenance import Band
from arena.domain.ranking import Fit, fit_clustered
from arena.domain.standing import Standing, Status, standings_of, status_of
from arena.domain.tally import Ballots, Tally
from arena.domain.win_matrix import WinMatrix, win_matrix
from arena.services.footprints import FootprintService
from arena.storage.standings import MOST_CAST, StandingStore

TOKENS = 1000  # that a model's energy is given for: a long answer


@dataclass(frozen=True, slots=True)
class ModelEnergy:
    """The energy of 1 000 output tokens in Wh. ``band`` is None without a figure: ``no_figure`` is its text key."""

    band: Band | None
    grade: Grade
    no_figure: str | None
    method: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One model of a leaderboard. ``standing`` is None where there are counts only; ``participants`` when there were
    too many votes to tell people apart; ``energy`` where the catalogue does not hold the model any more.
    ``is_of_few``: fewer than five people voted on it, which is all that may be said of them. ``host`` is None where
    it is not for everybody to know.
    """

    model: Model
    host: str | None
    battles: int
    status: Status
    standing: Standing | None
    participants: int | None
    is_of_few: bool
    energy: ModelEnergy | None


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """A ranking, best first, then the models with counts only, those with most battles first.

    ``votes`` count, ``left_out`` do not, by reason, and ``named_themselves`` lists which models caused it by
    telling who they are. ``participants`` is None when there were too many votes to tell people apart;
    ``is_of_few`` says that they are fewer than five: then nothing of them may be shown. ``trade_offs`` are the
    ranked models with a figure of energy, ``front`` the ones of them that no other beats on both.
    """

    wanted: StandingFilter
    entries: tuple[Entry, ...]
    votes: int
    participants: int | None
    is_of_few: bool
    left_out: Mapping[LeftOut, int]
    named_themselves: Mapping[str, int]
    matrix: WinMatrix
    trade_offs: tuple[TradeOff, ...]
    front: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Crowd:
    """Who stands behind the votes: people by model, some of them in a sample, and the models of fewer than five."""

    people: Mapping[str, int]
    few: frozenset[str]
    is_sample: bool


class Leaderboards:
    """Makes leaderboards out of stored votes. Of no more than ``most_cast`` votes it reads who cast them."""

    def __init__(
        self,
        store: StandingStore,
        footprints: FootprintService,
        catalogue: Catalogue,
        *,
        most_cast: int = MOST_CAST,
    ) -> None:
        self._store = store
        self._most_cast = most_cast
        self._footprints = footprints
        self._catalogue = catalogue

    async def of(self, wanted: StandingFilter, openness: Openness | None = None) -> Leaderboard:
        """The leaderboard of the votes that a filter wants. Raises StorageError."""
        return await asyncio.to_thread(self.read, wanted, openness)

    def read(self, wanted: StandingFilter, openness: Openness | None = None) -> Leaderboard:
        """The same; it blocks: it belongs on a worker thread. Raises StorageError.

        With an ``openness`` only models of that one are placed, among themselves; all votes weigh all the same.
        """
        counted = self._store.counted(wanted)
        cast = self._store.cast(wanted, most=self._most_cast, counted=counted.tally.total)
        ballots = cast.ballots(counted.tally)
        crowd = self._crowd(wanted, counted.tally, cast, ballots)
        fitted = fit_clustered(counted.tally.wins, ballots)
        shown = [model for model in counted.tally.models if openness in (None, self._model(model).openness)]
        placed = _placed(counted.tally, fitted, [model for model in shown if model not in crowd.few])
        battles = counted.tally.battles()
        entries = tuple(
            self._entry(model, battles[model], placed.get(model), crowd) for model in _in_order(shown, placed, battles)
        )
        trade_offs = tuple(point for entry in entries if (point := _trade_off(entry)) is not None)
        return Leaderboard(
            wanted=wanted,
            entries=entries,
            votes=counted.tally.total,
            participants=None if crowd.is_sample else ballots.participants(),
            is_of_few=ballots.participants() < LEAST_PEOPLE,
            left_out=counted.left_out,
            named_themselves=counted.named_themselves,
            matrix=win_matrix(counted.tally, cast.people_by_pair()),
            trade_offs=trade_offs,
            front=pareto_front(trade_offs),
        )

    def _crowd(self, wanted: StandingFilter, tally: Tally, cast: CastVotes, ballots: Ballots) -> _Crowd:
        """A sample may have missed people of a model that seems to have few: those are asked for."""
        people = ballots.participants_by_model(tally)
        few = {model for model in tally.models if people[model] < LEAST_PEOPLE}
        if cast.is_sample:
            few = {model for model in few if self._store.voters_of(model, wanted, most=LEAST_PEOPLE) < LEAST_PEOPLE}
        return _Crowd(people, frozenset(few), cast.is_sample)

    def _entry(self, model_id: str, battles: int, standing: Standing | None, crowd: _Crowd) -> Entry:
        return Entry(
            model=self._model(model_id),
            host=self._host(model_id),
            battles=battles,
            status=status_of(battles) if standing else Status.COUNTS_ONLY,
            standing=standing,
            participants=None if crowd.is_sample else crowd.people[model_id],
            is_of_few=model_id in crowd.few,
            energy=self._energy(model_id),
        )

    def _host(self, model_id: str) -> str | None:
        """Who serves a model; the name of a server nearby stays here."""
        if model_id not in self._catalogue.models:
            return None
        endpoint = self._catalogue.endpoint_of(model_id)
        return endpoint.name if endpoint.kind is EndpointKind.HOSTED else None

    def _model(self, model_id: str) -> Model:
        return self._catalogue.model_or_stranger(model_id)

    def _energy(self, model_id: str) -> ModelEnergy | None:
        """What the catalogue's model takes where it is served, by the method of single answers."""
        model = self._catalogue.models.get(model_id)
        if model is None:
            return None
        answer = Answer(
            model_id,
            AnswerStatus.COMPLETE,
            usage=Usage(output_tokens=TOKENS),
            token_source=TokenSource.REPORTED,
        )
        endpoint = self._catalogue.endpoint_of(model_id)
        values = self._footprints.estimate(self._footprints.inputs_for(model, endpoint, answer, datetime.now(UTC)))
        return ModelEnergy(
            band=values.displayed.get("energy_wh"),
            grade=Grade(values.grade),
            no_figure=values.no_figure_reason,
            method=values.method,
        )


def _placed(tally: Tally, fitted: Fit, models: Sequence[str]) -> Mapping[str, Standing]:
    """Every vote weighs in the fit; places are given among the models with enough of them. Best first."""
    battles = tally.battles()
    ranked = {model for model in models if status_of(battles[model]) is not Status.COUNTS_ONLY}
    places = [place for place, model in enumerate(tally.models) if model in ranked]
    found = standings_of([tally.models[place] for place in places], battles, fitted.only(places))
    return {one.model: one for one in found}


def _in_order(models: Iterable[str], placed: Mapping[str, Standing], battles: Mapping[str, int]) -> Iterator[str]:
    """The models with a place, then those with most battles."""
    yield from placed
    yield from sorted((model for model in models if model not in placed), key=lambda one: (-battles[one], one))


def _trade_off(entry: Entry) -> TradeOff | None:
    if entry.standing is None or entry.energy is None or entry.energy.band is None:
        return None
    return TradeOff(entry.model.id, entry.standing.share, entry.energy.band)
