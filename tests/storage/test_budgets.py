"""The budget of an event: reserved with each battle, never exceeded by many at once, not freed by erasing."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from arena.domain.battle import Answer, AnswerStatus, Battle, Turn
from arena.domain.budget import Balance, Budget, Spending
from arena.domain.rematch import Rematch, RematchKind
from arena.domain.side import Side
from arena.domain.summary import Erased
from arena.errors import BattleNotFound, BudgetSpent
from arena.storage.battles import BattleStore
from arena.storage.budgets import BudgetStore
from arena.storage.event_rows import EventRow
from arena.storage.prompts import PromptStore
from arena.storage.rows import AnswerRow, BattleRow
from arena.storage.visitors import VisitorStore

from .making import NOON, WRITTEN, all_at_once, at, make_battle, make_turn

EVENT, OTHER = "e" * 32, "f" * 32
FAILED = Answer("big-model", AnswerStatus.FAILED, error_key="error.endpoint.silent")


def make_event(
    engine: Engine, event_id: str = EVENT, *, max_answers: int | None = None, max_cost_eur: float | None = None
) -> None:
    row = EventRow(
        id=event_id,
        code=event_id[:6],
        state="open",
        title="Café IA",
        held_on=date(2026, 3, 14),
        locale="fr",
        mode="random",
        max_answer_tokens=400,
        moderation="free",
        retention_days=30,
        created_at=NOON,
        max_answers=max_answers,
        max_cost_eur=max_cost_eur,
    )
    with Session(engine) as session, session.begin():
        session.add(row)


def battle_in(
    event_id: str | None, number: int = 0, *answers: Answer, visitor_id: str = "anne", cost_eur: float | None = None
) -> Battle:
    """A battle of an event with these two answers, or with two that are still to be written."""
    two = answers or tuple(Answer(one, cost_eur=cost_eur) for one in ("small-model", "big-model"))
    turn = Turn(0, "Pourquoi ?", NOON, dict(zip(Side, two, strict=True)))
    return replace(make_battle(f"{number:032x}", visitor_id=visitor_id, turns=(turn,)), event_id=event_id)


def balance(engine: Engine, event_id: str = EVENT) -> Balance:
    found = BudgetStore(engine).balance_of(event_id)
    assert found is not None
    return found


@pytest.mark.parametrize("limit", [7, 8])
def test_twenty_who_start_at_once_do_not_exceed_the_answers_of_an_event(
    engine: Engine, store: BattleStore, limit: int
) -> None:
    make_event(engine, max_answers=limit)
    ends = all_at_once(20, lambda number: store.create_battle(battle_in(EVENT, number, visitor_id=f"v{number}")))
    assert [type(end) for end in ends].count(BudgetSpent) == 20 - limit // 2
    assert balance(engine) == Balance(Budget(max_answers=limit), Spending(limit // 2 * 2, 0.0, limit // 2 * 2))
    with Session(engine) as session:
        stored = session.exec(select(col(BattleRow.id)).where(BattleRow.event_id == EVENT)).all()
    assert len(stored) == limit // 2, "a refused battle leaves no row"


def test_twenty_who_start_at_once_do_not_exceed_the_euros_of_an_event(engine: Engine, store: BattleStore) -> None:
    make_event(engine, max_cost_eur=1.0)
    battles = [battle_in(EVENT, number, cost_eur=0.0625) for number in range(20)]
    ends = all_at_once(20, lambda number: store.create_battle(battles[number]))
    assert [type(end) for end in ends].count(BudgetSpent) == 12
    assert balance(engine).spent == Spending(16, 1.0)


def test_what_an_answer_cost_takes_the_place_of_what_it_could_have_cost(engine: Engine, store: BattleStore) -> None:
    make_event(engine, max_cost_eur=1.0)
    store.create_battle(battle_in(EVENT, 0, cost_eur=0.5))
    with pytest.raises(BudgetSpent):
        store.create_battle(battle_in(EVENT, 1, cost_eur=0.25))
    store.save_answer(f"{0:032x}", 0, Side.A, replace(WRITTEN, cost_eur=0.125))
    store.save_answer(f"{0:032x}", 0, Side.B, FAILED)
    assert balance(engine).spent == Spending(1, 0.125), "the failed one produced nothing and is free again"
    store.create_battle(battle_in(EVENT, 1, cost_eur=0.25))
    assert balance(engine).euros_left == pytest.approx(0.375)


def test_a_replacement_counts_and_a_failure_does_not(engine: Engine, store: BattleStore) -> None:
    make_event(engine, max_answers=4)
    store.create_battle(battle_in(EVENT, 0, WRITTEN, FAILED))
    assert WRITTEN.replaced is not None
    assert balance(engine).spent == Spending(1, 0.0, unpriced=1)
    assert balance(engine).answers_left == 3


def test_one_more_turn_is_reserved_too(engine: Engine, store: BattleStore) -> None:
    make_event(engine, max_answers=5)
    store.create_battle(battle_in(EVENT))
    store.add_turn(f"{0:032x}", make_turn(1))
    with pytest.raises(BudgetSpent):
        store.add_turn(f"{0:032x}", make_turn(2))
    assert len(store.get_battle(f"{0:032x}").turns) == 2


def test_a_rematch_counts_one_answer_and_the_kept_one_costs_nothing_again(engine: Engine, store: BattleStore) -> None:
    make_event(engine, max_answers=4, max_cost_eur=1.0)
    paid = replace(WRITTEN, cost_eur=0.25)
    store.create_battle(battle_in(EVENT, 0, paid, paid))
    for number in (1, 2):
        kept = replace(battle_in(EVENT, number, paid, Answer("big-model", cost_eur=0.125)))
        store.create_battle(replace(kept, rematch=Rematch(f"{0:032x}", RematchKind.SMALLER, Side.A)))
    assert balance(engine).spent == Spending(4, 0.75)
    with pytest.raises(BudgetSpent):
        store.create_battle(replace(kept, id=f"{3:032x}", rematch=Rematch(None, RematchKind.SMALLER, Side.A)))


def test_events_do_not_pay_for_each_other_and_nobody_pays_outside_one(engine: Engine, store: BattleStore) -> None:
    make_event(engine, max_answers=2)
    make_event(engine, OTHER)
    for number, event_id in enumerate((EVENT, OTHER, OTHER, None, None)):
        store.create_battle(battle_in(event_id, number))
    with pytest.raises(BudgetSpent):
        store.create_battle(battle_in(EVENT, 9))
    assert balance(engine).spent.answers == 2
    assert balance(engine, OTHER) == Balance(Budget(), Spending(4, 0.0, 4))
    assert BudgetStore(engine).balance_of("0" * 32) is None


def test_erasing_gives_no_budget_back(engine: Engine, store: BattleStore) -> None:
    make_event(engine, max_answers=6)
    for number, visitor_id in enumerate(("anne", "anne", "bruno")):
        answers = replace(WRITTEN, cost_eur=0.25), WRITTEN
        store.create_battle(battle_in(EVENT, number, *answers, visitor_id=visitor_id))
    before = balance(engine)
    assert before.spent == Spending(6, 0.75, 3)
    for visitor_id in ("anne", "bruno"):
        VisitorStore(engine).erase(visitor_id, is_running=lambda _id: False)
        assert balance(engine) == before
    with pytest.raises(BudgetSpent):
        store.create_battle(battle_in(EVENT, 9))


def test_deleting_a_prompt_gives_no_budget_back(engine: Engine, store: BattleStore) -> None:
    make_event(engine, max_answers=4)
    for number in range(2):
        store.create_battle(battle_in(EVENT, number, cost_eur=0.25))
    before = balance(engine)
    PromptStore(engine).delete(f"{0:032x}", frozenset({EVENT}))
    assert balance(engine) == before
    with pytest.raises(BudgetSpent):
        store.create_battle(battle_in(EVENT, 9))


def test_turns_and_erasures_at_once_do_not_lock_each_other_out(engine: Engine, store: BattleStore) -> None:
    """Both need the event and the battles, and take them in the same order."""
    make_event(engine, max_answers=1000)
    for number in range(10):
        store.create_battle(battle_in(EVENT, number, visitor_id=f"v{number}"))
    erase, turn = VisitorStore(engine).erase, make_turn(1)

    def do(number: int) -> object:
        if number % 2:
            return erase(f"v{number // 2}", is_running=lambda _id: False)
        store.add_turn(f"{number // 2:032x}", turn)
        return None

    ends = all_at_once(20, do)
    assert {type(end) for end in ends} <= {Erased, type(None), BattleNotFound}
    assert [type(end) for end in ends].count(Erased) == 10


def test_the_cost_of_an_answer_is_kept_and_unknown_for_one_that_a_dead_process_left(
    engine: Engine, store: BattleStore
) -> None:
    store.create_battle(battle_in(None, 0, replace(WRITTEN, cost_eur=0.0003), Answer("big-model", cost_eur=0.5)))
    assert store.get_battle(f"{0:032x}").turns[0].answers[Side.A].cost_eur == 0.0003
    store.close_interrupted()
    with Session(engine) as session:
        assert sorted(session.exec(select(AnswerRow.side, AnswerRow.cost_eur))) == [("a", 0.0003), ("b", None)]


def test_the_start_of_a_battle_is_found_by_its_number_from_the_last(store: BattleStore) -> None:
    for number in range(3):
        store.create_battle(replace(battle_in(None, number), created_at=at(number)))
    store.create_battle(replace(battle_in(None, 9, visitor_id="bruno"), created_at=at(9)))
    assert [store.latest_start("anne", number) for number in (1, 2, 3, 4)] == [at(2), at(1), at(0), None]
