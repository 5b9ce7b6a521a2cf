"""Kept footprints under another electricity, and models among the others of their catalogue."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.domain.catalogue import EndpointKind, Openness
from arena.domain.provenance import MeterReading, StoredFootprint
from arena.domain.quantity import Range
from arena.domain.quintile import NoQuintile, Quintile
from arena.errors import FigureFixed
from tests.services.test_footprints import SERVICE, endpoint, inputs, model


@given(
    tokens=st.integers(1, 5000),
    size_b=st.floats(1, 2000),
    home=st.sampled_from([None, "FRA", "SWE", "USA", "WOR"]),
    zone=st.sampled_from(["FRA", "WOR", "USA"]),
    is_closed=st.booleans(),
    is_measured=st.booleans(),
)
def test_another_mix_changes_use_and_never_energy_nor_making(
    tokens: int, size_b: float, home: str | None, zone: str, is_closed: bool, is_measured: bool
) -> None:
    size = Range.exactly(size_b)
    openness = Openness.CLOSED if is_closed else Openness.OPEN_WEIGHTS
    made = model(total_params_b=size, active_params_b=size, openness=openness, is_measured=is_measured)
    facts = inputs(tokens, of=made, at=endpoint(zone=home))
    kept = StoredFootprint(facts, SERVICE.estimate(facts))
    moved = SERVICE.in_zone(kept, zone).values
    assert (moved.grade, moved.method) == (kept.values.grade, kept.values.method)
    for key in ("energy_wh", "gwp_embodied_g"):
        assert moved.raw[key] == kept.values.raw[key]
        assert moved.displayed[key] == kept.values.displayed[key]
    if zone == (home or "WOR"):
        assert moved.displayed == kept.values.displayed
    else:
        assert moved.displayed["gwp_usage_g"] != kept.values.displayed["gwp_usage_g"]
        assert moved.displayed["water_ml"] != kept.values.displayed["water_ml"]
    assert ({"adpe_ug", "pe_kj"} <= set(moved.displayed)) is (zone != "WOR")
    assert SERVICE.in_zone(SERVICE.in_zone(kept, "USA"), zone).values == moved


def test_a_measured_answer_keeps_its_energy_under_any_mix() -> None:
    facts = inputs(at=endpoint(zone=None, kind=EndpointKind.LOCAL), reading=MeterReading("nvml", 0.5, 30.0, 0.3, 4.0))
    kept = StoredFootprint(facts, SERVICE.estimate(facts))
    moved = SERVICE.in_zone(kept, "FRA").values
    assert set(kept.values.displayed) == {"energy_wh"}
    assert set(moved.displayed) == {"energy_wh", "gwp_usage_g", "water_ml"}
    assert moved.displayed["energy_wh"] == kept.values.displayed["energy_wh"]


def test_no_mix_gives_a_figure_to_what_has_none_nor_changes_an_earlier_method() -> None:
    local = inputs(at=endpoint(kind=EndpointKind.LOCAL))
    kept = StoredFootprint(local, SERVICE.estimate(local))
    assert SERVICE.in_zone(kept, "USA") is kept
    earlier = StoredFootprint(inputs(), replace(SERVICE.estimate(inputs()), method="ecologits-0.10/v0"))
    assert not SERVICE.can_change_zone(earlier)
    with pytest.raises(FigureFixed):
        SERVICE.in_zone(earlier, "USA")


def test_a_models_fifth_goes_by_energy_per_token_and_not_by_parameters() -> None:
    sizes = {"dense": (70, 70), "sparse": (120, 5), "tiny": (1, 1), "small": (8, 8), "large": (400, 400)}
    models = [
        model(id=name, display_name=name, total_params_b=Range.exactly(total), active_params_b=Range.exactly(active))
        for name, (total, active) in sizes.items()
    ]
    unknown = model(id="unknown", display_name="unknown", total_params_b=None, active_params_b=None)
    elsewhere = replace(models[0], id="dense-elsewhere")
    found = SERVICE.quintiles([*models, unknown, elsewhere])
    energy_wh = {one.id: SERVICE.energy_per_token_wh(one) or 0 for one in models}
    assert sorted(energy_wh, key=lambda key: energy_wh[key]) == sorted(
        energy_wh, key=lambda key: list(Quintile).index(Quintile(found[key]))
    )
    assert energy_wh["sparse"] < energy_wh["dense"]
    assert found["unknown"] is NoQuintile.UNKNOWN_SIZE
    assert found["dense-elsewhere"] is found["dense"]
    assert {found[key] for key in sizes} == set(Quintile)
    assert set(SERVICE.quintiles(models[:4]).values()) == {NoQuintile.TOO_FEW}
