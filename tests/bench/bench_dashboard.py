"""What a dashboard costs with many votes: ``python -m tests.bench.bench_dashboard [--votes 10000 100000 1000000]``.

A SQLite file of blind battles with one vote each is made in SQL for each size: half of them in events of 400, half
without an event, 12 models, 5 battles a person. The first 10 000 have all their rows and are counted as the
background counts them. Of those beyond there are battles and prompts only, and copies of the counted groups with
other people: a view reads nothing else, and counting grows with the battles. Measured in seconds of the clock: a view
of everything after a start and again, a view after one more vote, whether anything changed, one event, a page of
prompts, a search for what is not there; and the votes and figures of the first 10 000 by plain GROUP BYs, to compare.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Engine, text

from arena.domain.catalogue import Catalogue
from arena.domain.census import Cell
from arena.domain.provenance import QUANTITIES
from arena.domain.vote import Outcome, Vote
from arena.services.dashboards import Dashboards
from arena.services.footprints import FootprintService
from arena.storage.census_text import from_text, to_text
from arena.storage.engine import open_engine, upgrade
from arena.storage.stores import Stores, stores_of

WHOLE = 10_000  # battles with all their rows
MODELS, EVENT_SIZE, NOW = 12, 400, "2026-03-14 12:00:00.000000"
ID = "printf('%032x', n)"
NUMBERS = "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :votes) "
SIDES = "(SELECT 'a' AS side, 0 AS shift UNION ALL SELECT 'b', 5)"
MODEL = f"'model-' || ((n + shift) % {MODELS})"
EVENT = f"CASE WHEN n % 2 THEN printf('%032x', n / {EVENT_SIZE * 2}) END"
PICK = "CASE (n * 7919) % {many} WHEN 0 THEN 'a' WHEN 1 THEN 'both_good' WHEN 2 THEN 'both_bad' ELSE 'b' END"

ROWS = (
    "INSERT INTO event SELECT printf('%032x', n - 1), 'code' || n, 'open', 'Event', '2026-03-14', '', 'fr', 'random', "
    f"400, 'free', 30, NULL, NULL, '{NOW}', 1 FROM numbers WHERE n - 1 <= :votes / {EVENT_SIZE * 2}",
    f"INSERT INTO battle SELECT {ID}, 'visitor-' || (n / 5), datetime('{NOW}', n || ' seconds') || '.000000', 'fr', "
    f"'random', 1, 0, 'c0ffee', '0', NULL, {EVENT}, NULL, NULL, NULL FROM numbers",
    f"INSERT INTO battle_side SELECT {ID}, side, {MODEL} FROM numbers, {SIDES}",
    f"INSERT INTO turn (id, battle_id, \"index\", prompt, created_at) SELECT n, {ID}, 0, 'Pourquoi le ciel ' || n, "
    f"'{NOW}' FROM numbers",
    "INSERT INTO answer (id, turn_id, side, model_id, status, input_tokens, output_tokens, token_source, "
    f"first_token_s, duration_s, self_named, text, reasoning) SELECT n * 2 + shift / 5, n, side, {MODEL}, 'complete', "
    "12, 100 + (n * 31) % 500, 'reported', 0.1 + ((n * 7919) % 1000) / 700.0, 1 + ((n * 104729) % 1000) / 60.0, 0, "
    f"'Une réponse.', '' FROM numbers, {SIDES}",
    f"INSERT INTO vote SELECT {ID}, 'visitor-' || (n / 5), {PICK.format(many=4)}, '', '{NOW}', NULL, 'phone' "
    "FROM numbers",
    f"INSERT INTO second_choice SELECT {ID}, 'visitor-' || (n / 5), {PICK.format(many=5)}, '{NOW}', 'phone' "
    "FROM numbers WHERE n % 10 < 7",
    f"INSERT INTO bet SELECT {ID}, 'visitor-' || (n / 5), 'a', 10, '{NOW}' FROM numbers WHERE n % 20 = 0",
    f"INSERT INTO need SELECT {ID}, 'visitor-' || (n / 5), 'yes', '{NOW}' FROM numbers WHERE n % 10 < 3",
    f"INSERT INTO reaction SELECT n, {ID}, 'visitor-' || (n / 5), 'a', 1 FROM numbers WHERE n % 10 < 3",
    "INSERT INTO reaction_quality SELECT n, 'useful' FROM numbers WHERE n % 10 < 3",
)
FOOTPRINTS = (
    "INSERT INTO footprint_input (answer_id, method, computed_at, model_id, openness, is_measured, endpoint_kind, "
    "total_params_b_low, total_params_b_high, active_params_b_low, active_params_b_high, output_tokens, token_source, "
    "latency_s, first_token_s, zone, pue_low, pue_high, wue_l_per_kwh_low, wue_l_per_kwh_high, quantization_bits, "
    "batch_size, mix_gwp_kg_per_kwh, mix_adpe_kg_per_kwh, mix_pe_mj_per_kwh, mix_wue_l_per_kwh, ecologits_version, "
    "ecologits_data_sha256, catalogue_version, bands_version, equivalents_version, code_version) "
    f"SELECT id, 'ecologits-0.11.3/1', '{NOW}', model_id, 'open-weights', 0, 'hosted', 8, 8, 8, 8, output_tokens, "
    "'reported', duration_s, first_token_s, 'FRA', 1.09, 1.14, 0.13, 0.99, 16, 64, 0.0414, 4.86e-08, 11.3, 3.67, "
    "'0.11.3', 'ab', 'c0ffee', '1', '2', '0' FROM answer",
    "INSERT INTO footprint_result SELECT id, 'ecologits-0.11.3/1', 'C', NULL FROM answer",
    *(
        f"INSERT INTO footprint_figure SELECT id, 'ecologits-0.11.3/1', '{quantity}', 0.01, 0.02, "
        "output_tokens * 1e-5, output_tokens * 3e-5, output_tokens * 9e-5 FROM answer"
        for quantity in QUANTITIES
    ),
)
PLAIN = (
    "SELECT outcome, count(*), count(DISTINCT vote.visitor_id) FROM vote JOIN battle ON battle.id = vote.battle_id "
    "WHERE is_blind AND NOT is_demo AND NOT EXISTS (SELECT 1 FROM turn WHERE turn.battle_id = battle.id AND hidden_at "
    "IS NOT NULL) GROUP BY outcome",
    "SELECT answer.model_id, quantity, count(*), sum(low), sum(central), sum(high) FROM footprint_figure JOIN answer "
    "ON answer.id = answer_id JOIN turn ON turn.id = turn_id JOIN battle ON battle.id = battle_id "
    "WHERE NOT is_demo AND quantity IN ('energy_wh', 'gwp_g', 'water_ml') GROUP BY 1, 2",
)


def fill(engine: Engine, votes: int) -> None:
    """Make the rows without a note for each, then one note a battle, as the migration of an old database does."""
    with engine.begin() as connection:
        triggers = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        for name, _ in triggers:
            connection.execute(text(f"DROP TRIGGER {name}"))
        for made in ROWS:
            is_thin = made.startswith(("INSERT INTO event", "INSERT INTO battle ", "INSERT INTO turn"))
            statement = text(made.replace("SELECT", f"{NUMBERS} SELECT", 1))
            connection.execute(statement, {"votes": votes if is_thin else min(votes, WHOLE)})
        for made in FOOTPRINTS:
            connection.execute(text(made))
        for _, sql in triggers:
            connection.execute(text(sql))
        connection.execute(text("INSERT INTO census_change (battle_id) SELECT DISTINCT battle_id FROM vote"))
    with engine.connect() as connection:
        connection.execute(text("ANALYZE")).close()


def open_dashboards(stores: Stores) -> Dashboards:
    """As after a start: nothing in memory."""
    return Dashboards(stores, FootprintService.load(), Catalogue({}, {}), lambda _battle: False)


async def timed(act: Callable[[], Awaitable[object]]) -> float:
    start = time.perf_counter()
    await act()
    return time.perf_counter() - start


async def count_all(dashboards: Dashboards) -> None:
    while (await dashboards.of(frozenset({"nothing"}))).uncounted:
        pass


def copy_groups(engine: Engine, times: int) -> None:
    """The counted groups again and again, each time with other people."""
    with engine.begin() as connection:
        groups = connection.execute(text("SELECT event_id, battles, content FROM census")).all()
        for time_ in range(1, times):
            for event_id, battles, content in groups:
                census = from_text(content)
                others = {one: f"{int(one, 16) ^ (time_ << 32):016x}" for one in census.people}
                cells = {
                    key: Cell(
                        cell.count, None if cell.people is None else frozenset(others[one] for one in cell.people)
                    )
                    for key, cell in census.cells.items()
                }
                other = to_text(replace(census, people=frozenset(others.values()), cells=cells))
                row = {"event": event_id, "battles": battles, "version": uuid4().hex, "content": other}
                columns = "event_id, battles, version, content"
                connection.execute(
                    text(f"INSERT INTO census ({columns}) VALUES (:event, :battles, :version, :content)"), row
                )


async def measure(engine: Engine, votes: int) -> dict[str, float]:
    """Seconds by what was done."""
    stores = stores_of(engine, catalogue_version="")
    counting = open_dashboards(stores)
    costs = {"count 10 000": await timed(lambda: count_all(counting))}
    copy_groups(engine, votes // WHOLE)
    fresh = open_dashboards(stores)
    costs["first view"] = await timed(lambda: fresh.of(None))
    costs["next view"] = await timed(lambda: fresh.of(None))
    stores.battles.cast_vote(Vote(f"{WHOLE:032x}", "somebody", Outcome.A), datetime.now(UTC))
    costs["after a vote"] = await timed(lambda: fresh.of(None))
    costs["changed?"] = await timed(lambda: fresh.stamp(None))
    costs["one event"] = await timed(lambda: fresh.of(frozenset({f"{1:032x}"})))
    costs["prompts"] = await timed(lambda: fresh.prompts(None, "", 0))
    costs["search"] = await timed(lambda: fresh.prompts(None, "nowhere", 0))
    with engine.connect() as connection:
        start = time.perf_counter()
        for query in PLAIN:
            connection.execute(text(query)).all()
        costs["plain"] = time.perf_counter() - start
    return costs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--votes", type=int, nargs="+", default=[10**4, 10**5, 10**6])
    parser.add_argument("--folder", type=Path, default=None)
    options = parser.parse_args()
    for position, votes in enumerate(options.votes):
        with tempfile.TemporaryDirectory(dir=options.folder) as name:
            engine = open_engine(f"sqlite:///{name}/bench.db")
            upgrade(engine)
            fill(engine, votes)
            costs = asyncio.run(measure(engine, votes))
            engine.dispose()
        if position == 0:
            print(f"{'seconds, votes':>15} " + " ".join(f"{label:>12}" for label in costs))
        print(f"{votes:>15,} " + " ".join(f"{seconds:12.3f}" for seconds in costs.values()), flush=True)


if __name__ == "__main__":
    main()
