"""The footprint of every answer that produced something, computed once and kept."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from arena.domain.battle import Answer, Battle
from arena.domain.catalogue import Catalogue
from arena.domain.footprint import with_reason_seen
from arena.domain.provenance import StoredFootprint
from arena.domain.side import Side
from arena.services.footprints import FootprintService
from arena.services.line_up import LineUp
from arena.services.observing import Observation
from arena.storage.footprints import FootprintStore


@dataclass(frozen=True, slots=True)
class Accounts:
    """Makes and reads footprints; every method blocks and belongs on a worker thread."""

    store: FootprintStore
    footprints: FootprintService
    line_up: LineUp

    def footprint_of(self, answer: Answer, observed: Observation | None = None) -> StoredFootprint | None:
        """What an answer cost; one that failed has no figure."""
        return footprint_of(answer, self.line_up.catalogue, self.footprints, observed)

    def of_battle(self, battle: Battle) -> Mapping[tuple[int, Side], StoredFootprint]:
        """The footprints of a battle by turn and side.

        Those that a dead process left out are made now, as long as the catalogue still has the model and the
        texts are there, by which tokens are counted where nobody reported them.
        """
        stored = self.store.of_battle(battle.id)
        if battle.purged_at is not None:
            return stored
        missing = [(key, answer) for key, answer in _spoken(battle) if key not in stored and self._is_known(answer)]
        if not missing:
            return stored
        for (turn_index, side), answer in missing:
            if made := self.footprint_of(answer):
                self.store.save(battle.id, turn_index, side, *made)
        return self.store.of_battle(battle.id)

    def _is_known(self, answer: Answer) -> bool:
        return answer.model_id in self.line_up.catalogue.models


def footprint_of(
    answer: Answer, catalogue: Catalogue, footprints: FootprintService, observed: Observation | None = None
) -> StoredFootprint | None:
    """What an answer of now cost, kept nowhere yet; None for one that failed. Raises FootprintError."""
    if answer.token_source is None:
        return None
    model, endpoint = catalogue.models[answer.model_id], catalogue.endpoint_of(answer.model_id)
    inputs = footprints.inputs_for(model, endpoint, answer, datetime.now(UTC))
    observed = observed or Observation()
    inputs = replace(inputs, reading=observed.reading, batch_size=observed.batch_size or inputs.batch_size)
    return StoredFootprint(inputs, with_reason_seen(footprints.estimate(inputs), observed.no_figure))


def _spoken(battle: Battle) -> Iterator[tuple[tuple[int, Side], Answer]]:
    for turn in battle.turns:
        for side, answer in turn.answers.items():
            if answer.status.is_over and answer.token_source is not None:
                yield (turn.index, side), answer
