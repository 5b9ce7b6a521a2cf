"""A tally as text, and back."""

import orjson

from arena.domain.tally import Cell, Sum, Tally


def to_text(tally: Tally) -> str:
    """JSON: people, cells (a count, then who of the people where they are few), counts and sums."""
    people = sorted(tally.people)
    places = {one: place for place, one in enumerate(people)}
    cells = {key: [cell.count, *sorted(places[one] for one in cell.people or ())] for key, cell in tally.cells.items()}
    sums = {key: [*parts] for key, parts in tally.sums.items()}
    content = {"people": people, "cells": cells, "counts": tally.counts, "sums": sums}
    return orjson.dumps(content).decode()


def from_text(text: str) -> Tally:
    """What ``to_text`` was given."""
    content = orjson.loads(text)
    people = content["people"]
    return Tally(
        people=frozenset(people),
        cells={
            key: Cell(count, frozenset(people[place] for place in few) if few else None)
            for key, (count, *few) in content["cells"].items()
        },
        counts=content["counts"],
        sums={key: Sum(*parts) for key, parts in content["sums"].items()},
    )
