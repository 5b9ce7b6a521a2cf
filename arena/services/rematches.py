"""Rematches: which ones a battle offers, how one begins, what it showed."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import uuid4

from arena.domain.battle import Answer, AnswerStatus, Battle, RevealStage
from arena.domain.catalogue import EndpointKind, weights_of
from arena.domain.encounter import Encounter
from arena.domain.event import Event, allowed_in
from arena.domain.footprint import Comparison
from arena.domain.pairing import Candidate
from arena.domain.rematch import SHORT_WORDS, Refusal, Rematch, RematchKind, preferred_side, smallest_below
from arena.domain.rematch_result import RematchResult, noticed, saving_of, words_in
from arena.domain.side import Side
from arena.errors import InvalidChoice
from arena.services.accounts import Accounts
from arena.services.events import Events
from arena.services.footprint_reveal import Stored
from arena.services.footprints import FootprintService
from arena.services.health import Health
from arena.services.line_up import LineUp

_KEEPABLE = (AnswerStatus.COMPLETE, AnswerStatus.CAPPED, AnswerStatus.STOPPED)


@dataclass(frozen=True, slots=True)
class Draw:
    """The answer of the origin that is kept, the side it stood on there, and the model that answers again."""

    kept: Answer
    source: Side
    lighter: str


@dataclass(frozen=True, slots=True)
class Opening:
    """A rematch about to begin: a battle without turns yet, and what its first turn is made of."""

    battle: Battle
    prompt: str
    draw: Draw
    kept_side: Side  # of the battle
    event: Event | None


@dataclass(frozen=True, slots=True)
class Rematches:
    """Reads only, and blocks: it belongs on a worker thread."""

    accounts: Accounts
    line_up: LineUp
    footprints: FootprintService
    health: Health
    events: Events

    def offers(self, met: Encounter, stored: Stored) -> Mapping[RematchKind, Refusal | None]:
        """Why each rematch of a battle cannot be had, None where it can; empty where none is offered."""
        if met.stage is not RevealStage.NAMES or met.battle.rematch is not None or met.battle.purged_at is not None:
            return {}
        event = self.events.of_battle(met.battle)
        if event is not None and (event.is_school or not event.is_open):
            return {}
        draws = {kind: self._draw(met, stored, kind, event) for kind in RematchKind}
        return {kind: draw if isinstance(draw, Refusal) else None for kind, draw in draws.items()}

    def open(self, met: Encounter, kind: RematchKind, rng: random.Random) -> Opening:
        """A rematch of a battle, in the same event, on sides tossed anew.

        Raises InvalidChoice for one that is not offered, EventNotOpen, OrganiserAsks.
        """
        origin, stored = met.battle, self.accounts.of_battle(met.battle)
        event = self.events.of_battle(origin)
        if event is not None:
            event.require_open()
            event.require_asking()
        draw = self._draw(met, stored, kind, event) if self.offers(met, stored) else None
        if not isinstance(draw, Draw):
            raise InvalidChoice(f"no {kind} rematch of battle {origin.id}")
        kept_side = rng.choice(list(Side))
        models = {kept_side: draw.kept.model_id, kept_side.other: draw.lighter}
        battle = replace(
            origin,
            id=uuid4().hex,
            created_at=datetime.now(UTC),
            is_blind=True,
            models={side: models[side] for side in Side},
            turns=(),
            rematch=Rematch(origin.id, kind, kept_side),
        )
        return Opening(battle, origin.turns[0].prompt, draw, kept_side, event)

    def _draw(self, met: Encounter, stored: Stored, kind: RematchKind, event: Event | None) -> Draw | Refusal:
        """Follow-ups do not count: they depend on their conversation."""
        source = self._preferred(met, stored)
        kept = replace(met.battle.turns[0].answers[source], replaced=None)
        if not kept.text or kept.status not in _KEEPABLE:
            return Refusal.NO_ANSWER
        found = self._lighter(met.battle, kept.model_id, kind, event)
        return found if isinstance(found, Refusal) else Draw(kept, source, found.model_id)

    def _lighter(self, origin: Battle, kept_id: str, kind: RematchKind, event: Event | None) -> Candidate | Refusal:
        candidates = self.health.best(allowed_in(event, self.line_up.candidates))
        if kind is RematchKind.SHORTER:
            return next((one for one in candidates if one.model_id == kept_id), Refusal.MODEL_GONE)
        model = self.line_up.catalogue.model_or_stranger(kept_id)
        kept = Candidate(kept_id, self.footprints.energy_per_token_wh(model), weights_of(model))
        return smallest_below(kept, [one for one in candidates if self._is_scripted(one) is origin.is_demo])

    def _is_scripted(self, candidate: Candidate) -> bool:
        """Scripted answers meet scripted answers only."""
        return self.line_up.kind_of(candidate.model_id) is EndpointKind.DEMO

    def _preferred(self, met: Encounter, stored: Stored) -> Side:
        chosen, vote = met.reflections.second_choice, met.opinion.vote
        energy_wh = {
            side: self.footprints.harmonised(stored[0, side].inputs) if (0, side) in stored else None for side in Side
        }
        return preferred_side(chosen.outcome if chosen else None, vote.outcome if vote else None, energy_wh)


def result_of(met: Encounter, comparison: Comparison | None) -> RematchResult | None:
    """What a rematch showed, once its names are; None for any other battle."""
    rematch, vote = met.battle.rematch, met.opinion.vote
    if rematch is None or vote is None or met.stage is not RevealStage.NAMES or met.battle.purged_at is not None:
        return None  # of a purged one nobody can tell any more how long it was
    lighter = met.battle.turns[0].answers[rematch.kept_side.other]
    return RematchResult(
        kind=rematch.kind,
        kept_side=rematch.kept_side,
        noticed=noticed(vote.outcome, rematch.kept_side),
        saving=None if comparison is None else saving_of(comparison, rematch.kept_side),
        is_over_limit=rematch.kind is RematchKind.SHORTER and words_in(lighter.text) > SHORT_WORDS,
    )
