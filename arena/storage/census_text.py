"""A census as text, and back."""

import orjson

from arena.domain.census import Cell, Census, Sum


def to_text(census: Census) -> str:
    """JSON: people, cells (a count, then who of the people where they are few), counts and sums."""
    people = sorted(census.people)
    places = {one: place for place, one in enumerate(people)}
    cells = {key: [cell.count, *sorted(places[one] for one in cell.people or ())] for key, cell in census.cells.items()}
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
            key: Cell(count, frozenset(people[place] for place in few) if few else None)
            for key, (count, *few) in content["cells"].items()
        },
        counts=content["counts"],
        sums={key: Sum(*parts) for key, parts in content["sums"].items()},
    )
