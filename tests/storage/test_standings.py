"""Counted votes: what counts, what is left out and why, and that the tally says what the votes say."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Engine, text

from arena.domain.ballot import hand
from arena.domain.battle import Answer, AnswerStatus, Battle
from arena.domain.counted import CastVote, Counted, LeftOut, StandingFilter
from arena.domain.pairing import PairingMode
from arena.domain.rematch import Rematch, RematchKind
from arena.domain.round import BallotKind
from arena.domain.side import Side
from arena.domain.vote import Outcome
from arena.storage.battles import BattleStore
from arena.storage.census_notes import stop_notes
from arena.storage.engine import open_engine, upgrade
from arena.storage.pair_tally import count_again, start_tally, stop_tally
from arena.storage.rows import TableRow
from arena.storage.standings import StandingStore
from arena.storage.visitors import VisitorStore

from .making import NOON, all_at_once, at, make_battle, make_turn, make_vote

ALL = StandingFilter()
EVER = StandingFilter(since=at(-1e9))  # the same votes, read one by one
SMALL_BIG = ("small-model", "big-model")


@pytest.fixture
def standings(engine: Engine) -> StandingStore:
    return StandingStore(engine)


def identity(number: int) -> str:
    return f"{number:032x}"


def play(
    store: BattleStore,
    number: int,
    outcome: Outcome,
    *,
    voters: tuple[str, ...] = ("anne",),
    battle: Battle | None = None,
) -> None:
    """A battle of Anne's, and the same vote of each voter, ``number`` seconds after noon."""
    store.create_battle(battle or make_battle(identity(number), visitor_id="anne"))
    for voter in voters:
        store.cast_vote(make_vote(outcome, battle_id=identity(number), visitor_id=voter), at(number))


def tell_a_name(store: BattleStore, number: int, *sides: Side) -> None:
    told = {
        side: Answer(SMALL_BIG[side is Side.B], AnswerStatus.COMPLETE, text="Je suis…", self_named=True)
        for side in sides
    }
    store.save_answers(identity(number), 0, told)


def hide(engine: Engine, number: int, *, hidden: bool) -> None:
    moment = "2026-03-14 12:00:00" if hidden else None
    with engine.begin() as connection:
        hiding = text("UPDATE turn SET hidden_at = :moment WHERE battle_id = :id")
        connection.execute(hiding, {"moment": moment, "id": identity(number)})


def raise_hands(engine: Engine, number: int, counts: Iterable[int]) -> None:
    """In place of those raised before; the event is only part of who they are."""
    with engine.begin() as connection:
        connection.execute(
            text("DELETE FROM vote WHERE battle_id = :id AND source = 'hands'"), {"id": identity(number)}
        )
        outcomes = [outcome for outcome, count in zip(Outcome, counts, strict=True) for _ in range(count)]
        for place_, outcome in enumerate(outcomes):
            connection.execute(
                TableRow.metadata.tables["vote"].insert(),
                {
                    "battle_id": identity(number), "visitor_id": hand("e1", BallotKind.VOTE, place_),
                    "outcome": outcome.value, "comment": "", "created_at": at(number), "source": "hands",
                },
            )  # fmt: skip


def show_too_much(engine: Engine, number: int) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE battle SET is_blind = false WHERE id = :id"), {"id": identity(number)})


def open_event(engine: Engine, event_id: str) -> None:
    event = {
        "id": event_id, "code": event_id, "state": "open", "title": "", "held_on": date(2026, 3, 14), "place": "",
        "locale": "fr", "mode": "random", "max_answer_tokens": 1000, "moderation": "free", "retention_days": 30,
        "created_at": NOON, "version": 1,
    }  # fmt: skip
    with engine.begin() as connection:
        connection.execute(TableRow.metadata.tables["event"].insert(), event)


def place(engine: Engine, numbers: Iterable[int], **columns: str) -> None:
    """Give battles an event or a theme."""
    battle = TableRow.metadata.tables["battle"]
    with engine.begin() as connection:
        connection.execute(battle.update().where(battle.c.id.in_(map(identity, numbers))).values(**columns))


def tallied(engine: Engine) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT kind, locale, mode, model_a, model_b, outcome, votes FROM pair_tally"))
        return sorted(map(tuple, rows))


def counted_anew(engine: Engine) -> list[tuple[object, ...]]:
    """What a plain GROUP BY over the votes gives."""
    with engine.connect() as connection:
        count_again(connection)
        rows = connection.execute(text("SELECT kind, locale, mode, model_a, model_b, outcome, votes FROM pair_tally"))
        found = sorted(map(tuple, rows))
        connection.rollback()
        return found


@pytest.mark.parametrize("wanted", [ALL, EVER])
class TestWhatCounts:
    def test_each_blind_vote_counts_once_for_each_person(
        self, store: BattleStore, standings: StandingStore, wanted: StandingFilter
    ) -> None:
        play(store, 1, Outcome.A, voters=("anne", "bruno", "chloe"))
        play(store, 2, Outcome.BOTH_BAD)
        play(store, 3, Outcome.A, battle=make_battle(identity(3), visitor_id="anne", models=SMALL_BIG[::-1]))
        assert standings.counted(wanted).tally.votes == {
            (*SMALL_BIG, Outcome.A): 3,
            (*SMALL_BIG, Outcome.BOTH_BAD): 1,
            ("big-model", "small-model", Outcome.A): 1,
        }

    def test_what_does_not_count_is_counted_by_reason(
        self, store: BattleStore, standings: StandingStore, wanted: StandingFilter
    ) -> None:
        play(store, 1, Outcome.A, battle=make_battle(identity(1), is_blind=False))
        play(store, 2, Outcome.B, battle=make_battle(identity(2), is_demo=True), voters=("anne", "bruno"))
        rematch = Rematch(identity(2), RematchKind.SMALLER, Side.A)
        play(store, 3, Outcome.B, battle=replace(make_battle(identity(3)), rematch=rematch))
        play(store, 4, Outcome.A, voters=("anne", "bruno", "chloe"))
        tell_a_name(store, 4, Side.B)
        play(store, 5, Outcome.A)
        tell_a_name(store, 5, Side.A, Side.B)
        play(store, 6, Outcome.BOTH_GOOD)
        assert standings.counted(wanted) == Counted(
            standings.counted(wanted).tally,
            {LeftOut.NAMED: 1, LeftOut.DEMO: 2, LeftOut.REMATCH: 1, LeftOut.SELF_NAMED: 4},
            {"big-model": 4, "small-model": 1},
        )
        assert standings.counted(wanted).tally.votes == {(*SMALL_BIG, Outcome.BOTH_GOOD): 1}

    def test_the_votes_on_a_hidden_prompt_do_not_count_until_it_is_shown_again(
        self, store: BattleStore, standings: StandingStore, engine: Engine, wanted: StandingFilter
    ) -> None:
        play(store, 1, Outcome.A, voters=("anne", "bruno"))
        play(store, 2, Outcome.B)
        tell_a_name(store, 2, Side.A)
        hide(engine, 1, hidden=True)
        hide(engine, 2, hidden=True)
        counted = standings.counted(wanted)
        assert (counted.tally.votes, counted.left_out) == ({}, {LeftOut.HIDDEN: 2, LeftOut.SELF_NAMED: 1})
        assert standings.cast(wanted).votes == []
        hide(engine, 1, hidden=False)
        assert standings.counted(wanted).tally.votes == {(*SMALL_BIG, Outcome.A): 2}
        assert len(standings.cast(wanted).votes) == 2

    def test_a_model_that_tells_its_name_in_two_turns_is_counted_once(
        self, store: BattleStore, standings: StandingStore, wanted: StandingFilter
    ) -> None:
        play(store, 1, Outcome.A, battle=make_battle(identity(1), turns=(make_turn(0), make_turn(1))))
        for turn in (0, 1):
            told = Answer("small-model", AnswerStatus.COMPLETE, text="Je suis…", self_named=True)
            store.save_answer(identity(1), turn, Side.A, told)
        counted = standings.counted(wanted)
        assert (counted.left_out, counted.named_themselves) == ({LeftOut.SELF_NAMED: 1}, {"small-model": 1})
        assert counted.tally.votes == {}

    def test_raised_hands_are_counted_apart_by_the_first_reason_that_holds(
        self, store: BattleStore, standings: StandingStore, engine: Engine, wanted: StandingFilter
    ) -> None:
        for number in (1, 2, 3):
            play(store, number, Outcome.A, voters=("anne", "bruno"))
            raise_hands(engine, number, (3, 1, 0, 2))
        tell_a_name(store, 2, Side.A)
        show_too_much(engine, 3)
        counted = standings.counted(wanted)
        assert counted.tally.votes == {(*SMALL_BIG, Outcome.A): 2}
        assert counted.left_out == {LeftOut.HANDS: 12, LeftOut.SELF_NAMED: 2, LeftOut.NAMED: 8}
        assert {vote.visitor_id for vote in standings.cast(wanted).votes} == {"anne", "bruno"}
        assert standings.voters_of("big-model", wanted, most=9) == 2

    def test_nothing_at_all_is_counted_too(self, standings: StandingStore, wanted: StandingFilter) -> None:
        assert standings.counted(wanted).tally.votes == {}


class TestFilters:
    @pytest.fixture(autouse=True)
    def some_votes(self, store: BattleStore) -> None:
        for number, (locale, mode) in enumerate(product(("fr", "en"), (PairingMode.RANDOM, PairingMode.SMALL_VS_BIG))):
            play(store, number, Outcome.A, battle=replace(make_battle(identity(number)), locale=locale, mode=mode))

    def test_an_event_and_a_theme_can_be_asked_for(self, standings: StandingStore, engine: Engine) -> None:
        open_event(engine, "e1")
        place(engine, (0, 1), event_id="e1")
        place(engine, (1, 2, 3), theme="water")
        for wanted, votes in (
            (StandingFilter(event_id="e1"), 2),
            (StandingFilter(theme="water"), 3),
            (StandingFilter(event_id="e1", theme="water"), 1),
            (StandingFilter(event_id="e2"), 0),
        ):
            assert standings.counted(wanted).tally.total == len(standings.cast(wanted).votes) == votes

    @pytest.mark.parametrize(
        ("wanted", "votes"),
        [
            (ALL, 4),
            (StandingFilter(locale="fr"), 2),
            (StandingFilter(mode=PairingMode.SMALL_VS_BIG), 2),
            (StandingFilter(locale="en", mode=PairingMode.RANDOM), 1),
            (StandingFilter(locale="de"), 0),
            (StandingFilter(since=at(1)), 3),
            (StandingFilter(until=at(1)), 1),
            (StandingFilter(since=at(1), until=at(3)), 2),
            (StandingFilter(locale="fr", since=at(1)), 1),
        ],
    )
    def test_only_what_is_wanted_counts(self, standings: StandingStore, wanted: StandingFilter, votes: int) -> None:
        assert standings.counted(wanted).tally.total == votes
        assert len(standings.cast(wanted).votes) == votes


class TestCastVotes:
    def test_each_vote_that_counts_comes_with_who_cast_it(self, store: BattleStore, standings: StandingStore) -> None:
        play(store, 1, Outcome.A, voters=("anne", "bruno"))
        play(store, 2, Outcome.B)
        tell_a_name(store, 2, Side.A)
        play(store, 3, Outcome.A, battle=make_battle(identity(3), is_demo=True))
        cast = standings.cast(ALL)
        assert cast.votes == [CastVote(name, (*SMALL_BIG, Outcome.A)) for name in ("anne", "bruno")]
        assert not cast.is_sample

    def test_of_many_votes_whole_people_are_read(self, store: BattleStore, standings: StandingStore) -> None:
        for number in range(3):
            play(store, number, Outcome.A, voters=("anne", "bruno", "chloe"))
        for most, people in ((9, {"anne", "bruno", "chloe"}), (8, {"anne", "bruno"}), (4, {"anne"}), (2, {"anne"})):
            cast = standings.cast(ALL, most=most)
            assert {vote.visitor_id for vote in cast.votes} == people
            assert cast.is_sample == (most < 9)


class TestTheTallyFollows:
    def test_a_changed_vote_moves(self, store: BattleStore, engine: Engine) -> None:
        play(store, 1, Outcome.A)
        store.cast_vote(make_vote(Outcome.B, battle_id=identity(1), visitor_id="anne"), at(2))
        store.cast_vote(make_vote(Outcome.B, battle_id=identity(1), visitor_id="anne", comment="oui"), at(3))
        assert tallied(engine) == [("ranked", "fr", "random", *SMALL_BIG, "b", 1)]

    def test_an_erased_visitor_takes_their_votes_and_the_votes_on_their_battles_along(
        self, store: BattleStore, engine: Engine
    ) -> None:
        play(store, 1, Outcome.A, voters=("anne", "bruno"))
        play(store, 2, Outcome.B, battle=make_battle(identity(2), visitor_id="bruno"), voters=("anne", "bruno"))
        VisitorStore(engine).erase("anne", is_running=lambda _: False)
        assert tallied(engine) == [("ranked", "fr", "random", *SMALL_BIG, "b", 1)]
        VisitorStore(engine).erase("bruno", is_running=lambda _: False)
        assert tallied(engine) == []

    def test_a_deleted_event_takes_its_battles_out_of_the_tally(self, store: BattleStore, engine: Engine) -> None:
        open_event(engine, "e1")
        for number in range(4):
            play(store, number, Outcome.A, voters=("anne", "bruno"))
        place(engine, (1, 2), event_id="e1")
        assert sum(int(str(row[-1])) for row in tallied(engine)) == 8
        with engine.begin() as connection:
            connection.execute(text("DELETE FROM event"))
        assert tallied(engine) == counted_anew(engine) == [("ranked", "fr", "random", *SMALL_BIG, "a", 4)]

    def test_deleting_battles_in_plain_sql_is_seen_too(self, store: BattleStore, engine: Engine) -> None:
        for number in range(6):
            play(store, number, list(Outcome)[number % 4], voters=("anne", "bruno"))
        with engine.begin() as connection:
            connection.execute(text("DELETE FROM battle WHERE id < :limit"), {"limit": identity(4)})
        assert tallied(engine) == counted_anew(engine) != []

    def test_a_whole_room_that_votes_at_once_is_counted(self, store: BattleStore, engine: Engine) -> None:
        store.create_battle(make_battle(identity(1)))

        def vote(number: int) -> None:
            one = make_vote(list(Outcome)[number % 4], battle_id=identity(1), visitor_id=f"visitor-{number}")
            store.cast_vote(one, at(number))

        assert all_at_once(32, vote) == [None] * 32
        assert tallied(engine) == counted_anew(engine)
        assert sum(int(str(row[-1])) for row in tallied(engine)) == 32

    def test_people_who_erase_at_once_do_not_lock_each_other_out(self, store: BattleStore, engine: Engine) -> None:
        people = [f"visitor-{number}" for number in range(16)]
        for number, one in enumerate(people):
            models = SMALL_BIG if number % 2 else SMALL_BIG[::-1]
            battle = make_battle(identity(number), visitor_id=one, models=models)
            play(store, number, Outcome.A, battle=battle, voters=(one, people[(number + 5) % 16]))
        erase = VisitorStore(engine).erase
        ended = all_at_once(16, lambda number: erase(people[number], is_running=lambda _: False))
        assert [type(one).__name__ for one in ended] == ["Erased"] * 16
        assert tallied(engine) == []

    def test_a_migration_finds_the_tally_as_it_was(self, store: BattleStore, engine: Engine) -> None:
        """The triggers rest during a migration; the votes are counted anew after it."""
        play(store, 1, Outcome.A)
        with engine.begin() as connection:
            stop_tally(connection)
            connection.execute(text("UPDATE vote SET outcome = 'b'"))
            start_tally(connection)
        upgrade(engine)
        play(store, 2, Outcome.B)
        assert tallied(engine) == counted_anew(engine) == [("ranked", "fr", "random", *SMALL_BIG, "b", 2)]


def test_sqlite_can_rebuild_a_table_while_the_tally_rests(tmp_path: Path) -> None:
    """A later migration may have to: a trigger that names a table keeps SQLite from putting another in its place."""
    engine = open_engine(f"sqlite:///{tmp_path}/arena.db")
    upgrade(engine)
    with engine.begin() as connection:
        stop_tally(connection)
        stop_notes(connection)  # as a migration does
        rebuilding = Operations(MigrationContext.configure(connection))
        with rebuilding.batch_alter_table("battle", recreate="always") as table:
            table.alter_column("code_version", new_column_name="written_by")
        start_tally(connection)
        connection.exec_driver_sql(
            "INSERT INTO battle (id, visitor_id, created_at, locale, mode, is_blind, is_demo, catalogue_version,"
            " written_by) VALUES ('1', 'anne', '2026-03-14', 'fr', 'random', 1, 0, '', '')"
        )
        connection.exec_driver_sql("INSERT INTO battle_side VALUES ('1', 'a', 'm1'), ('1', 'b', 'm2')")
        connection.exec_driver_sql(
            "INSERT INTO vote (battle_id, visitor_id, outcome, comment, created_at, source)"
            " VALUES ('1', 'anne', 'a', '', '2026-03-14', 'phone')"
        )
    assert tallied(engine) == [("ranked", "fr", "random", "m1", "m2", "a", 1)]
    engine.dispose()
