"""Reads what is counted of battles: everything but the words."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Row
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from arena.domain.battle import AnswerStatus, Usage
from arena.domain.census_taking import AnswerFacts, BattleFacts, Said
from arena.domain.side import Side
from arena.domain.summary import SUMMED, PastAnswer
from arena.domain.vote import Outcome, Reaction
from arena.storage.footprints import read_footprints
from arena.storage.reflections import to_reflections
from arena.storage.rows import (
    AnswerRow,
    BattleRow,
    BattleSideRow,
    BetRow,
    NeedRow,
    ReactionQualityRow,
    ReactionRow,
    RematchRow,
    SecondChoiceRow,
    TurnRow,
    VoteRow,
)
from arena.storage.transactions import columns_of
from arena.storage.translate import to_reactions, to_replacement

BattleIds = SelectOfScalar[str]
Words = TypeVar("Words", VoteRow, BetRow, SecondChoiceRow, NeedRow)


def read_facts(session: Session, ids: BattleIds) -> list[BattleFacts]:
    """The battles that a query names, in as many queries for two as for a thousand."""
    query = (
        select(BattleRow, RematchRow.kept_side)
        .outerjoin(RematchRow, col(RematchRow.battle_id) == BattleRow.id)
        .where(col(BattleRow.id).in_(ids))
    )
    battles = session.exec(query).all()
    models, answers, said = _read_models(session, ids), _read_answers(session, ids), _read_said(session, ids)
    hidden = _read_hidden(session, ids)
    return [
        BattleFacts(
            id=battle.id,
            visitor_id=battle.visitor_id,
            is_blind=battle.is_blind,
            is_demo=battle.is_demo,
            is_hidden=battle.id in hidden,
            kept_side=Side(kept_side) if kept_side else None,
            models=models[battle.id],
            answers=tuple(answers[battle.id]),
            said=said[battle.id],
            is_recorded=battle.recorded_at is not None,
        )
        for battle, kept_side in battles
    ]


def _read_hidden(session: Session, ids: BattleIds) -> frozenset[str]:
    """A battle of which one prompt is hidden is hidden."""
    query = select(TurnRow.battle_id).where(col(TurnRow.battle_id).in_(ids), col(TurnRow.hidden_at).is_not(None))
    return frozenset(session.exec(query))


def _read_models(session: Session, ids: BattleIds) -> Mapping[str, dict[Side, str]]:
    query = select(BattleSideRow.battle_id, BattleSideRow.side, BattleSideRow.model_id)
    models: dict[str, dict[Side, str]] = defaultdict(dict)
    for battle_id, side, model_id in session.exec(query.where(col(BattleSideRow.battle_id).in_(ids))):
        models[battle_id][Side(side)] = model_id
    return models


def _read_answers(session: Session, ids: BattleIds) -> Mapping[str, Sequence[AnswerFacts]]:
    """Of several methods that computed a footprint the first is the one that was shown."""
    of_battles = col(TurnRow.battle_id).in_(ids)
    query = (
        columns_of(AnswerRow, TurnRow.battle_id, col(TurnRow.index).label("place"), without=("text", "reasoning"))
        .join(TurnRow, col(AnswerRow.turn_id) == TurnRow.id)
        .where(of_battles)
        .order_by(col(TurnRow.index), col(AnswerRow.side))
    )
    rows = session.connection().execute(query).all()
    answer_ids = select(col(AnswerRow.id)).join(TurnRow).where(of_battles)
    footprints = read_footprints(session, answer_ids, quantities=SUMMED)
    answers: dict[str, list[AnswerFacts]] = defaultdict(list)
    for row in rows:
        shown = next(iter(footprints.get(row.id, ())), None)
        answers[row.battle_id].append(_to_facts(row, PastAnswer(row.place, Side(row.side), shown)))
    return answers


def _to_facts(row: Row[Any], past: PastAnswer) -> AnswerFacts:
    return AnswerFacts(
        past=past,
        model_id=row.model_id,
        status=AnswerStatus(row.status),
        has_produced=row.token_source is not None,
        usage=Usage(row.input_tokens, row.output_tokens),
        first_token_s=row.first_token_s,
        duration_s=row.duration_s,
        replaced=to_replacement(row),
    )


def _read_said(session: Session, ids: BattleIds) -> Mapping[str, Mapping[str, Said]]:
    """By battle and visitor, for those that said something."""
    votes, bets = _by_visitor(session, VoteRow, ids), _by_visitor(session, BetRow, ids)
    chosen, needs = _by_visitor(session, SecondChoiceRow, ids), _by_visitor(session, NeedRow, ids)
    reactions = _read_reactions(session, ids)
    said: dict[str, dict[str, Said]] = defaultdict(dict)
    for key in {*votes, *bets, *chosen, *needs, *reactions}:
        battle_id, visitor_id = key
        vote = votes.get(key)
        said[battle_id][visitor_id] = Said(
            vote=Outcome(vote.outcome) if vote else None,
            reflections=to_reflections(bets.get(key), chosen.get(key), needs.get(key)),
            reactions=reactions.get(key, {}),
        )
    return said


def _by_visitor(session: Session, row: type[Words], ids: BattleIds) -> Mapping[tuple[str, str], Words]:
    """By battle and visitor."""
    query = select(row).where(col(row.battle_id).in_(ids))
    return {(one.battle_id, one.visitor_id): one for one in session.exec(query)}


def _read_reactions(session: Session, ids: BattleIds) -> Mapping[tuple[str, str], Mapping[Side, Reaction]]:
    query = (
        select(ReactionRow, ReactionQualityRow.quality)
        .outerjoin(ReactionQualityRow, col(ReactionQualityRow.reaction_id) == ReactionRow.id)
        .where(col(ReactionRow.battle_id).in_(ids))
    )
    rows: dict[tuple[str, str], list[tuple[ReactionRow, str | None]]] = defaultdict(list)
    for row, quality in session.exec(query):
        rows[row.battle_id, row.visitor_id].append((row, quality))
    return {key: to_reactions(mine) for key, mine in rows.items()}
