"""Keeps what people say in rounds: one ballot a person and a kind, on the battle that the room shares."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, func, insert, update
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, delete, select

from arena.domain.ballot import Ballot, Source, Tally, hand
from arena.domain.reflection import Bet
from arena.domain.round import BallotKind, Round
from arena.domain.side import Side
from arena.domain.vote import Outcome
from arena.errors import BallotRefused, BattleClosed, RoomClosed
from arena.storage.reflections import read_reflections
from arena.storage.rooms import read_state
from arena.storage.rows import (
    BattleRow,
    BetRow,
    NeedRow,
    ParticipantRow,
    ReactionRow,
    RevealRow,
    SeatRow,
    SecondChoiceRow,
    VoteRow,
)
from arena.storage.table import TableRow
from arena.storage.transactions import hold_event_open, insert_into, lock_battle, reading, writing

Said = Bet | Outcome
_OF_BATTLE = (VoteRow, BetRow, SecondChoiceRow, RevealRow, NeedRow, ReactionRow)


class BallotStore:
    """Each method is one transaction. Every one raises StorageError when the database refuses."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def cast(
        self, event_id: str, round_id: str, visitor_id: str, kind: BallotKind, said: Said, now: datetime
    ) -> Ballot:
        """Write what a person says in the round that a room is in, or changes their mind about; on disk on return.

        The same again changes nothing, also when it comes late: it may be a request that was sent twice. A vote
        after the room was shown the footprints ends the blindness of the battle.
        Raises EventNotFound, EventNotOpen, RoomClosed, BallotRefused, BattleClosed once its texts are gone.
        """
        with writing(self._engine) as session:
            hold_event_open(session, event_id)
            state = read_state(session, event_id, to_stay=True)
            one = _round_of(session, state.round if state.room.is_open else None, event_id, visitor_id)
            if one.id != round_id:
                raise BallotRefused("other_round")
            known = _read_ballot(session, one, visitor_id)
            if _said(known, kind) != said:
                one.require_open(kind)
                one.require_unseen(kind)
                _lock_unpurged(session, one.battle_id)
                _write(session, one.battle_id, visitor_id, said, kind, now)
                if one.is_too_late_for(kind):
                    _end_blindness(session, one.battle_id)
            return _read_ballot(session, one, visitor_id)

    def ballot(self, one: Round, visitor_id: str) -> Ballot | None:
        """All that a person said in a round; None for somebody without a seat in it."""
        with reading(self._engine) as session:
            seat = session.get(SeatRow, (one.id, visitor_id))
            return None if seat is None else _read_ballot(session, one, visitor_id)

    def ballots(self, one: Round) -> Mapping[str, Ballot]:
        """All that was said in a round, by visitor; of everybody who has a seat in it."""
        with reading(self._engine) as session:
            return {row.visitor_id: _to_ballot(row) for row in session.execute(_ballots_of(one))}

    def seat(self, one: Round, visitor_ids: Sequence[str]) -> Mapping[str, Side]:
        """Tell everybody which answer they read first, half of them A; who has a seat keeps it.

        In the order given, which the caller drew.
        """
        with writing(self._engine) as session:
            lock_battle(session, one.battle_id)  # two that seat at once would not see each other's
            seats = {
                row.visitor_id: Side(row.first_side)
                for row in session.exec(select(SeatRow).where(SeatRow.round_id == one.id))
            }
            taken = Counter(seats.values())
            for visitor_id in visitor_ids:
                if visitor_id not in seats:
                    side = Side.A if taken[Side.A] <= taken[Side.B] else Side.B
                    seats[visitor_id] = side
                    taken[side] += 1
                    session.add(SeatRow(round_id=one.id, visitor_id=visitor_id, first_side=side.value))
            return seats

    def tally(self, battle_id: str) -> Tally:
        """How often each thing was said of a battle."""
        with reading(self._engine) as session:
            return _read_tally(session, battle_id)

    def hands(self, battle_id: str, kind: BallotKind) -> Mapping[Outcome, int]:
        """The counts of raised hands as they were typed last; nothing for those that never were."""
        row = VoteRow if kind is BallotKind.VOTE else SecondChoiceRow
        counted = select(row.outcome, func.count()).group_by(col(row.outcome))
        of_hands = col(row.battle_id) == battle_id, col(row.source) == Source.HANDS.value
        with reading(self._engine) as session:
            return {Outcome(outcome or ""): number for outcome, number in session.exec(counted.where(*of_hands))}

    def raise_hands(self, one: Round, kind: BallotKind, counts: Mapping[Outcome, int], now: datetime) -> None:
        """Write counts of raised hands, each as one ballot of nobody known, in place of those typed before.

        Raises EventNotOpen, BattleClosed.
        """
        row = VoteRow if kind is BallotKind.VOTE else SecondChoiceRow
        with writing(self._engine) as session:
            hold_event_open(session, one.event_id)
            _lock_unpurged(session, one.battle_id)
            of_hands = col(row.battle_id) == one.battle_id, col(row.source) == Source.HANDS.value
            session.exec(delete(row).where(*of_hands))
            outcomes = [outcome for outcome in Outcome for _ in range(counts.get(outcome, 0))]
            ballots = [
                {
                    "battle_id": one.battle_id,
                    "visitor_id": hand(one.event_id, kind, number),
                    "outcome": outcome.value,
                    "created_at": now,
                    "source": Source.HANDS.value,
                }
                for number, outcome in enumerate(outcomes)
            ]
            if ballots:
                session.exec(insert(row), params=ballots)

    def forget(self, one: Round) -> None:
        """Erase all that was said in a round, and who was shown what. The answers stay."""
        with writing(self._engine) as session:
            lock_battle(session, one.battle_id)
            for row in _OF_BATTLE:
                session.exec(delete(row).where(col(row.battle_id) == one.battle_id))


def _round_of(session: Session, one: Round | None, event_id: str, visitor_id: str) -> Round:
    """The round that a participant may speak in. Raises RoomClosed."""
    if one is None or session.get(ParticipantRow, (event_id, visitor_id)) is None:
        raise RoomClosed
    return one


def _lock_unpurged(session: Session, battle_id: str) -> None:
    lock_battle(session, battle_id)
    if session.exec(select(BattleRow.purged_at).where(BattleRow.id == battle_id)).one() is not None:
        raise BattleClosed(f"the texts of battle {battle_id} are gone")


def _write(session: Session, battle_id: str, visitor_id: str, said: Said, kind: BallotKind, now: datetime) -> None:
    key = {"battle_id": battle_id, "visitor_id": visitor_id}
    row, first, again = _columns(said, kind, now)
    statement = insert_into(session, row).values(**key, **first)
    session.exec(statement.on_conflict_do_update(index_elements=list(key), set_=again))


def _columns(said: Said, kind: BallotKind, now: datetime) -> tuple[type[TableRow], dict[str, Any], dict[str, Any]]:
    """The table, what is written the first time, and what is written over it later."""
    if isinstance(said, Bet):
        bet = {"factor": said.factor, "side": said.more, "created_at": now}
        return BetRow, bet, bet
    if kind is BallotKind.VOTE:
        vote = {"outcome": said.value}
        return VoteRow, vote | {"comment": "", "created_at": now}, vote | {"changed_at": now}
    chosen = {"outcome": said.value, "created_at": now}
    return SecondChoiceRow, chosen, chosen


def _end_blindness(session: Session, battle_id: str) -> None:
    """The votes of a battle that is not blind stand apart everywhere; see the triggers of the tally."""
    still = col(BattleRow.id) == battle_id, col(BattleRow.is_blind)
    session.exec(update(BattleRow).where(*still).values(is_blind=False))


def _said(known: Ballot, kind: BallotKind) -> Said | None:
    if kind is BallotKind.BET:
        return known.bet and Bet(known.bet.factor, known.bet.more)
    return known.vote if kind is BallotKind.VOTE else known.second_choice


def _read_ballot(session: Session, one: Round, visitor_id: str) -> Ballot:
    seat = session.get(SeatRow, (one.id, visitor_id))
    vote = session.get(VoteRow, (one.battle_id, visitor_id), populate_existing=True)
    reflections = read_reflections(session, one.battle_id, visitor_id)
    second = reflections.second_choice
    return Ballot(
        first=Side(seat.first_side) if seat else Side.A,
        bet=reflections.bet,
        vote=Outcome(vote.outcome) if vote else None,
        second_choice=second.outcome if second else None,
    )


def _ballots_of(one: Round) -> Any:
    """One query for a whole room, by columns: a hundred phones wait for it at each step."""

    def of(row: type[VoteRow] | type[BetRow] | type[SecondChoiceRow]) -> Any:
        return (col(row.battle_id) == one.battle_id) & (col(row.visitor_id) == SeatRow.visitor_id)

    query: Any = select_columns(
        col(SeatRow.visitor_id),
        col(SeatRow.first_side),
        col(BetRow.factor),
        col(BetRow.side),
        col(BetRow.created_at).label("bet_at"),
        col(VoteRow.outcome).label("vote"),
        col(SecondChoiceRow.outcome).label("second_choice"),
    ).select_from(SeatRow)
    for row in (BetRow, VoteRow, SecondChoiceRow):
        query = query.outerjoin(row, of(row))
    return query.where(col(SeatRow.round_id) == one.id)


def _to_ballot(row: Any) -> Ballot:
    return Ballot(
        first=Side(row.first_side),
        bet=row.factor and Bet(row.factor, row.side and Side(row.side), row.bet_at),
        vote=row.vote and Outcome(row.vote),
        second_choice=row.second_choice and Outcome(row.second_choice),
    )


def _read_tally(session: Session, battle_id: str) -> Tally:
    votes: Counter[Outcome] = Counter()
    chosen: Counter[Outcome] = Counter()
    hands: Counter[BallotKind] = Counter()
    for kind, row, counted in (
        (BallotKind.VOTE, VoteRow, votes),
        (BallotKind.SECOND_CHOICE, SecondChoiceRow, chosen),
    ):
        query = select(row.outcome, row.source, func.count()).where(col(row.battle_id) == battle_id)
        query = query.where(col(row.outcome).is_not(None)).group_by(col(row.outcome), col(row.source))
        for outcome, source, number in session.exec(query):
            counted[Outcome(outcome or "")] += number
            if source == Source.HANDS.value:
                hands[kind] += number
    return Tally(votes, chosen, _read_flow(session, battle_id), _read_bets(session, battle_id), hands)


def _read_flow(session: Session, battle_id: str) -> Mapping[tuple[Outcome, Outcome], int]:
    same = (col(SecondChoiceRow.battle_id) == VoteRow.battle_id) & (
        col(SecondChoiceRow.visitor_id) == VoteRow.visitor_id
    )
    query = select(VoteRow.outcome, SecondChoiceRow.outcome, func.count()).join(SecondChoiceRow, same)
    query = query.where(VoteRow.battle_id == battle_id, col(SecondChoiceRow.outcome).is_not(None))
    found = session.exec(query.group_by(col(VoteRow.outcome), col(SecondChoiceRow.outcome)))
    return {(Outcome(first), Outcome(second)): number for first, second, number in found if second}


def _read_bets(session: Session, battle_id: str) -> Mapping[int, int]:
    query = select(BetRow.factor, func.count()).where(BetRow.battle_id == battle_id).group_by(col(BetRow.factor))
    return dict(session.exec(query).all())
