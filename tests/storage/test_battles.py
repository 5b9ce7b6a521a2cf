"""Battles go in and come out whole, and keep up with their answers."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine, text

from arena.domain.battle import Answer, AnswerStatus, Turn
from arena.domain.side import Side
from arena.domain.vote import Quality, Reaction
from arena.errors import BattleBusy, BattleNotFound, StorageError
from arena.storage.battles import BattleStore
from arena.storage.footprints import FootprintStore

from .making import (
    BATTLE,
    FAILED,
    VISITOR,
    WRITTEN,
    at,
    make_battle,
    make_inputs,
    make_turn,
    make_values,
    make_vote,
)


def rows_in(engine: Engine, table: str) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def test_a_battle_comes_back_as_it_was(store: BattleStore) -> None:
    ended = Turn(0, "Bonjour", at(0), {Side.A: WRITTEN, Side.B: FAILED})
    battle = make_battle(turns=(ended, make_turn(1)))
    store.create_battle(battle)
    assert store.get_battle(battle.id) == battle


def test_a_battle_may_start_without_a_turn(store: BattleStore) -> None:
    store.create_battle(make_battle(turns=()))
    store.add_turn(BATTLE, make_turn(0))
    store.add_turn(BATTLE, make_turn(1))
    assert store.get_battle(BATTLE) == make_battle(turns=(make_turn(0), make_turn(1)))


def test_a_battle_remembers_the_versions_it_was_fought_under(engine: Engine, store: BattleStore) -> None:
    store.create_battle(make_battle())
    with engine.connect() as connection:
        versions = connection.execute(text("SELECT catalogue_version, code_version FROM battle")).one()
    assert tuple(versions) == ("c0ffee", "0.1.0")


def test_a_battle_that_fails_half_way_is_not_kept_at_all(engine: Engine, store: BattleStore) -> None:
    with pytest.raises(StorageError):
        store.create_battle(make_battle(turns=(make_turn(0), make_turn(0))))
    assert rows_in(engine, "battle") == rows_in(engine, "battle_side") == rows_in(engine, "turn") == 0


def test_an_unknown_battle_is_said_to_be_unknown(store: BattleStore) -> None:
    with pytest.raises(BattleNotFound):
        store.get_battle("nowhere")
    with pytest.raises(BattleNotFound):
        store.add_turn("nowhere", make_turn())
    with pytest.raises(BattleNotFound):
        store.save_answer("nowhere", 0, Side.A, WRITTEN)
    with pytest.raises(BattleNotFound):
        store.save_reaction(Reaction("nowhere", VISITOR, Side.A))


def test_the_same_turn_is_not_asked_for_twice(store: BattleStore, battle_id: str) -> None:
    with pytest.raises(BattleBusy):
        store.add_turn(battle_id, make_turn(0, prompt="again"))
    assert store.get_battle(battle_id) == make_battle()


def test_an_answer_is_rewritten_as_it_grows(store: BattleStore, battle_id: str) -> None:
    for text_so_far in ("L'", "L'été"):
        growing = Answer("small-model", AnswerStatus.STREAMING, text=text_so_far)
        store.save_answer(battle_id, 0, Side.A, growing)
        assert store.get_battle(battle_id).turns[0].answers[Side.A] == growing
    store.save_answers(battle_id, 0, {Side.A: WRITTEN, Side.B: FAILED})
    assert store.get_battle(battle_id).turns[0].answers == {Side.A: WRITTEN, Side.B: FAILED}


def test_one_answer_does_not_touch_the_other(store: BattleStore, battle_id: str) -> None:
    store.save_answer(battle_id, 0, Side.B, FAILED)
    answers = store.get_battle(battle_id).turns[0].answers
    assert answers == {Side.A: Answer("small-model"), Side.B: FAILED}


def test_a_late_save_of_progress_does_not_reopen_an_ended_answer(store: BattleStore, battle_id: str) -> None:
    store.save_answer(battle_id, 0, Side.A, WRITTEN)
    store.save_answer(battle_id, 0, Side.A, Answer("small-model", AnswerStatus.STREAMING, text="L'"))
    assert store.get_battle(battle_id).turns[0].answers[Side.A] == WRITTEN


def test_a_replacement_takes_the_seat(store: BattleStore, battle_id: str) -> None:
    assert WRITTEN.replaced is not None
    store.save_answer(battle_id, 0, Side.B, replace(WRITTEN, model_id="spare-model"))
    battle = store.get_battle(battle_id)
    assert battle.models == {Side.A: "small-model", Side.B: "spare-model"}
    assert battle.turns[0].answers[Side.B].replaced == WRITTEN.replaced


def test_the_latest_battle_is_the_visitors_own_and_the_newest(store: BattleStore) -> None:
    assert store.latest_battle_id(VISITOR) is None
    store.create_battle(make_battle("newer", created_at=at(2)))
    store.create_battle(make_battle("older", created_at=at(1)))
    store.create_battle(make_battle("foreign", created_at=at(3), visitor_id="somebody else"))
    assert store.latest_battle_id(VISITOR) == "newer"


def test_a_battle_that_was_left_is_no_longer_the_current_one(store: BattleStore) -> None:
    assert not store.has_battles(VISITOR)
    store.create_battle(make_battle("older", created_at=at(1)))
    store.create_battle(make_battle("newer", created_at=at(2)))
    with pytest.raises(BattleNotFound):
        store.leave("newer", "somebody else", at(3))
    assert store.latest_battle_id(VISITOR) == "newer"
    store.leave("newer", VISITOR, at(3))
    store.leave("newer", VISITOR, at(4))
    assert store.latest_battle_id(VISITOR) is None
    assert store.has_battles(VISITOR)
    assert store.get_battle("newer").id == "newer"


def test_pairs_are_counted_by_seat_and_by_visitor(store: BattleStore) -> None:
    pairs = [("x", "y"), ("y", "x"), ("x", "y"), ("x", "z")]
    for number, models in enumerate(pairs):
        visitor = VISITOR if number == 0 else "somebody else"
        store.create_battle(make_battle(f"battle-{number}", models=models, visitor_id=visitor))
    history = store.pair_history(VISITOR, demo=False)
    assert history.met == {frozenset("xy"): 3, frozenset("xz"): 1}
    assert history.on_side_a == {("x", "y"): 2, ("y", "x"): 1, ("x", "z"): 1}
    assert history.seen_by_visitor == {frozenset("xy")}


def test_pairs_chosen_by_name_and_demonstrations_are_counted_apart(store: BattleStore) -> None:
    store.create_battle(make_battle("chosen", is_blind=False))
    store.create_battle(make_battle("demo", is_demo=True, models=("x", "y")))
    assert store.pair_history(VISITOR, demo=False).met == {}
    assert store.pair_history(VISITOR, demo=True).met == {frozenset("xy"): 1}


def test_interrupted_answers_are_closed_as_what_they_are(store: BattleStore, battle_id: str) -> None:
    growing = Answer("small-model", AnswerStatus.STREAMING, text="L'été")
    store.save_answers(battle_id, 0, {Side.A: growing})
    store.create_battle(make_battle("ended", turns=(Turn(0, "?", at(0), {Side.A: WRITTEN, Side.B: FAILED}),)))
    assert store.close_interrupted() == 2
    assert store.close_interrupted() == 0
    assert store.get_battle(battle_id).turns[0].answers == {
        Side.A: replace(growing, status=AnswerStatus.TRUNCATED, error_key="error.interrupted"),
        Side.B: Answer("big-model", AnswerStatus.FAILED, error_key="error.interrupted"),
    }
    assert store.get_battle("ended").turns[0].answers == {Side.A: WRITTEN, Side.B: FAILED}


def test_deleting_a_battle_deletes_all_that_hangs_on_it(
    engine: Engine, store: BattleStore, footprints: FootprintStore, battle_id: str
) -> None:
    store.cast_vote(make_vote(), at(0))
    store.save_reaction(Reaction(battle_id, VISITOR, Side.A, True, frozenset({Quality.USEFUL})))
    store.reveal_footprints(battle_id, VISITOR, at(1))
    footprints.save(battle_id, 0, Side.A, make_inputs(), make_values())
    tables = "battle_side turn answer vote reaction reaction_quality reveal footprint_input footprint_figure"
    assert [table for table in tables.split() if not rows_in(engine, table)] == []
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM battle"))
    assert [table for table in tables.split() if rows_in(engine, table)] == []
