"""Reads what is exported: whole battles by the page, so that memory does not grow with what is kept."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Engine, and_, case, false, func, not_, or_
from sqlmodel import Session, col, select

from arena.domain.battle import Turn
from arena.domain.dataset import LEAST_PEOPLE, Dataset
from arena.domain.dataset_rows import BattleRecord
from arena.domain.event import EventState
from arena.domain.export_scope import Census, Scope
from arena.domain.people import people_behind
from arena.domain.provenance import StoredFootprint
from arena.domain.side import Side
from arena.errors import EventNotFound
from arena.storage.event_rows import EventRow, ExportKeyRow
from arena.storage.footprints import read_footprints
from arena.storage.round_records import read_round_records
from arena.storage.rows import (
    AnswerRow,
    BattleRow,
    BattleSideRow,
    RematchRow,
    RevealRow,
    SecondChoiceRow,
    TurnRow,
    VoteRow,
)
from arena.storage.transactions import insert_into, reading, writing
from arena.storage.translate import to_battle, to_turn
from arena.storage.voices import read_voices

PAGE = 100  # battles read at once: a room of 100 people may have voted on each of them
_WITH_VOICES = (Dataset.TURNS, Dataset.VOTES, Dataset.COMPARIA, Dataset.LMARENA)
_WITH_ROUNDS = (Dataset.TURNS, Dataset.VOTES, Dataset.ROUNDS)
_WITH_FOOTPRINTS = (Dataset.ANSWERS, Dataset.FOOTPRINTS)


class _Cursor(NamedTuple):
    """The last battle of a page; the index of an event's battles has this order."""

    created_at: datetime
    battle_id: str


class DatasetStore:
    """Each method but ``pages`` is one transaction. Every one raises StorageError when the database refuses."""

    def __init__(self, engine: Engine, *, page: int = PAGE) -> None:
        self._engine = engine
        self._page = page

    def event_with_code(self, code: str) -> Scope:
        """The event that has this code. Raises EventNotFound."""
        return self._find(col(EventRow.code) == code)

    def event(self, event_id: str) -> Scope:
        """The event of this id. Raises EventNotFound."""
        return self._find(col(EventRow.id) == event_id)

    def scopes(self) -> tuple[Scope, ...]:
        """Every event by its day, then the battles of none."""
        with reading(self._engine) as session:
            events = session.exec(select(EventRow).order_by(col(EventRow.held_on), col(EventRow.id)))
            return (*map(_to_scope, events), Scope(None))

    def key_of(self, event_id: str, fresh: str) -> str:
        """The export key of an event: the one that it has, else ``fresh`` from now on."""
        with writing(self._engine) as session:
            statement = insert_into(session, ExportKeyRow).values(event_id=event_id, key=fresh)
            session.exec(statement.on_conflict_do_nothing())
            return session.get_one(ExportKeyRow, event_id).key

    def count_people(self, scope: Scope, *, demo: bool) -> int:
        """How many people an export would be about; it counts no further than ``LEAST_PEOPLE``."""
        exported = _is_exported(scope, demo=demo)
        starters = select(BattleRow.visitor_id).where(exported).distinct().limit(LEAST_PEOPLE + 1)  # one is the room
        voters = select(VoteRow.visitor_id).join(BattleRow).where(exported).distinct().limit(LEAST_PEOPLE)
        choosers = select(SecondChoiceRow.visitor_id).join(BattleRow).where(exported).distinct().limit(LEAST_PEOPLE)
        with reading(self._engine) as session:
            visitors = [one for query in (starters, voters, choosers) for one in session.exec(query)]
        return min(len(people_behind(visitors)), LEAST_PEOPLE)

    def census(self, scope: Scope, *, demo: bool) -> Census:
        """How many battles an export holds, and how many are left out for which reason."""
        reason = case(
            (_is_hidden(), "hidden"),
            (false() if demo else col(BattleRow.is_demo).is_(True), "demo"),
            (_is_blind(scope), "blind"),
            else_="exported",
        )
        reasons = select(reason.label("reason")).where(BattleRow.event_id == scope.event_id).subquery()
        query = select(reasons.c.reason, func.count()).group_by(reasons.c.reason)
        with reading(self._engine) as session:
            counts: dict[str, int] = dict(session.exec(query).all())
        return Census(**{name: counts.get(name, 0) for name in ("exported", "hidden", "demo", "blind")})

    def pages(self, scope: Scope, dataset: Dataset, *, demo: bool) -> Iterator[Sequence[BattleRecord]]:
        """The battles of an export by the page, oldest first, with what the dataset needs of each.

        Each page is a transaction of its own: people go on voting meanwhile, a battle comes once, and one that
        began during the export may be in it.
        """
        after: _Cursor | None = None
        while True:
            with reading(self._engine) as session:
                rows = _read_page(session, scope, after, demo=demo, limit=self._page)
                records = _to_records(session, rows, dataset)
            if not records:
                return
            yield records
            last = records[-1].battle
            after = _Cursor(last.created_at, last.id)

    def _find(self, wanted: ColumnElement[bool]) -> Scope:
        with reading(self._engine) as session:
            row = session.exec(select(EventRow).where(wanted)).first()
            if row is None:
                raise EventNotFound("no such event")
            return _to_scope(row)


def _to_scope(row: EventRow) -> Scope:
    return Scope(row.id, row.held_on, is_open=row.state == EventState.OPEN.value)


def _is_hidden() -> ColumnElement[bool]:
    """One hidden prompt hides the whole battle."""
    return (
        select(TurnRow.id)
        .where(col(TurnRow.battle_id) == col(BattleRow.id), col(TurnRow.hidden_at).is_not(None))
        .correlate(BattleRow)
        .exists()
    )


def _is_blind(scope: Scope) -> ColumnElement[bool]:
    """While the event is open: nobody was told the names, or somebody voted and was not told yet.

    Battles of no event are never blind: only the owner of the database can export them, to no browser.
    """
    if not scope.is_open:
        return false()
    told = (
        select(RevealRow.battle_id)
        .where(col(RevealRow.battle_id) == col(BattleRow.id), col(RevealRow.names_at).is_not(None))
        .correlate(BattleRow)
        .exists()
    )
    same_person = and_(
        col(RevealRow.battle_id) == col(VoteRow.battle_id), col(RevealRow.visitor_id) == col(VoteRow.visitor_id)
    )
    waiting = (
        select(VoteRow.battle_id)
        .outerjoin(RevealRow, same_person)
        .where(col(VoteRow.battle_id) == col(BattleRow.id), col(RevealRow.names_at).is_(None))
        .correlate(BattleRow)
        .exists()
    )
    return or_(not_(told), waiting)


def _is_exported(scope: Scope, *, demo: bool) -> ColumnElement[bool]:
    wanted = and_(col(BattleRow.event_id) == scope.event_id, not_(_is_hidden()), not_(_is_blind(scope)))
    return wanted if demo else and_(wanted, col(BattleRow.is_demo).is_(False))


def _read_page(
    session: Session, scope: Scope, after: _Cursor | None, *, demo: bool, limit: int
) -> Sequence[tuple[BattleRow, RematchRow | None]]:
    created_at, battle_id = col(BattleRow.created_at), col(BattleRow.id)
    query = (
        select(BattleRow, RematchRow)
        .outerjoin(RematchRow, col(RematchRow.battle_id) == battle_id)
        .where(_is_exported(scope, demo=demo))
        .order_by(created_at, battle_id)
        .limit(limit)
    )
    if after is not None:
        # The first condition is implied by the second; the index can use it.
        later = or_(created_at > after.created_at, and_(created_at == after.created_at, battle_id > after.battle_id))
        query = query.where(created_at >= after.created_at, later)
    return session.exec(query).all()


def _to_records(
    session: Session, rows: Sequence[tuple[BattleRow, RematchRow | None]], dataset: Dataset
) -> list[BattleRecord]:
    ids = [battle.id for battle, _ in rows]
    sides = _read_sides(session, ids)
    turns = _read_turns(session, ids)
    voices = read_voices(session, ids) if dataset in _WITH_VOICES else {}
    footprints = _read_shown(session, ids) if dataset in _WITH_FOOTPRINTS else {}
    rounds = read_round_records(session, ids) if dataset in _WITH_ROUNDS else {}
    return [
        BattleRecord(
            battle=to_battle(row, sides[row.id], turns[row.id], rematch),
            catalogue_version=row.catalogue_version,
            code_version=row.code_version,
            is_purged=row.purged_at is not None,
            voices=voices.get(row.id, {}),
            footprints=footprints.get(row.id, {}),
            round=rounds.get(row.id),
        )
        for row, rematch in rows
    ]


def _read_sides(session: Session, ids: Sequence[str]) -> Mapping[str, list[BattleSideRow]]:
    query = select(BattleSideRow).where(col(BattleSideRow.battle_id).in_(ids)).order_by(col(BattleSideRow.side))
    return _grouped((row.battle_id, row) for row in session.exec(query))


def _read_turns(session: Session, ids: Sequence[str]) -> Mapping[str, list[Turn]]:
    query = (
        select(TurnRow, AnswerRow)
        .outerjoin(AnswerRow, col(AnswerRow.turn_id) == col(TurnRow.id))
        .where(col(TurnRow.battle_id).in_(ids))
        .order_by(col(TurnRow.battle_id), col(TurnRow.index), col(AnswerRow.side))
    )
    turns: dict[str, list[Turn]] = defaultdict(list)
    for _, pairs in groupby(session.exec(query), key=lambda pair: pair[0].id):
        found = list(pairs)
        turn = found[0][0]
        turns[turn.battle_id].append(to_turn(turn, (answer for _, answer in found if answer is not None)))
    return turns


def _read_shown(
    session: Session, ids: Sequence[str]
) -> Mapping[str, Mapping[tuple[int, Side], Sequence[StoredFootprint]]]:
    answers = select(col(AnswerRow.id)).join(TurnRow).where(col(TurnRow.battle_id).in_(ids))
    places = (
        select(AnswerRow.id, TurnRow.battle_id, TurnRow.index, AnswerRow.side)
        .join(TurnRow)
        .where(col(TurnRow.battle_id).in_(ids))
    )
    found = read_footprints(session, answers)
    by_battle: dict[str, dict[tuple[int, Side], Sequence[StoredFootprint]]] = defaultdict(dict)
    for answer_id, battle_id, index, side in session.exec(places):
        by_battle[battle_id][index, Side(side)] = found.get(answer_id or 0, ())
    return by_battle


def _grouped(pairs: Iterator[tuple[str, Any]]) -> Mapping[str, list[Any]]:
    groups: dict[str, list[Any]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return groups
