"""The circuit breaker: when a model leaves the draw, how long it stays away, what brings it back, who is drawn."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena import errors
from arena.domain.health import Breaker, Circuit, Condition, HealthRules, HealthState, Tally, draws, is_fault
from arena.domain.pairing import Candidate, can_meet

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
RULES = HealthRules(failures_to_pause=3, first_pause_s=10, longest_pause_s=100, slow_first_token_s=5)
FAULT = "error.endpoint.server_fault"

EVENTS = st.lists(
    st.tuples(st.sampled_from(["failed", "probe_failed", "succeeded"]), st.floats(0, 200)), min_size=1, max_size=40
)
ALL_RULES = st.builds(
    HealthRules,
    failures_to_pause=st.integers(1, 6),
    first_pause_s=st.integers(1, 100),
    longest_pause_s=st.integers(100, 1000),
)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def failed(times: int, *, now: float = 0, breaker: Breaker | None = None) -> Breaker:
    breaker = breaker or Breaker()
    for _ in range(times):
        breaker = breaker.failed(at(now), RULES, "small1")
    return breaker


def after(events: Sequence[tuple[str, float]], rules: HealthRules) -> tuple[Breaker, datetime]:
    """The breaker after a history; each event comes so many seconds after the one before."""
    breaker, now = Breaker(), NOON
    for name, wait_s in events:
        now += timedelta(seconds=wait_s)
        match name:
            case "failed":
                breaker = breaker.failed(now, rules, "small1")
            case "probe_failed" if breaker.circuit(now) is Circuit.HALF_OPEN:
                breaker = breaker.probe_failed(now, rules)
            case "succeeded":
                breaker = breaker.succeeded()
    return breaker, now


# The breaker


@given(EVENTS, ALL_RULES)
def test_whatever_happened_one_success_closes(events: list[tuple[str, float]], rules: HealthRules) -> None:
    breaker, now = after(events, rules)
    assert breaker.succeeded() == Breaker()
    assert breaker.succeeded().circuit(now) is Circuit.CLOSED


@given(EVENTS, ALL_RULES)
def test_no_pause_is_longer_than_the_cap_and_none_begins_before_enough_failures(
    events: list[tuple[str, float]], rules: HealthRules
) -> None:
    breaker, now = after(events, rules)
    if breaker.probe_at is None:
        assert breaker.failures < rules.failures_to_pause
        return
    assert breaker.failures >= rules.failures_to_pause
    assert breaker.probe_at - now <= timedelta(seconds=rules.longest_pause_s)


@given(EVENTS, ALL_RULES)
def test_an_open_breaker_becomes_half_open_at_the_end_of_its_pause_and_never_before(
    events: list[tuple[str, float]], rules: HealthRules
) -> None:
    breaker, _ = after(events, rules)
    if breaker.probe_at is not None:
        assert breaker.circuit(breaker.probe_at - timedelta(microseconds=1)) is Circuit.OPEN
        assert breaker.circuit(breaker.probe_at) is Circuit.HALF_OPEN


@given(st.integers(1, 2000), ALL_RULES)
def test_each_pause_is_twice_the_one_before_up_to_the_cap(number: int, rules: HealthRules) -> None:
    longest = timedelta(seconds=rules.longest_pause_s)
    assert rules.pause(number + 1) == min(2 * rules.pause(number), longest)
    assert rules.pause(1) == timedelta(seconds=rules.first_pause_s)


def test_failures_in_a_row_pause_and_failed_probes_double_the_pause() -> None:
    assert not failed(2).is_paused
    breaker = failed(3)
    lengths = []
    now = at(0)
    for _ in range(5):
        assert breaker.probe_at is not None
        lengths.append((breaker.probe_at - now).total_seconds())
        now = breaker.probe_at
        breaker = breaker.probe_failed(now, RULES)
    assert lengths == [10, 20, 40, 80, 100]


def test_a_success_between_failures_begins_the_count_again() -> None:
    assert not failed(2, breaker=failed(2).succeeded()).is_paused


def test_answers_that_began_before_the_pause_do_not_lengthen_it() -> None:
    paused = failed(3)
    assert failed(5, now=9, breaker=paused) == paused


def test_a_probe_that_fails_after_an_answer_came_pauses_nothing() -> None:
    assert failed(3).succeeded().probe_failed(at(20), RULES) == Breaker()


def test_an_endpoint_is_paused_on_the_word_of_two_models_only() -> None:
    breaker = Breaker()
    for _ in range(9):
        breaker = breaker.failed(NOON, RULES, "small1", witnesses_needed=2)
    assert not breaker.is_paused
    assert breaker.failed(NOON, RULES, "big1", witnesses_needed=2).is_paused


# What counts


def _faults() -> list[type[errors.EndpointError]]:
    found = [errors.EndpointError]
    for kind in found:
        found += kind.__subclasses__()
    return found


@pytest.mark.parametrize("kind", _faults())
def test_a_filter_and_a_long_conversation_are_no_fault_of_the_model_and_all_else_is(
    kind: type[errors.EndpointError],
) -> None:
    assert is_fault(kind()) is (kind not in (errors.ContentFiltered, errors.ContextTooLong))


# The state that is shown


def answered(times: int, first_token_s: float) -> Condition:
    condition = Condition.at_start(NOON)
    for number in range(times):
        condition = condition.answered(at(number), RULES, first_token_s)
    return condition


def test_the_state_goes_from_ok_to_failing_to_paused_and_back_and_is_dated() -> None:
    conditions = [Condition.at_start(NOON)]
    for number in range(1, 5):
        conditions.append(conditions[-1].failed(at(number), RULES, FAULT, "small1"))
    conditions.append(conditions[-1].probed(at(14), RULES, FAULT))
    conditions.append(conditions[-1].probed(at(40), RULES, None))
    ok, failing, paused = HealthState.OK, HealthState.FAILING, HealthState.PAUSED
    assert [one.state(RULES) for one in conditions] == [ok, failing, failing, paused, paused, paused, ok]
    assert [(one.since - NOON).total_seconds() for one in conditions] == [0, 1, 1, 3, 3, 3, 40]
    assert conditions[-1].last_error_key == FAULT
    assert conditions[-1].tally == Tally(NOON.date(), answers=0, failures=4, probes=2)


def test_a_slow_model_is_shown_and_not_paused() -> None:
    assert answered(2, 6.0).state(RULES) is HealthState.OK, "two answers say nothing"
    slow = answered(3, 6.0)
    assert slow.state(RULES) is HealthState.SLOW
    assert not slow.breaker.is_paused
    assert slow.since == at(2)
    assert answered(3, 5.0).state(RULES) is HealthState.OK


@given(st.lists(st.floats(0.01, 60), max_size=60))
def test_the_median_is_that_of_the_last_answers(first_tokens_s: list[float]) -> None:
    condition = Condition.at_start(NOON)
    for first_token_s in first_tokens_s:
        condition = condition.answered(NOON, RULES, first_token_s)
    assert condition.first_tokens_s == tuple(first_tokens_s[-RULES.first_tokens_kept :])
    assert (condition.median_first_token_s is None) is (not first_tokens_s)


def test_the_counts_begin_again_each_day() -> None:
    today = answered(3, 1.0)
    tomorrow = today.answered(at(86_400), RULES, 1.0)
    assert (today.tally.answers, tomorrow.tally.answers) == (3, 1)
    assert today.tally.on(at(86_400).date()) == Tally(at(86_400).date())


# Who is drawn

IDS = st.sampled_from("abcdefgh")
CANDIDATES = st.lists(
    st.builds(Candidate, IDS, st.none(), st.sampled_from(["", "x", "y"])), unique_by=lambda one: one.model_id
)
PAUSED = st.dictionaries(
    IDS, st.builds(Breaker, pauses=st.integers(1, 5), probe_at=st.integers(1, 99).map(lambda s: at(s)))
)


@given(CANDIDATES, PAUSED, st.frozensets(IDS, max_size=2))
def test_nobody_paused_is_drawn_while_two_others_can_meet(
    candidates: list[Candidate], paused: dict[str, Breaker], kept: frozenset[str]
) -> None:
    first = next(draws(candidates, paused, kept=kept))
    fit = [one for one in candidates if one.model_id not in paused or one.model_id in kept]
    if can_meet(fit):
        assert first == tuple(fit)
    assert set(fit) <= set(first)
    assert can_meet(first) or not can_meet(candidates), "the room is never stuck"


@given(CANDIDATES, PAUSED)
def test_the_offers_grow_by_the_least_bad_up_to_everybody(
    candidates: list[Candidate], paused: dict[str, Breaker]
) -> None:
    offers = list(draws(candidates, paused))
    assert set(offers[-1]) == set(candidates)
    assert [len(offer) for offer in offers] == list(range(len(offers[0]), len(candidates) + 1))
    back = [paused[one.model_id] for one in offers[-1] if one.model_id in paused]
    badness = [(breaker.pauses, breaker.probe_at or NOON) for breaker in back]
    assert badness == sorted(badness)
