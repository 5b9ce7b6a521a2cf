"""Keeps rooms and their rounds: what is set, which step was reached when, and what everybody was shown by then."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, func, insert, literal, update
from sqlmodel import Session, col, select

from arena.domain.battle import RevealStage
from arena.domain.event import EventState
from arena.domain.room import Room, RoomState
from arena.domain.round import Round, Step
from arena.errors import RoomChanged
from arena.storage.columns import UtcDateTime
from arena.storage.rows import BattleRow, EventRow, RevealRow, RoomRow, RoundRow, RoundStepRow, VoteRow
from arena.storage.transactions import hold_event_open, insert_into, lock_battle, reading, writing


class RoomStore:
    """Each method is one transaction. Every one raises StorageError when the database refuses."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def state(self, event_id: str) -> RoomState:
        """The room of an event, closed and empty if nobody ever opened it, with its round."""
        with reading(self._engine) as session:
            return read_state(session, event_id)

    def version(self, event_id: str) -> int:
        """The version of a room, 0 when nobody ever opened it."""
        with reading(self._engine) as session:
            return session.exec(select(RoomRow.version).where(RoomRow.event_id == event_id)).first() or 0

    def open_rooms(self) -> Sequence[str]:
        """The open events whose rooms are open."""
        query = select(RoomRow.event_id).join(EventRow, col(EventRow.id) == RoomRow.event_id)
        query = query.where(col(RoomRow.is_open), EventRow.state == EventState.OPEN.value)
        with reading(self._engine) as session:
            return session.exec(query.order_by(col(RoomRow.event_id))).all()

    def rounds(self, event_id: str) -> tuple[Round, ...]:
        """All rounds of an event, in order."""
        with reading(self._engine) as session:
            return tuple(_read_rounds(session, col(RoundRow.event_id) == event_id))

    def steps(self, round_id: str) -> tuple[Step, ...]:
        """The steps that a round was brought to and that were not undone, in the order in which they came."""
        with reading(self._engine) as session:
            return tuple(Step(row.step) for row in _read_steps(session, round_id))

    def write(self, state: RoomState, *, seen: int, now: datetime, is_undo: bool = False) -> RoomState:
        """Write a room, and its round if there is one, in place of the version that was ``seen``.

        A step that the round was not at is noted; with ``is_undo`` the latest one is marked instead. Who voted is
        noted to have been shown what the round shows. The state with its new version.
        Raises EventNotFound, EventNotOpen, RoomChanged.
        """
        with writing(self._engine) as session:
            hold_event_open(session, state.room.event_id)
            _write_room(session, state.room, seen)
            if state.round is not None:
                lock_battle(session, state.round.battle_id)
                _write_round(session, state.round, now, is_undo=is_undo)
                _enter(session, state.round)
                _note_what_is_shown(session, state.round, now)
            return read_state(session, state.room.event_id)

    def next_number(self, event_id: str) -> int:
        """The number of an event's next round, from 1."""
        with reading(self._engine) as session:
            last = session.exec(select(func.max(RoundRow.number)).where(RoundRow.event_id == event_id)).one()
            return (last or 0) + 1


def read_state(session: Session, event_id: str, *, to_stay: bool = False) -> RoomState:
    """The room of an event with its round; ``to_stay`` lets nobody change it until the transaction ends."""
    query = select(RoomRow).where(RoomRow.event_id == event_id)
    row = session.exec(query.with_for_update(read=True) if to_stay else query).first()
    if row is None:
        return RoomState(Room(event_id))
    rounds = _read_rounds(session, col(RoundRow.id) == row.round_id) if row.round_id else []
    return RoomState(_to_room(row), next(iter(rounds), None))


def _read_rounds(session: Session, wanted: Any) -> list[Round]:
    query = select(RoundRow, BattleRow.recorded_at).join(BattleRow, col(BattleRow.id) == RoundRow.battle_id)
    return [_to_round(*found) for found in session.exec(query.where(wanted).order_by(col(RoundRow.number)))]


def _read_steps(session: Session, round_id: str) -> Sequence[RoundStepRow]:
    query = select(RoundStepRow).where(RoundStepRow.round_id == round_id, col(RoundStepRow.is_undone).is_(False))
    return session.exec(query.order_by(col(RoundStepRow.number))).all()


def _write_room(session: Session, room: Room, seen: int) -> None:
    """A first version is inserted, any other replaces the one that was seen. Raises RoomChanged."""
    columns = _columns(room)
    if seen == 0:
        statement = insert_into(session, RoomRow).values(event_id=room.event_id, version=1, **columns)
        kept = statement.on_conflict_do_nothing(index_elements=["event_id"]).returning(col(RoomRow.version))
        written = len(session.exec(kept).all())
    else:
        same = col(RoomRow.event_id) == room.event_id, col(RoomRow.version) == seen
        written = session.exec(update(RoomRow).where(*same).values(version=seen + 1, **columns)).rowcount
    if written != 1:
        raise RoomChanged(f"the room of event {room.event_id} is no longer at version {seen}")


def _write_round(session: Session, one: Round, now: datetime, *, is_undo: bool) -> None:
    row = session.get(RoundRow, one.id)
    if row is None:
        row = RoundRow(
            id=one.id,
            event_id=one.event_id,
            battle_id=one.battle_id,
            number=one.number,
            step=one.step.value,
            created_at=one.created_at,
            shown=one.shown.value,
        )
        session.add(row)
        session.flush()  # its first step points to it
        _note_step(session, one, now)
    elif row.step != one.step.value:
        if is_undo:
            _mark_latest(session, one.id)
        else:
            _note_step(session, one, now)
    row.battle_id, row.step, row.shown = one.battle_id, one.step.value, one.shown.value
    row.has_bet, row.is_streamed, row.skips_names = one.has_bet, one.is_streamed, one.skips_names
    session.add(row)
    session.flush()


def _enter(session: Session, one: Round) -> None:
    session.exec(update(RoomRow).where(col(RoomRow.event_id) == one.event_id).values(round_id=one.id))


def _note_step(session: Session, one: Round, now: datetime) -> None:
    last = session.exec(select(func.max(RoundStepRow.number)).where(RoundStepRow.round_id == one.id)).one()
    session.add(RoundStepRow(round_id=one.id, number=(last or 0) + 1, step=one.step.value, at=now))


def _mark_latest(session: Session, round_id: str) -> None:
    steps = _read_steps(session, round_id)
    if steps:
        steps[-1].is_undone = True
        session.add(steps[-1])


def _note_what_is_shown(session: Session, one: Round, now: datetime) -> None:
    """Whoever voted is in the room: what it is shown, they are shown."""
    if one.stage is RevealStage.BLIND:
        return
    known = select(RevealRow.visitor_id).where(RevealRow.battle_id == one.battle_id)
    voters = select(col(VoteRow.battle_id), col(VoteRow.visitor_id), literal(now, UtcDateTime))
    voters = voters.where(col(VoteRow.battle_id) == one.battle_id, col(VoteRow.visitor_id).not_in(known))
    columns = ["battle_id", "visitor_id", "footprints_at"]
    session.exec(insert(RevealRow).from_select(columns, voters))
    if one.stage is RevealStage.NAMES:
        unnamed = col(RevealRow.battle_id) == one.battle_id, col(RevealRow.names_at).is_(None)
        session.exec(update(RevealRow).where(*unnamed).values(names_at=now))


def _columns(room: Room) -> dict[str, Any]:
    """Everything but the key, the version, and the round, which must exist first."""
    names = (
        "is_open", "base_url", "is_black", "hides_counts", "hides_results", "takes_proposals", "page",
        "sheet_id", "sheet_began_at", "extra_s",
    )  # fmt: skip
    return {name: getattr(room, name) for name in names}


def _to_room(row: RoomRow) -> Room:
    known = {name: getattr(row, name) for name in _columns(Room(""))}
    return Room(event_id=row.event_id, version=row.version, round_id=row.round_id, **known)


def _to_round(row: RoundRow, recorded_at: datetime | None) -> Round:
    return Round(
        id=row.id,
        event_id=row.event_id,
        battle_id=row.battle_id,
        number=row.number,
        step=Step(row.step),
        created_at=row.created_at,
        has_bet=row.has_bet,
        is_streamed=row.is_streamed,
        skips_names=row.skips_names,
        shown=RevealStage(row.shown),
        recorded_at=recorded_at,
    )
