"""Keeps battles and what each visitor said and saw of them."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from functools import cache

import sqlalchemy as sa
from sqlalchemy import Engine, bindparam, case, func, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, delete, select

from arena import __version__
from arena.domain.battle import Answer, AnswerStatus, Battle, RevealStage, Turn
from arena.domain.encounter import Encounter
from arena.domain.pairing import PairHistory
from arena.domain.provenance import StoredFootprint
from arena.domain.side import Side
from arena.domain.vote import Opinion, Reaction, Vote
from arena.errors import BattleBusy, BattleClosed, BattleNotFound, VoteMissing
from arena.storage.budgets import RUNNING, asked_of, reserve
from arena.storage.encounters import read_battle, read_encounter, read_reveal_and_vote, stage_of
from arena.storage.footprints import forget_footprints, write_footprint
from arena.storage.rows import (
    AnswerRow,
    BattleRow,
    BattleSideRow,
    ReactionQualityRow,
    ReactionRow,
    RematchRow,
    RevealRow,
    TurnRow,
    VoteRow,
)
from arena.storage.transactions import (
    dialect_of,
    hold_event_open,
    insert_for,
    insert_into,
    lock_battle,
    lock_open_battle,
    reading,
    run,
    table_of,
    writing,
)
from arena.storage.translate import answer_columns, battle_columns, to_rematch_row, to_vote, vote_columns

_BATTLE, _TURN_OF, _ANSWER, _VOTE = table_of(BattleRow), table_of(TurnRow), table_of(AnswerRow), table_of(VoteRow)
_ON_A, _ON_B = aliased(BattleSideRow), aliased(BattleSideRow)
_PAIRS = (  # put together once, as every battle asks: that takes longer than to ask
    select(
        _ON_A.model_id,
        _ON_B.model_id,
        func.count(),
        func.max(case((col(BattleRow.visitor_id) == bindparam("visitor_id"), 1), else_=0)),
    )
    .join(_ON_A, (col(_ON_A.battle_id) == BattleRow.id) & (col(_ON_A.side) == Side.A.value))
    .join(_ON_B, (col(_ON_B.battle_id) == BattleRow.id) & (col(_ON_B.side) == Side.B.value))
    .where(col(BattleRow.is_blind).is_(True), col(BattleRow.is_demo) == bindparam("demo"))
    .where(col(BattleRow.id).not_in(select(RematchRow.battle_id)))
    .group_by(_ON_A.model_id, _ON_B.model_id)
)


class BattleStore:
    """Each method is one transaction. Every one raises StorageError when the database refuses.

    ``catalogue_version`` and ``code_version`` are written into each new battle. Who may see a battle is
    decided elsewhere: a room shares one, so everything said of it is kept by battle *and* visitor.
    """

    def __init__(self, engine: Engine, *, catalogue_version: str = "", code_version: str = __version__) -> None:
        self._engine = engine
        self._catalogue_version = catalogue_version
        self._code_version = code_version

    def create_battle(self, battle: Battle) -> None:
        """Write a battle with its sides, its turns and their answers.

        Raises EventNotFound, EventNotOpen, BudgetSpent, see ``reserve``.
        """
        versions = {"catalogue_version": self._catalogue_version, "code_version": self._code_version}
        with writing(self._engine) as session:
            hold_event_open(session, battle.event_id, to_spend=True)
            reserve(session, battle.event_id, asked_of(battle))
            run(session, _NEW_BATTLE, {**battle_columns(battle), **versions})
            seats = battle.models.items()
            run(session, _NEW_SIDES, [{"battle_id": battle.id, "side": side, "model_id": one} for side, one in seats])
            if battle.rematch is not None:
                session.add(to_rematch_row(battle.id, battle.rematch))
            for turn in battle.turns:
                _write_turn(session, battle.id, turn)

    def add_turn(self, battle_id: str, turn: Turn) -> None:
        """Write one more turn.

        Raises BattleNotFound, EventNotOpen, BattleClosed once purged, BattleBusy when that turn was already asked
        for, BudgetSpent.
        """
        with writing(self._engine) as session:
            event_id = lock_open_battle(session, battle_id, to_spend=True)
            _refuse_purged(_purged_at(session, battle_id), battle_id)
            if run(session, _TURN, {"battle_id": battle_id, "index": turn.index}).first() is not None:
                raise BattleBusy(f"turn {turn.index} of battle {battle_id} exists")
            reserve(session, event_id, turn.answers.values())
            _write_turn(session, battle_id, turn)

    def save_answer(
        self,
        battle_id: str,
        turn_index: int,
        side: Side,
        answer: Answer,
        footprint: StoredFootprint | None = None,
        *,
        is_again: bool = False,
    ) -> None:
        """Write one side's answer as it stands now, and what it cost, together; see ``save_answers``.

        ``is_again`` says that it was written before: what that cost goes.
        """
        with writing(self._engine) as session:
            answer_id = _save_answers(session, battle_id, turn_index, {side: answer})[side]
            if is_again and answer_id is not None:
                forget_footprints(session, answer_id)
            if footprint is not None and answer_id is not None:
                write_footprint(session, answer_id, footprint)

    def save_answers(self, battle_id: str, turn_index: int, answers: Mapping[Side, Answer]) -> None:
        """Write answers as they stand now. Raises BattleNotFound, BattleClosed once purged.

        An answer that has ended is never reopened: a save of its progress may come late, from another thread.
        """
        with writing(self._engine) as session:
            _save_answers(session, battle_id, turn_index, answers)

    def get_battle(self, battle_id: str) -> Battle:
        """The whole battle. Raises BattleNotFound."""
        with reading(self._engine) as session:
            return read_battle(session, battle_id)

    def encounter(self, battle_id: str, visitor_id: str) -> Encounter:
        """The battle with this visitor's opinion and reveals, read together. Raises BattleNotFound."""
        with reading(self._engine) as session:
            return read_encounter(session, battle_id, visitor_id)

    def latest_battle_id(self, visitor_id: str) -> str | None:
        """The battle that this visitor started last, or None when there is none or it was left."""
        newest = col(BattleRow.created_at).desc(), col(BattleRow.id).desc()
        query = (
            select(BattleRow.id, BattleRow.left_at).where(BattleRow.visitor_id == visitor_id).order_by(*newest).limit(1)
        )
        with reading(self._engine) as session:
            latest = session.exec(query).first()
        return latest[0] if latest and latest[1] is None else None

    def has_battles(self, visitor_id: str) -> bool:
        """Whether this visitor ever started a battle, left or not."""
        with reading(self._engine) as session:
            query = select(BattleRow.id).where(BattleRow.visitor_id == visitor_id).limit(1)
            return session.exec(query).first() is not None

    def latest_start(self, visitor_id: str, number: int) -> datetime | None:
        """When this visitor started the battle of that number, 1 being the last one; None with fewer battles."""
        with reading(self._engine) as session:
            latest: datetime | None = run(
                session, _LATEST_START, {"visitor_id": visitor_id, "newer": number - 1}
            ).scalar()
            return latest

    def leave(self, battle_id: str, visitor_id: str, now: datetime) -> None:
        """Put a battle of this visitor aside; the first time stays. Raises BattleNotFound."""
        with writing(self._engine) as session:
            lock_battle(session, battle_id)
            row = session.get_one(BattleRow, battle_id)
            if row.visitor_id != visitor_id:
                raise BattleNotFound(f"battle {battle_id} is not this visitor's")
            row.left_at = row.left_at or now
            session.add(row)

    def cast_vote(self, vote: Vote, now: datetime) -> Vote:
        """Record a first vote, or change it until the reveal; the same vote again changes nothing.

        ``created_at`` is the time of the first vote, ``changed_at`` that of the last change of outcome.
        Raises BattleNotFound, EventNotOpen, BattleClosed once this visitor saw the footprints or the texts were purged.
        """
        with writing(self._engine) as session:
            lock_open_battle(session, vote.battle_id)
            _refuse_purged(_purged_at(session, vote.battle_id), vote.battle_id)
            reveal, _ = read_reveal_and_vote(session, vote.battle_id, vote.visitor_id)
            if reveal is not None:
                raise BattleClosed(f"battle {vote.battle_id} was revealed")
            cast = {**vote_columns(vote), "created_at": now}
            return to_vote(run(session, _voting(dialect_of(session)), cast).one())

    def opinion_of(self, battle_id: str, visitor_id: str) -> Opinion:
        """All that this visitor said of this battle, which may be nothing. Raises BattleNotFound."""
        with reading(self._engine) as session:
            return read_encounter(session, battle_id, visitor_id).opinion

    def save_reaction(self, reaction: Reaction) -> None:
        """Write what a visitor thinks of one side, in place of any earlier word.

        Raises BattleNotFound, EventNotOpen.
        """
        with writing(self._engine) as session:
            lock_open_battle(session, reaction.battle_id)
            reaction_id = _write_reaction(session, reaction)
            session.exec(delete(ReactionQualityRow).where(col(ReactionQualityRow.reaction_id) == reaction_id))
            for quality in reaction.qualities:
                session.add(ReactionQualityRow(reaction_id=reaction_id, quality=quality.value))

    def reveal_footprints(self, battle_id: str, visitor_id: str, now: datetime) -> RevealStage:
        """Note that a visitor is shown the footprints; returns the stage reached, which may be further.

        The time of the first showing stays. Raises BattleNotFound, VoteMissing before the vote. The names
        follow with the second choice, see ``ReflectionStore``.
        """
        with writing(self._engine) as session:
            lock_battle(session, battle_id)
            reveal, vote = read_reveal_and_vote(session, battle_id, visitor_id)
            if vote is None:
                raise VoteMissing(f"no vote on battle {battle_id} yet")
            if reveal is not None:
                return stage_of(reveal)
            run(session, _NEW_REVEAL, {"battle_id": battle_id, "visitor_id": visitor_id, "footprints_at": now})
            return RevealStage.FOOTPRINTS

    def stage_of(self, battle_id: str, visitor_id: str) -> RevealStage:
        """What this visitor was shown of this battle."""
        with reading(self._engine) as session:
            return stage_of(session.get(RevealRow, (battle_id, visitor_id)))

    def pair_history(self, visitor_id: str, *, demo: bool) -> PairHistory:
        """Which models were drawn to meet in blind battles, demonstrations or not; reads no text."""
        with reading(self._engine) as session:
            rows = session.exec(_PAIRS, params={"visitor_id": visitor_id, "demo": demo}).all()
        met: Counter[frozenset[str]] = Counter()
        for a, b, count, _ in rows:
            met[frozenset((a, b))] += count
        seen = frozenset(frozenset((a, b)) for a, b, _, was_mine in rows if was_mine)
        return PairHistory(dict(met), {(a, b): count for a, b, count, _ in rows}, seen)

    def close_interrupted(self) -> int:
        """Close the answers that a dead process left open and return how many; call it once, at the start.

        With some text they are truncated, without they failed; what they cost is unknown.
        """
        has_text = col(AnswerRow.text) != ""
        ending = case((has_text, AnswerStatus.TRUNCATED.value), else_=AnswerStatus.FAILED.value)
        with writing(self._engine) as session:
            closed = session.exec(
                update(AnswerRow)
                .where(col(AnswerRow.status).in_(RUNNING))
                .values(status=ending, error_key="error.interrupted", cost_eur=None)
            )
            return closed.rowcount


_NEW_BATTLE, _NEW_SIDES = sa.insert(_BATTLE), sa.insert(table_of(BattleSideRow))
_NEW_TURN, _NEW_ANSWERS = sa.insert(_TURN_OF).returning(_TURN_OF.c.id), sa.insert(_ANSWER)
_NEW_REVEAL = sa.insert(table_of(RevealRow))
_TURN = (
    sa.select(_TURN_OF.c.id, _BATTLE.c.purged_at)
    .join(_BATTLE, _BATTLE.c.id == _TURN_OF.c.battle_id)
    .where(_TURN_OF.c.battle_id == sa.bindparam("battle_id"), _TURN_OF.c.index == sa.bindparam("index"))
)
_PURGED = sa.select(_BATTLE.c.purged_at).where(_BATTLE.c.id == sa.bindparam("battle_id"))
_LATEST_START = (
    sa.select(_BATTLE.c.created_at)
    .where(_BATTLE.c.visitor_id == sa.bindparam("visitor_id"))
    .order_by(_BATTLE.c.created_at.desc())
    .offset(sa.bindparam("newer"))
    .limit(1)
)


def _write_turn(session: Session, battle_id: str, turn: Turn) -> None:
    asked = {"battle_id": battle_id, "index": turn.index, "prompt": turn.prompt, "created_at": turn.created_at}
    turn_id = run(session, _NEW_TURN, asked).scalar_one()
    answers = [{"turn_id": turn_id, "side": side, **answer_columns(one)} for side, one in turn.answers.items()]
    run(session, _NEW_ANSWERS, answers)


def _refuse_purged(purged_at: datetime | None, battle_id: str) -> None:
    """Nothing is written any more into a battle whose texts are gone. Raises BattleClosed."""
    if purged_at is not None:
        raise BattleClosed(f"the texts of battle {battle_id} are gone")


def _purged_at(session: Session, battle_id: str) -> datetime | None:
    moment: datetime | None = run(session, _PURGED, {"battle_id": battle_id}).scalar()
    return moment


def _save_answers(
    session: Session, battle_id: str, turn_index: int, answers: Mapping[Side, Answer]
) -> Mapping[Side, int | None]:
    """The id of each answer; None for one that had ended and was not reopened."""
    turn = run(session, _TURN, {"battle_id": battle_id, "index": turn_index}).first()
    if turn is None:
        raise BattleNotFound(f"no turn {turn_index} in battle {battle_id!r}")
    _refuse_purged(turn.purged_at, battle_id)
    ids: dict[Side, int | None] = {}
    for side, answer in sorted(answers.items()):  # one order, or two writers lock each other out
        statement = _answering(dialect_of(session), is_progress=not answer.status.is_over)
        columns = {"turn_id": turn.id, "side": side, **answer_columns(answer)}
        ids[side] = run(session, statement, columns).scalar_one_or_none()
        if answer.replaced is not None:
            _seat_model(session, battle_id, side, answer.model_id)
    return ids


@cache
def _answering(dialect: str, *, is_progress: bool) -> sa.Insert:
    """Writes an answer in place of what was there; progress in place of progress only."""
    statement = insert_for(dialect, AnswerRow)
    place = {"id", "turn_id", "side"}
    return statement.on_conflict_do_update(
        index_elements=["turn_id", "side"],
        set_={column.name: statement.excluded[column.name] for column in _ANSWER.c if column.name not in place},
        where=_ANSWER.c.status.in_(RUNNING) if is_progress else None,
    ).returning(_ANSWER.c.id)


def _seat_model(session: Session, battle_id: str, side: Side, model_id: str) -> None:
    seat = session.get_one(BattleSideRow, (battle_id, side.value))
    seat.model_id = model_id
    session.add(seat)


@cache
def _voting(dialect: str) -> sa.Insert:
    """Writes a vote, or changes it, and returns the row."""
    statement = insert_for(dialect, VoteRow)
    changed = _VOTE.c.outcome != statement.excluded.outcome
    return statement.on_conflict_do_update(
        index_elements=["battle_id", "visitor_id"],
        set_={
            "outcome": statement.excluded.outcome,
            "comment": statement.excluded.comment,
            "changed_at": sa.case((changed, statement.excluded.created_at), else_=_VOTE.c.changed_at),
        },
    ).returning(*_VOTE.c)


def _write_reaction(session: Session, reaction: Reaction) -> int:
    statement = insert_into(session, ReactionRow).values(
        battle_id=reaction.battle_id,
        visitor_id=reaction.visitor_id,
        side=reaction.side.value,
        liked=reaction.liked,
    )
    kept = statement.on_conflict_do_update(
        index_elements=["battle_id", "visitor_id", "side"], set_={"liked": reaction.liked}
    )
    reaction_id: int = session.exec(kept.returning(col(ReactionRow.id))).scalar_one()
    return reaction_id
