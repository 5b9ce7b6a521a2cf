"""Which two models meet: pure functions of candidates, history and a given random generator."""

import math
import random
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations

from arena.domain.side import Side
from arena.errors import PairingError


class PairingMode(StrEnum):
    """How the two models of a battle are chosen."""

    RANDOM = "random"
    SMALL_VS_BIG = "small_vs_big"
    SMALL_ONLY = "small_only"
    CHOOSE = "choose"  # named by the visitor: not blind, never ranked


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that can be drawn now. ``energy_per_token_wh`` is the central estimate, None if unknown.

    ``weights`` names what the entry runs (see ``arena.domain.catalogue.weights_of``): two hosts of the same
    weights never meet. Empty means that it is like no other.
    """

    model_id: str
    energy_per_token_wh: float | None
    weights: str = ""


@dataclass(frozen=True, slots=True)
class PairHistory:
    """What has been drawn before. Pairs are frozensets of two model ids.

    ``on_side_a`` counts, for each ordered pair (on A, on B), the battles that were seated so.
    """

    met: Mapping[frozenset[str], int] = field(default_factory=dict)
    on_side_a: Mapping[tuple[str, str], int] = field(default_factory=dict)
    seen_by_visitor: AbstractSet[frozenset[str]] = frozenset()


class SizeClass(StrEnum):
    """A third of the catalogue, by estimated energy per token."""

    SMALL = "small"
    MIDDLE = "middle"
    BIG = "big"


SizeClasses = Mapping[str, SizeClass | None]

SMALL_VS_BIG_FACTOR = 3.0  # below it, the estimates of two models cannot be told apart

_Pair = tuple[str, str]


def small_and_big(candidates: Iterable[Candidate]) -> SizeClasses:
    """The size class of each candidate, by rank among the known energies; None where energy is unknown.

    Candidates of equal energy share their middle rank, so they share a class.
    """
    energies = _energies(candidates)
    ranked = sorted(energy for energy in energies.values() if energy is not None)
    return {model_id: None if energy is None else _class_of(energy, ranked) for model_id, energy in energies.items()}


def _class_of(energy: float, ranked: Sequence[float]) -> SizeClass:
    # The middle rank of ties, doubled to stay whole: from 1 to 2n - 1 for n candidates.
    position = bisect_left(ranked, energy) + bisect_right(ranked, energy)
    if 3 * position <= 2 * len(ranked):
        return SizeClass.SMALL
    return SizeClass.BIG if 3 * position >= 4 * len(ranked) else SizeClass.MIDDLE


def draw_pair(
    candidates: Sequence[Candidate],
    mode: PairingMode,
    history: PairHistory,
    rng: random.Random,
    chosen: Sequence[str] = (),
) -> dict[Side, str]:
    """Two different models and their sides.

    ``chosen`` is read in mode CHOOSE only: one or two ids. Pairs the visitor has not seen come first, then
    pairs that have met least weigh most; in mode CHOOSE a missing partner is drawn evenly and the sides are
    tossed. Raises PairingError when the mode cannot be served.
    """
    if mode is PairingMode.CHOOSE:
        return _chosen_pair(candidates, rng, chosen)
    pairs = _pairs_for(candidates, mode)
    if not pairs:
        raise PairingError(f"no two models can meet in mode {mode}")
    return _seated(_least_met(pairs, history, rng), history, rng)


def can_meet(candidates: Sequence[Candidate]) -> bool:
    """Whether any two of them are two different models."""
    weights = _weights(candidates)
    return any(_differ(one.model_id, two.model_id, weights) for one, two in combinations(candidates, 2))


def can_serve(candidates: Sequence[Candidate], mode: PairingMode) -> bool:
    """Whether two of them can meet in a mode in which nobody chooses."""
    return bool(_pairs_for(candidates, mode))


def draw_replacement(
    failed: str,
    partner: str,
    candidates: Sequence[Candidate],
    history: PairHistory,
    rng: random.Random,
    *,
    mode: PairingMode,
    tried: AbstractSet[str] = frozenset(),
) -> str | None:
    """Another model for the side of ``failed``, or None when nothing fits.

    It comes from the size class of the failed model; when that is exhausted, it is the nearest by energy.
    Whatever happens it is not the partner, was not tried, keeps the factor of small-versus-big and stays
    small in small-only.
    """
    energies, excluded = _energies(candidates), {failed, partner, *tried}
    fitting = [key for key in _partners_of(partner, candidates, mode, energies) if key not in excluded]
    classes = small_and_big(candidates)
    same_class = [key for key in fitting if classes[key] is classes.get(failed)]
    pool = same_class or _nearest(fitting, energies, energies.get(failed))
    if not pool:
        return None
    pair = _least_met([(key, partner) for key in pool], history, rng)
    return pair[0]


def _energies(candidates: Iterable[Candidate]) -> dict[str, float | None]:
    """Energy by id, in the order of ids so that a seed draws the same whatever the order of candidates."""
    ordered = sorted(candidates, key=lambda candidate: candidate.model_id)
    return {candidate.model_id: candidate.energy_per_token_wh or None for candidate in ordered}


def _pairs_for(candidates: Sequence[Candidate], mode: PairingMode) -> list[_Pair]:
    energies = _energies(candidates)
    pool = _small_pool(energies) if mode is PairingMode.SMALL_ONLY else list(energies)
    weights = _weights(candidates)
    pairs = [(one, two) for one, two in combinations(pool, 2) if _differ(one, two, weights)]
    return _small_vs_big(pairs, candidates, energies) if mode is PairingMode.SMALL_VS_BIG else pairs


def _weights(candidates: Iterable[Candidate]) -> dict[str, str]:
    return {candidate.model_id: candidate.weights for candidate in candidates}


def _differ(one: str, two: str, weights: Mapping[str, str]) -> bool:
    """Whether two ids are two models, not the same weights at two hosts."""
    return one != two and (not weights.get(one) or weights.get(one) != weights.get(two))


def _small_vs_big(
    pairs: Iterable[_Pair], candidates: Iterable[Candidate], energies: Mapping[str, float | None]
) -> list[_Pair]:
    """The pairs far enough apart: those of a small and a big model, or any when there is none."""
    apart = [pair for pair in pairs if _far_apart(energies[pair[0]], energies[pair[1]])]
    classes = small_and_big(candidates)
    extremes = {SizeClass.SMALL, SizeClass.BIG}
    return [pair for pair in apart if {classes[pair[0]], classes[pair[1]]} == extremes] or apart


def _far_apart(one: float | None, two: float | None) -> bool:
    if one is None or two is None:
        return False
    return max(one, two) >= SMALL_VS_BIG_FACTOR * min(one, two)


def _small_pool(energies: Mapping[str, float | None]) -> list[str]:
    """The small class; when it holds fewer than two, the lower half with its ties, at least two models."""
    known = {key: energy for key, energy in energies.items() if energy is not None}
    ranked = sorted(known.values())
    small = [key for key, energy in known.items() if _class_of(energy, ranked) is SizeClass.SMALL]
    if len(small) >= 2 or len(ranked) < 2:
        return small
    ceiling = ranked[max(2, len(ranked) // 2) - 1]
    return [key for key, energy in known.items() if energy <= ceiling]


def _least_met(pairs: Sequence[_Pair], history: PairHistory, rng: random.Random) -> _Pair:
    """Draw a pair: unseen by the visitor while there are any, then favouring those that met least.

    A pair weighs 1 / (1 + meetings beyond the least met)². Always taking the minimum would seat everybody in
    a room, who read the same history at the same moment, before the same pair.
    """
    unseen = [pair for pair in pairs if frozenset(pair) not in history.seen_by_visitor]
    open_pairs = unseen or pairs
    meetings = [history.met.get(frozenset(pair), 0) for pair in open_pairs]
    fewest = min(meetings)
    weights = [(1 + count - fewest) ** -2.0 for count in meetings]
    return rng.choices(open_pairs, weights)[0]


def _seated(pair: _Pair, history: PairHistory, rng: random.Random) -> dict[Side, str]:
    """On side A, the model that was there less often in this pair; a tie is tossed."""
    one, two = pair
    lead = history.on_side_a.get((one, two), 0) - history.on_side_a.get((two, one), 0)
    if lead == 0:
        return _tossed(pair, rng)
    return {Side.A: one, Side.B: two} if lead < 0 else {Side.A: two, Side.B: one}


def _tossed(pair: _Pair, rng: random.Random) -> dict[Side, str]:
    first, second = rng.sample(pair, 2)
    return {Side.A: first, Side.B: second}


def _chosen_pair(candidates: Sequence[Candidate], rng: random.Random, chosen: Sequence[str]) -> dict[Side, str]:
    energies = _energies(candidates)
    if len(chosen) not in (1, 2) or len(set(chosen)) != len(chosen):
        raise PairingError("choose one model, or two different ones")
    if any(model_id not in energies for model_id in chosen):
        raise PairingError("a chosen model is not available")
    if len(chosen) == 2:
        return _tossed((chosen[0], chosen[1]), rng)
    weights = _weights(candidates)
    rest = [key for key in energies if _differ(key, chosen[0], weights)]
    if not rest:
        raise PairingError("no other model is available")
    return _tossed((chosen[0], rng.choice(rest)), rng)


def _partners_of(
    partner: str, candidates: Sequence[Candidate], mode: PairingMode, energies: Mapping[str, float | None]
) -> list[str]:
    """The models that may face ``partner`` in a mode."""
    weights = _weights(candidates)
    pool = _small_pool(energies) if mode is PairingMode.SMALL_ONLY else list(energies)
    others = [key for key in pool if _differ(key, partner, weights)]
    if mode is not PairingMode.SMALL_VS_BIG:
        return others
    return [key for key in others if _far_apart(energies[key], energies.get(partner))]


def _nearest(model_ids: Sequence[str], energies: Mapping[str, float | None], target: float | None) -> list[str]:
    """The ids closest in energy by ratio, ties included; all of them when nothing can be compared."""
    if target is None:
        return list(model_ids)
    distances = {key: abs(math.log(energy / target)) for key in model_ids if (energy := energies[key]) is not None}
    closest = min(distances.values(), default=0.0)
    return [key for key, distance in distances.items() if distance == closest] or list(model_ids)
