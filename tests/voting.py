"""Invented votes for a whole database: battles without texts, written at once."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from arena.domain.ranking import sigmoid
from arena.domain.vote import Outcome
from arena.storage.engine import open_engine, upgrade
from arena.storage.rows import TableRow

MOMENT = datetime(2026, 3, 14, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Ballot:
    """One battle and the one vote on it."""

    person: str
    on_a: str
    on_b: str
    outcome: Outcome = Outcome.A
    locale: str = "fr"
    mode: str = "random"
    theme: str | None = None
    is_blind: bool = True
    is_demo: bool = False


def ballots_of(strengths: Mapping[str, float], *, votes: int, people: int, seed: int = 7) -> list[Ballot]:
    """Random votes of people who see the models as strong as that, in logits."""
    dice = random.Random(seed)
    drawn = []
    for _ in range(votes):
        on_a, on_b = dice.sample(sorted(strengths), 2)
        luck, chance = dice.random(), float(sigmoid(strengths[on_a] - strengths[on_b]))  # type: ignore[arg-type]
        tie = dice.choice([Outcome.BOTH_GOOD, Outcome.BOTH_BAD])
        outcome = tie if dice.random() < 0.2 else Outcome.A if luck < chance else Outcome.B
        drawn.append(Ballot(f"person-{dice.randrange(people)}", on_a, on_b, outcome))
    return drawn


def cast(engine: Engine, ballots: Iterable[Ballot]) -> None:
    """Write them in one transaction, each as a battle of its own."""
    rows: dict[str, list[dict[str, Any]]] = {"battle": [], "battle_side": [], "vote": []}
    for number, ballot in zip(count(1), ballots, strict=False):
        battle_id = f"{number:032x}"
        rows["battle"].append(
            {
                "id": battle_id, "visitor_id": ballot.person, "created_at": MOMENT, "locale": ballot.locale,
                "mode": ballot.mode, "theme": ballot.theme, "is_blind": ballot.is_blind, "is_demo": ballot.is_demo,
                "catalogue_version": "", "code_version": "",
            }
        )  # fmt: skip
        sides = {"a": ballot.on_a, "b": ballot.on_b}
        rows["battle_side"] += [{"battle_id": battle_id, "side": side, "model_id": one} for side, one in sides.items()]
        rows["vote"].append(
            {
                "battle_id": battle_id, "visitor_id": ballot.person, "outcome": ballot.outcome.value, "comment": "",
                "created_at": MOMENT,
            }
        )  # fmt: skip
    with engine.begin() as connection:
        for name, values in rows.items():
            if values:
                connection.execute(TableRow.metadata.tables[name].insert(), values)


def voted_database(file: Path, ballots: Sequence[Ballot]) -> None:
    """A new SQLite file with these votes."""
    engine = open_engine(f"sqlite:///{file}")
    upgrade(engine)
    cast(engine, ballots)
    engine.dispose()
