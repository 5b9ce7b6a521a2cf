"""Reads a battle with all that one visitor said and saw of it.

Every view of a battle does, so that the queries are few, put together once, and make no objects of the session.
"""

from collections.abc import Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from arena.domain.battle import Battle, RevealStage
from arena.domain.encounter import Encounter
from arena.domain.vote import Opinion
from arena.errors import BattleNotFound
from arena.storage.joined import Joined, Part
from arena.storage.reflections import BATTLE_ID, VISITOR_ID, joined_to_visitor, to_reflections
from arena.storage.rows import (
    AnswerRow,
    BattleRow,
    BattleSideRow,
    BetRow,
    NeedRow,
    ReactionQualityRow,
    ReactionRow,
    RematchRow,
    RevealRow,
    SecondChoiceRow,
    TurnRow,
    VoteRow,
)
from arena.storage.transactions import run, table_of
from arena.storage.translate import to_battle, to_reactions, to_turn, to_vote

_BATTLE, _REVEAL, _VOTE = table_of(BattleRow), table_of(RevealRow), table_of(VoteRow)
_REMATCH, _TURN, _ANSWER = table_of(RematchRow), table_of(TurnRow), table_of(AnswerRow)
_SIDE, _REACTION, _QUALITY = table_of(BattleSideRow), table_of(ReactionRow), table_of(ReactionQualityRow)
_SAID = (RevealRow, VoteRow, BetRow, SecondChoiceRow, NeedRow)

_WITH_REMATCH = Joined(BattleRow, RematchRow)
_BATTLE_ALONE = (
    sa.select(*_WITH_REMATCH.columns)
    .outerjoin_from(_BATTLE, _REMATCH, _REMATCH.c.battle_id == _BATTLE.c.id)
    .where(_BATTLE.c.id == BATTLE_ID)
)
_WITH_SAID = Joined(BattleRow, RematchRow, *_SAID)
_BATTLE_WITH_SAID = joined_to_visitor(
    sa.select(*_WITH_SAID.columns).outerjoin_from(_BATTLE, _REMATCH, _REMATCH.c.battle_id == _BATTLE.c.id), *_SAID
).where(_BATTLE.c.id == BATTLE_ID)
_REVEAL_AND_VOTE = Joined(RevealRow, VoteRow)
_SEEN_AND_VOTED = joined_to_visitor(
    sa.select(*_REVEAL_AND_VOTE.columns).select_from(_BATTLE), RevealRow, VoteRow
).where(_BATTLE.c.id == BATTLE_ID)
_SIDES = sa.select(_SIDE.c.side, _SIDE.c.model_id).where(_SIDE.c.battle_id == BATTLE_ID).order_by(_SIDE.c.side)
_WITH_ANSWERS = Joined(TurnRow, AnswerRow)
_TURNS = (
    sa.select(*_WITH_ANSWERS.columns)
    .outerjoin_from(_TURN, _ANSWER, _ANSWER.c.turn_id == _TURN.c.id)
    .where(_TURN.c.battle_id == BATTLE_ID)
    .order_by(_TURN.c.index, _ANSWER.c.side)
)
_REACTIONS = (
    sa.select(*_REACTION.c, _QUALITY.c.quality)
    .outerjoin_from(_REACTION, _QUALITY, _QUALITY.c.reaction_id == _REACTION.c.id)
    .where(_REACTION.c.battle_id == BATTLE_ID, _REACTION.c.visitor_id == VISITOR_ID)
    .order_by(_REACTION.c.side)
)


def read_encounter(session: Session, battle_id: str, visitor_id: str) -> Encounter:
    """Four queries, whatever the number of turns. Raises BattleNotFound."""
    both = {"battle_id": battle_id, "visitor_id": visitor_id}
    battle, rematch, reveal, vote, bet, chosen, need = _WITH_SAID.split(_found(session, _BATTLE_WITH_SAID, both))
    reactions = ((row, row.quality) for row in run(session, _REACTIONS, both))
    return Encounter(
        _whole(session, battle, rematch),
        stage_of(reveal),
        Opinion(to_vote(vote) if vote else None, to_reactions(reactions)),
        to_reflections(bet, chosen, need),
    )


def read_battle(session: Session, battle_id: str) -> Battle:
    """The battle alone. Raises BattleNotFound."""
    return _whole(session, *_WITH_REMATCH.split(_found(session, _BATTLE_ALONE, {"battle_id": battle_id})))


def read_reveal_and_vote(session: Session, battle_id: str, visitor_id: str) -> tuple[Part | None, Part | None]:
    """What a visitor was shown of a battle that exists, and their vote."""
    both = {"battle_id": battle_id, "visitor_id": visitor_id}
    reveal, vote = _REVEAL_AND_VOTE.split(run(session, _SEEN_AND_VOTED, both).one())
    return reveal, vote


def _found(session: Session, query: sa.Executable, values: Mapping[str, str]) -> sa.Row[Any]:
    row = run(session, query, values).first()
    if row is None:
        raise BattleNotFound(f"no battle {values['battle_id']!r}")
    return row


def _whole(session: Session, battle: Part, rematch: Part | None) -> Battle:
    this = {"battle_id": battle.id}
    rows = map(_WITH_ANSWERS.split, run(session, _TURNS, this))
    turns = [
        to_turn(turn, [answer for _, answer in found if answer is not None])
        for turn, found in groupby(rows, key=itemgetter(0))
    ]
    return to_battle(battle, run(session, _SIDES, this), turns, rematch)


def stage_of(reveal: RevealRow | Part | None) -> RevealStage:
    """How far a visitor has seen a battle, by what is noted of that."""
    if reveal is None:
        return RevealStage.BLIND
    return RevealStage.FOOTPRINTS if reveal.names_at is None else RevealStage.NAMES
