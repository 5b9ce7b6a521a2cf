"""Prints what each transaction of the store costs, in milliseconds.

    python tests/bench/bench_storage.py [--folder FOLDER] [--postgres URL] [--rounds 300]

FOLDER decides the disk: on a memory file system FULL and NORMAL cost the same. URL is an empty database.
"""

import argparse
import os
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import product
from pathlib import Path
from sqlite3 import Connection
from statistics import median, quantiles
from time import perf_counter
from uuid import uuid4

from sqlalchemy import Engine, event

from arena.domain.battle import Answer, AnswerStatus, Battle, Turn
from arena.domain.pairing import PairingMode
from arena.domain.side import Side
from arena.domain.vote import Outcome, Quality, Reaction, Vote
from arena.storage.battles import BattleStore
from arena.storage.engine import open_engine, upgrade

ENDED = Answer("model-1", AnswerStatus.COMPLETE, text="Une réponse assez longue. " * 80)
ROOM = 100  # votes of a whole room, cast by 32 threads


def new_battle(number: int, models: tuple[str, str] = ("model-1", "model-2")) -> Battle:
    now = datetime.now(UTC)
    seats = dict(zip(Side, models, strict=True))
    turn = Turn(0, "Pourquoi le ciel est-il bleu ?", now, {side: Answer(seats[side]) for side in Side})
    return Battle(uuid4().hex, f"visitor-{number}", now, "fr", PairingMode.RANDOM, True, False, seats, (turn,))


def timed(act: Callable[[], object]) -> float:
    start = perf_counter()
    act()
    return (perf_counter() - start) * 1000


def report(label: str, costs: list[float]) -> None:
    late = quantiles(costs, n=100, method="inclusive")[98]
    print(f"  {label:<34} median {median(costs):7.2f}   99 % {late:7.2f}   max {max(costs):7.2f}")


def measure_one_by_one(store: BattleStore, rounds: int) -> None:
    battles = [new_battle(number) for number in range(rounds)]
    ended = {side: replace(ENDED, model_id=f"model-{side}") for side in Side}
    tags = frozenset({Quality.USEFUL, Quality.COMPLETE})
    steps: dict[str, Callable[[Battle], object]] = {
        "create_battle": store.create_battle,
        "save_answers (two, 2 kB each)": lambda battle: store.save_answers(battle.id, 0, ended),
        "cast_vote": lambda battle: store.cast_vote(Vote(battle.id, battle.visitor_id, Outcome.A), datetime.now(UTC)),
        "save_reaction (two tags)": lambda battle: store.save_reaction(
            Reaction(battle.id, battle.visitor_id, Side.A, True, tags)
        ),
        "reveal": lambda battle: store.reveal_footprints(battle.id, battle.visitor_id, datetime.now(UTC)),
        "get_battle": lambda battle: store.get_battle(battle.id),
        "stage_of": lambda battle: store.stage_of(battle.id, battle.visitor_id),
        "latest_battle_id": lambda battle: store.latest_battle_id(battle.visitor_id),
    }
    for label, step in steps.items():
        report(label, [timed(partial(step, battle)) for battle in battles])


def measure_a_room(store: BattleStore) -> None:
    shared = new_battle(0)
    store.create_battle(shared)

    def vote(number: int) -> float:
        cast = Vote(shared.id, f"person-{number}", Outcome.B)
        return timed(lambda: store.cast_vote(cast, datetime.now(UTC)))

    with ThreadPoolExecutor(32) as threads:
        report(f"cast_vote, {ROOM} people at once", list(threads.map(vote, range(ROOM))))


def measure_pair_history(store: BattleStore, battles: int) -> None:
    models = [f"model-{number}" for number in range(12)]
    pairs = [(a, b) for a, b in product(models, models) if a != b]
    for number in range(battles):
        store.create_battle(new_battle(number, pairs[number % len(pairs)]))
    costs = [timed(lambda: store.pair_history("visitor-1", demo=False)) for _ in range(20)]
    report(f"pair_history, {battles} more battles", costs)


def measure(label: str, engine: Engine, rounds: int) -> None:
    print(f"{label}, ms for each transaction:")
    upgrade(engine)
    store = BattleStore(engine)
    store.latest_battle_id("warm up")
    measure_one_by_one(store, rounds)
    measure_a_room(store)
    measure_pair_history(store, rounds * 10)
    engine.dispose()


def open_relaxed(url: str) -> Engine:
    """SQLite as it would be with synchronous=NORMAL, to see what FULL costs."""
    engine = open_engine(url)
    engine.dispose()

    @event.listens_for(engine, "connect")
    def relax(connection: Connection, _entry: object) -> None:
        connection.execute("PRAGMA synchronous=NORMAL")

    return engine


def fsync_cost(folder: Path) -> float:
    """What the disk itself takes for one synced page, in ms."""
    with (folder / "fsync").open("wb", buffering=0) as file:

        def write() -> None:
            file.write(b"x" * 4096)
            os.fsync(file.fileno())

        return median([timed(write) for _ in range(100)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--postgres", default=None)
    parser.add_argument("--rounds", type=int, default=300)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        print(f"one fsync of 4 kB here: {fsync_cost(Path(name)):.2f} ms")
        measure("SQLite, FULL", open_engine(f"sqlite:///{name}/full.db"), options.rounds)
        measure("SQLite, NORMAL", open_relaxed(f"sqlite:///{name}/normal.db"), options.rounds)
    if options.postgres:
        measure("PostgreSQL", open_engine(options.postgres), options.rounds)


if __name__ == "__main__":
    main()
