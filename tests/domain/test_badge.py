"""An organiser's badge: read back as it was signed, or not at all."""

from datetime import UTC, datetime, timedelta

import pytest

from arena.domain.badge import MOST_LINKS, Badge, read_badge

NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)
KEY, OTHER_KEY = b"k" * 32, b"o" * 32
LINKS = ("0" * 31 + "1", "0" * 31 + "2")
BADGE = Badge(LINKS, is_deployer=True, expires_at=NOW + timedelta(hours=1))
SIGNED = BADGE.signed(KEY)


def test_a_badge_is_read_as_it_was_signed() -> None:
    assert read_badge(SIGNED, KEY, NOW) == BADGE


def test_a_badge_ends_at_its_hour() -> None:
    assert read_badge(SIGNED, KEY, NOW + timedelta(minutes=59)) == BADGE
    assert read_badge(SIGNED, KEY, NOW + timedelta(hours=1)) is None


def test_another_key_reads_nothing() -> None:
    assert read_badge(SIGNED, OTHER_KEY, NOW) is None


@pytest.mark.parametrize("place", range(len(SIGNED)))
def test_no_character_can_be_changed(place: int) -> None:
    other = "1" if SIGNED[place] != "1" else "2"
    assert read_badge(SIGNED[:place] + other + SIGNED[place + 1 :], KEY, NOW) is None


@pytest.mark.parametrize(
    "forged",
    ["", ".", "..", "deployer", SIGNED + "0", SIGNED[:-1], SIGNED.upper(), " " + SIGNED, SIGNED + "\n", "é" * 99,
     SIGNED.replace("deployer", "deployer-deployer"), "0" * 100_000],
)  # fmt: skip
def test_what_was_never_signed_is_nothing(forged: str) -> None:
    assert read_badge(forged, KEY, NOW) is None


def test_a_badge_keeps_the_links_that_were_opened_last() -> None:
    links = tuple(f"{number:032x}" for number in range(MOST_LINKS + 5))
    read = read_badge(Badge(links, is_deployer=True, expires_at=BADGE.expires_at).signed(KEY), KEY, NOW)
    assert read is not None
    assert read.link_ids == links[-MOST_LINKS:]
    assert len(Badge(links, is_deployer=True, expires_at=BADGE.expires_at).signed(KEY)) < 1000
