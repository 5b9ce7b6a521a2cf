"""A quintile: in which fifth of the catalogue a model stands, by estimated energy per token."""

from bisect import bisect_left
from collections.abc import Collection
from enum import StrEnum

FEWEST_COMPARED = 5  # fewer models do not make five fifths


class Quintile(StrEnum):
    """A fifth of a catalogue. It says how a model compares with the others, never how good that is."""

    FIRST = "first"  # uses the least per token
    SECOND = "second"
    THIRD = "third"
    FOURTH = "fourth"
    FIFTH = "fifth"


class NoQuintile(StrEnum):
    """Why a model stands in no fifth."""

    UNKNOWN_SIZE = "unknown_size"  # so its energy per token cannot be estimated
    TOO_FEW = "too_few"  # known models to compare it with


def quintile_of(energy_wh: float | None, catalogue_wh: Collection[float]) -> Quintile | NoQuintile:
    """The fifth of one model among the energies per token of its catalogue, its own included.

    In the n-th fifth, at least (n - 1) fifths of the catalogue use less, and less than n fifths do. Models of
    equal energy share their fifth.
    """
    if not energy_wh:
        return NoQuintile.UNKNOWN_SIZE
    if len(catalogue_wh) < FEWEST_COMPARED:
        return NoQuintile.TOO_FEW
    below = bisect_left(sorted(catalogue_wh), energy_wh)
    fifths = list(Quintile)
    return fifths[min(len(fifths) * below // len(catalogue_wh), len(fifths) - 1)]
