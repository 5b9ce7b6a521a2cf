"""What a reader of shown cells and their sums can learn of fewer than five people: nothing."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from arena.domain.census import Cell, all_of
from arena.domain.withholding import withheld


def of(people: int, number: int = 0) -> Cell:
    """A cell with as many votes as people, who said nothing else."""
    names = frozenset(f"{number}-{name}" for name in range(people))
    return Cell(people, names if people < 5 else None)


def cells_of(people: list[int]) -> dict[int, Cell]:
    return {number: of(count, number) for number, count in enumerate(people)}


def test_cells_of_one_to_four_people_are_withheld() -> None:
    assert withheld(cells_of([0, 1, 4, 5, 9]), []) == {1, 2}


def test_a_lone_withheld_cell_takes_the_smallest_other_along() -> None:
    assert withheld(cells_of([9, 4, 7]), [range(3)]) == {1, 2}


def test_two_withheld_cells_of_too_few_people_take_a_third_along() -> None:
    assert withheld(cells_of([9, 1, 2, 6]), [range(4)]) == {1, 2, 3}


def test_of_a_sum_of_two_cells_none_is_left() -> None:
    assert withheld(cells_of([30, 2]), [range(2)]) == {0, 1}


def test_where_nobody_is_few_nothing_is_withheld() -> None:
    assert withheld(cells_of([5, 0, 12]), [range(3)]) == frozenset()


def test_a_cell_withheld_for_one_line_counts_in_the_others() -> None:
    cells = cells_of([9, 2, 6, 7, 8, 20])
    assert withheld(cells, [[0, 1, 2], [2, 3, 4, 5]]) == {1, 2, 3}


@given(st.lists(st.integers(0, 12), min_size=4, max_size=16), st.integers(2, 4))
def test_no_line_gives_few_people_away(people: list[int], width: int) -> None:
    cells = cells_of(people)
    lines = [list(cells)[start : start + width] for start in range(0, len(cells), width)]
    lines.append(list(cells))
    hidden = withheld(cells, lines)
    assert all(key in hidden for key, cell in cells.items() if cell.is_of_few)
    for line in lines:
        gone = [cells[key] for key in line if key in hidden]
        left = [cells[key] for key in line if key not in hidden and cells[key].count]
        is_safe = len(gone) >= 2 and not all_of(gone).is_of_few
        assert not gone or is_safe or not left


@given(st.lists(st.integers(0, 8), min_size=3, max_size=5))
@settings(deadline=None)  # it goes through every room: 200 ms are soon over on a busy machine
def test_shown_cells_and_a_sum_of_five_people_leave_a_small_cell_open(people: list[int]) -> None:
    """Whoever knows the sum and the shown cells finds another room, with one person elsewhere, that looks alike."""
    cells = cells_of(people)
    hidden = sorted(withheld(cells, [list(cells)]))
    total = sum(people)
    if total < 5 or not hidden:
        return
    gone = sum(people[key] for key in hidden)
    rooms = [guess for guess in product(range(gone + 1), repeat=len(hidden)) if sum(guess) == gone]
    for position in range(len(hidden)):
        assert len({room[position] for room in rooms}) > 1
