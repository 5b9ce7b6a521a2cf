"""Reads what people said and saw of several battles at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from sqlmodel import Session, col, select

from arena.domain.dataset_rows import Voice
from arena.domain.side import Side
from arena.domain.vote import Reaction
from arena.storage.reflections import to_reflections
from arena.storage.rows import (
    BetRow,
    NeedRow,
    ReactionQualityRow,
    ReactionRow,
    RevealRow,
    SecondChoiceRow,
    VoteRow,
)
from arena.storage.translate import to_reactions, to_vote

_Key = tuple[str, str]  # battle and visitor
_Said = TypeVar("_Said", VoteRow, RevealRow, BetRow, SecondChoiceRow, NeedRow)


def read_voices(session: Session, battle_ids: Sequence[str]) -> Mapping[str, Mapping[str, Voice]]:
    """By battle and visitor, for everybody who said or saw anything of one of the battles."""
    votes = _read(session, VoteRow, battle_ids)
    reveals = _read(session, RevealRow, battle_ids)
    bets = _read(session, BetRow, battle_ids)
    choices = _read(session, SecondChoiceRow, battle_ids)
    needs = _read(session, NeedRow, battle_ids)
    reactions = _read_reactions(session, battle_ids)
    voices: dict[str, dict[str, Voice]] = defaultdict(dict)
    for key in {*votes, *reveals, *bets, *choices, *needs, *reactions}:
        battle_id, visitor_id = key
        vote, reveal = votes.get(key), reveals.get(key)
        voices[battle_id][visitor_id] = Voice(
            vote=to_vote(vote) if vote else None,
            reactions=reactions.get(key, {}),
            reflections=to_reflections(bets.get(key), choices.get(key), needs.get(key)),
            footprints_at=reveal.footprints_at if reveal else None,
            names_at=reveal.names_at if reveal else None,
        )
    return voices


def _read(session: Session, row: type[_Said], battle_ids: Sequence[str]) -> Mapping[_Key, _Said]:
    said: Iterable[_Said] = session.exec(select(row).where(col(row.battle_id).in_(battle_ids)))
    return {(one.battle_id, one.visitor_id): one for one in said}


def _read_reactions(session: Session, battle_ids: Sequence[str]) -> Mapping[_Key, Mapping[Side, Reaction]]:
    query = (
        select(ReactionRow, ReactionQualityRow.quality)
        .outerjoin(ReactionQualityRow, col(ReactionQualityRow.reaction_id) == ReactionRow.id)
        .where(col(ReactionRow.battle_id).in_(battle_ids))
        .order_by(col(ReactionRow.side))
    )
    by_key: dict[_Key, list[tuple[ReactionRow, str | None]]] = defaultdict(list)
    for row, quality in session.exec(query):
        by_key[row.battle_id, row.visitor_id].append((row, quality))
    return {key: to_reactions(rows) for key, rows in by_key.items()}
