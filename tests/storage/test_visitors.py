"""One visitor's battles read together, and erased to the last byte, on both databases."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, event, text

from arena.domain.battle import RevealStage
from arena.domain.provenance import StoredFootprint
from arena.domain.reflection import Bet, Need, Reflections, SecondChoice
from arena.domain.round import Step
from arena.domain.side import Side
from arena.domain.summary import Erased, PastAnswer, PastBattle
from arena.domain.vote import Outcome, Quality, Reaction
from arena.errors import ArenaError, BattleBusy, StorageError
from arena.storage.battles import BattleStore
from arena.storage.engine import open_engine, upgrade
from arena.storage.footprints import FootprintStore
from arena.storage.reflections import ReflectionStore
from arena.storage.rows import TableRow
from arena.storage.visitors import VisitorStore

from .making import VISITOR, WRITTEN, all_at_once, at, make_battle, make_inputs, make_turn, make_values, make_vote
from .room import add_event, play_round

NEIGHBOUR = "neighbour"
PROMPT = "Une question très personnelle sur les girafes"
COMMENT = "un commentaire sur les zèbres"
ANSWER = "Une réponse pleine d'okapis. " * 2000  # on pages of its own


@pytest.fixture
def visitors(engine: Engine) -> VisitorStore:
    return VisitorStore(engine)


def nobody_writes(_battle_id: str) -> bool:
    return False


def play(engine: Engine, visitor_id: str = VISITOR, *, until: RevealStage = RevealStage.NAMES, seconds: int = 0) -> str:
    """A battle with two answers, their footprints and a vote, as far as wanted; its id."""
    store, battle_id = BattleStore(engine), uuid4().hex
    turn = make_turn(prompt=PROMPT)
    store.create_battle(make_battle(battle_id, visitor_id=visitor_id, created_at=at(seconds), turns=(turn,)))
    store.save_answers(battle_id, 0, {side: replace(WRITTEN, text=ANSWER, replaced=None) for side in Side})
    for side in Side:
        FootprintStore(engine).save(battle_id, 0, side, make_inputs(), make_values())
    if until is not RevealStage.BLIND:
        store.cast_vote(make_vote(Outcome.B, battle_id=battle_id, visitor_id=visitor_id, comment=COMMENT), at(1))
        store.reveal_footprints(battle_id, visitor_id, at(2))
    if until is RevealStage.NAMES:
        ReflectionStore(engine).choose_again(battle_id, visitor_id, Outcome.A, at(3))
    return battle_id


def speak(engine: Engine, battle_id: str, visitor_id: str) -> None:
    """Everything that a visitor can say of a battle."""
    store, reflections = BattleStore(engine), ReflectionStore(engine)
    liked = frozenset({Quality.USEFUL, Quality.COMPLETE})
    store.save_reaction(Reaction(battle_id, visitor_id, Side.A, liked=True, qualities=liked))
    store.cast_vote(make_vote(battle_id=battle_id, visitor_id=visitor_id, comment=COMMENT), at(1))
    reflections.place_bet(battle_id, visitor_id, Bet(10, Side.B), at(1))
    store.reveal_footprints(battle_id, visitor_id, at(2))
    reflections.choose_again(battle_id, visitor_id, None, at(3))
    reflections.answer_need(battle_id, visitor_id, Need.YES, at(4))


def make_rematch(engine: Engine, battle_id: str, kept_side: Side, origin_id: str | None = None) -> None:
    insert = text("INSERT INTO rematch VALUES (:battle, :origin, 'smaller', :kept)")
    with engine.begin() as connection:
        connection.execute(insert, {"battle": battle_id, "origin": origin_id, "kept": kept_side.value})


def contents(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, but for the notes that battles changed."""
    with engine.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(table.select())), key=repr)
            for table in TableRow.metadata.sorted_tables
            if table.name != "census_change"
        }


def test_a_visitor_without_battles_has_none(visitors: VisitorStore) -> None:
    assert visitors.battles_of(VISITOR) == ()


def test_a_battle_comes_back_with_all_that_was_said_of_it(engine: Engine, visitors: VisitorStore) -> None:
    battle_id = play(engine, until=RevealStage.BLIND, seconds=5)
    speak(engine, battle_id, VISITOR)
    (battle,) = visitors.battles_of(VISITOR)
    assert (battle.id, battle.prompt, battle.created_at, battle.is_demo) == (battle_id, PROMPT, at(5), False)
    assert (battle.stage, battle.vote) == (RevealStage.NAMES, Outcome.A)
    assert battle.reflections == Reflections(Bet(10, Side.B, at(1)), SecondChoice(None, at(3)), Need.YES)
    assert battle.models == {Side.A: "small-model", Side.B: "big-model"}
    footprint = StoredFootprint(make_inputs(), make_values())
    assert battle.answers == tuple(PastAnswer(0, side, footprint) for side in Side)
    assert (battle.is_rematch, battle.kept_side) == (False, None)


@pytest.mark.parametrize(
    ("stage", "has_models", "has_footprints"),
    [(RevealStage.BLIND, False, False), (RevealStage.FOOTPRINTS, False, True), (RevealStage.NAMES, True, True)],
)
def test_only_what_was_revealed_is_read(
    engine: Engine, visitors: VisitorStore, stage: RevealStage, *, has_models: bool, has_footprints: bool
) -> None:
    battle_id = play(engine, until=stage)
    play(engine)  # another battle of the same visitor that is revealed
    make_rematch(engine, battle_id, Side.B)
    battle = next(one for one in visitors.battles_of(VISITOR) if one.id == battle_id)
    assert battle.stage is stage
    assert bool(battle.models) is has_models
    assert bool(battle.answers) is has_footprints
    assert battle.is_rematch
    assert battle.kept_side is (Side.B if has_models else None)


def test_a_reveal_to_a_neighbour_reveals_nothing_to_the_visitor(engine: Engine, visitors: VisitorStore) -> None:
    battle_id = play(engine, until=RevealStage.BLIND)
    speak(engine, battle_id, NEIGHBOUR)
    (battle,) = visitors.battles_of(VISITOR)
    assert (battle.stage, battle.vote, battle.reflections) == (RevealStage.BLIND, None, Reflections())
    assert (battle.models, battle.answers) == ({}, ())
    assert visitors.battles_of(NEIGHBOUR) == ()


def test_battles_come_newest_first_and_only_ones_own(engine: Engine, visitors: VisitorStore) -> None:
    ids = [play(engine, seconds=seconds) for seconds in (1, 3, 2)]
    play(engine, NEIGHBOUR, seconds=4)
    assert [battle.id for battle in visitors.battles_of(VISITOR)] == [ids[1], ids[2], ids[0]]


def test_the_first_prompt_stands_for_the_battle_and_every_turn_is_counted(
    engine: Engine, visitors: VisitorStore, store: BattleStore
) -> None:
    battle_id = play(engine)
    store.add_turn(battle_id, make_turn(1, prompt="Et après ?"))
    store.save_answer(battle_id, 1, Side.B, WRITTEN)
    (battle,) = visitors.battles_of(VISITOR)
    assert battle.prompt == PROMPT
    assert [(answer.turn_index, answer.side) for answer in battle.answers] == [(0, "a"), (0, "b"), (1, "b")]
    assert battle.answers[-1].footprint is None


def test_the_first_method_computed_is_the_one_that_was_shown(
    engine: Engine, visitors: VisitorStore, footprints: FootprintStore
) -> None:
    battle_id = play(engine)
    footprints.save(battle_id, 0, Side.A, make_inputs(computed_at=at(9)), make_values("newer/1", factor=7))
    (battle,) = visitors.battles_of(VISITOR)
    assert battle.answers[0].footprint == StoredFootprint(make_inputs(), make_values())


def test_many_battles_take_as_many_queries_as_one(engine: Engine, visitors: VisitorStore) -> None:
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _k, statement, *_: asked.append(statement))
    counts = []
    for _ in range(2):
        for _ in range(5):
            play(engine)
        asked.clear()
        visitors.battles_of(VISITOR)
        counts.append(len(asked))
    assert counts[0] == counts[1] < 10


def test_erasing_removes_every_row_and_says_how_many(engine: Engine, visitors: VisitorStore) -> None:
    before = contents(engine)
    speak(engine, play(engine, until=RevealStage.BLIND), VISITOR)
    play(engine)
    assert visitors.erase(VISITOR, is_running=nobody_writes) == Erased(
        battles=2, prompts=2, answers=4, votes=2, others=5
    )
    assert contents(engine) == before
    assert visitors.battles_of(VISITOR) == ()
    assert visitors.erase(VISITOR, is_running=nobody_writes).is_nothing


def test_erasing_leaves_the_rows_of_others_as_they_were(engine: Engine, visitors: VisitorStore) -> None:
    theirs = play(engine, NEIGHBOUR, until=RevealStage.BLIND)
    speak(engine, theirs, NEIGHBOUR)
    before = contents(engine)
    play(engine)
    speak(engine, theirs, VISITOR)
    erased = visitors.erase(VISITOR, is_running=nobody_writes)
    assert (erased.battles, erased.votes, erased.others) == (1, 2, 5)
    assert contents(engine) == before


def test_a_rematch_of_somebody_else_outlives_the_battle_it_came_from(engine: Engine, visitors: VisitorStore) -> None:
    theirs = play(engine, NEIGHBOUR)
    make_rematch(engine, theirs, Side.A, origin_id=play(engine))
    visitors.erase(VISITOR, is_running=nobody_writes)
    assert contents(engine)["rematch"] == [(theirs, None, "smaller", "a")]


def test_nothing_is_erased_while_one_battle_is_being_written(engine: Engine, visitors: VisitorStore) -> None:
    play(engine)
    running = play(engine, until=RevealStage.BLIND)
    before = contents(engine)
    with pytest.raises(BattleBusy):
        visitors.erase(VISITOR, is_running=lambda battle_id: battle_id == running)
    assert contents(engine) == before


def test_erasing_while_votes_arrive_leaves_nothing_behind(engine: Engine, visitors: VisitorStore) -> None:
    before = contents(engine)
    battle_id, store = play(engine, until=RevealStage.BLIND), BattleStore(engine)

    def act(number: int) -> object:
        if number % 4:
            return store.cast_vote(make_vote(battle_id=battle_id, comment=COMMENT), at(number))
        return visitors.erase(VISITOR, is_running=nobody_writes)

    outcomes = all_at_once(8, act)
    assert not any(isinstance(outcome, StorageError) for outcome in outcomes), outcomes
    assert contents(engine) == before
    assert any(isinstance(outcome, Erased) and outcome.battles == 1 for outcome in outcomes)
    assert all(isinstance(outcome, Erased | ArenaError) or outcome for outcome in outcomes)


def test_space_can_be_given_back_at_any_time(engine: Engine, visitors: VisitorStore) -> None:
    visitors.free_space()
    play(engine)
    kept = contents(engine)
    visitors.free_space()
    assert contents(engine) == kept


class TestOnDisk:
    """What a file of SQLite holds, read as bytes."""

    @pytest.fixture
    def database(self, tmp_path: Path) -> Path:
        return tmp_path / "arena.db"

    @pytest.fixture
    def engine(self, database: Path) -> Iterator[Engine]:
        engine = open_engine(f"sqlite:///{database}")
        upgrade(engine)
        yield engine
        engine.dispose()

    @staticmethod
    def found_in(database: Path) -> set[str]:
        """Which words stand in any file beside the database."""
        raw = b"".join(file.read_bytes() for file in database.parent.glob("arena.db*"))
        return {words for words in ("girafes", "zèbres", "okapis") if words.encode() in raw}

    def test_no_byte_of_what_was_erased_stays_in_a_file(
        self, engine: Engine, visitors: VisitorStore, database: Path
    ) -> None:
        VisitorStore(engine).free_space()
        empty = database.stat().st_size
        for _ in range(5):
            speak(engine, play(engine, until=RevealStage.BLIND), VISITOR)
        assert self.found_in(database) == {"girafes", "zèbres", "okapis"}
        visitors.erase(VISITOR, is_running=nobody_writes)
        visitors.free_space()
        assert self.found_in(database) == set()
        assert database.with_name("arena.db-wal").stat().st_size == 0
        assert database.stat().st_size <= empty

    def test_what_others_wrote_is_whole_after_the_file_shrank(
        self, engine: Engine, visitors: VisitorStore, database: Path
    ) -> None:
        play(engine, NEIGHBOUR)
        kept = contents(engine)
        for _ in range(5):
            play(engine)
        visitors.free_space()
        large = database.stat().st_size
        visitors.erase(VISITOR, is_running=nobody_writes)
        visitors.free_space()
        assert database.stat().st_size < large / 2
        assert contents(engine) == kept

    def test_a_reader_delays_the_bytes_and_never_the_rows(
        self, engine: Engine, visitors: VisitorStore, database: Path
    ) -> None:
        play(engine)
        event.listen(engine, "checkout", lambda connection, *_: connection.execute("PRAGMA busy_timeout=50"))
        with closing(sqlite3.connect(database, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM battle").fetchone()
            visitors.erase(VISITOR, is_running=nobody_writes)
            with pytest.raises(StorageError):
                visitors.free_space()
            assert visitors.battles_of(VISITOR) == ()
        visitors.free_space()
        assert self.found_in(database) == set()

    def test_a_writer_elsewhere_delays_the_shrinking(
        self, engine: Engine, visitors: VisitorStore, database: Path
    ) -> None:
        play(engine)
        visitors.erase(VISITOR, is_running=nobody_writes)
        event.listen(engine, "checkout", lambda connection, *_: connection.execute("PRAGMA busy_timeout=50"))
        with closing(sqlite3.connect(database, isolation_level=None)) as writer:
            writer.execute("BEGIN IMMEDIATE")
            with pytest.raises(StorageError, match="OperationalError"):
                visitors.free_space()
        visitors.free_space()
        assert self.found_in(database) == set()


def past_rounds(visitors: VisitorStore, visitor_id: str) -> list[PastBattle]:
    return [battle for battle in visitors.battles_of(visitor_id) if battle.is_shared]


def test_rounds_that_somebody_spoke_in_are_among_their_battles(engine: Engine, visitors: VisitorStore) -> None:
    add_event(engine)
    play_round(engine, 1, ["anne", "bruno"], has_bet=True)
    play(engine, "anne", seconds=5000)
    own, shared = visitors.battles_of("anne")
    assert (own.round_number, shared.round_number) == (None, 1)
    assert (shared.prompt, shared.vote, shared.stage) == ("Manche 1 ?", Outcome.A, RevealStage.NAMES)
    bet, second = shared.reflections.bet, shared.reflections.second_choice
    assert bet is not None
    assert second is not None
    assert ((bet.factor, bet.more), second.outcome) == ((10, None), Outcome.B)
    assert set(shared.models) == set(Side)
    assert visitors.battles_of("chloe") == ()


@pytest.mark.parametrize(
    ("until", "stage"),
    [(Step.CLOSED, RevealStage.BLIND), (Step.SECOND_CHOICE, RevealStage.FOOTPRINTS), (Step.NAMES, RevealStage.NAMES)],
)
def test_a_round_tells_its_participants_no_more_than_the_room_was_shown(
    engine: Engine, visitors: VisitorStore, until: Step, stage: RevealStage
) -> None:
    add_event(engine)
    play_round(engine, 1, ["anne"], until=until)
    (shared,) = past_rounds(visitors, "anne")
    assert shared.stage is stage
    assert bool(shared.answers) is (stage is not RevealStage.BLIND)
    assert bool(shared.models) is (stage is RevealStage.NAMES)


def test_a_round_that_skips_its_names_never_tells_them(engine: Engine, visitors: VisitorStore) -> None:
    add_event(engine)
    play_round(engine, 1, ["anne"], skips_names=True)
    (shared,) = past_rounds(visitors, "anne")
    assert (shared.stage, shared.models) == (RevealStage.FOOTPRINTS, {})


def test_erasing_takes_what_was_said_in_rounds_and_leaves_the_round_to_the_others(
    engine: Engine, visitors: VisitorStore
) -> None:
    add_event(engine)
    play_round(engine, 1, ["anne", "bruno"], has_bet=True, hands={Outcome.B: 2})
    erased = visitors.erase("anne", is_running=nobody_writes)
    assert (erased.battles, erased.votes, erased.others) == (0, 1, 2)
    assert visitors.battles_of("anne") == ()
    assert [battle.vote for battle in past_rounds(visitors, "bruno")] == [Outcome.A]
    with engine.connect() as connection:
        left = connection.execute(text("SELECT source, count(*) FROM vote GROUP BY source ORDER BY source"))
        assert [tuple(row) for row in left] == [("hands", 2), ("phone", 1)]
