"""How large the code must be on the wall."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.domain.legibility import SIGHT_ARCMIN, Projection

widths_m = st.floats(0.3, 10)
widths_px = st.floats(320, 7680)
distances_m = st.floats(0.5, 50)


@pytest.mark.parametrize(("width_px", "least"), [(1280, 47), (1920, 71)])
def test_the_code_of_a_two_metre_image_is_read_from_eight_metres(width_px: int, least: int) -> None:
    image = Projection(2.0, width_px)
    assert image.least_font_px(8.0) == least
    assert image.farthest_m(least - 1) < 8.0 <= image.farthest_m(least)


def test_at_the_farthest_distance_a_capital_fills_the_angle_of_the_standard() -> None:
    image = Projection(2.0, 1280)
    angle = 2 * math.atan(image.capital_mm(47) / 1000 / image.farthest_m(47) / 2)
    assert math.degrees(angle) * 60 == pytest.approx(SIGHT_ARCMIN)
    assert image.capital_mm(64) == pytest.approx(70.0)  # 2,000 mm ÷ 1,280 px × 64 px × 0.70


@given(widths_m, widths_px, distances_m)
def test_the_least_size_is_enough_and_one_pixel_less_is_not(width_m: float, width_px: float, distance_m: float) -> None:
    image = Projection(width_m, width_px)
    least = image.least_font_px(distance_m)
    assert image.farthest_m(least) >= distance_m * (1 - 1e-9)
    assert image.farthest_m(least - 1) < distance_m


@pytest.mark.parametrize("wrong", [0.0, -1.0, math.nan])
def test_an_image_without_a_size_is_refused(wrong: float) -> None:
    for size in ((wrong, 1280), (2.0, wrong)):
        with pytest.raises(ValueError, match="an image of"):
            Projection(*size)
