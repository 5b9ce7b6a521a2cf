"""Recorded duels: which two answers meet, and what is told before the names."""

from dataclasses import fields

import pytest

from arena.domain.pairing import PairingMode
from arena.domain.recording import BlindDuel, RecordedDuel
from arena.domain.recording_file import duel_of
from arena.domain.side import Side
from arena.errors import PairingError
from tests.domain.recorded import answer_of, duel, recording
from tests.storage.making import NOON


def sized(**energies: float | None) -> RecordedDuel:
    return duel_of("Bonjour ?", "fr", None, [answer_of(name, energy) for name, energy in energies.items()])


def names(pair: object) -> dict[Side, str]:
    assert isinstance(pair, dict)
    return {side: one.answer.model_id for side, one in pair.items()}


@pytest.mark.parametrize("mode", [None, PairingMode.RANDOM, PairingMode.SMALL_ONLY, PairingMode.CHOOSE])
def test_without_a_wish_the_first_two_meet(mode: PairingMode | None) -> None:
    assert names(sized(one=3.0, two=1.0, three=2.0).pair(mode)) == {Side.A: "one", Side.B: "two"}


def test_two_chosen_models_meet_in_their_order() -> None:
    assert names(sized(one=3.0, two=1.0, three=2.0).pair(chosen=("three", "one"))) == {Side.A: "three", Side.B: "one"}


@pytest.mark.parametrize("chosen", [("one",), ("one", "one"), ("one", "absent"), ("one", "two", "three")])
def test_a_choice_that_is_not_two_of_its_models_is_refused(chosen: tuple[str, ...]) -> None:
    with pytest.raises(PairingError):
        sized(one=3.0, two=1.0, three=2.0).pair(chosen=chosen)


def test_a_small_model_meets_a_big_one_by_energy_per_token() -> None:
    pair = sized(middle=2.0, big=9.0, unknown=None, small=1.0).pair(PairingMode.SMALL_VS_BIG)
    assert names(pair) == {Side.A: "small", Side.B: "big"}


@pytest.mark.parametrize(
    "energies",
    [{"one": 1.0, "two": 2.9}, {"one": None, "two": None}, {"one": 1.0, "two": None}, {"one": 0.0, "two": 0.0}],
)
def test_models_that_cannot_be_told_apart_are_no_small_and_big(energies: dict[str, float | None]) -> None:
    with pytest.raises(PairingError):
        sized(**energies).pair(PairingMode.SMALL_VS_BIG)


def test_what_is_told_before_the_names_names_nobody() -> None:
    told = duel("small", "big").blind()
    assert told == BlindDuel(told.id, "Pourquoi le ciel est-il bleu ?", "fr", "science", NOON, 2)
    assert all("small" not in str(getattr(told, one.name)) for one in fields(told))


def test_the_id_of_a_duel_says_nothing_of_its_models_and_all_of_the_rest() -> None:
    assert duel("small", "big").id == duel("other", "names").id
    assert duel("small", "big").id != duel("small", "big", prompt="Pourquoi ?").id
    assert duel("small", "big").id != duel("small", "big", theme=None).id


def test_a_recording_knows_from_when_to_when() -> None:
    assert (recording(duel("a", "b")).first_recorded_at, recording(duel("a", "b")).last_recorded_at) == (NOON, NOON)
    assert (recording().first_recorded_at, recording().last_recorded_at) == (None, None)
