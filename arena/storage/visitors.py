"""Keeps track of one visitor across battles: reads all that is theirs, and erases it."""

from collections.abc import Callable

from sqlalchemy import Engine, func
from sqlmodel import Session, col, delete, select

from arena.domain.summary import Erased, PastBattle
from arena.errors import BattleBusy
from arena.storage.budgets import keep_spent, lock_budgets
from arena.storage.past_battles import read_past_battles
from arena.storage.rows import (
    AnswerRow,
    BattleRow,
    BetRow,
    NeedRow,
    ParticipantRow,
    ProposalRow,
    ReactionRow,
    RevealRow,
    SeatRow,
    SecondChoiceRow,
    TurnRow,
    VoteRow,
)
from arena.storage.space import free_space
from arena.storage.transactions import reading, writing

SAID_OTHERWISE = (ReactionRow, BetRow, SecondChoiceRow, NeedRow, ProposalRow)


class VisitorStore:
    """Each method is one transaction. Every one raises StorageError when the database refuses."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def battles_of(self, visitor_id: str) -> tuple[PastBattle, ...]:
        """The battles that this visitor started or, in a room, spoke of; see ``arena.storage.past_battles``."""
        with reading(self._engine) as session:
            return read_past_battles(session, visitor_id)

    def erase(self, visitor_id: str, *, is_running: Callable[[str], bool]) -> Erased:
        """Delete every row of this visitor, all or nothing; the bytes follow with ``free_space``.

        Battles that they started go with all that hangs on them, and so does what they said of any battle.
        ``is_running`` tells by its id whether a battle is being written: then nothing is deleted. Raises
        BattleBusy.
        """
        with writing(self._engine) as session:
            mine = col(BattleRow.visitor_id) == visitor_id
            lock_budgets(session, mine)
            locked = select(BattleRow.id).where(mine).order_by(col(BattleRow.id)).with_for_update()
            ids = session.exec(locked).all()  # nobody adds a turn meanwhile
            if any(is_running(battle_id) for battle_id in ids):
                raise BattleBusy
            keep_spent(session, mine)
            prompts, answers = _count_texts(session, visitor_id)
            votes = session.exec(delete(VoteRow).where(col(VoteRow.visitor_id) == visitor_id)).rowcount
            others = sum(
                session.exec(delete(row).where(col(row.visitor_id) == visitor_id)).rowcount for row in SAID_OTHERWISE
            )
            for row in (RevealRow, SeatRow, ParticipantRow):
                session.exec(delete(row).where(col(row.visitor_id) == visitor_id))
            battles = session.exec(delete(BattleRow).where(mine)).rowcount
            return Erased(battles=battles, prompts=prompts, answers=answers, votes=votes, others=others)

    def free_space(self) -> None:
        """Give back what was erased; see ``arena.storage.space``."""
        free_space(self._engine)


def _count_texts(session: Session, visitor_id: str) -> tuple[int, int]:
    """How many prompts and answers hang on the battles of a visitor."""
    query = (
        select(func.count(func.distinct(TurnRow.id)), func.count(col(AnswerRow.id)))
        .select_from(TurnRow)
        .join(BattleRow)
        .outerjoin(AnswerRow, col(AnswerRow.turn_id) == TurnRow.id)
        .where(BattleRow.visitor_id == visitor_id)
    )
    return session.exec(query).one()
