"""Keeps battles and what each visitor said and saw of them."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

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
from arena.storage.encounters import read_battle, read_encounter, stage_of
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
    hold_event_open,
    insert_into,
    lock_battle,
    lock_open_battle,
    reading,
    writing,
)
from arena.storage.translate import (
    answer_columns,
    to_answer_rows,
    to_battle_row,
    to_rematch_row,
    to_vote,
)

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
        row = to_battle_row(battle, catalogue_version=self._catalogue_version, code_version=self._code_version)
        with writing(self._engine) as session:
            hold_event_open(session, battle.event_id, to_spend=True)
            reserve(session, battle.event_id, asked_of(battle))
            session.add(row)
            for side, model_id in battle.models.items():
                session.add(BattleSideRow(battle_id=battle.id, side=side.value, model_id=model_id))
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
            _refuse_purged(session, battle_id)
            if _find_turn(session, battle_id, turn.index) is not None:
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
        starts = select(BattleRow.created_at).where(BattleRow.visitor_id == visitor_id)
        latest = starts.order_by(col(BattleRow.created_at).desc()).offset(number - 1).limit(1)
        with reading(self._engine) as session:
            return session.exec(latest).first()

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
            _refuse_purged(session, vote.battle_id)
            if session.get(RevealRow, (vote.battle_id, vote.visitor_id)) is not None:
                raise BattleClosed(f"battle {vote.battle_id} was revealed")
            _write_vote(session, vote, now)
            return to_vote(session.get_one(VoteRow, (vote.battle_id, vote.visitor_id)))

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
            if session.get(VoteRow, (battle_id, visitor_id)) is None:
                raise VoteMissing(f"no vote on battle {battle_id} yet")
            row = session.get(RevealRow, (battle_id, visitor_id))
            row = row or RevealRow(battle_id=battle_id, visitor_id=visitor_id, footprints_at=now)
            session.add(row)
            return stage_of(row)

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


def _write_turn(session: Session, battle_id: str, turn: Turn) -> None:
    session.flush()  # the battle that the turn points to
    statement = insert_into(session, TurnRow).values(
        battle_id=battle_id, index=turn.index, prompt=turn.prompt, created_at=turn.created_at
    )
    turn_id: int = session.exec(statement.returning(col(TurnRow.id))).scalar_one()
    session.add_all(to_answer_rows(turn_id, turn))


def _refuse_purged(session: Session, battle_id: str) -> None:
    """Nothing is written any more into a battle whose texts are gone. Raises BattleClosed."""
    purged_at = session.exec(select(BattleRow.purged_at).where(BattleRow.id == battle_id)).first()
    if purged_at is not None:
        raise BattleClosed(f"the texts of battle {battle_id} are gone")


def _find_turn(session: Session, battle_id: str, index: int) -> int | None:
    return session.exec(select(TurnRow.id).where(TurnRow.battle_id == battle_id, TurnRow.index == index)).first()


def _save_answers(
    session: Session, battle_id: str, turn_index: int, answers: Mapping[Side, Answer]
) -> Mapping[Side, int | None]:
    """The id of each answer; None for one that had ended and was not reopened."""
    turn_id = _find_turn(session, battle_id, turn_index)
    if turn_id is None:
        raise BattleNotFound(f"no turn {turn_index} in battle {battle_id!r}")
    _refuse_purged(session, battle_id)
    ids: dict[Side, int | None] = {}
    for side, answer in sorted(answers.items()):  # one order, or two writers lock each other out
        ids[side] = _write_answer(session, turn_id, side, answer)
        if answer.replaced is not None:
            _seat_model(session, battle_id, side, answer.model_id)
    return ids


def _write_answer(session: Session, turn_id: int, side: Side, answer: Answer) -> int | None:
    columns = answer_columns(answer)
    statement = insert_into(session, AnswerRow).values(turn_id=turn_id, side=side.value, **columns)
    reopens = not answer.status.is_over
    written = statement.on_conflict_do_update(
        index_elements=["turn_id", "side"],
        set_=columns,
        where=col(AnswerRow.status).in_(RUNNING) if reopens else None,
    )
    answer_id: int | None = session.exec(written.returning(col(AnswerRow.id))).scalar_one_or_none()
    return answer_id


def _seat_model(session: Session, battle_id: str, side: Side, model_id: str) -> None:
    seat = session.get_one(BattleSideRow, (battle_id, side.value))
    seat.model_id = model_id
    session.add(seat)


def _write_vote(session: Session, vote: Vote, now: datetime) -> None:
    statement = insert_into(session, VoteRow).values(
        battle_id=vote.battle_id,
        visitor_id=vote.visitor_id,
        outcome=vote.outcome.value,
        comment=vote.comment,
        created_at=now,
    )
    changed = col(VoteRow.outcome) != statement.excluded.outcome
    session.exec(
        statement.on_conflict_do_update(
            index_elements=["battle_id", "visitor_id"],
            set_={
                "outcome": statement.excluded.outcome,
                "comment": statement.excluded.comment,
                "changed_at": case((changed, statement.excluded.created_at), else_=VoteRow.changed_at),
            },
        )
    )


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
