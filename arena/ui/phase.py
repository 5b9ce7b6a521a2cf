"""What a page shows of a battle: one phase at a time."""

from enum import StrEnum

from arena.domain.battle import RevealStage
from arena.services.battles import BattleView


class Phase(StrEnum):
    """The phases of the page, kept on ``<body data-phase>``; the style sheet shows what belongs to each."""

    COMPOSE = "compose"
    WRITING = "writing"
    BROKEN = "broken"  # over, but one side has no word: retry or leave
    VOTING = "voting"
    FOOTPRINTS = "footprints"
    NAMES = "names"


def phase_of(view: BattleView | None) -> Phase:
    """The phase that a view of a battle calls for."""
    if view is None:
        return Phase.COMPOSE
    if not view.battle.is_over:
        return Phase.WRITING
    if view.battle.stage is RevealStage.BLIND:
        return Phase.VOTING if view.battle.can_be_voted else Phase.BROKEN
    return Phase.FOOTPRINTS if view.battle.stage is RevealStage.FOOTPRINTS else Phase.NAMES
