"""Wrong codes: a few are forgiven, more are slowed, and memory stays bounded."""

import pytest

from arena.errors import TooManyTries
from arena.services.tries import Tries


def test_after_five_wrong_codes_the_sixth_waits_until_the_first_is_old() -> None:
    tries = Tries(most=5, window_s=600)
    for second in range(5):
        tries.take("anne", second)
    with pytest.raises(TooManyTries) as refused:
        tries.take("anne", 100)
    assert refused.value.wait_s == 500
    tries.take("anne", 600)


def test_another_visitor_of_the_same_room_is_not_slowed() -> None:
    tries = Tries(most=1)
    tries.take("anne", 0)
    tries.take("bruno", 0)


def test_a_right_code_does_not_count() -> None:
    tries = Tries(most=2)
    for _ in range(10):
        tries.take("anne", 0)
        tries.give_back("anne")
    tries.give_back("nobody")


def test_no_more_visitors_are_remembered_than_was_said() -> None:
    tries = Tries(most=1, most_visitors=3)
    for visitor in ("anne", "bruno", "chloé", "david"):
        tries.take(visitor, 0)
    tries.take("anne", 0)
    with pytest.raises(TooManyTries):
        tries.take("david", 0)
