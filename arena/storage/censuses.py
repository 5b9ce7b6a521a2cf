"""Keeps censuses: battles counted up in groups, so that a million votes are read as a thousand groups.

How they stay exact, whoever writes: triggers note every battle of which a row was written or deleted. A group with
such a battle is counted again *whole*, from the rows themselves; nothing is ever added to an old count or taken
from it. The notes that were read before the rows go with the new count in one transaction, provided that the group
still has the version it had then; what was committed in between left a note of its own, and so another count.

Why groups: plain queries over a million votes take far more than a page may, and one census an event would make the
next vote of a large event as dear as all before. tests/bench/bench_dashboard.py has the numbers of both.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import uuid4

from sqlalchemy import Engine, String, cast, func, or_, update
from sqlmodel import Session, col, delete, select
from sqlmodel.sql.expression import SelectOfScalar

from arena.domain.census import Census, merge
from arena.domain.census_taking import BattleFacts
from arena.storage.census_text import from_text, to_text
from arena.storage.facts import read_facts
from arena.storage.rows import BattleRow, CensusChangeRow, CensusPlaceRow, CensusRow
from arena.storage.transactions import insert_into, reading, writing

MOST_BATTLES = 1000  # of a group: more makes a view of millions cheaper and the next vote dearer
MOST_NOTES = 2000  # read at once
MOST_VALUES = 10_000  # in one statement; SQLite takes 32 766

Scalar = TypeVar("Scalar")
EventIds = AbstractSet[str] | None  # None: all events, and battles without one
Count = Callable[[Iterable[BattleFacts]], Census]


@dataclass(frozen=True, slots=True)
class Notes:
    """The oldest notes of changes: new battles with their event, groups to count, notes of what is gone for good."""

    new: Mapping[str, str | None]
    groups: frozenset[int]
    idle: tuple[int, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.new or self.groups or self.idle)


class CensusStore:
    """Each method is one transaction but for ``recount``. Every one raises StorageError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def notes(self) -> Notes:
        """What is to be done next."""
        query = (
            select(CensusChangeRow, BattleRow, CensusPlaceRow)
            .outerjoin(BattleRow, col(BattleRow.id) == CensusChangeRow.battle_id)
            .outerjoin(CensusPlaceRow, col(CensusPlaceRow.battle_id) == CensusChangeRow.battle_id)
            .order_by(col(CensusChangeRow.id))
            .limit(MOST_NOTES)
        )
        with reading(self._engine) as session:
            rows = session.exec(query).all()
            return Notes(
                new={battle.id: battle.event_id for _, battle, place in rows if battle and not place},
                groups=frozenset(place.census_id for _, _, place in rows if place)
                | {one.census_id for one, _, _ in rows if one.census_id is not None},
                idle=tuple(one.id or 0 for one, battle, place in rows if not (battle or place or one.census_id)),
            )

    def place(self, battles: Mapping[str, str | None]) -> frozenset[int]:
        """Put new battles, by id with their event, into groups of their event; the groups that grew."""
        by_event: dict[str | None, list[str]] = defaultdict(list)
        for battle_id, event_id in battles.items():
            by_event[event_id].append(battle_id)
        with writing(self._engine) as session:
            return frozenset(
                group for event_id, ids in sorted(by_event.items(), key=str) for group in _place(session, event_id, ids)
            )

    def recount(self, group: int, count: Count) -> bool:
        """Count a group again; False when somebody else did meanwhile, or it is gone.

        The rows are read in one transaction and their count is written in another, so that nobody waits for it.
        """
        with reading(self._engine) as session:
            version = session.exec(select(CensusRow.version).where(CensusRow.id == group)).first()
            notes = session.exec(_notes_of(group)).all()  # before the rows that they tell of
            placed = select(CensusPlaceRow.battle_id).where(CensusPlaceRow.census_id == group)
            facts = read_facts(session, placed)
        content = to_text(count(facts))
        with writing(self._engine) as session:
            counted = session.exec(
                update(CensusRow)
                .where(col(CensusRow.id) == group, col(CensusRow.version) == version)
                .values(content=content, version=uuid4().hex)
            )
            if not counted.rowcount:
                return False
            _delete_notes(session, notes)
            return True

    def forget(self, notes: Collection[int]) -> None:
        """Remove notes by their ids."""
        with writing(self._engine) as session:
            _delete_notes(session, notes)

    def uncounted(self) -> int:
        """How many battles changed since they were counted."""
        with reading(self._engine) as session:
            changed = func.coalesce(CensusChangeRow.battle_id, cast(col(CensusChangeRow.id), String))
            return session.exec(select(func.count(func.distinct(changed)))).one()

    def stamp(self, event_ids: EventIds) -> str:
        """A word that changes with every count of these events; reads one index."""
        query = _of_events(select(CensusRow.version), event_ids).order_by(
            col(CensusRow.event_id), col(CensusRow.version)
        )
        with reading(self._engine) as session:
            versions = "".join(session.exec(query))
        return hashlib.blake2b(versions.encode(), digest_size=8).hexdigest()

    def total(self, event_ids: EventIds) -> Census:
        """All groups of these events together, as they were counted last."""
        query = _of_events(select(col(CensusRow.content)), event_ids).where(col(CensusRow.content).is_not(None))
        with reading(self._engine) as session:
            return merge(from_text(content) for content in session.exec(query).yield_per(100) if content)


def _place(session: Session, event_id: str | None, battle_ids: list[str]) -> Iterator[int]:
    """Fill the latest group of an event, then new ones."""
    waiting = list(battle_ids)
    while waiting:
        group, room = _open_group(session, event_id)
        now, waiting = waiting[:room], waiting[room:]
        rows = [{"battle_id": battle_id, "census_id": group} for battle_id in now]
        session.exec(insert_into(session, CensusPlaceRow).values(rows).on_conflict_do_nothing())
        session.exec(update(CensusRow).where(col(CensusRow.id) == group).values(battles=CensusRow.battles + len(now)))
        yield group


def _open_group(session: Session, event_id: str | None) -> tuple[int, int]:
    """A group with room, and for how many."""
    latest = select(CensusRow.id, CensusRow.battles).where(col(CensusRow.event_id).is_not_distinct_from(event_id))
    found = session.exec(latest.order_by(col(CensusRow.id).desc()).limit(1)).first()
    if found and found[0] is not None and found[1] < MOST_BATTLES:
        return found[0], MOST_BATTLES - found[1]
    row = CensusRow(event_id=event_id, version=uuid4().hex)
    session.add(row)
    session.flush()
    return row.id or 0, MOST_BATTLES


def _notes_of(group: int) -> SelectOfScalar[Any]:
    placed = select(CensusPlaceRow.battle_id).where(CensusPlaceRow.census_id == group)
    return select(CensusChangeRow.id).where(
        or_(col(CensusChangeRow.census_id) == group, col(CensusChangeRow.battle_id).in_(placed))
    )


def _of_events(query: SelectOfScalar[Scalar], event_ids: EventIds) -> SelectOfScalar[Scalar]:
    return query if event_ids is None else query.where(col(CensusRow.event_id).in_(event_ids))


def _delete_notes(session: Session, notes: Collection[int]) -> None:
    waiting = list(notes)
    while waiting:
        now, waiting = waiting[:MOST_VALUES], waiting[MOST_VALUES:]
        session.exec(delete(CensusChangeRow).where(col(CensusChangeRow.id).in_(now)))
