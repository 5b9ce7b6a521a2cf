"""The report of one estimate, against EcoLogits' own values."""

import csv
import json
import math
from pathlib import Path
from typing import Any

import pytest

from arena.errors import FootprintError
from arena.services.estimator import METHOD
from arena.services.footprint_report import footprint_report
from arena.services.footprints import FootprintService

GOLDEN = Path(__file__).parent.parent / "data" / "ecologits_golden.csv"
SERVICE = FootprintService.load()

# Golden column prefixes by quantity and part of the report.
COLUMNS = {
    ("energy_wh", "total"): "energy_Wh",
    ("gwp_g", "total"): "gwp_total_gCO2e",
    ("gwp_g", "usage"): "gwp_usage_gCO2e",
    ("gwp_g", "embodied"): "gwp_embodied_gCO2e",
    ("water_ml", "usage"): "water_usage_mL",
    ("adpe_ug", "total"): "adpe_total_ugSbe",
    ("adpe_ug", "usage"): "adpe_usage_ugSbe",
    ("adpe_ug", "embodied"): "adpe_embodied_ugSbe",
    ("pe_kj", "total"): "pe_total_kJ",
    ("pe_kj", "usage"): "pe_usage_kJ",
    ("pe_kj", "embodied"): "pe_embodied_kJ",
}


def golden_rows() -> list[dict[str, str]]:
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def pair(row: dict[str, str], name: str) -> str:
    return f"{row[f'{name}_min']}:{row[f'{name}_max']}"


def report_of(row: dict[str, str]) -> dict[str, Any]:
    return footprint_report(
        SERVICE,
        active=pair(row, "active_params_b"),
        total=pair(row, "total_params_b"),
        tokens=int(row["output_tokens"]),
        zone=row["zone"],
        pue=pair(row, "pue"),
        wue=pair(row, "wue_onsite"),
        tps=row["tps"] or None,
        ttft=row["ttft_s"] or None,
    )


def test_the_golden_file_has_all_its_rows() -> None:
    assert len(golden_rows()) == 108


@pytest.mark.parametrize("row", golden_rows(), ids=lambda row: f"{row['model']}-{row['output_tokens']}-{row['zone']}")
def test_raw_values_are_those_of_ecologits_to_six_digits(row: dict[str, str]) -> None:
    raw = report_of(row)["raw"]
    for (quantity, part), column in COLUMNS.items():
        low, high = raw[quantity][part]
        assert (f"{low:.6g}", f"{high:.6g}") == (
            f"{float(row[f'{column}_min']):.6g}",
            f"{float(row[f'{column}_max']):.6g}",
        ), (quantity, part)
    assert raw["energy_wh"]["usage"] == raw["energy_wh"]["total"]
    assert raw["water_ml"]["total"] == raw["water_ml"]["usage"]


def test_a_report_is_plain_json_with_units_and_grade() -> None:
    report = footprint_report(SERVICE, active="8", total="8", tokens=400, zone="FRA")
    shown = report["displayed"]["energy_wh"]["total"]
    assert json.loads(json.dumps(report)) == report
    assert report["grade"] == "C"
    assert report["method"] == METHOD == "ecologits-0.11.3/v1"
    assert shown["unit"] == "Wh"
    assert shown["low"] == pytest.approx(report["raw"]["energy_wh"]["total"][0] / 3)
    assert shown["text"]["fr"].endswith("mWh")


def test_a_report_for_the_world_hides_what_ecologits_gets_wrong() -> None:
    report = footprint_report(SERVICE, active=8, total=8, tokens=400, zone="WOR")
    assert set(report["displayed"]) == {"energy_wh", "gwp_g", "water_ml"}
    assert set(report["raw"]) == {"energy_wh", "gwp_g", "water_ml", "adpe_ug", "pe_kj"}


def test_a_report_of_no_tokens_has_a_reason_and_no_number() -> None:
    report = footprint_report(SERVICE, active=8, total=8, tokens=0, zone="FRA", tps=80, ttft=0.5)
    assert report["no_figure_reason"] == "footprint.none.no_tokens"
    assert report["raw"] == report["displayed"] == {}


IMPOSSIBLE_REPORTS: list[tuple[str, dict[str, Any]]] = [
    ("output_tokens", {"tokens": -1}),
    ("output_tokens", {"tokens": 10_000_001}),
    ("output_tokens", {"tokens": 1.5}),
    ("output_tokens", {"tokens": None}),
    ("output_tokens", {"tokens": True}),
    ("active_params_b", {"active": 0}),
    ("active_params_b", {"active": "-1:8"}),
    ("active_params_b", {"active": 9}),
    ("total_params_b", {"total": 1e9}),
    ("active", {"active": math.nan}),
    ("total", {"total": math.inf}),
    ("active", {"active": "eight"}),
    ("zone", {"zone": "fra"}),
    ("zone", {"zone": "XXX"}),
    ("zone", {"zone": "CAF"}),
    ("zone", {"zone": ""}),
    ("pue", {"pue": 0.99}),
    ("pue", {"pue": "1:3.01"}),
    ("pue", {"pue": "1.2:1.1"}),
    ("wue_l_per_kwh", {"wue": -0.1}),
    ("wue_l_per_kwh", {"wue": 20.1}),
    ("quantization_bits", {"bits": 7}),
    ("latency_s", {"latency_s": 0}),
    ("latency_s", {"latency_s": math.nan}),
    ("tokens_per_s", {"tps": 0}),
    ("first_token_s", {"ttft": -1}),
]


@pytest.mark.parametrize(("argument", "wrong"), IMPOSSIBLE_REPORTS)
def test_impossible_arguments_are_named_before_ecologits_is_called(argument: str, wrong: dict[str, Any]) -> None:
    possible: dict[str, Any] = {"active": 8, "total": 8, "tokens": 400, "zone": "FRA"}
    with pytest.raises(FootprintError) as caught:
        footprint_report(SERVICE, **(possible | wrong))
    assert caught.value.argument == argument
    assert caught.value.reason
