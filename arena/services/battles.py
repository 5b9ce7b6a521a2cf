"""What a visitor does with a battle once it is written: vote, react, reveal, look."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from arena.domain.battle import Battle, BlindBattle, RevealStage
from arena.domain.catalogue import Endpoint, Model
from arena.domain.encounter import Encounter
from arena.domain.mix_choice import MixChoice
from arena.domain.pairing import PairingMode
from arena.domain.quintile import NoQuintile, Quintile
from arena.domain.reflection import Bet, Need, Reflections
from arena.domain.rematch import Refusal, RematchKind
from arena.domain.rematch_result import RematchResult
from arena.domain.side import Side
from arena.domain.vocabulary import member
from arena.domain.vote import Opinion, Outcome, Quality, Reaction, Vote
from arena.errors import BattleBusy, BattleClosed, FootprintsUnseen, InvalidChoice
from arena.services.accounts import Accounts
from arena.services.blinding import blind_battle
from arena.services.duel import Duel
from arena.services.events import Events
from arena.services.footprint_reveal import FootprintReveal, footprint_reveal
from arena.services.footprints import FootprintService
from arena.services.line_up import LineUp
from arena.services.prompts import PromptRules
from arena.services.rematches import result_of
from arena.storage.stores import Stores

MAX_COMMENT_CHARS = 500


@dataclass(frozen=True, slots=True)
class NameReveal:
    """Second reveal: who wrote what, and where it runs."""

    models: Mapping[Side, Model]
    endpoints: Mapping[Side, Endpoint | None]
    quintiles: Mapping[Side, Quintile | NoQuintile]  # among the models of the same kind, by energy per token


@dataclass(frozen=True, slots=True)
class BattleView:
    """All that one visitor may see of a battle now; what is not yet revealed is None."""

    battle: BlindBattle
    opinion: Opinion
    footprints: FootprintReveal | None
    names: NameReveal | None
    may_continue: bool  # whether one more prompt may be sent
    reflections: Reflections
    offers: Mapping[RematchKind, Refusal | None]  # once named: None where a rematch can be had, else why not
    rematch: RematchResult | None  # what it showed, once named, when the battle was a rematch


class Battles:
    """Reads and opinions of battles; every method checks whose battle it is."""

    def __init__(
        self, stores: Stores, duel: Duel, events: Events, footprints: FootprintService, line_up: LineUp
    ) -> None:
        self._stores = stores
        self._duel = duel
        self._events = events
        self._footprints = footprints
        self._line_up = line_up
        self._accounts = Accounts(stores.footprints, footprints, line_up)
        self._quintiles = line_up.quintiles(footprints)
        self._comment_rules = PromptRules(max_chars=MAX_COMMENT_CHARS)

    async def current(self, visitor_id: str) -> BattleView | None:
        """The visitor's latest battle, or None."""
        battle_id = await asyncio.to_thread(self._stores.battles.latest_battle_id, visitor_id)
        return await self.view(visitor_id, battle_id) if battle_id else None

    async def is_new(self, visitor_id: str) -> bool:
        """Whether this visitor never started a battle: the consent line is shown once."""
        return not await asyncio.to_thread(self._stores.battles.has_battles, visitor_id)

    async def leave(self, visitor_id: str, battle_id: str) -> None:
        """Put a battle aside: it is no longer the current one. Raises BattleNotFound."""
        await asyncio.to_thread(self._leave, visitor_id, battle_id)

    @staticmethod
    def mode(value: str) -> PairingMode:
        """The pairing mode of a page's choice. Raises InvalidChoice."""
        return member(PairingMode, value)

    async def view(self, visitor_id: str, battle_id: str) -> BattleView:
        """One battle as this visitor may see it. Raises BattleNotFound."""
        return await asyncio.to_thread(self._view, visitor_id, battle_id)

    async def vote(self, visitor_id: str, battle_id: str, outcome: str, comment: str | None = None) -> BattleView:
        """Record the one vote of this visitor on this battle, on disk when it returns.

        A comment of None keeps the one already stored. Raises InvalidChoice, BattleNotFound,
        BattleBusy while answers are being written, BattleClosed after the reveal, OrganiserAsks for a comment
        in school mode.
        """
        chosen = member(Outcome, outcome)
        return await asyncio.to_thread(self._vote, visitor_id, battle_id, chosen, comment)

    async def react(
        self,
        visitor_id: str,
        battle_id: str,
        side: str,
        liked: bool | None,
        qualities: Iterable[str],
    ) -> None:
        """Record what this visitor thinks of one side. Raises InvalidChoice, BattleNotFound."""
        reaction = Reaction(
            battle_id,
            visitor_id,
            member(Side, side),
            liked,
            frozenset(member(Quality, quality) for quality in qualities),
        )
        await asyncio.to_thread(self._react, reaction)

    async def bet(self, visitor_id: str, battle_id: str, guess: str) -> BattleView:
        """Record a bet on the energies: ``same``, or a side and a factor as in ``b:10``.

        Raises InvalidChoice, BattleNotFound, VoteMissing, BattleClosed after the reveal.
        """
        bet = _bet_of(guess)
        return await asyncio.to_thread(self._place_bet, visitor_id, battle_id, bet)

    async def reveal_footprints(self, visitor_id: str, battle_id: str) -> BattleView:
        """Show what each answer cost, still anonymous. Raises VoteMissing, BattleNotFound."""
        return await asyncio.to_thread(self._reveal_footprints, visitor_id, battle_id)

    async def view_in_mix(self, visitor_id: str, battle_id: str, mix: str) -> BattleView:
        """One revealed battle as if its servers ran on that electricity; nothing that is stored changes.

        Raises InvalidChoice, BattleNotFound, FootprintsUnseen, FigureFixed.
        """
        return await asyncio.to_thread(self._view_in_mix, visitor_id, battle_id, member(MixChoice, mix))

    async def choose_again(self, visitor_id: str, battle_id: str, outcome: str | None) -> BattleView:
        """Record the choice made knowing the footprints, None to skip it, and show the names.

        Raises InvalidChoice, BattleNotFound, FootprintsUnseen.
        """
        chosen = None if outcome is None else member(Outcome, outcome)
        return await asyncio.to_thread(self._choose_again, visitor_id, battle_id, chosen)

    async def answer_need(self, visitor_id: str, battle_id: str, answer: str) -> BattleView:
        """Record whether one could have done without an AI. Raises InvalidChoice, BattleNotFound."""
        return await asyncio.to_thread(self._answer_need, visitor_id, battle_id, member(Need, answer))

    # -- on a worker thread -------------------------------------------------------------------

    def _view(self, visitor_id: str, battle_id: str) -> BattleView:
        return self.shown(self._duel.encounter(visitor_id, battle_id))

    def shown(self, met: Encounter, mix: MixChoice = MixChoice.HOSTED) -> BattleView:
        """What an encounter lets its visitor see, read on a worker thread."""
        is_blind_yet = met.stage is RevealStage.BLIND
        battle = met.battle
        stored = {} if is_blind_yet else self._accounts.of_battle(battle)
        footprints = None if is_blind_yet else footprint_reveal(battle, stored, self._footprints, mix)
        blind = blind_battle(battle, met.stage, self._duel.mask)
        if self._duel.is_running(battle.id):  # a side that is written again is not over, whatever is stored
            blind = replace(blind, is_over=False)
        return BattleView(
            battle=blind,
            opinion=met.opinion,
            footprints=footprints,
            names=self._name_reveal(battle) if met.stage is RevealStage.NAMES else None,
            may_continue=is_blind_yet and not met.opinion.vote and self._duel.may_grow(battle),
            reflections=met.reflections,
            offers=self._duel.rematches.offers(met, stored),
            rematch=result_of(met, footprints.comparison if footprints else None),
        )

    def _name_reveal(self, battle: Battle) -> NameReveal:
        catalogue = self._line_up.catalogue
        models = {side: catalogue.model_or_stranger(battle.models[side]) for side in Side}
        return NameReveal(
            models=models,
            endpoints={side: catalogue.endpoints.get(model.endpoint_id) for side, model in models.items()},
            quintiles={side: self._quintiles.get(model.id, NoQuintile.UNKNOWN_SIZE) for side, model in models.items()},
        )

    def _vote(self, visitor_id: str, battle_id: str, outcome: Outcome, comment: str | None) -> BattleView:
        met = self._duel.encounter(visitor_id, battle_id)
        if self._duel.is_running(battle_id) or not met.battle.can_be_voted:
            raise BattleBusy
        known = met.opinion.vote
        if comment is None:
            comment = known.comment if known else ""
        words = self._comment_rules.checked(comment) if comment.strip() else ""
        if words and not (known and known.comment == words):  # one that was written before the mode changed may stay
            self._events.require_comments(met.battle)
        if known and met.stage is RevealStage.BLIND and (known.outcome, known.comment) == (outcome, words):
            return self.shown(met)  # a replayed request
        vote = self._stores.battles.cast_vote(Vote(battle_id, visitor_id, outcome, words), datetime.now(UTC))
        return self.shown(replace(met, opinion=replace(met.opinion, vote=vote)))

    def _react(self, reaction: Reaction) -> None:
        met = self._duel.encounter(reaction.visitor_id, reaction.battle_id)
        if met.stage is not RevealStage.BLIND:
            raise BattleClosed  # a reaction is a blind opinion too
        self._stores.battles.save_reaction(reaction)

    def _leave(self, visitor_id: str, battle_id: str) -> None:
        self._stores.battles.leave(battle_id, visitor_id, datetime.now(UTC))

    def _place_bet(self, visitor_id: str, battle_id: str, bet: Bet) -> BattleView:
        self._duel.encounter(visitor_id, battle_id)
        self._stores.reflections.place_bet(battle_id, visitor_id, bet, datetime.now(UTC))
        return self._view(visitor_id, battle_id)

    def _reveal_footprints(self, visitor_id: str, battle_id: str) -> BattleView:
        met = self._duel.encounter(visitor_id, battle_id)
        reached = self._stores.battles.reveal_footprints(battle_id, visitor_id, datetime.now(UTC))
        return self.shown(replace(met, stage=reached))

    def _view_in_mix(self, visitor_id: str, battle_id: str, mix: MixChoice) -> BattleView:
        met = self._duel.encounter(visitor_id, battle_id)
        if met.stage is RevealStage.BLIND:
            raise FootprintsUnseen
        return self.shown(met, mix)

    def _choose_again(self, visitor_id: str, battle_id: str, outcome: Outcome | None) -> BattleView:
        self._duel.encounter(visitor_id, battle_id)
        self._stores.reflections.choose_again(battle_id, visitor_id, outcome, datetime.now(UTC))
        return self._view(visitor_id, battle_id)

    def _answer_need(self, visitor_id: str, battle_id: str, need: Need) -> BattleView:
        self._duel.encounter(visitor_id, battle_id)
        self._stores.reflections.answer_need(battle_id, visitor_id, need, datetime.now(UTC))
        return self._view(visitor_id, battle_id)


def _bet_of(guess: str) -> Bet:
    """Read a guess as a page sends it. Raises InvalidChoice."""
    side, _, factor = guess.partition(":")
    try:
        return Bet(1) if guess == "same" else Bet(int(factor), Side(side))
    except ValueError as error:
        raise InvalidChoice(f"{guess!r} is not a bet") from error
