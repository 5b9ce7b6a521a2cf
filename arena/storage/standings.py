"""Reads the votes that a ranking is made of, counted by pair, and what is left out of them."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Engine, Row, Select, column, func, select, text
from sqlalchemy.orm import Mapped
from sqlmodel import col

from arena.domain.counted import CastVote, CastVotes, Counted, LeftOut, StandingFilter
from arena.domain.side import Side
from arena.domain.tally import Cell, Tally
from arena.domain.vote import Outcome
from arena.storage.pair_tally import CELLS, RANKED
from arena.storage.rows import AnswerRow, PairTallyRow, TurnRow, VoteRow
from arena.storage.transactions import reading

# Kind, model on A, model on B, outcome, votes; then the same without a kind, with the first and last side.
_Counts = Select[str, str, str, str, int]
_Withheld = Select[str, str, str, str, str, int]
_Query = TypeVar("_Query", bound=Select[*tuple[Any, ...]])

# Votes that are read one by one, to see how far those of a person hang together. Visitor ids are digests, so the
# first ones in their order are a fair sample: from 10 000 votes of 1 250 people it tells variances within 4 %.
MOST_CAST = 10_000


class StandingStore:
    """Each method is one transaction. Every one raises StorageError when the database refuses."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def counted(self, wanted: StandingFilter) -> Counted:
        """The votes that count by pair, and how many do not by reason.

        From the tally where it can tell, in time that grows with the pairs; a stretch of time needs the votes
        themselves. Votes left out for self-naming are read one by one: there are few.
        """
        with reading(self._engine) as session:
            rows = session.execute(_tallied(wanted) if _in_tally(wanted) else _counts(wanted)).all()
            return _to_counted(rows, session.execute(_withheld(wanted)).all())

    def cast(self, wanted: StandingFilter, *, most: int = MOST_CAST) -> CastVotes:
        """The votes that count with who cast them: all of them, or those of some participants, ``most`` votes or so."""
        columns = (col(VoteRow.visitor_id), _cell.c.model_a, _cell.c.model_b, col(VoteRow.outcome))
        query = _of_votes(select(*columns), wanted).where(_cell.c.kind == RANKED, ~_is_withheld())
        with reading(self._engine) as session:
            found = session.execute(query.order_by(col(VoteRow.visitor_id)).limit(most + 1))
            votes = [CastVote(visitor, (one, two, Outcome(outcome))) for visitor, one, two, outcome in found]
        if len(votes) <= most:
            return CastVotes(votes, is_sample=False)
        last = votes[-1].visitor_id  # who may have more
        return CastVotes([vote for vote in votes if vote.visitor_id != last] or votes, is_sample=True)


_cell = (
    text(CELLS)
    .columns(*(column(name) for name in ("battle_id", "locale", "mode", "model_a", "model_b", "kind")))
    .subquery("cell")
)


def _in_tally(wanted: StandingFilter) -> bool:
    """Whether the tally can tell. It cannot for a column that it does not have."""
    return wanted.since is None and wanted.until is None


def _tallied(wanted: StandingFilter) -> _Counts:
    row = PairTallyRow
    key = (col(row.kind), col(row.model_a), col(row.model_b), col(row.outcome))
    query = select(*key, func.sum(row.votes)).where(*_of_battle(wanted, col(row.locale), col(row.mode)))
    return query.group_by(*key)


def _counts(wanted: StandingFilter) -> _Counts:
    """The same from the votes themselves."""
    key = (_cell.c.kind, _cell.c.model_a, _cell.c.model_b, col(VoteRow.outcome))
    return _of_votes(select(*key, func.count()), wanted).group_by(*key)


def _of_votes(query: _Query, wanted: StandingFilter) -> _Query:
    """Joined to the votes that a filter wants. A condition on another column of battles (an event, a theme) goes
    here, with the column added to CELLS and the field to ``_in_tally``.
    """
    query = query.select_from(VoteRow).join(_cell, _cell.c.battle_id == col(VoteRow.battle_id))
    query = query.where(*_of_battle(wanted, _cell.c.locale, _cell.c.mode))
    if wanted.since is not None:
        query = query.where(col(VoteRow.created_at) >= wanted.since)
    if wanted.until is not None:
        query = query.where(col(VoteRow.created_at) < wanted.until)
    return query


def _of_battle(
    wanted: StandingFilter, locale: ColumnElement[str] | Mapped[str], mode: ColumnElement[str] | Mapped[str]
) -> Iterator[ColumnElement[bool]]:
    if wanted.locale is not None:
        yield locale == wanted.locale
    if wanted.mode is not None:
        yield mode == wanted.mode.value


def _self_named() -> Select[str, str, str]:
    """The battles in which a model named itself, and on which sides: first and last one of them."""
    side = col(AnswerRow.side)
    query = select(col(TurnRow.battle_id), func.min(side).label("first"), func.max(side).label("last"))
    query = query.select_from(AnswerRow).join(TurnRow, col(TurnRow.id) == AnswerRow.turn_id)
    return query.where(col(AnswerRow.self_named)).group_by(col(TurnRow.battle_id))


def _is_withheld() -> ColumnElement[bool]:
    """The same, asked of one vote."""
    query = select(col(AnswerRow.id)).join(TurnRow, col(TurnRow.id) == AnswerRow.turn_id)
    return query.where(col(TurnRow.battle_id) == VoteRow.battle_id, col(AnswerRow.self_named)).exists()


def _withheld(wanted: StandingFilter) -> _Withheld:
    sides = _self_named().subquery("self_named")
    key = (_cell.c.model_a, _cell.c.model_b, col(VoteRow.outcome), sides.c.first, sides.c.last)
    query = _of_votes(select(*key, func.count()), wanted).where(_cell.c.kind == RANKED)
    return query.join(sides, sides.c.battle_id == col(VoteRow.battle_id)).group_by(*key)


def _to_counted(
    rows: Iterable[Row[str, str, str, str, int]], withheld: Iterable[Row[str, str, str, str, str, int]]
) -> Counted:
    votes: Counter[Cell] = Counter()
    left_out: Counter[LeftOut] = Counter()
    named_themselves: Counter[str] = Counter()
    for kind, one, two, outcome, count in rows:
        if kind == RANKED:
            votes[one, two, Outcome(outcome)] += count
        else:
            left_out[LeftOut(kind)] += count
    for one, two, outcome, first, last, count in withheld:
        votes[one, two, Outcome(outcome)] -= count
        left_out[LeftOut.SELF_NAMED] += count
        models = {Side.A: one, Side.B: two}
        named_themselves.update({models[Side(side)]: count for side in {first, last}})
    return Counted(Tally(+votes), +left_out, +named_themselves)
