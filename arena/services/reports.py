"""Reports of events: results from the store, comparisons by the method, questions and gestures from data files."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from arena.data import read_shipped
from arena.domain.debate import FILE as QUESTIONS
from arena.domain.debate import Question, parse_questions, pick
from arena.domain.event_results import EventResults, HeldBattle
from arena.domain.gestures import FILE as GESTURES
from arena.domain.gestures import Gesture, parse_gestures
from arena.domain.provenance import FootprintInputs
from arena.domain.report import Report, report_of
from arena.domain.report_results import named_results, result_names
from arena.domain.side import Side
from arena.domain.suggestions import Suggestions
from arena.services.footprints import FootprintService
from arena.storage.reports import ReportStore


@dataclass(frozen=True, slots=True)
class Handout:
    """A report with what is printed below it: questions for the debate, everyday gestures."""

    report: Report
    questions: tuple[Question, ...]
    gestures: tuple[Gesture, ...]


@dataclass(frozen=True, slots=True)
class Leaflets:
    """The data files behind every report, read once."""

    questions: tuple[Question, ...]
    gestures: tuple[Gesture, ...]

    def handout(self, results: EventResults) -> Handout:
        """The report of these results: a pure function of them and of the files."""
        report = report_of(results)
        return Handout(report, pick(self.questions, named_results(report, results)), self.gestures)


def load_leaflets(suggestions: Suggestions) -> Leaflets:
    """Read both files; conditions may name the themes of the suggestions. Raises CatalogueError."""
    names = result_names([theme.id for theme in suggestions.themes])
    return Leaflets(parse_questions(read_shipped(QUESTIONS), names), parse_gestures(read_shipped(GESTURES)))


class Reports:
    """Reads and counts; who may see an event is decided elsewhere."""

    def __init__(self, store: ReportStore, footprints: FootprintService, leaflets: Leaflets) -> None:
        self._store = store
        self._footprints = footprints
        self._leaflets = leaflets

    async def of(self, event_id: str) -> Handout | None:
        """The report of an event as it stands now, None for an unknown one. Raises StorageError."""
        return await asyncio.to_thread(self.read, event_id)

    def read(self, event_id: str) -> Handout | None:
        """The same on a worker thread or in a command."""
        results = self._store.results_of(event_id)
        if results is None:
            return None
        return self._leaflets.handout(replace(results, battles=self._compared(results.battles)))

    def _compared(self, battles: Sequence[HeldBattle]) -> tuple[HeldBattle, ...]:
        return tuple(replace(battle, more=self._more(battle)) for battle in battles)

    def _more(self, battle: HeldBattle) -> Side | None:
        """The side that took clearly more energy, by the one comparison that people were shown."""
        inputs: dict[Side, list[FootprintInputs]] = {side: [] for side in Side}
        for answer in battle.answers:
            if answer.footprint is None:
                return None
            inputs[answer.side].append(answer.footprint.inputs)
        comparison = self._footprints.compare(inputs)
        return None if comparison is None else comparison.more
