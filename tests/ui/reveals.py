"""Revealed battles for tests of fragments: real footprints of invented answers."""

import html
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from arena.domain.battle import Answer, Battle, BlindBattle, RevealStage, TokenSource, Turn, Usage
from arena.domain.catalogue import Endpoint, Model, Openness
from arena.domain.mix_choice import MixChoice
from arena.domain.pairing import PairingMode
from arena.domain.provenance import FootprintInputs, StoredFootprint
from arena.domain.quantity import Range
from arena.domain.quintile import NoQuintile, Quintile
from arena.domain.reflection import Reflections
from arena.domain.side import Side
from arena.domain.vote import Opinion
from arena.services.battles import BattleView, NameReveal
from arena.services.footprint_reveal import footprint_reveal
from arena.services.footprints import FootprintService
from arena.ui.footprint_cards import basis, charts, opening
from arena.ui.text import load_text

NOW = datetime(2026, 11, 25, tzinfo=UTC)
HOSTILE = '<script>alert("x")</script>'


@cache
def footprint_service() -> FootprintService:
    """Loaded once: its data never change."""
    return FootprintService.load(catalogue_version="cafe")


def model(size_b: float | None = 8, **changes: Any) -> Model:
    size = None if size_b is None else Range.exactly(size_b)
    plain = Model("m", "m", "host", "Zorblax 9", "Quuxcorp", Openness.OPEN_WEIGHTS)
    return replace(plain, **{"total_params_b": size, "active_params_b": size, **changes})


def answer(tokens: int = 400, thinking: int | None = None) -> Answer:
    usage = Usage(output_tokens=tokens, reasoning_tokens=thinking)
    return Answer("m", text="Oui.", usage=usage, token_source=TokenSource.REPORTED)


def inputs(of: Model | None = None, *, said: Answer | None = None, **host: Any) -> FootprintInputs:
    """What the footprint of an answer rests on; ``host`` are fields of its endpoint."""
    place = replace(Endpoint("host", "Xylofer Hosting", "https://host.invalid/v1", zone="SWE"), **host)
    return footprint_service().inputs_for(of or model(), place, said or answer(), NOW)


def view_of(
    facts: Mapping[Side, FootprintInputs],
    *,
    mix: MixChoice = MixChoice.HOSTED,
    named: Mapping[Side, Model] | None = None,
    answers: Mapping[Side, Answer] | None = None,
) -> BattleView:
    """A battle after the first reveal, or after the second when its models are given."""
    said = answers or {side: answer(facts[side].output_tokens) for side in Side}
    battle = Battle(
        id="0" * 32,
        visitor_id="anne",
        created_at=NOW,
        locale="fr",
        mode=PairingMode.RANDOM,
        is_blind=True,
        is_demo=False,
        models={side: facts[side].model_id for side in Side},
        turns=(Turn(0, "Pourquoi ?", NOW, said),),
    )
    service = footprint_service()
    stored = {(0, side): StoredFootprint(facts[side], service.estimate(facts[side])) for side in Side}
    stage = RevealStage.NAMES if named else RevealStage.FOOTPRINTS
    return BattleView(
        battle=BlindBattle(battle.id, battle.mode, False, True, True, True, stage, ()),
        opinion=Opinion(None, {}),
        footprints=footprint_reveal(battle, stored, service, mix),
        names=names_of(named) if named else None,
        may_continue=False,
        reflections=Reflections(),
        offers={},
        rematch=None,
    )


def names_of(models: Mapping[Side, Model]) -> NameReveal:
    standing: dict[Side, Quintile | NoQuintile] = {Side.A: Quintile.FIRST, Side.B: NoQuintile.UNKNOWN_SIZE}
    return NameReveal(models=models, endpoints=dict.fromkeys(Side), quintiles=standing)


def fragment(locale: str, view: BattleView) -> str:
    """The first reveal, but for what the page's own questions add."""
    text, reveal = load_text(locale), view.footprints
    assert reveal is not None
    return str(opening(text, view, reveal) + charts(text, view, reveal) + basis(text, view, reveal))


def words_of(markup: str) -> str:
    """What is left without the tags."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", markup)))
