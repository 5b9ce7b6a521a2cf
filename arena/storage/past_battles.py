"""Reads the battles of one visitor as they may see them now, in as many queries for two as for two hundred."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlmodel import Session, col, or_, select

from arena.domain.battle import RevealStage
from arena.domain.reflection import Reflections
from arena.domain.room import is_of_room
from arena.domain.round import further
from arena.domain.side import Side
from arena.domain.summary import PastAnswer, PastBattle
from arena.domain.vote import Outcome
from arena.storage.footprints import read_footprints
from arena.storage.reflections import to_reflections
from arena.storage.rows import (
    AnswerRow,
    BattleRow,
    BattleSideRow,
    BetRow,
    NeedRow,
    RematchRow,
    RevealRow,
    RoundRow,
    SecondChoiceRow,
    TurnRow,
    VoteRow,
)


class _Found(NamedTuple):
    """A battle with its first prompt, this visitor's vote and how far it was revealed to them."""

    battle: BattleRow
    prompt: str
    stage: RevealStage
    vote: VoteRow | None
    round: RoundRow | None


def read_past_battles(session: Session, visitor_id: str) -> tuple[PastBattle, ...]:
    """The battles that a visitor started, and the rounds that they spoke in, newest first.

    What was not revealed to this visitor is not read: neither models nor footprints.
    """
    found = _read_battles(session, visitor_id)
    ids = [one.battle.id for one in found]
    named = [one.battle.id for one in found if one.stage is RevealStage.NAMES]
    models, answers = _read_models(session, named), _read_answers(session, _beyond_blind(found))
    reflections, kept = _read_reflections(session, visitor_id, ids), _read_kept_sides(session, ids)
    return tuple(
        PastBattle(
            id=one.battle.id,
            created_at=one.battle.created_at,
            prompt=one.prompt,
            is_demo=one.battle.is_demo,
            is_rematch=one.battle.id in kept,
            stage=one.stage,
            vote=Outcome(one.vote.outcome) if one.vote else None,
            reflections=reflections[one.battle.id],
            models=models[one.battle.id],
            answers=tuple(answers[one.battle.id]),
            kept_side=kept.get(one.battle.id) if one.stage is RevealStage.NAMES else None,
            is_purged=one.battle.purged_at is not None,
            round_number=one.round.number if one.round else None,
            recorded_at=one.battle.recorded_at,
        )
        for one in found
    )


def _read_battles(session: Session, visitor_id: str) -> list[_Found]:
    """A round was revealed to whoever is in the room as far as the room was shown."""
    rounds = select(RoundRow.battle_id)
    spoken = (
        select(row.battle_id).where(row.visitor_id == visitor_id, col(row.battle_id).in_(rounds))
        for row in (VoteRow, BetRow, SecondChoiceRow)
    )
    theirs = or_(col(BattleRow.visitor_id) == visitor_id, *(col(BattleRow.id).in_(query) for query in spoken))
    query = (
        select(BattleRow, TurnRow.prompt, RevealRow, VoteRow)
        .join(TurnRow, (col(TurnRow.battle_id) == BattleRow.id) & (col(TurnRow.index) == 0))
        .outerjoin(RevealRow, (col(RevealRow.battle_id) == BattleRow.id) & (col(RevealRow.visitor_id) == visitor_id))
        .outerjoin(VoteRow, (col(VoteRow.battle_id) == BattleRow.id) & (col(VoteRow.visitor_id) == visitor_id))
        .where(theirs)
        .order_by(col(BattleRow.created_at).desc(), col(BattleRow.id).desc())
    )
    rows = session.exec(query).all()
    of_battle = _read_rounds(session, [battle.id for battle, *_ in rows if is_of_room(battle.visitor_id)])
    return [_to_found(*row, of_battle.get(row[0].id)) for row in rows]


def _read_rounds(session: Session, ids: Collection[str]) -> Mapping[str, RoundRow]:
    """By battle; most people were in no room."""
    if not ids:
        return {}
    return {one.battle_id: one for one in session.exec(select(RoundRow).where(col(RoundRow.battle_id).in_(ids)))}


def _to_found(
    battle: BattleRow, prompt: str, reveal: RevealRow | None, vote: VoteRow | None, one: RoundRow | None
) -> _Found:
    stage = _stage(reveal)
    return _Found(battle, prompt, stage if one is None else further(stage, RevealStage(one.shown)), vote, one)


def _beyond_blind(found: Collection[_Found]) -> list[str]:
    return [one.battle.id for one in found if one.stage is not RevealStage.BLIND]


def _read_reflections(session: Session, visitor_id: str, ids: Collection[str]) -> Mapping[str, Reflections]:
    """By battle, with nothing for a battle that nothing was said of."""
    query = select(BattleRow.id, BetRow, SecondChoiceRow, NeedRow).where(col(BattleRow.id).in_(ids))
    for row in (BetRow, SecondChoiceRow, NeedRow):
        query = query.outerjoin(row, (col(row.battle_id) == BattleRow.id) & (col(row.visitor_id) == visitor_id))
    said = {battle_id: to_reflections(bet, chosen, need) for battle_id, bet, chosen, need in session.exec(query)}
    return defaultdict(Reflections, said)


def _read_models(session: Session, named: Collection[str]) -> Mapping[str, Mapping[Side, str]]:
    models: dict[str, dict[Side, str]] = defaultdict(dict)
    for row in session.exec(select(BattleSideRow).where(col(BattleSideRow.battle_id).in_(named))):
        models[row.battle_id][Side(row.side)] = row.model_id
    return models


def _read_answers(session: Session, seen: Collection[str]) -> Mapping[str, list[PastAnswer]]:
    """The answers that produced something, of the battles whose footprints were shown.

    Of several methods the first one computed is the one that was shown.
    """
    wanted = col(TurnRow.battle_id).in_(seen), col(AnswerRow.token_source).is_not(None)
    query = (
        select(TurnRow, AnswerRow.id, AnswerRow.side)
        .join(AnswerRow, col(AnswerRow.turn_id) == TurnRow.id)
        .where(*wanted)
        .order_by(col(TurnRow.index), col(AnswerRow.side))
    )
    answers: dict[str, list[PastAnswer]] = defaultdict(list)
    found = session.exec(query).all()
    footprints = read_footprints(session, select(col(AnswerRow.id)).join(TurnRow).where(*wanted))
    for turn, answer_id, side in found:
        shown = next(iter(footprints.get(answer_id or 0, ())), None)
        answers[turn.battle_id].append(PastAnswer(turn.index, Side(side), shown))
    return answers


def _read_kept_sides(session: Session, ids: Collection[str]) -> Mapping[str, Side]:
    """Which side a rematch kept, for the battles that are one."""
    query = select(RematchRow.battle_id, RematchRow.kept_side).where(col(RematchRow.battle_id).in_(ids))
    return {battle_id: Side(side) for battle_id, side in session.exec(query)}


def _stage(row: RevealRow | None) -> RevealStage:
    if row is None:
        return RevealStage.BLIND
    return RevealStage.FOOTPRINTS if row.names_at is None else RevealStage.NAMES
