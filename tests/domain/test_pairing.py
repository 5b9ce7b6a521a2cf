"""Who meets whom: never the same model twice, fair to pairs and to sides, honest about size."""

import random
from collections import Counter
from collections.abc import Sequence
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.domain.pairing import (
    SMALL_VS_BIG_FACTOR,
    Candidate,
    PairHistory,
    PairingMode,
    SizeClass,
    draw_pair,
    draw_replacement,
    small_and_big,
)
from arena.domain.side import Side
from arena.errors import PairingError

NOTHING_YET = PairHistory()
BLIND_MODES = (PairingMode.RANDOM, PairingMode.SMALL_VS_BIG, PairingMode.SMALL_ONLY)

energies = st.floats(min_value=1e-6, max_value=10, allow_nan=False)
catalogues = st.lists(st.one_of(st.none(), energies), min_size=2, max_size=12).map(
    lambda values: [Candidate(f"m{index}", value) for index, value in enumerate(values)]
)
seeds = st.integers(min_value=0, max_value=2**32)


def of_energies(*values: float | None) -> list[Candidate]:
    return [Candidate(f"m{index}", value) for index, value in enumerate(values)]


def energy_of(candidates: Sequence[Candidate]) -> dict[str, float | None]:
    return {candidate.model_id: candidate.energy_per_token_wh for candidate in candidates}


def all_pairs(candidates: Sequence[Candidate]) -> list[frozenset[str]]:
    return [frozenset(pair) for pair in combinations([one.model_id for one in candidates], 2)]


def drawn(
    candidates: Sequence[Candidate],
    mode: PairingMode = PairingMode.RANDOM,
    history: PairHistory = NOTHING_YET,
    seed: int = 0,
    chosen: Sequence[str] = (),
) -> dict[Side, str]:
    return draw_pair(candidates, mode, history, random.Random(seed), chosen)


def drawn_or_none(candidates: Sequence[Candidate], mode: PairingMode, seed: int) -> dict[Side, str] | None:
    try:
        return drawn(candidates, mode, seed=seed)
    except PairingError:
        return None


# Size classes


def test_thirds_of_the_catalogue_are_small_middle_and_big() -> None:
    classes = small_and_big(of_energies(0.3, 0.1, 0.2, 0.6, 0.5, 0.4))

    assert [classes[f"m{index}"] for index in range(6)] == [
        "middle",
        "small",
        "small",
        "big",
        "big",
        "middle",
    ]


def test_two_models_are_one_small_and_one_big() -> None:
    assert small_and_big(of_energies(2.0, 1.0)) == {"m0": SizeClass.BIG, "m1": SizeClass.SMALL}


def test_a_model_of_unknown_energy_has_no_class() -> None:
    assert small_and_big(of_energies(1.0, None, 2.0))["m1"] is None


@given(catalogues)
def test_ties_share_a_class_and_classes_follow_energy(candidates: list[Candidate]) -> None:
    order = list(SizeClass)
    classes, energy = small_and_big(candidates), energy_of(candidates)
    for one, two in combinations(energy, 2):
        low, high = classes[one], classes[two]
        if low is None or high is None:
            continue
        first, second = energy[one] or 0, energy[two] or 0
        if first == second:
            assert low is high
        elif first < second:
            assert order.index(low) <= order.index(high)


# Drawing


@given(catalogues, st.sampled_from(BLIND_MODES), seeds)
def test_a_model_never_meets_itself(candidates: list[Candidate], mode: PairingMode, seed: int) -> None:
    pair = drawn_or_none(candidates, mode, seed)
    if pair is not None:
        assert set(pair) == set(Side)
        assert pair[Side.A] != pair[Side.B]


@given(catalogues, seeds)
def test_any_two_models_can_meet_at_random(candidates: list[Candidate], seed: int) -> None:
    assert drawn_or_none(candidates, PairingMode.RANDOM, seed) is not None


def test_one_model_alone_cannot_meet_anybody() -> None:
    for mode in PairingMode:
        with pytest.raises(PairingError):
            drawn(of_energies(1.0), mode, chosen=("m0",))


@given(catalogues, st.sampled_from(BLIND_MODES), seeds)
def test_a_seed_always_draws_the_same_pair(candidates: list[Candidate], mode: PairingMode, seed: int) -> None:
    reordered = list(reversed(candidates))

    assert drawn_or_none(candidates, mode, seed) == drawn_or_none(reordered, mode, seed)


@given(catalogues, seeds)
def test_small_and_big_differ_by_the_factor(candidates: list[Candidate], seed: int) -> None:
    energy = energy_of(candidates)
    pair = drawn_or_none(candidates, PairingMode.SMALL_VS_BIG, seed)
    known = [value for value in energy.values() if value is not None]
    if pair is None:
        assert len(known) < 2 or max(known) < SMALL_VS_BIG_FACTOR * min(known)
    else:
        low, high = sorted(energy[model_id] or 0 for model_id in pair.values())
        assert high >= SMALL_VS_BIG_FACTOR * low > 0


def test_small_versus_big_takes_the_extremes_when_it_can() -> None:
    candidates = of_energies(1, 1.1, 4, 4.1, 20, 21)
    small, big = {"m0", "m1"}, {"m4", "m5"}
    for seed in range(50):
        models = set(drawn(candidates, PairingMode.SMALL_VS_BIG, seed=seed).values())
        assert models & small
        assert models & big


def test_models_of_like_energy_are_not_sold_as_small_versus_big() -> None:
    with pytest.raises(PairingError):
        drawn(of_energies(1.0, 1.5, 2.9), PairingMode.SMALL_VS_BIG)


def test_small_only_draws_from_the_small_third() -> None:
    candidates = of_energies(1, 2, 3, 4, 5, 6, 7, 8, 9)
    for seed in range(50):
        assert set(drawn(candidates, PairingMode.SMALL_ONLY, seed=seed).values()) <= {"m0", "m1", "m2"}


def test_small_only_takes_the_two_smallest_of_a_short_catalogue() -> None:
    assert set(drawn(of_energies(9, 2, 1), PairingMode.SMALL_ONLY).values()) == {"m1", "m2"}


def test_small_only_needs_two_known_energies() -> None:
    with pytest.raises(PairingError):
        drawn(of_energies(1, None, None), PairingMode.SMALL_ONLY)


@given(catalogues, seeds)
def test_small_only_leaves_the_biggest_out_of_a_catalogue_with_distinct_sizes(
    candidates: list[Candidate], seed: int
) -> None:
    known = {key: value for key, value in energy_of(candidates).items() if value is not None}
    pair = drawn_or_none(candidates, PairingMode.SMALL_ONLY, seed)
    if len(known) >= 3 and len(set(known.values())) == len(known):
        assert pair is not None
        assert max(known, key=lambda key: known[key]) not in pair.values()


def test_two_hosts_of_the_same_weights_never_meet() -> None:
    candidates = [Candidate("here/x", 1, "x"), Candidate("there/x", 9, "x"), Candidate("y", 3, "y")]
    for mode in BLIND_MODES:
        for seed in range(20):
            assert "y" in drawn(candidates, mode, seed=seed).values()
    with pytest.raises(PairingError):
        drawn(candidates[:2])


# Fairness


def test_pairs_that_met_least_are_favoured() -> None:
    candidates = of_energies(1, 2, 3)
    met = {frozenset(("m0", "m1")): 10, frozenset(("m0", "m2")): 10, frozenset(("m1", "m2")): 3}
    history = PairHistory(met=met)
    rng = random.Random(1)
    draws = Counter(frozenset(draw_pair(candidates, PairingMode.RANDOM, history, rng).values()) for _ in range(1000))

    assert draws[frozenset(("m1", "m2"))] > 900


def test_a_room_is_not_seated_before_one_single_pair() -> None:
    candidates = of_energies(1, 2, 3, 4)
    met = dict.fromkeys(all_pairs(candidates), 1) | {frozenset(("m0", "m1")): 0}
    rng = random.Random(1)
    draws = {
        frozenset(draw_pair(candidates, PairingMode.RANDOM, PairHistory(met=met), rng).values()) for _ in range(100)
    }

    assert len(draws) > 1


def test_pairs_even_out_over_an_evening() -> None:
    candidates, rng = of_energies(1, 2, 3, 4, 5, 6), random.Random(3)
    met: Counter[frozenset[str]] = Counter()
    for _ in range(600):
        pair = draw_pair(candidates, PairingMode.RANDOM, PairHistory(met=met), rng)
        met[frozenset(pair.values())] += 1

    assert len(met) == 15
    assert max(met.values()) - min(met.values()) <= 5


@settings(deadline=None)  # many draws in one example
@given(seeds)
def test_sides_are_balanced_in_every_pair(seed: int) -> None:
    candidates, rng = of_energies(1, 2, 3, 4), random.Random(seed)
    met: Counter[frozenset[str]] = Counter()
    seated: Counter[tuple[str, str]] = Counter()
    for _ in range(60):
        pair = draw_pair(candidates, PairingMode.RANDOM, PairHistory(met=met, on_side_a=seated), rng)
        met[frozenset(pair.values())] += 1
        seated[pair[Side.A], pair[Side.B]] += 1

    for one, two in combinations([candidate.model_id for candidate in candidates], 2):
        assert abs(seated[one, two] - seated[two, one]) <= 1


@settings(deadline=None)  # many draws in one example
@given(seeds, st.integers(min_value=2, max_value=7))
def test_a_visitor_meets_every_pair_before_any_pair_twice(seed: int, count: int) -> None:
    candidates, rng = of_energies(*range(1, count + 1)), random.Random(seed)
    seen: set[frozenset[str]] = set()
    for _ in all_pairs(candidates):
        pair = draw_pair(candidates, PairingMode.RANDOM, PairHistory(seen_by_visitor=seen), rng)
        assert frozenset(pair.values()) not in seen
        seen.add(frozenset(pair.values()))

    again = draw_pair(candidates, PairingMode.RANDOM, PairHistory(seen_by_visitor=seen), rng)
    assert frozenset(again.values()) in seen


def test_sixty_candidates_are_no_trouble() -> None:
    candidates = of_energies(*(float(index + 1) for index in range(60)))
    met = {pair: index % 7 for index, pair in enumerate(all_pairs(candidates))}

    pair = drawn(candidates, history=PairHistory(met=met))

    assert met[frozenset(pair.values())] < 3


# Choosing


def test_two_chosen_models_meet_on_tossed_sides() -> None:
    pairs = [drawn(of_energies(1, 2, 3), PairingMode.CHOOSE, seed=seed, chosen=("m2", "m0")) for seed in range(40)]

    assert {frozenset(pair.values()) for pair in pairs} == {frozenset(("m0", "m2"))}
    assert {pair[Side.A] for pair in pairs} == {"m0", "m2"}


def test_a_single_chosen_model_meets_any_other() -> None:
    pairs = [drawn(of_energies(1, 2, 3), PairingMode.CHOOSE, seed=seed, chosen=("m1",)) for seed in range(40)]

    assert all("m1" in pair.values() for pair in pairs)
    assert {model_id for pair in pairs for model_id in pair.values()} == {"m0", "m1", "m2"}


@pytest.mark.parametrize("chosen", [(), ("m0", "m0"), ("m0", "m1", "m2"), ("nobody",), ("m0", "nobody")])
def test_an_impossible_choice_is_refused(chosen: tuple[str, ...]) -> None:
    with pytest.raises(PairingError):
        drawn(of_energies(1, 2, 3), PairingMode.CHOOSE, chosen=chosen)


# Replacing


def replacement(
    failed: str,
    partner: str,
    candidates: Sequence[Candidate],
    mode: PairingMode = PairingMode.RANDOM,
    tried: frozenset[str] = frozenset(),
    seed: int = 0,
) -> str | None:
    return draw_replacement(failed, partner, candidates, NOTHING_YET, random.Random(seed), mode=mode, tried=tried)


def test_a_failed_model_is_replaced_from_its_own_class() -> None:
    candidates = of_energies(1, 1.1, 1.2, 5, 6, 7, 20, 21, 22)
    found = {replacement("m6", "m0", candidates, seed=seed) for seed in range(40)}

    assert found == {"m7", "m8"}


def test_an_exhausted_class_falls_back_to_the_nearest_energy() -> None:
    candidates = of_energies(1, 1.1, 1.2, 5, 6, 7, 20, 21, 22)

    assert replacement("m6", "m0", candidates, tried=frozenset(("m7", "m8"))) == "m5"


def test_nothing_is_left_when_everything_was_tried() -> None:
    assert replacement("m0", "m1", of_energies(1, 2, 3), tried=frozenset(("m2",))) is None


def test_a_replacement_keeps_the_factor_of_small_versus_big() -> None:
    candidates = of_energies(1, 2, 2.5, 4)

    assert replacement("m3", "m0", candidates, PairingMode.SMALL_VS_BIG) is None


def test_a_replacement_stays_small_in_small_only() -> None:
    candidates = of_energies(1, 2, 3, 4, 5, 6)

    assert replacement("m0", "m1", candidates, PairingMode.SMALL_ONLY) is None


def test_a_model_of_unknown_energy_can_be_replaced() -> None:
    assert replacement("m0", "m1", of_energies(None, 2, None)) == "m2"
    assert replacement("m0", "m1", of_energies(None, 2, 3)) == "m2"


def test_the_same_weights_at_another_host_do_not_replace_against_their_double() -> None:
    candidates = [Candidate("failed", 1, "f"), Candidate("here/x", 1, "x"), Candidate("there/x", 1, "x")]

    assert replacement("failed", "here/x", candidates) is None


@given(catalogues, st.sampled_from(BLIND_MODES), seeds, st.data())
def test_a_replacement_is_new_and_fits_the_mode(
    candidates: list[Candidate], mode: PairingMode, seed: int, data: st.DataObject
) -> None:
    pair = drawn_or_none(candidates, mode, seed)
    if pair is None:
        return
    tried = frozenset(data.draw(st.sets(st.sampled_from(sorted(energy_of(candidates))))))
    found = replacement(pair[Side.A], pair[Side.B], candidates, mode, tried, seed)
    if found is None:
        return
    assert found not in {*pair.values(), *tried}
    if mode is PairingMode.SMALL_VS_BIG:
        low, high = sorted(energy_of(candidates)[model_id] or 0 for model_id in (found, pair[Side.B]))
        assert high >= SMALL_VS_BIG_FACTOR * low > 0
