"""Footprints: inputs for ever, one result a method, the first is shown."""

from dataclasses import fields, replace

import pytest
from sqlalchemy import Engine, text

from arena.domain.provenance import QUANTITIES, FootprintInputs, FootprintValues, StoredFootprint
from arena.domain.quantity import Range
from arena.domain.side import Side
from arena.errors import BattleNotFound
from arena.storage.battles import BattleStore
from arena.storage.footprints import PLAIN, RANGES, FootprintStore

from .making import WRITTEN, all_at_once, at, make_inputs, make_turn, make_values


def results_in(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM footprint_result")).scalar_one())


def test_every_input_is_stored() -> None:
    assert {*PLAIN, *RANGES, "token_source", "reading"} == {field.name for field in fields(FootprintInputs)}


def test_a_footprint_comes_back_as_it_was(store: BattleStore, footprints: FootprintStore, battle_id: str) -> None:
    store.add_turn(battle_id, make_turn(1))
    footprints.save(battle_id, 1, Side.B, make_inputs(), make_values())
    assert footprints.of_battle(battle_id) == {(1, Side.B): (make_inputs(), make_values())}


def test_a_footprint_without_a_figure_keeps_its_reason(footprints: FootprintStore, battle_id: str) -> None:
    inputs = replace(
        make_inputs(),
        total_params_b=None,
        active_params_b=None,
        tokens_per_s=None,
        pue=None,
        wue_l_per_kwh=None,
        latency_s=None,
        first_token_s=None,
        zone=None,
        mix_gwp_kg_per_kwh=None,
        mix_adpe_kg_per_kwh=None,
        mix_pe_mj_per_kwh=None,
        mix_wue_l_per_kwh=None,
    )
    values = FootprintValues("none/1", "E", "footprint.none.unknown_model", {}, {})
    footprints.save(battle_id, 0, Side.A, inputs, values)
    assert footprints.of_battle(battle_id)[0, Side.A] == (inputs, values)


def test_a_quantity_may_be_computed_and_not_displayed(footprints: FootprintStore, battle_id: str) -> None:
    whole = make_values()
    hidden = replace(whole, displayed={name: whole.displayed[name] for name in QUANTITIES[:5]})
    footprints.save(battle_id, 0, Side.A, make_inputs(), hidden)
    assert footprints.of_battle(battle_id)[0, Side.A].values == hidden


def test_a_zero_is_a_figure(footprints: FootprintStore, battle_id: str) -> None:
    values = make_values(factor=0.0)
    inputs = replace(make_inputs(), output_tokens=0, latency_s=0.0, pue=Range(0.0, 0.0))
    footprints.save(battle_id, 0, Side.A, inputs, values)
    assert footprints.of_battle(battle_id)[0, Side.A] == (inputs, values)


def test_the_first_result_of_a_method_stays(engine: Engine, footprints: FootprintStore, battle_id: str) -> None:
    footprints.save(battle_id, 0, Side.A, make_inputs(), make_values(factor=1))
    footprints.save(battle_id, 0, Side.A, make_inputs(computed_at=at(9)), make_values(factor=2))
    assert footprints.of_battle(battle_id)[0, Side.A] == (make_inputs(), make_values(factor=1))
    assert results_in(engine) == 1


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_method_computed_first_is_shown_and_the_other_kept(
    engine: Engine, footprints: FootprintStore, battle_id: str, order: tuple[int, int]
) -> None:
    for seconds in order:
        computed, values = (
            make_inputs(computed_at=at(seconds)),
            make_values(f"v{seconds}", factor=seconds + 1),
        )
        footprints.save(battle_id, 0, Side.A, computed, values)
    assert footprints.of_battle(battle_id)[0, Side.A] == (
        make_inputs(computed_at=at(0)),
        make_values("v0", factor=1),
    )
    both = footprints.history(battle_id)[0, Side.A]
    assert [footprint.values.method for footprint in both] == ["v0", "v1"]
    assert results_in(engine) == 2


def test_a_footprint_needs_its_answer(footprints: FootprintStore, battle_id: str) -> None:
    for place in ((battle_id, 7), ("nowhere", 0)):
        with pytest.raises(BattleNotFound):
            footprints.save(*place, Side.A, make_inputs(), make_values())
    assert footprints.of_battle("nowhere") == {}


def test_eight_writers_at_once_leave_one_result(engine: Engine, footprints: FootprintStore, battle_id: str) -> None:
    def write(number: int) -> None:
        footprints.save(battle_id, 0, Side.A, make_inputs(), make_values(factor=number + 1))

    assert all_at_once(8, write) == [None] * 8
    assert results_in(engine) == 1
    assert len(footprints.of_battle(battle_id)[0, Side.A].values.raw) == len(QUANTITIES)


def test_an_answer_and_its_cost_are_written_together(
    store: BattleStore, footprints: FootprintStore, battle_id: str
) -> None:
    cost = StoredFootprint(make_inputs(), make_values())
    store.save_answer(battle_id, 0, Side.A, WRITTEN, cost)
    assert footprints.of_battle(battle_id) == {(0, Side.A): cost}


def test_an_answer_written_again_loses_what_it_cost_before(
    engine: Engine, store: BattleStore, footprints: FootprintStore, battle_id: str
) -> None:
    store.save_answer(battle_id, 0, Side.A, WRITTEN, StoredFootprint(make_inputs(), make_values()))
    again = StoredFootprint(make_inputs(computed_at=at(9)), make_values(factor=2))
    store.save_answer(battle_id, 0, Side.A, WRITTEN, again, is_again=True)
    assert footprints.of_battle(battle_id) == {(0, Side.A): again}
    assert results_in(engine) == 1
