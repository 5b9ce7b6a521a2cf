"""Prompts found, hidden and deleted by whoever organises their event, on both databases."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine, text

from arena.errors import BattleNotFound
from arena.storage.battles import BattleStore
from arena.storage.prompts import PromptStore
from tests.storage.histories import make_event
from tests.storage.making import at, make_battle, make_turn

FIRST, SECOND, APART = "1" * 32, "2" * 32, "3" * 32
OURS = frozenset({"first"})


@pytest.fixture
def prompts(engine: Engine, store: BattleStore) -> PromptStore:
    """Two battles of our event, the first with two prompts, and one of no event."""
    make_event(engine, "first")
    turns = make_turn(prompt="Le ciel"), make_turn(1, prompt="Et 100 % de la MER ?")
    store.create_battle(replace(make_battle(FIRST, turns=turns), event_id="first"))
    store.create_battle(replace(make_battle(SECOND, turns=(make_turn(prompt="La terre"),)), event_id="first"))
    store.create_battle(make_battle(APART, turns=(make_turn(prompt="Le feu"),)))
    return PromptStore(engine)


def found(prompts: PromptStore, words: str = "", events: frozenset[str] | None = OURS) -> list[str]:
    return [one.prompt for one in prompts.page(events, words, skip=0, limit=10).prompts]


def test_prompts_come_newest_first_from_the_chosen_events(prompts: PromptStore) -> None:
    assert found(prompts) == ["La terre", "Et 100 % de la MER ?", "Le ciel"]
    assert found(prompts, events=None)[0] == "Le feu"
    assert found(prompts, events=frozenset()) == []


def test_words_are_found_large_or_small_and_signs_are_no_patterns(prompts: PromptStore) -> None:
    assert found(prompts, "mer") == ["Et 100 % de la MER ?"]
    assert found(prompts, "%") == ["Et 100 % de la MER ?"]
    assert found(prompts, "_") == []


def test_a_page_says_whether_there_are_more(prompts: PromptStore) -> None:
    page = prompts.page(OURS, "", skip=1, limit=1)
    assert ([one.turn_index for one in page.prompts], page.has_more) == ([1], True)
    assert not prompts.page(OURS, "", skip=2, limit=1).has_more


def test_hiding_one_prompt_hides_its_battle(prompts: PromptStore) -> None:
    prompts.hide(FIRST, 1, OURS, at(1))
    prompts.hide(FIRST, 1, OURS, at(2))
    assert found(prompts) == ["La terre"]


def test_demonstrations_and_purged_battles_are_not_listed(engine: Engine, prompts: PromptStore) -> None:
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE battle SET is_demo = (1 = 1) WHERE id = '{SECOND}'"))
        connection.execute(text(f"UPDATE battle SET purged_at = created_at WHERE id = '{FIRST}'"))
    assert found(prompts) == []


def test_deleting_leaves_the_other_battles(prompts: PromptStore) -> None:
    prompts.delete(FIRST, OURS)
    assert found(prompts, events=None) == ["Le feu", "La terre"]
    with pytest.raises(BattleNotFound):
        prompts.delete(FIRST, OURS)


@pytest.mark.parametrize("events", [OURS, frozenset({"second"}), frozenset[str]()])
def test_what_belongs_to_others_is_out_of_reach(prompts: PromptStore, events: frozenset[str]) -> None:
    with pytest.raises(BattleNotFound):
        prompts.hide(APART, 0, events, at(1))
    with pytest.raises(BattleNotFound):
        prompts.delete(APART, events)
    assert found(prompts, events=None)[0] == "Le feu"
