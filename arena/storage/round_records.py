"""Reads the rounds of several battles at once, for exports."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlmodel import Session, col, select

from arena.domain.round import Step
from arena.domain.round_record import NotedStep, RoundRecord
from arena.domain.side import Side
from arena.storage.rows import RoundRow, RoundStepRow, SeatRow


def read_round_records(session: Session, battle_ids: Sequence[str]) -> Mapping[str, RoundRecord]:
    """By battle, for those that are a round."""
    rows = session.exec(select(RoundRow).where(col(RoundRow.battle_id).in_(battle_ids))).all()
    ids = [row.id for row in rows]
    steps, seats = _read_steps(session, ids), _read_seats(session, ids)
    return {
        row.battle_id: RoundRecord(
            number=row.number,
            has_bet=row.has_bet,
            is_streamed=row.is_streamed,
            skips_names=row.skips_names,
            steps=tuple(steps[row.id]),
            seats=seats[row.id],
        )
        for row in rows
    }


def _read_steps(session: Session, round_ids: Sequence[str]) -> Mapping[str, list[NotedStep]]:
    query = select(RoundStepRow).where(col(RoundStepRow.round_id).in_(round_ids)).order_by(col(RoundStepRow.number))
    steps: dict[str, list[NotedStep]] = defaultdict(list)
    for row in session.exec(query):
        steps[row.round_id].append(NotedStep(row.number, Step(row.step), row.at, row.is_undone))
    return steps


def _read_seats(session: Session, round_ids: Sequence[str]) -> Mapping[str, dict[str, Side]]:
    seats: dict[str, dict[str, Side]] = defaultdict(dict)
    for row in session.exec(select(SeatRow).where(col(SeatRow.round_id).in_(round_ids))):
        seats[row.round_id][row.visitor_id] = Side(row.first_side)
    return seats
