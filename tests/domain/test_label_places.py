"""Labels of a chart: near their points, inside the frame, none over another."""

import math
import random
from itertools import combinations

import pytest

from arena.domain.label_places import Box, label_places

FRAME = Box(150, 200, 280, 380)
SIZE = (18.0, 14.0)


def dots(count: int, seed: int, *, spread: float = 1.0) -> list[Box]:
    dice = random.Random(seed)
    return [
        Box(150 + spread * dice.uniform(-120, 120), 200 + spread * dice.uniform(-170, 170), 10, 10)
        for _ in range(count)
    ]


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize(("count", "spread"), [(2, 1.0), (15, 0.5), (50, 1.0)])
def test_no_label_covers_another_and_all_are_inside(count: int, spread: float, seed: int) -> None:
    labels = label_places(dots(count, seed, spread=spread), [SIZE] * count, FRAME)
    assert all(one.covers(other) == 0 for one, other in combinations(labels, 2))
    assert all(FRAME.holds(label) for label in labels)


def test_labels_keep_apart_when_the_drawing_is_stretched_across() -> None:
    points = dots(30, 3)
    labels = label_places(points, [SIZE] * 30, FRAME)
    for stretch in (1.2, 2.0, 3.5):
        wide = [Box(label.x * stretch, label.y, *SIZE) for label in labels]
        assert all(one.covers(other) == 0 for one, other in combinations(wide, 2))


def test_a_lone_label_stands_right_above_its_point() -> None:
    (label,) = label_places([Box(150, 200, 10, 10)], [SIZE], FRAME)
    assert (round(label.x), round(label.y)) == (150, 187)


def test_a_label_keeps_clear_of_the_points_of_others() -> None:
    points = [Box(150, 200, 10, 10), Box(150, 187, 10, 10)]
    for label in label_places(points, [SIZE] * 2, FRAME):
        assert sum(map(label.covers, points)) == 0


def test_many_points_on_one_spot_still_get_their_labels_nearby() -> None:
    labels = label_places([Box(150, 200, 10, 10)] * 40, [SIZE] * 40, FRAME)
    assert all(one.covers(other) == 0 for one, other in combinations(labels, 2))
    assert max(math.hypot(label.x - 150, label.y - 200) for label in labels) <= 100


def test_a_frame_that_is_too_small_leaves_the_label_on_its_point() -> None:
    assert label_places([Box(5, 5, 10, 10)], [SIZE], Box(5, 5, 10, 10)) == [Box(5, 5, *SIZE)]
