"""What an organiser reads of models and money: states in words, faults in plain words, what is left, and for whom."""

import asyncio
import html
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from arena import errors
from arena.domain.battle import Answer
from arena.domain.health import HealthRules, HealthState
from arena.services.arena import Arena
from arena.services.health import Health
from arena.services.organisers import Access
from arena.storage.engine import open_engine, upgrade
from arena.storage.stores import stores_of
from arena.ui.guard import Updates
from arena.ui.health_panel import HealthPanel
from arena.ui.text import LOCALES, load_text
from tests.services.house import BIG1, RULES, SMALL1, House, line_up_of, open_house
from tests.services.upstream import Upstream
from tests.storage.making import WRITTEN
from tests.storage.test_budgets import EVENT, OTHER, battle_in, make_event

THIRD = "1" * 32
DEPLOYER = Access(is_deployer=True)
ORGANISER = Access(frozenset({EVENT}))
EVIL = "<script>alert(1)</script>"
RULES_OF_HEALTH = HealthRules(failures_to_pause=3, first_pause_s=90, slow_first_token_s=5)
every_locale = pytest.mark.parametrize("locale", LOCALES)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Two models, two events, one battle in the first."""

    def prepare() -> None:
        engine = open_engine(f"sqlite:///{tmp_path}/arena.db")
        upgrade(engine)
        make_event(engine, max_answers=10, max_cost_eur=1.5)
        make_event(engine, OTHER)
        stores_of(engine, catalogue_version="cafe").battles.create_battle(battle_in(EVENT, cost_eur=0.125))
        engine.dispose()

    await asyncio.to_thread(prepare)
    evil = replace(BIG1, display_name=EVIL)
    line_up = line_up_of((SMALL1, evil), "http://127.0.0.1:9/v1")
    rules = replace(RULES, health=RULES_OF_HEALTH)
    async with open_house(tmp_path, Upstream(), line_up, rules) as house:
        yield house


def panel_in(locale: str, arena: Arena) -> HealthPanel:
    panel = HealthPanel(lambda: arena, load_text(locale))
    with gr.Blocks():
        panel.lay_out()
    return panel


async def rendered(house: House, locale: str, access: Access, event_id: str = "") -> dict[str, str]:
    """What the panel shows, without tags, by part."""
    panel = panel_in(locale, house.arena)
    updates: Updates = await panel.render(access, event_id)
    assert set(updates) == set(panel.parts)
    return {"budget": str(updates[panel.budget]), "health": str(updates[panel.health])}


@every_locale
async def test_every_state_is_said_in_words_beside_its_symbol(house: House, locale: str) -> None:
    start = house.arena.health.report().at
    health = Health(line_up_of((SMALL1, BIG1), "http://127.0.0.1:9/v1"), RULES_OF_HEALTH, clock=lambda: start)
    house.arena, text = replace(house.arena, health=health), load_text(locale)
    for _ in range(3):
        health.answered("small1", 8.0)
        health.failed("big1", errors.AccessDenied("HTTP 401"))
    shown = (await rendered(house, locale, DEPLOYER))["health"]
    words = html.unescape(shown)
    assert text("health.state.slow") in words
    assert text("health.state.paused") in words
    assert text("health.fault.access_denied") in words
    assert text("health.probe", time=text("health.time.seconds", count=90)) in words
    assert ("8,0" if locale == "fr" else "8.0") in words
    assert 'aria-hidden="true">‖</span>' in shown
    assert text("health.counts", answers=0, failures=3, probes=0) in words


@every_locale
async def test_names_are_escaped(house: House, locale: str) -> None:
    shown = (await rendered(house, locale, DEPLOYER))["health"]
    assert EVIL not in shown
    assert EVIL in html.unescape(shown)


@every_locale
async def test_the_budget_of_an_event_is_shown_to_who_may_see_it(house: House, locale: str) -> None:
    text = load_text(locale)
    spent, limit, left = ("0,25", "1,50", "1,25") if locale == "fr" else ("0.25", "1.50", "1.25")
    for access in (DEPLOYER, ORGANISER):
        shown = html.unescape((await rendered(house, locale, access, EVENT))["budget"])
        assert text("health.budget.answers", used=2, limit=10, left=8) in shown
        cost, of, rest = (text("health.euros", amount=amount) for amount in (spent, limit, left))
        assert text("health.budget.cost", cost=cost, limit=of, left=rest) in shown
        assert text("health.budget.scope") in shown


@every_locale
async def test_without_an_event_or_the_right_to_it_no_budget_is_shown(house: House, locale: str) -> None:
    choose = load_text(locale)("health.budget.choose")
    for access, event_id in ((ORGANISER, ""), (ORGANISER, OTHER), (DEPLOYER, "0" * 32)):
        shown = html.unescape((await rendered(house, locale, access, event_id))["budget"])
        assert choose in shown
        assert "10" not in shown


async def test_who_organises_nothing_sees_nothing(house: House) -> None:
    assert await rendered(house, "fr", Access(), EVENT) == {"budget": "", "health": ""}


PAID, FREE = replace(WRITTEN, cost_eur=0.5), replace(WRITTEN, cost_eur=0.002)


@every_locale
@pytest.mark.parametrize(
    ("limits", "answers", "keys"),
    [
        ({}, (FREE, WRITTEN), ["answers.free", "cost.free", "unpriced"]),
        ({"max_answers": 3}, (PAID, PAID), ["answers", "cost.free", "spent"]),
        ({"max_cost_eur": 1.0}, (PAID, PAID), ["answers.free", "cost", "spent"]),
    ],
)
async def test_each_way_to_limit_a_budget_has_its_words(
    house: House, locale: str, limits: dict[str, Any], answers: tuple[Answer, Answer], keys: list[str]
) -> None:
    await asyncio.to_thread(make_event, house.engine, THIRD, **limits)
    await asyncio.to_thread(house.stores.battles.create_battle, battle_in(THIRD, 3, *answers))
    shown = html.unescape((await rendered(house, locale, DEPLOYER, THIRD))["budget"])
    text = load_text(locale)
    beginnings = {name: text.entries[f"health.budget.{name}"].split("{")[0] for name in keys}
    assert [name for name, words in beginnings.items() if words not in shown] == []
    assert (text("health.budget.spent") in shown) is ("spent" in keys)
    amount = "0,01" if locale == "fr" else "0.01"
    assert (text("health.euros.below", amount=amount) in shown) is (FREE in answers)


@every_locale
def test_every_fault_and_every_state_has_words(locale: str) -> None:
    entries = load_text(locale).entries
    kinds = [errors.ArenaError, errors.EndpointError]
    for kind in kinds[1:]:
        kinds += kind.__subclasses__()
        for child in kind.__subclasses__():
            kinds += child.__subclasses__()
    assert {f"health.fault.{kind.key.rpartition('.')[2]}" for kind in kinds} - set(entries) == set()
    assert {f"health.state.{state}" for state in HealthState} - set(entries) == set()


async def test_times_are_said_in_the_unit_that_reads_best(house: House) -> None:
    text = load_text("fr")
    start = house.arena.health.report().at
    for seconds, unit, count in ((40, "seconds", 40), (119, "seconds", 119), (150, "minutes", 2), (9000, "hours", 2)):
        looks = iter((start, start + timedelta(seconds=seconds)))
        later = Health(line_up_of((SMALL1,), "http://127.0.0.1:9/v1"), RULES_OF_HEALTH, clock=looks.__next__)
        house.arena = replace(house.arena, health=later)
        shown = html.unescape((await rendered(house, "fr", DEPLOYER))["health"])
        assert text("health.since", time=text(f"health.time.{unit}", count=count)) in shown
