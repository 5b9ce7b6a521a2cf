"""The explanation of a battle: its parts hang together, for every kind of answer and on both databases."""

import json
import math
from dataclasses import asdict, fields
from typing import Any

import pytest
from sqlalchemy import Engine

from arena.domain.footprint import NoFigure
from arena.domain.provenance import FootprintInputs, FootprintValues, MeterReading, StoredFootprint
from arena.domain.quantity import Range
from arena.errors import BattleNotFound
from arena.services.estimator import METHOD
from arena.services.explanation import explain
from arena.services.recompute import Methods, recompute_all
from arena.storage.battles import BattleStore
from arena.storage.footprints import FootprintStore
from tests.services.house import footprint_service
from tests.services.kept import V2, inputs_of, keep, stricter
from tests.storage.making import at, make_turn, make_values

READING = MeterReading("rapl", gross_wh=0.3, idle_w=20.0, net_wh=0.25, window_s=9.0)


def explained(engine: Engine, battle_id: str) -> list[dict[str, Any]]:
    """What is said of the answers, after a journey through JSON."""
    report = explain(FootprintStore(engine), Methods(footprint_service(), stricter()), battle_id)
    answers: list[dict[str, Any]] = json.loads(json.dumps(report))["answers"]
    return answers


def first_row(engine: Engine, one: FootprintInputs | StoredFootprint) -> dict[str, Any]:
    row: dict[str, Any] = explained(engine, keep(engine, one))[0]["history"][0]
    return row


def test_every_stored_input_is_there(engine: Engine) -> None:
    row = first_row(engine, inputs_of())
    said = {*row["arguments"], *row["versions"], "computed_at", "reading"}
    assert said == {field.name for field in fields(FootprintInputs)}
    assert row["arguments"]["active_params_b"] == [1 / 3, 8.03]
    assert row["arguments"]["total_params_b"] == 8.03
    assert row["versions"]["catalogue_version"] == "c0ffee"


def test_the_steps_end_in_the_raw_result(engine: Engine) -> None:
    row = first_row(engine, inputs_of(active_params_b=Range.exactly(8.03)))
    steps, raw = row["steps"], row["raw"]
    for step, quantity, factor in (
        ("request_energy_kwh", "energy_wh", 1e3),
        ("request_usage_gwp_kgco2e", "gwp_usage_g", 1e3),
        ("request_embodied_gwp_kgco2e", "gwp_embodied_g", 1e3),
        ("request_usage_wcf_l", "water_ml", 1e3),
    ):
        low, high = steps[step] if isinstance(steps[step], list) else [steps[step]] * 2
        assert [low * factor, high * factor] == pytest.approx([raw[quantity]["low"], raw[quantity]["high"]])
    assert steps["if_electricity_mix_gwp_kgco2e_per_kwh"] == row["arguments"]["mix_gwp_kg_per_kwh"]


def test_raw_result_and_margin_make_what_is_displayed(engine: Engine) -> None:
    row = first_row(engine, inputs_of())
    raw, shown, margin = row["raw"]["energy_wh"], row["displayed"]["energy_wh"], row["margin"]
    tokens = margin["also_for_estimated_tokens"]
    assert shown["low"] == pytest.approx(raw["low"] / margin["divide_low_by"] / tokens["divide_low_by"])
    assert shown["high"] == pytest.approx(raw["high"] * margin["multiply_high_by"] * tokens["multiply_high_by"])
    assert shown["central"] == pytest.approx(math.sqrt(raw["low"] * raw["high"]))
    assert (shown["unit"], raw["unit"]) == ("Wh", "Wh")
    assert shown["text"]["fr"].endswith("mWh")
    assert (row["method"], row["is_shown"], row["again"]) == (METHOD, True, "same")


def test_the_grade_comes_with_what_decided_it(engine: Engine) -> None:
    grade = first_row(engine, inputs_of())["grade"]
    assert (grade["grade"], grade["no_figure_reason"]) == ("B", None)
    assert (grade["openness"], grade["is_measured_by_ml_energy"], grade["zone"]) == ("open-weights", True, "FRA")
    assert grade["calibrated_up_to_total_b"] == footprint_service().bands.calibrated_up_to_total_b


def test_every_method_has_its_row_with_the_bands_of_its_own(engine: Engine) -> None:
    size = Range.exactly(9.0)
    battle_id = keep(engine, inputs_of(total_params_b=size, active_params_b=size))
    recompute_all(FootprintStore(engine), stricter(), now=at(60))
    first, second = explained(engine, battle_id)[0]["history"]
    assert (first["method"], second["method"]) == (METHOD, V2)
    assert (first["is_shown"], second["is_shown"]) == (True, False)
    assert (first["grade"]["grade"], second["grade"]["grade"]) == ("B", "C-")
    assert (first["margin"]["divide_low_by"], second["margin"]["divide_low_by"]) == (2, 10)
    assert first["raw"] == second["raw"]


def test_a_measure_is_explained_by_its_reading(engine: Engine) -> None:
    row = first_row(engine, inputs_of(endpoint_kind="local", reading=READING))
    assert (row["method"], row["grade"]["grade"], row["again"]) == ("measured-rapl/v1", "A", "same")
    assert row["reading"] == asdict(READING)
    steps = row["steps"]
    assert row["raw"]["gwp_usage_g"]["low"] == pytest.approx(steps["energy_wh"] * steps["mix_gwp_g_per_wh"])
    assert row["raw"]["water_ml"]["low"] == pytest.approx(steps["energy_wh"] * steps["mix_wue_ml_per_wh"])
    assert row["margin"]["also_for_estimated_tokens"] is None


def test_a_measure_without_a_zone_has_no_factors(engine: Engine) -> None:
    row = first_row(engine, inputs_of(endpoint_kind="local", reading=READING, zone=None))
    assert row["steps"] == {}
    assert set(row["raw"]) == {"energy_wh"}


@pytest.mark.parametrize("reason", [NoFigure.LOCAL, NoFigure.ELSEWHERE, NoFigure.METER_FAILED])
def test_no_figure_has_no_steps_and_its_reason(engine: Engine, reason: NoFigure) -> None:
    values = FootprintValues(METHOD, "E", reason.value, {}, {})
    row = first_row(engine, StoredFootprint(inputs_of(endpoint_kind="local"), values))
    assert (row["steps"], row["margin"], row["raw"], row["displayed"]) == (None, None, {}, {})
    assert (row["grade"]["grade"], row["grade"]["no_figure_reason"], row["again"]) == ("E", reason, "same")


def test_a_method_that_is_gone_keeps_what_it_said(engine: Engine) -> None:
    row = first_row(engine, StoredFootprint(inputs_of(), make_values("gone/v0")))
    assert (row["again"], row["steps"], row["margin"]) == ("not_held", None, None)
    assert row["displayed"]["energy_wh"]["high"] == 0.6


def test_values_that_the_method_would_not_make_again_are_said(engine: Engine) -> None:
    assert first_row(engine, StoredFootprint(inputs_of(), make_values(METHOD)))["again"] == "different"


def test_impossible_stored_inputs_are_said(engine: Engine) -> None:
    row = first_row(engine, StoredFootprint(inputs_of(output_tokens=-1), make_values(METHOD)))
    assert row["steps"] is None
    assert "output_tokens=-1" in row["again"]


def test_answers_come_by_turn_and_side_and_those_without_a_footprint_are_named(engine: Engine) -> None:
    battle_id = keep(engine, inputs_of())
    BattleStore(engine, catalogue_version="c").add_turn(battle_id, make_turn(1))
    found = explained(engine, battle_id)
    assert [(one["turn"], one["side"], one["model"]) for one in found] == [
        *((1, "a", "small-model"), (1, "b", None)),
        *((2, "a", None), (2, "b", None)),
    ]
    assert [len(one["history"]) for one in found] == [1, 0, 0, 0]


def test_an_unknown_battle_is_not_found(engine: Engine) -> None:
    with pytest.raises(BattleNotFound):
        explained(engine, "nowhere")
