"""Prices and budgets: what tokens cost, what may still be spent."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.domain.budget import Balance, Budget, Price, Spending

TOKENS = st.integers(0, 100_000)
EUROS = st.floats(0, 1000)
SPENDINGS = st.builds(Spending, st.integers(0, 1000), EUROS, st.integers(0, 1000))
BUDGETS = st.builds(Budget, st.none() | st.integers(0, 1000), st.none() | EUROS)


def test_a_million_tokens_cost_their_price() -> None:
    price = Price(0.15, 0.35, "its page", "2025-08")
    assert price.cost_eur(1_000_000, 0) == pytest.approx(0.15)
    assert price.cost_eur(0, 1_000_000) == pytest.approx(0.35)
    assert price.cost_eur(7, 400) == pytest.approx((7 * 0.15 + 400 * 0.35) / 1e6)


@given(TOKENS, TOKENS, TOKENS)
def test_more_tokens_never_cost_less(read: int, written: int, more: int) -> None:
    price = Price(0.9, 0.9, "its page", "2025-08")
    assert price.cost_eur(read + more, written) >= price.cost_eur(read, written)
    assert price.cost_eur(read, written + more) >= price.cost_eur(read, written)


@given(SPENDINGS)
def test_without_limits_anything_goes(spent: Spending) -> None:
    assert Budget().allows(spent)
    assert Balance(Budget(), spent).answers_left is None
    assert Balance(Budget(), spent).euros_left is None
    assert not Balance(Budget(), spent).is_spent


@given(BUDGETS, SPENDINGS)
def test_what_is_left_is_never_negative_and_nothing_left_means_spent(budget: Budget, spent: Spending) -> None:
    balance = Balance(budget, spent)
    assert balance.answers_left is None or balance.answers_left >= 0
    assert balance.euros_left is None or balance.euros_left >= 0
    if 0 in (balance.answers_left, balance.euros_left):
        assert balance.is_spent


@given(BUDGETS, SPENDINGS, SPENDINGS)
def test_what_is_refused_once_is_refused_with_more(budget: Budget, spent: Spending, more: Spending) -> None:
    assert budget.allows(spent) or not budget.allows(spent + more)


def test_a_limit_may_be_reached_and_not_exceeded() -> None:
    budget = Budget(max_answers=4, max_cost_eur=0.5)
    assert budget.allows(Spending(4, 0.5))
    assert not budget.allows(Spending(5, 0.5))
    assert not budget.allows(Spending(4, 0.51))


def test_one_answer_left_is_too_few_for_a_battle() -> None:
    balance = Balance(Budget(max_answers=5), Spending(3))
    assert (balance.answers_left, balance.is_spent) == (2, False)
    assert replace(balance, spent=Spending(4)).is_spent
