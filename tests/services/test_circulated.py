"""The shipped circulated figures, checked: golden sums and what today's method gives."""

from fractions import Fraction

import pytest

from arena.domain.circulated import Amount, Position, parse_circulated
from arena.errors import FootprintError
from arena.services.circulated import CheckedFigure, check_figure
from arena.services.footprint_data import load_circulated
from arena.services.footprint_report import footprint_report
from arena.services.footprints import FootprintService
from tests.domain.files import data_file

SERVICE = FootprintService.load()


@pytest.fixture(scope="module")
def checked() -> dict[str, CheckedFigure]:
    return {figure.id: check_figure(SERVICE, figure) for figure in load_circulated().figures}


def results(figure: CheckedFigure) -> list[tuple[Fraction, bool | None]]:
    return [(done.result.value, done.agrees) for _, done in figure.sums]


def test_the_table_of_scales_agrees_on_energy_and_not_on_water(checked: dict[str, CheckedFigure]) -> None:
    assert results(checked["scale_table"]) == [
        (Fraction(512_000), True),
        (Fraction(509_760), True),
        (Fraction(756), False),
        (Fraction(8750) / Fraction(5900), None),
        (Fraction(1888) / Fraction(512), None),
        (Fraction(243_200), None),
    ]


def test_a_page_of_gpt3_and_a_bottle_of_water_divide_as_said(checked: dict[str, CheckedFigure]) -> None:
    assert results(checked["gpt3_page"]) == [(Fraction(4), True)]
    assert results(checked["bottle"]) == [(Fraction(100, 7), None)]


def test_france_is_eighteen_times_below_in_direct_emissions_only(checked: dict[str, CheckedFigure]) -> None:
    figure = checked["france_usa"]
    (direct, direct_agrees), (life_cycle, life_cycle_agrees) = results(figure)

    assert float(direct) == pytest.approx(17.7, abs=0.1)
    assert float(life_cycle) == pytest.approx(9.3, abs=0.1)
    assert (direct_agrees, life_cycle_agrees) == (True, False)
    assert all(3.4 < (result.quotient or 0) < float(life_cycle) for result in figure.today)


def test_the_factor_of_a_zone_is_the_estimator_s_of_today(checked: dict[str, CheckedFigure]) -> None:
    usa = checked["france_usa"].amounts["usa"]

    assert float(usa.value) == pytest.approx(SERVICE.mix_of("USA").gwp_kg_per_kwh * 1000)
    assert float(usa.in_base) == pytest.approx(SERVICE.mix_of("USA").gwp_kg_per_kwh)


def test_a_request_to_gpt4_is_far_below_what_was_said(checked: dict[str, CheckedFigure]) -> None:
    zone = checked["gpt4_request"].today[0].zones[0]
    report = footprint_report(
        SERVICE, active="176:528", total=1760, tokens=250, zone="USA", pue=1.2, wue=0.569, tps=46, ttft=0.89
    )
    raw = report["raw"]["gwp_g"]["total"]

    assert raw == [pytest.approx(1.2, abs=0.05), pytest.approx(2.7, abs=0.05)]
    assert zone.grade == "D"
    assert zone.band.low == pytest.approx(raw[0] / 4)
    assert zone.band.high == pytest.approx(raw[1] * 3)
    assert zone.placed is not None
    assert zone.placed.position is Position.ABOVE
    assert zone.placed.least > 10


def test_every_figure_has_a_result_of_today_with_ordered_ends(checked: dict[str, CheckedFigure]) -> None:
    bands = [zone.band for figure in checked.values() for result in figure.today for zone in result.zones]

    assert all(figure.today for figure in checked.values())
    assert all(0 < band.low <= band.central <= band.high for band in bands)


def test_an_impossible_argument_is_refused() -> None:
    data = data_file("circulated_figures.yaml")
    data["figures"][0]["today"][0]["zones"] = ["XXX"]

    with pytest.raises(FootprintError, match="XXX"):
        check_figure(SERVICE, parse_circulated(data).figures[0])


def test_a_named_sum_can_be_compared_with(checked: dict[str, CheckedFigure]) -> None:
    figure = checked["bottle"]

    assert isinstance(figure.amounts["one_question"], Amount)
    assert figure.today[0].zones[0].placed is not None
