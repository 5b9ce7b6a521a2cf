"""Views of a battle as pages get them, made by hand."""

from dataclasses import replace
from typing import Any

from arena.domain.battle import BlindBattle, RevealStage
from arena.domain.pairing import PairingMode
from arena.domain.reflection import Reflections
from arena.domain.vote import Opinion
from arena.services.battles import BattleView

_BARE = BattleView(
    battle=BlindBattle(
        id="0" * 32,
        mode=PairingMode.RANDOM,
        is_demo=False,
        is_blind=True,
        is_over=True,
        can_be_voted=True,
        stage=RevealStage.NAMES,
        turns=(),
    ),
    opinion=Opinion(None, {}),
    footprints=None,
    names=None,
    may_continue=False,
    reflections=Reflections(),
    offers={},
    rematch=None,
)


def view_at(stage: RevealStage, **parts: Any) -> BattleView:
    """A battle without turns at a stage, and what is given of the rest."""
    return replace(_BARE, battle=replace(_BARE.battle, stage=stage), **parts)
