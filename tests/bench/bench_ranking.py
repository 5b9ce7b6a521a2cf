"""Prints what a ranking costs, in seconds: reading the votes, fitting with intervals, and both.

    python -m tests.bench.bench_ranking [--folder FOLDER] [--votes 10000 100000 1000000] [--models 10 50 100]

Every database is made by plain SQL in a temporary file: 8 votes a person, 1 answer in 100 names its model, so
that 2 votes in 100 are left out one by one. "page" is all that the leaderboard page asks for, with the pairs and who
stands behind them. "anew" is a plain GROUP BY over the same votes, for comparison, and "CPU"
what this process took of the total, wherever others use the machine.
"""

import argparse
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from arena.domain.catalogue import Catalogue
from arena.domain.counted import CastVotes, Counted, StandingFilter
from arena.domain.ranking import fit_clustered
from arena.domain.standing import standings_of
from arena.services.footprints import FootprintService
from arena.services.leaderboards import Leaderboards
from arena.storage.engine import open_engine, upgrade
from arena.storage.pair_tally import count_again, start_tally, stop_tally
from arena.storage.standings import StandingStore

ROUNDS = 5
MOMENT = "'2026-03-14 12:00:00.000000'"
VISITOR = "printf('%08x%024x', (person * 2654435761) % 4294967296, person)"  # in no order, as digests are
MAKE = f"""
    CREATE TEMP TABLE drawn AS
        WITH RECURSIVE place(number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM place WHERE number < :votes - 1)
        SELECT lower(hex(randomblob(16))) AS id, abs(random()) % :models AS one,
               1 + abs(random()) % (:models - 1) AS distance, abs(random()) % 100 AS luck,
               abs(random()) % (1 + :votes / 8) AS person
        FROM place;
    CREATE TEMP TABLE sorted AS
        SELECT *, printf('model-%03d', one) AS on_a, printf('model-%03d', (one + distance) % :models) AS on_b
        FROM drawn ORDER BY id;
    INSERT INTO battle (id, visitor_id, created_at, locale, mode, is_blind, is_demo, catalogue_version, code_version)
        SELECT id, {VISITOR}, {MOMENT}, 'fr', 'random', 1, 0, '', '' FROM sorted;
    INSERT INTO battle_side (battle_id, side, model_id) SELECT id, 'a', on_a FROM sorted;
    INSERT INTO battle_side (battle_id, side, model_id) SELECT id, 'b', on_b FROM sorted;
    INSERT INTO turn (battle_id, "index", prompt, created_at) SELECT id, 0, 'Pourquoi ?', {MOMENT} FROM sorted;
    INSERT INTO answer (turn_id, side, model_id, status, self_named, text, reasoning)
        SELECT turn.id, side.name, '', 'complete', abs(random()) % 100 = 0, 'Parce que.', ''
        FROM turn, (SELECT 'a' AS name UNION SELECT 'b') AS side;
    INSERT INTO vote (battle_id, visitor_id, outcome, comment, created_at, source)
        SELECT id, {VISITOR},
               CASE WHEN luck < 40 + distance / 2 THEN 'a' WHEN luck < 70 THEN 'both_good'
                    WHEN luck < 75 THEN 'both_bad' ELSE 'b' END, '', {MOMENT}, 'phone' FROM sorted"""


def make_votes(file: Path, votes: int, models: int) -> None:
    """A database with that many votes, as the arena would have it."""
    engine = open_engine(f"sqlite:///{file}")
    upgrade(engine)
    with engine.begin() as connection:
        stop_tally(connection)
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("PRAGMA synchronous=OFF")
        raw.execute("PRAGMA cache_size=-200000")
        for statement in MAKE.split(";"):
            wanted = {"votes": votes, "models": models}
            raw.execute(statement, {name: value for name, value in wanted.items() if f":{name}" in statement})
        raw.commit()
    with engine.begin() as connection:
        start_tally(connection)
    engine.dispose()


def timed(act: Callable[[], object]) -> float:
    start = perf_counter()
    act()
    return perf_counter() - start


def rank(counted: Counted, cast: CastVotes) -> None:
    fitted = fit_clustered(counted.tally.wins, cast.ballots(counted.tally))
    standings_of(counted.tally.models, counted.tally.battles(), fitted)


def measure(file: Path) -> tuple[float, float, float, float, float]:
    """Seconds for reading, for the rest, of CPU for both, for a page, medians of some rounds; for counting anew."""
    engine = open_engine(f"sqlite:///{file}")
    store, wanted = StandingStore(engine), StandingFilter()
    page = Leaderboards(store, FootprintService.load(), Catalogue({}, {}))
    reading, fitting, working, showing = [], [], [], []
    for _ in range(ROUNDS):
        start, worked = perf_counter(), process_time()
        counted, cast = store.counted(wanted), store.cast(wanted)
        reading.append(perf_counter() - start)
        fitting.append(timed(lambda counted=counted, cast=cast: rank(counted, cast)))  # type: ignore[misc]
        working.append(process_time() - worked)
        showing.append(timed(lambda: page.read(wanted)))
    with engine.begin() as connection:
        anew = timed(lambda: count_again(connection))
    engine.dispose()
    return median(reading), median(fitting), median(working), median(showing), anew


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--votes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--models", type=int, nargs="+", default=[10, 50, 100])
    options = parser.parse_args()
    print("    votes  models    SQL s    fit s  total s    CPU s   page s   anew s")
    for votes in options.votes:
        for models in options.models:
            with tempfile.TemporaryDirectory(dir=options.folder) as name:
                make_votes(Path(name) / "votes.db", votes, models)
                reading, fitting, working, showing, anew = measure(Path(name) / "votes.db")
            seconds = "  ".join(f"{one:>7.3f}" for one in (reading, fitting, reading + fitting, working, showing, anew))
            print(f"{votes:>9}  {models:>6}  {seconds}", flush=True)


if __name__ == "__main__":
    main()
