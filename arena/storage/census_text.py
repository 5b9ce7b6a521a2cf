"""A census as text, and back."""

from collections.abc import Iterable, Mapping

import orjson

from arena.domain.census import Cell, Census, Sum

NOBODY = -1  # behind a battle that a room played and nobody spoke of: not the same as many people


def to_text(census: Census) -> str:
    """JSON: people, cells (a count, then who of the people where they are few, or NOBODY), counts and sums."""
    people = sorted(census.people)
    places = {one: place for place, one in enumerate(people)}
    cells = {key: [cell.count, *_few(cell, places)] for key, cell in census.cells.items()}
    sums = {key: [*parts] for key, parts in census.sums.items()}
    content = {"people": people, "cells": cells, "counts": census.counts, "sums": sums}
    return orjson.dumps(content).decode()


def from_text(text: str) -> Census:
    """What ``to_text`` was given."""
    content = orjson.loads(text)
    people = content["people"]
    return Census(
        people=frozenset(people),
        cells={
            key: Cell(count, frozenset(people[place] for place in few if place != NOBODY) if few else None)
            for key, (count, *few) in content["cells"].items()
        },
        counts=content["counts"],
        sums={key: Sum(*parts) for key, parts in content["sums"].items()},
    )


def _few(cell: Cell, places: Mapping[str, int]) -> Iterable[int]:
    """Nothing for a cell of many people."""
    if cell.people is None:
        return ()
    return sorted(places[one] for one in cell.people) or [NOBODY]
