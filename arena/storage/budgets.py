"""Keeps the budget of an event: the answers of its battles are its spending, those being written included."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, Engine, and_, case, func, or_
from sqlmodel import Session, col, select

from arena.domain.battle import Answer, AnswerStatus, Battle
from arena.domain.budget import Balance, Budget, Spending
from arena.errors import BudgetSpent
from arena.storage.budget_rows import SpentRow
from arena.storage.event_rows import EventRow
from arena.storage.rows import AnswerRow, BattleRow, RematchRow, TurnRow
from arena.storage.transactions import reading

RUNNING = tuple(status.value for status in AnswerStatus if not status.is_over)


class BudgetStore:
    """Each method is one transaction. Every one raises StorageError when the database refuses."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def balance_of(self, event_id: str) -> Balance | None:
        """What an event may spend and spent, None when there is no such event."""
        with reading(self._engine) as session:
            row = session.get(EventRow, event_id)
            if row is None:
                return None
            return Balance(_budget(row), _spent(session, event_id))


def reserve(session: Session, event_id: str | None, asked: Collection[Answer]) -> None:
    """Make sure that an event can pay for these answers, within the transaction that writes them down.

    Whoever reserves for the same event waits until that transaction ends, and then counts them. Outside an
    event, or without a limit, anything goes. Raises BudgetSpent.
    """
    row = _locked(session, event_id)
    if row is None or _budget(row) == Budget():
        return
    wanted = Spending(len(asked), sum(answer.cost_eur or 0.0 for answer in asked))
    if not _budget(row).allows(_spent(session, row.id) + wanted):
        raise BudgetSpent(f"event {row.id} cannot pay for {len(asked)} more answers")


def asked_of(battle: Battle) -> Collection[Answer]:
    """The answers of a battle that somebody must write; what was kept or recorded costs nothing again."""
    if battle.recorded_at is not None:
        return []
    kept = battle.rematch and battle.rematch.kept_side
    return [answer for turn in battle.turns for side, answer in turn.answers.items() if side is not kept]


def lock_budgets(session: Session, which: ColumnElement[bool]) -> None:
    """Let nobody spend in the events of some battles until the transaction ends.

    Before any of these battles is locked: whoever adds a turn to one waits for its event first.
    """
    for event_id in _events_of(session, which):
        _locked(session, event_id)


def keep_spent(session: Session, which: ColumnElement[bool]) -> None:
    """Note what some battles cost each event, just before they are erased; after ``lock_budgets``."""
    for event_id in _events_of(session, which):
        spent = _counted(session, BattleRow.event_id == event_id, which)
        row = session.get(SpentRow, event_id) or SpentRow(event_id=event_id, answers=0, cost_eur=0.0, unpriced=0)
        total = _kept(row) + spent
        row.answers, row.cost_eur, row.unpriced = total.answers, total.cost_eur, total.unpriced
        session.add(row)


def _events_of(session: Session, which: ColumnElement[bool]) -> list[str]:
    """In one order, or two who lock them would lock each other out."""
    query = select(BattleRow.event_id).where(which, col(BattleRow.event_id).is_not(None))
    return sorted(filter(None, session.exec(query.distinct())))


def _locked(session: Session, event_id: str | None) -> EventRow | None:
    """The event, once nobody else reserves for it; in the mode that lets other tables point to it."""
    if event_id is None:
        return None
    query = select(EventRow).where(EventRow.id == event_id).with_for_update(key_share=True)
    return session.exec(query).first()


def _budget(row: EventRow) -> Budget:
    return Budget(row.max_answers, row.max_cost_eur)


def _kept(row: SpentRow) -> Spending:
    return Spending(row.answers, row.cost_eur, row.unpriced)


def _spent(session: Session, event_id: str) -> Spending:
    erased = session.get(SpentRow, event_id)
    return _counted(session, BattleRow.event_id == event_id) + (_kept(erased) if erased else Spending())


def _counted(session: Session, *which: ColumnElement[bool] | bool) -> Spending:
    """The answers of some battles that produced a token or may still; not those that a rematch kept."""
    is_kept = and_(col(RematchRow.battle_id) == BattleRow.id, col(RematchRow.kept_side) == AnswerRow.side)
    counts = or_(col(AnswerRow.token_source).is_not(None), col(AnswerRow.status).in_(RUNNING))
    query = (
        select(
            func.count(),
            func.coalesce(func.sum(AnswerRow.cost_eur), 0.0),
            func.coalesce(func.sum(case((col(AnswerRow.cost_eur).is_(None), 1), else_=0)), 0),
        )
        .select_from(AnswerRow)
        .join(TurnRow)
        .join(BattleRow)
        .outerjoin(RematchRow, is_kept)
        .where(*which, counts, col(RematchRow.battle_id).is_(None))
    )
    answers, cost_eur, unpriced = session.exec(query).one()
    return Spending(answers, cost_eur or 0.0, unpriced)
