"""Leaderboards: the arena's own votes as a ranking, beside what the models are and what they cost."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from arena.domain.battle import Answer, AnswerStatus, TokenSource, Usage
from arena.domain.catalogue import Catalogue, Model
from arena.domain.counted import LeftOut, StandingFilter
from arena.domain.footprint import Grade
from arena.domain.pareto import TradeOff, pareto_front
from arena.domain.provenance import Band
from arena.domain.ranking import fit_clustered
from arena.domain.standing import Standing, Status, standings_of, status_of
from arena.domain.tally import Ballots, Tally
from arena.domain.vote import Outcome
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
    """

    model: Model
    battles: int
    status: Status
    standing: Standing | None
    participants: int | None
    energy: ModelEnergy | None


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """A ranking, best first, then the models with counts only, those with most battles first.

    ``votes`` count, ``left_out`` do not, by reason, and ``named_themselves`` lists which models caused it by
    telling who they are. ``participants`` is None when there were too many votes to tell people apart.
    ``meetings`` are the votes on each ordered pair, ``a`` being for the first model. ``trade_offs`` are the
    ranked models with a figure of energy, ``front`` the ones of them that no other beats on both.
    """

    wanted: StandingFilter
    entries: tuple[Entry, ...]
    votes: int
    participants: int | None
    left_out: Mapping[LeftOut, int]
    named_themselves: Mapping[str, int]
    meetings: Mapping[tuple[str, str], Mapping[Outcome, int]]
    trade_offs: tuple[TradeOff, ...]
    front: frozenset[str]


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

    async def of(self, wanted: StandingFilter) -> Leaderboard:
        """The leaderboard of the votes that a filter wants. Raises StorageError."""
        return await asyncio.to_thread(self.read, wanted)

    def read(self, wanted: StandingFilter) -> Leaderboard:
        """The same; it blocks: it belongs on a worker thread. Raises StorageError."""
        counted = self._store.counted(wanted)
        cast = self._store.cast(wanted, most=self._most_cast)
        ballots = cast.ballots(counted.tally)
        people = {} if cast.is_sample else ballots.participants_by_model(counted.tally)
        entries = self._entries(counted.tally, ballots, people)
        trade_offs = tuple(point for entry in entries if (point := _trade_off(entry)) is not None)
        return Leaderboard(
            wanted=wanted,
            entries=entries,
            votes=counted.tally.total,
            participants=None if cast.is_sample else ballots.participants(),
            left_out=counted.left_out,
            named_themselves=counted.named_themselves,
            meetings=counted.tally.meetings(),
            trade_offs=trade_offs,
            front=pareto_front(trade_offs),
        )

    def _entries(self, tally: Tally, ballots: Ballots, people: Mapping[str, int]) -> tuple[Entry, ...]:
        """Every vote weighs in the fit; places are given among the models with enough of them."""
        battles = tally.battles()
        ranked = [place for place, model in enumerate(tally.models) if _is_ranked(battles[model])]
        fitted = fit_clustered(tally.wins, ballots).only(ranked)
        standings = standings_of([tally.models[place] for place in ranked], battles, fitted)
        placed = {one.model: one for one in standings}
        rest = sorted((model for model in tally.models if model not in placed), key=lambda one: (-battles[one], one))
        return tuple(self._entry(model, battles[model], placed.get(model), people) for model in (*placed, *rest))

    def _entry(self, model_id: str, battles: int, standing: Standing | None, people: Mapping[str, int]) -> Entry:
        return Entry(
            model=self._catalogue.model_or_stranger(model_id),
            battles=battles,
            status=status_of(battles) if standing else Status.COUNTS_ONLY,
            standing=standing,
            participants=people.get(model_id),
            energy=self._energy(model_id),
        )

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


def _is_ranked(battles: int) -> bool:
    return status_of(battles) is not Status.COUNTS_ONLY


def _trade_off(entry: Entry) -> TradeOff | None:
    if entry.standing is None or entry.energy is None or entry.energy.band is None:
        return None
    return TradeOff(entry.model.id, entry.standing.share, entry.energy.band)
