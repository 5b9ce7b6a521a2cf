"""What goes into a column comes out the same from both databases."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from arena.domain.battle import Battle
from arena.errors import BattleNotFound, StorageError
from arena.storage.battles import BattleStore
from arena.storage.columns import storable

from .making import BATTLE, at, make_battle, make_turn, make_vote

SHARED_STORE = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
NASTY = [
    "Robert'); DROP TABLE battle;--",
    '" OR 1=1 --',
    "%s %(name)s :name ? {0} \\ \\x00",
    "👩🏽‍🚀 🇫🇷 ﷽ é \u202e\u200b",
    "\r\n\t\x01\x7f",
    "x" * 1_000_000,
]


def kept(store: BattleStore, prompt: str, battle_id: str) -> str:
    store.create_battle(make_battle(battle_id, turns=(make_turn(prompt=prompt),)))
    return store.get_battle(battle_id).turns[0].prompt


@pytest.mark.parametrize("prompt", NASTY, ids=range(len(NASTY)))
def test_text_is_kept_character_by_character(store: BattleStore, prompt: str) -> None:
    assert kept(store, prompt, BATTLE) == prompt


def test_what_no_database_holds_becomes_a_replacement_mark(store: BattleStore) -> None:
    assert kept(store, "a\0b\ud800c\ud83d\ude00", BATTLE) == "a\ufffdb\ufffdc😀"


@SHARED_STORE
@given(st.text(st.characters()))
def test_any_text_is_kept_or_only_loses_what_cannot_be_stored(store: BattleStore, prompt: str) -> None:
    assert kept(store, prompt, uuid4().hex) == storable(prompt)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_storable_text_is_left_as_it_is(prompt: str) -> None:
    assert storable(prompt) == prompt


@pytest.mark.parametrize("key", ["", "x\0", "\ud800", "x" * 1000, "' OR '1'='1", BATTLE + "\0"])
def test_a_strange_id_finds_nothing(store: BattleStore, battle_id: str, key: str) -> None:
    assert battle_id == BATTLE
    with pytest.raises(BattleNotFound):
        store.get_battle(key)
    with pytest.raises(BattleNotFound):
        store.cast_vote(make_vote(battle_id=key), at(0))
    assert store.latest_battle_id(key) is None


def test_moments_come_back_in_utc_whatever_zone_they_were_given_in(store: BattleStore) -> None:
    paris = datetime(2026, 7, 1, 20, 30, tzinfo=timezone(timedelta(hours=2)))
    store.create_battle(make_battle(created_at=paris))
    found = store.get_battle(BATTLE).created_at
    assert found == paris
    assert found.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused(store: BattleStore) -> None:
    with pytest.raises(StorageError, match="time zone"):
        store.create_battle(make_battle(created_at=datetime(2026, 7, 1)))
    assert store.latest_battle_id(make_battle().visitor_id) is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE battle SET mode = 'rigged'",
        "UPDATE battle_side SET side = 'c'",
        "UPDATE answer SET status = 'lost'",
        "UPDATE answer SET token_source = 'guessed'",
        "UPDATE vote SET outcome = 'tie'",
        "UPDATE vote SET battle_id = 'nowhere'",
        'UPDATE turn SET "index" = -1',
    ],
)
def test_the_database_itself_refuses_a_word_outside_the_vocabulary(
    engine: Engine, store: BattleStore, battle_id: str, statement: str
) -> None:
    store.cast_vote(make_vote(battle_id=battle_id), at(0))
    with pytest.raises(Exception, match=r"(?i)constraint"), engine.begin() as connection:
        connection.execute(text(statement))


def test_an_error_of_the_database_quotes_nothing_that_people_wrote(store: BattleStore) -> None:
    battle: Battle = make_battle(turns=(make_turn(prompt="my secret"),))
    store.create_battle(battle)
    with pytest.raises(StorageError) as caught:
        store.create_battle(battle)
    assert "my secret" not in str(caught.value)
    assert BATTLE not in str(caught.value)
    assert caught.value.__suppress_context__
