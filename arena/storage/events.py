"""Keeps events and who joined them."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, update
from sqlmodel import Session, col, delete, select

from arena.domain.event import Event, EventSettings, EventState, Moderation
from arena.domain.pairing import PairingMode
from arena.errors import BattleBusy, EventChanged, EventNotFound
from arena.storage.rows import BattleRow, EventModelRow, EventRow, ParticipantRow
from arena.storage.space import free_space
from arena.storage.transactions import hold_event_open, insert_into, reading, writing


class EventStore:
    """Each method is one transaction. Every one raises StorageError when the database refuses."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create(self, event: Event) -> bool:
        """Write a new event; False, with nothing written, when its code is taken."""
        row = {"id": event.id, "code": event.code, "created_at": event.created_at, "version": event.version}
        with writing(self._engine) as session:
            statement = insert_into(session, EventRow).values(**row, **_columns(event))
            kept = statement.on_conflict_do_nothing(index_elements=["code"]).returning(col(EventRow.id))
            is_new = session.exec(kept).first() is not None
            if is_new:
                _write_models(session, event)
            return is_new

    def get(self, event_id: str) -> Event:
        """One event. Raises EventNotFound."""
        with reading(self._engine) as session:
            return _read_one(session, event_id)

    def by_code(self, code: str) -> Event | None:
        """The event of a code, as ``plain_code`` writes it, or None."""
        with reading(self._engine) as session:
            return next(_read(session, col(EventRow.code) == code), None)

    def all(self, ids: AbstractSet[str] | None = None) -> tuple[Event, ...]:
        """Every event, or those of some ids that exist; the latest meeting first."""
        with reading(self._engine) as session:
            return tuple(_read(session, *([] if ids is None else [col(EventRow.id).in_(ids)])))

    def change(self, event: Event) -> Event:
        """Write the settings and the state of an event in place of the version it was read as.

        The event with its new version. Raises EventNotFound, EventChanged when it was changed meanwhile.
        """
        changed = replace(event, version=event.version + 1)
        same = col(EventRow.id) == event.id, col(EventRow.version) == event.version
        with writing(self._engine) as session:
            statement = update(EventRow).where(*same).values(version=changed.version, **_columns(event))
            if session.exec(statement).rowcount != 1:
                _read_one(session, event.id)
                raise EventChanged(f"event {event.id} is no longer version {event.version}")
            session.exec(delete(EventModelRow).where(col(EventModelRow.event_id) == event.id))
            _write_models(session, event)
        return changed

    def delete(self, event_id: str, *, is_running: Callable[[str], bool]) -> int:
        """Delete an event with its links, its participants, its battles and all that hangs on them.

        All or nothing; how many battles went. The bytes follow with ``free_space``. ``is_running`` tells by its
        id whether a battle is being written. Raises EventNotFound, BattleBusy.
        """
        with writing(self._engine) as session:
            if session.get(EventRow, event_id, with_for_update=True) is None:
                raise EventNotFound(f"no event {event_id!r}")
            battles = select(BattleRow.id).where(BattleRow.event_id == event_id).order_by(col(BattleRow.id))
            ids = session.exec(battles.with_for_update()).all()  # nobody adds a turn meanwhile
            if any(is_running(battle_id) for battle_id in ids):
                raise BattleBusy
            session.exec(delete(EventRow).where(col(EventRow.id) == event_id))
            return len(ids)

    def free_space(self) -> None:
        """Give back what was deleted; see ``arena.storage.space``."""
        free_space(self._engine)

    def join(self, event_id: str, visitor_id: str, now: datetime) -> None:
        """Make an open event the latest one that a visitor joined. Raises EventNotFound, EventNotOpen."""
        with writing(self._engine) as session:
            hold_event_open(session, event_id)
            statement = insert_into(session, ParticipantRow).values(
                event_id=event_id, visitor_id=visitor_id, joined_at=now
            )
            session.exec(
                statement.on_conflict_do_update(index_elements=["event_id", "visitor_id"], set_={"joined_at": now})
            )

    def has_joined(self, event_id: str, visitor_id: str) -> bool:
        """Whether a visitor ever joined an event."""
        with reading(self._engine) as session:
            return session.get(ParticipantRow, (event_id, visitor_id)) is not None

    def leave(self, visitor_id: str) -> None:
        """Forget which events a visitor joined; what they asked and chose there stays."""
        with writing(self._engine) as session:
            session.exec(delete(ParticipantRow).where(col(ParticipantRow.visitor_id) == visitor_id))

    def event_of(self, visitor_id: str) -> Event | None:
        """The event that a visitor joined last, in whatever state it is now."""
        query = select(ParticipantRow.event_id).where(ParticipantRow.visitor_id == visitor_id)
        latest = query.order_by(col(ParticipantRow.joined_at).desc(), col(ParticipantRow.event_id)).limit(1)
        with reading(self._engine) as session:
            return next(_read(session, col(EventRow.id).in_(latest)), None)


def _columns(event: Event) -> dict[str, Any]:
    """The columns that an organiser can change."""
    settings = event.settings
    return {
        "state": event.state.value,
        "title": settings.title,
        "held_on": settings.held_on,
        "place": settings.place,
        "locale": settings.locale,
        "mode": settings.mode.value,
        "max_answer_tokens": settings.max_answer_tokens,
        "moderation": settings.moderation.value,
        "retention_days": settings.retention_days,
        "max_answers": settings.max_answers,
        "max_cost_eur": settings.max_cost_eur,
    }


def _write_models(session: Session, event: Event) -> None:
    session.add_all(EventModelRow(event_id=event.id, model_id=model) for model in sorted(event.settings.models))


def _read_one(session: Session, event_id: str) -> Event:
    event = next(_read(session, col(EventRow.id) == event_id), None)
    if event is None:
        raise EventNotFound(f"no event {event_id!r}")
    return event


def _read(session: Session, *which: Any) -> Iterator[Event]:
    """Two queries, whatever the number of events."""
    newest = col(EventRow.held_on).desc(), col(EventRow.created_at).desc(), col(EventRow.id)
    rows = session.exec(select(EventRow).where(*which).order_by(*newest)).all()
    models: Mapping[str, set[str]] = defaultdict(set)
    ids = [row.id for row in rows]
    for allowed in session.exec(select(EventModelRow).where(col(EventModelRow.event_id).in_(ids))) if ids else ():
        models[allowed.event_id].add(allowed.model_id)
    return iter([_to_event(row, models[row.id]) for row in rows])


def _to_event(row: EventRow, models: AbstractSet[str]) -> Event:
    return Event(
        id=row.id,
        code=row.code,
        state=EventState(row.state),
        settings=EventSettings(
            title=row.title,
            held_on=row.held_on,
            place=row.place,
            locale=row.locale,
            mode=PairingMode(row.mode),
            models=frozenset(models),
            max_answer_tokens=row.max_answer_tokens,
            moderation=Moderation(row.moderation),
            retention_days=row.retention_days,
            max_answers=row.max_answers,
            max_cost_eur=row.max_cost_eur,
        ),
        created_at=row.created_at,
        version=row.version,
    )
