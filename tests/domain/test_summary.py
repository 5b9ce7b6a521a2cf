"""Sums over a visitor's battles: nothing twice, nothing unrevealed, nothing mixed that must not be."""

import math
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.domain.battle import RevealStage
from arena.domain.footprint import Grade, NoFigure
from arena.domain.provenance import Band, FootprintValues, StoredFootprint
from arena.domain.quantity import Range
from arena.domain.side import Side
from arena.domain.summary import (
    SUMMED,
    Balance,
    Erased,
    Kind,
    PastAnswer,
    PastBattle,
    Summary,
    Total,
    add_up,
    summarise,
)
from tests.storage.making import NOON, make_inputs

METHODS = ("ecologits-0.11.3/v1", "ecologits-0.12/v2", "nvml/v1")
KIND_OF_GRADE = {Grade.A: Kind.MEASURED, Grade.B: Kind.ESTIMATED, Grade.C: Kind.ESTIMATED, Grade.D: Kind.ESTIMATED}


def stored(
    grade: str = "B",
    *,
    amount: float = 1.0,
    endpoint_kind: str = "hosted",
    method: str = METHODS[0],
    reason: str | None = None,
    quantities: tuple[str, ...] = SUMMED,
) -> StoredFootprint:
    figures = () if reason else quantities
    raw = {name: Range(amount * 0.9, amount * 1.1) for name in figures}
    bands = {name: Band(amount / 2, amount, amount * 3) for name in figures}
    inputs = replace(make_inputs(), endpoint_kind=endpoint_kind)
    return StoredFootprint(inputs, FootprintValues(method, grade, reason, raw, bands))


@st.composite
def footprints(draw: st.DrawFn) -> StoredFootprint | None:
    if draw(st.integers(0, 5)) == 0:
        return None
    reason = draw(st.sampled_from([None, None, None, NoFigure.LOCAL.value, NoFigure.NO_TOKENS.value]))
    return stored(
        "E" if reason else draw(st.sampled_from(sorted(KIND_OF_GRADE))),
        amount=draw(st.floats(1e-6, 1e6)),
        endpoint_kind=draw(st.sampled_from(["hosted", "local", "demo"])),
        method=draw(st.sampled_from(METHODS)),
        reason=reason,
        quantities=tuple(draw(st.sets(st.sampled_from(SUMMED), min_size=1))),
    )


answers = st.builds(PastAnswer, st.integers(0, 2), st.sampled_from(Side), footprints())


@st.composite
def battles(draw: st.DrawFn) -> PastBattle:
    stage, is_rematch = draw(st.sampled_from(RevealStage)), draw(st.booleans())
    return battle(
        *(draw(st.lists(answers, max_size=6)) if stage is not RevealStage.BLIND else []),
        stage=stage,
        is_rematch=is_rematch,
        kept_side=draw(st.sampled_from(Side)) if is_rematch and stage is RevealStage.NAMES else None,
    )


def battle(
    *known: PastAnswer,
    stage: RevealStage = RevealStage.NAMES,
    is_rematch: bool = False,
    kept_side: Side | None = None,
) -> PastBattle:
    return PastBattle(
        id="x",
        created_at=NOON,
        prompt="Pourquoi ?",
        is_demo=False,
        is_rematch=is_rematch,
        stage=stage,
        vote=None,
        answers=known,
        kept_side=kept_side,
    )


def answer(footprint: StoredFootprint | None, side: Side = Side.A, turn: int = 0) -> PastAnswer:
    return PastAnswer(turn, side, footprint)


def counted_in(balance: Balance) -> int:
    """Answers that a balance speaks of."""
    grades = sum(sum(account.grades.values()) for account in balance.accounts)
    return grades + balance.without_figure + balance.illustrations_left_out


@given(st.lists(answers))
def test_every_answer_is_in_one_place_unless_it_produced_nothing(known: list[PastAnswer]) -> None:
    assert counted_in(add_up(known)) == sum(not one.has_nothing_to_count for one in known)


@given(st.lists(answers))
def test_a_total_is_the_sum_of_the_answers_of_its_kind(known: list[PastAnswer]) -> None:
    for account in add_up(known).accounts:
        values = [one.footprint.values for one in known if one.footprint and one.kind is account.kind]
        for quantity, total in account.totals.items():
            bands = [value.displayed[quantity] for value in values if quantity in value.displayed]
            assert total.answers == len(bands)
            assert total.band.low == math.fsum(band.low for band in bands)
            assert total.band.central == math.fsum(band.central for band in bands)
            assert total.band.high == math.fsum(band.high for band in bands)
            assert 0 < total.band.low <= total.band.central <= total.band.high < math.inf
        assert set(account.methods) == {value.method for value in values}


@given(st.lists(answers), st.randoms(use_true_random=False))
def test_the_order_of_answers_does_not_matter(known: list[PastAnswer], dice: Random) -> None:
    shuffled = list(known)
    dice.shuffle(shuffled)
    assert add_up(shuffled) == add_up(known)


@given(st.lists(answers))
def test_measured_and_estimated_figures_are_never_added_up(known: list[PastAnswer]) -> None:
    for account in add_up(known).accounts:
        assert (Grade.A in account.grades) is (account.kind is Kind.MEASURED) or account.kind is Kind.ILLUSTRATION


@given(st.lists(answers))
def test_scripted_answers_are_summed_only_when_there_is_nothing_else(known: list[PastAnswer]) -> None:
    balance = add_up(known)
    kinds = [account.kind for account in balance.accounts]
    scripted = [one for one in known if one.kind is Kind.ILLUSTRATION]
    if Kind.ILLUSTRATION in kinds:
        assert kinds == [Kind.ILLUSTRATION]
        assert {one.kind for one in known if not one.has_nothing_to_count} == {Kind.ILLUSTRATION}
        assert balance.illustrations_left_out == 0
    else:
        assert balance.illustrations_left_out == len(scripted)


@given(st.lists(battles(), max_size=8))
def test_each_counted_answer_was_either_caused_or_avoided(known: list[PastBattle]) -> None:
    summary = summarise(known)
    may_count = [one for one in known if one.may_be_counted]
    spoken = [a for one in may_count for a in one.answers if not a.has_nothing_to_count]
    kept = [a for one in may_count for a in one.answers if one.keeps(a) and not a.has_nothing_to_count]
    assert counted_in(summary.avoided) == len(kept)
    assert counted_in(summary.caused) == len(spoken) - len(kept)
    assert summary.uncounted == len(known) - len(may_count)
    assert summary.battles == tuple(known)


@given(st.lists(battles(), max_size=8))
def test_what_is_not_revealed_changes_no_sum(known: list[PastBattle]) -> None:
    whole, part = summarise(known), summarise([one for one in known if one.may_be_counted])
    assert (whole.caused, whole.avoided) == (part.caused, part.avoided)


def test_a_rematch_is_counted_only_once_its_kept_answer_may_be_known() -> None:
    pair = (answer(stored(amount=1)), answer(stored(amount=10), Side.B))
    hidden = summarise([battle(*pair, stage=RevealStage.FOOTPRINTS, is_rematch=True)])
    assert (hidden.caused, hidden.avoided, hidden.uncounted) == (Balance(), Balance(), 1)
    shown = summarise([battle(*pair, is_rematch=True, kept_side=Side.B)])
    assert shown.caused.accounts[0].totals["energy_wh"] == Total(Band(0.5, 1, 3), 1)
    assert shown.avoided.accounts[0].totals["energy_wh"] == Total(Band(5, 10, 30), 1)


def test_later_turns_of_a_rematch_were_generated() -> None:
    played = battle(answer(stored()), answer(stored(), turn=1), is_rematch=True, kept_side=Side.A)
    summary = summarise([played])
    assert (counted_in(summary.caused), counted_in(summary.avoided)) == (1, 1)


def test_an_ordinary_battle_counts_from_the_footprints_on() -> None:
    blind = battle(stage=RevealStage.BLIND)
    seen = battle(answer(stored()), stage=RevealStage.FOOTPRINTS)
    summary = summarise([blind, seen])
    assert (counted_in(summary.caused), summary.uncounted) == (1, 1)


def test_nothing_adds_up_to_nothing() -> None:
    assert summarise([]) == Summary((), Balance(), Balance(), 0)
    assert Balance().is_empty


def test_turns_of_a_side_are_added_up_and_one_unknown_turn_makes_the_side_unknown() -> None:
    two_turns = battle(answer(stored(amount=1)), answer(stored(amount=2), turn=1))
    values = two_turns.values_of(Side.A)
    assert values is not None
    assert values.displayed["energy_wh"] == Band(1.5, 3, 9)
    assert len(two_turns.inputs_of(Side.A)) == 2
    assert battle(answer(stored()), answer(None, turn=1)).values_of(Side.A) is None
    local = battle(answer(stored("E", reason=NoFigure.LOCAL.value)))
    assert local.values_of(Side.A) == stored("E", reason=NoFigure.LOCAL.value).values
    silent = battle().values_of(Side.B)
    assert silent is not None
    assert silent.no_figure_reason == NoFigure.NO_TOKENS


@pytest.mark.parametrize(
    ("footprint", "kind"),
    [
        (stored("A"), Kind.MEASURED),
        (stored("C-"), Kind.ESTIMATED),
        (stored("B", endpoint_kind="demo"), Kind.ILLUSTRATION),
        (stored("E", reason=NoFigure.LOCAL.value), None),
        (None, None),
    ],
)
def test_a_figure_says_what_it_rests_on(footprint: StoredFootprint | None, kind: Kind | None) -> None:
    assert answer(footprint).kind is kind
    assert battle(answer(footprint)).kinds_of(Side.A) == ({kind} - {None})


def test_erasing_opinions_alone_is_not_nothing() -> None:
    assert Erased(0, 0, 0, 0, 0).is_nothing
    assert not Erased(0, 0, 0, 1, 0).is_nothing
    assert not Erased(0, 0, 0, 0, 1).is_nothing


def test_what_a_room_shared_is_no_part_of_what_one_person_caused() -> None:
    own = battle(answer(stored()))
    of_room = replace(own, round_number=2)
    recorded = replace(of_room, round_number=3, recorded_at=of_room.created_at)
    told = summarise([own, of_room, recorded])
    alone = summarise([own])
    assert (told.caused, told.avoided) == (alone.caused, alone.avoided)
    assert told.shared == alone.caused != Balance()
    assert (told.started, len(told.battles), alone.shared) == (1, 3, Balance())
    assert summarise([replace(of_room, stage=RevealStage.BLIND)]).shared == Balance()
