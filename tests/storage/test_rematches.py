"""Rematches as they are stored: what they come from, what they copy, and that they are no draws."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine, text

from arena.domain.provenance import QUANTITIES
from arena.domain.rematch import Rematch, RematchKind
from arena.domain.side import Side
from arena.errors import BattleNotFound
from arena.storage.battles import BattleStore
from arena.storage.footprints import FootprintStore

from .making import BATTLE, VISITOR, at, make_battle, make_inputs, make_values

AGAIN = "f" * 32


def make_rematch(kind: RematchKind = RematchKind.SMALLER, kept_side: Side = Side.B) -> Rematch:
    return Rematch(BATTLE, kind, kept_side)


@pytest.fixture
def again(store: BattleStore, battle_id: str) -> str:
    """A rematch of a battle, both in the store."""
    assert battle_id == BATTLE
    battle = replace(make_battle(AGAIN, models=("big-model", "small-model")), rematch=make_rematch())
    store.create_battle(battle)
    return AGAIN


@pytest.mark.parametrize("kind", RematchKind)
@pytest.mark.parametrize("kept_side", Side)
def test_a_rematch_comes_back_as_it_was(store: BattleStore, battle_id: str, kind: RematchKind, kept_side: Side) -> None:
    battle = replace(make_battle(AGAIN), rematch=make_rematch(kind, kept_side))
    store.create_battle(battle)
    assert store.get_battle(AGAIN) == battle
    assert store.encounter(AGAIN, VISITOR).battle.rematch == battle.rematch
    assert store.get_battle(battle_id).rematch is None


def test_a_rematch_outlives_its_origin(store: BattleStore, engine: Engine, again: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(f"DELETE FROM battle WHERE id = '{BATTLE}'"))
    assert store.get_battle(again).rematch == replace(make_rematch(), origin_id=None)


def test_a_rematch_is_not_in_the_history_of_pairs(store: BattleStore, again: str) -> None:
    history = store.pair_history(VISITOR, demo=False)
    assert store.get_battle(again).is_blind
    assert history.met == {frozenset({"small-model", "big-model"}): 1}
    assert history.on_side_a == {("small-model", "big-model"): 1}


def test_footprints_are_copied_whole_with_every_method(footprints: FootprintStore, engine: Engine, again: str) -> None:
    footprints.save(BATTLE, 0, Side.A, make_inputs(), make_values("one/1"))
    footprints.save(BATTLE, 0, Side.A, make_inputs(computed_at=at(9)), make_values("two/2", factor=3.0))
    footprints.save(BATTLE, 0, Side.B, make_inputs(), make_values("one/1", factor=7.0))
    reading = "INSERT INTO meter_reading SELECT min(id), 'nvml', 2, 30, 1.5, 60 FROM answer"
    with engine.begin() as connection:
        connection.execute(text(reading))
    footprints.copy(BATTLE, Side.A, to_battle_id=again, to_side=Side.B)
    footprints.copy(BATTLE, Side.A, to_battle_id=again, to_side=Side.B)
    copied = footprints.of_battle(again)
    assert copied == {(0, Side.B): footprints.of_battle(BATTLE)[0, Side.A]}
    with engine.connect() as connection:
        counts = [
            connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
            for table in ("footprint_input", "footprint_result", "footprint_figure", "meter_reading")
        ]
    assert counts == [5, 5, 5 * len(QUANTITIES), 2]


def test_the_copy_of_an_answer_without_a_footprint_is_nothing(footprints: FootprintStore, again: str) -> None:
    footprints.copy(BATTLE, Side.A, to_battle_id=again, to_side=Side.B)
    assert footprints.of_battle(again) == {}


def test_nothing_is_copied_to_or_from_nowhere(footprints: FootprintStore, again: str) -> None:
    with pytest.raises(BattleNotFound):
        footprints.copy("nowhere", Side.A, to_battle_id=again, to_side=Side.B)
    with pytest.raises(BattleNotFound):
        footprints.copy(BATTLE, Side.A, to_battle_id="nowhere", to_side=Side.B)
