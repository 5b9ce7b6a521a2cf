"""What makes a row fit to leave: ids that mean nothing elsewhere, minutes, and texts without personal data."""

import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from arena.domain.dataset import Column, Kind
from arena.domain.publishing import Publisher

COLUMNS = (
    Column("battle_id", Kind.BATTLE),
    Column("visitor_id", Kind.VISITOR),
    Column("at", Kind.MOMENT),
    Column("epoch", Kind.EPOCH),
    Column("said", Kind.WORDS),
    Column("said_has_personal_data", Kind.FOUND),
    Column("talk", Kind.DIALOGUE),
    Column("number", Kind.NUMBER),
)
KEY, OTHER_KEY = b"k" * 32, b"o" * 32
NOON = datetime(2026, 3, 14, 12, 0, 59, 999_999, tzinfo=UTC)


def published(key: bytes = KEY, *, texts: bool = False, **row: object) -> dict[str, object]:
    return dict(Publisher(COLUMNS, key, texts=texts).published(row))


def test_every_column_is_there_in_order_and_what_is_unknown_is_none() -> None:
    assert list(published().items()) == [(column.name, None) for column in COLUMNS]


def test_what_is_no_column_does_not_leave() -> None:
    assert "secret" not in published(secret="x")


@given(st.text(min_size=1), st.text(min_size=1))
def test_an_id_is_the_same_under_one_key_and_another_under_another(one: str, two: str) -> None:
    def id_of(raw: str, key: bytes = KEY) -> object:
        return published(key, visitor_id=raw)["visitor_id"]

    assert (id_of(one) == id_of(two)) is (one == two)
    assert id_of(one) != id_of(one, OTHER_KEY)


def test_a_battle_and_a_visitor_of_one_stored_id_are_not_alike() -> None:
    row = published(battle_id="same", visitor_id="same")
    assert str(row["battle_id"]).partition("_")[2] != str(row["visitor_id"]).partition("_")[2]


@given(st.datetimes(timezones=st.just(UTC), min_value=datetime(2000, 1, 1)))
def test_a_time_never_says_more_than_its_minute(moment: datetime) -> None:
    row = published(at=moment, epoch=moment)
    rounded = row["at"]
    assert isinstance(rounded, datetime)
    assert (rounded.second, rounded.microsecond) == (0, 0)
    assert 0 <= (moment - rounded).total_seconds() < 60
    assert row["epoch"] == rounded.timestamp()


def test_texts_stay_behind_unless_they_are_asked_for() -> None:
    row = published(said="Bonjour", talk=[("user", "Bonjour")])
    assert (row["said"], row["said_has_personal_data"], row["talk"]) == (None, None, None)


def test_personal_data_are_replaced_and_flagged() -> None:
    row = published(texts=True, said="à anne@example.org", talk=[("user", "06 12 34 56 78"), ("assistant", "=1")])
    assert (row["said"], row["said_has_personal_data"]) == ("à [email]", True)
    assert json.loads(str(row["talk"])) == [
        {"role": "user", "content": "[phone_fr]"},
        {"role": "assistant", "content": "=1"},
    ]
    assert published(texts=True, said="Bonjour")["said_has_personal_data"] is False


def test_zero_and_false_are_not_nothing() -> None:
    assert published(number=0)["number"] == 0
