"""The first reveal: what each side of a battle took, still anonymous, under the electricity that is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass

from arena.domain.answer_length import AnswerLength, length_of
from arena.domain.battle import Battle
from arena.domain.footprint import Comparison, total_of
from arena.domain.mix_choice import MixChoice
from arena.domain.provenance import FootprintInputs, FootprintValues, StoredFootprint
from arena.domain.side import Side
from arena.services.estimator import METHOD
from arena.services.footprints import FootprintService

Stored = Mapping[tuple[int, Side], StoredFootprint]


@dataclass(frozen=True, slots=True)
class FootprintReveal:
    """What each side cost, all turns added up, under ``mix``. The comparison is the same under every mix."""

    sides: Mapping[Side, FootprintValues]
    inputs: Mapping[Side, tuple[FootprintInputs, ...]]
    comparison: Comparison | None
    lengths: Mapping[Side, AnswerLength]
    mix: MixChoice = MixChoice.HOSTED
    may_change_mix: bool = True


def footprint_reveal(
    battle: Battle, stored: Stored, footprints: FootprintService, mix: MixChoice = MixChoice.HOSTED
) -> FootprintReveal:
    """Add up the kept footprints; nothing that is kept changes. Raises FigureFixed."""
    kept = {key: stored[key] for key in sorted(stored)}
    shown = {key: _under(mix, record, footprints) for key, record in kept.items()}
    return FootprintReveal(
        sides={side: total_of([one.values for one in _of(side, shown)], method=METHOD) for side in Side},
        inputs={side: tuple(one.inputs for one in _of(side, shown)) for side in Side},
        comparison=footprints.compare({side: [one.inputs for one in _of(side, kept)] for side in Side}),
        lengths={side: _length(side, battle, kept) for side in Side},
        mix=mix,
        may_change_mix=all(footprints.can_change_zone(record) for record in kept.values()),
    )


def _under(mix: MixChoice, record: StoredFootprint, footprints: FootprintService) -> StoredFootprint:
    return record if mix.zone is None else footprints.in_zone(record, mix.zone)


def _of(side: Side, stored: Stored) -> list[StoredFootprint]:
    return [record for (_, of_side), record in stored.items() if of_side is side]


def _length(side: Side, battle: Battle, stored: Stored) -> AnswerLength:
    answers = [turn.answers[side] for turn in battle.turns if (turn.index, side) in stored]
    return length_of([record.inputs for record in _of(side, stored)], answers)
