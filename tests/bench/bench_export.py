"""Prints what exports of 10⁴, 10⁵ and 10⁶ rows take: seconds, bytes, and the most memory that a process of it had.

    python -m tests.bench.bench_export [--rows 10000 100000 1000000] [--dataset turns] [--formats csv parquet]
                                       [--postgres URL]

Constant memory shows as one figure that stays. A row is a battle of one turn with one vote; URL is an empty database,
which is filled further from line to line. Of the two processes that write Parquet the larger one counts.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from sqlalchemy import Engine, insert

from arena.domain.side import Side
from arena.storage.engine import open_engine, upgrade
from arena.storage.rows import AnswerRow, BattleRow, BattleSideRow, TurnRow, VoteRow

START = datetime(2026, 3, 14, 12, tzinfo=UTC)
BATCH = 5000
Rows = list[dict[str, object]]


def seed(engine: Engine, first: int, last: int) -> None:
    """Add battles by their number, table by table."""
    for begin in range(first, last, BATCH):
        numbers = range(begin, min(begin + BATCH, last))
        with engine.begin() as connection:
            connection.execute(insert(BattleRow), [battle(number) for number in numbers])
            connection.execute(insert(TurnRow), [turn(number) for number in numbers])
            connection.execute(insert(VoteRow), [vote(number) for number in numbers])
            for row, values in ((BattleSideRow, seat), (AnswerRow, answer)):
                connection.execute(insert(row), [values(number, side) for number in numbers for side in Side])


def key(number: int) -> str:
    return f"{number:032x}"


def battle(number: int) -> dict[str, object]:
    return {
        "id": key(number), "visitor_id": f"visitor-{number % 1000}", "locale": "fr", "mode": "random",
        "created_at": START + timedelta(seconds=number), "is_blind": True, "is_demo": False,
        "catalogue_version": "c0ffee", "code_version": "0",
    }  # fmt: skip


def turn(number: int) -> dict[str, object]:
    return {"id": number + 1, "battle_id": key(number), "index": 0, "prompt": "Pourquoi ?", "created_at": START}


def vote(number: int) -> dict[str, object]:
    visitor = f"visitor-{number % 1000}"
    return {"battle_id": key(number), "visitor_id": visitor, "outcome": "a", "comment": "", "created_at": START}


def seat(number: int, side: Side) -> dict[str, object]:
    return {"battle_id": key(number), "side": side.value, "model_id": f"model-{side}"}


def answer(number: int, side: Side) -> dict[str, object]:
    return {
        "turn_id": number + 1, "side": side.value, "model_id": f"model-{side}", "status": "complete",
        "self_named": False, "text": "Parce que.", "reasoning": "", "output_tokens": 3, "token_source": "reported",
    }  # fmt: skip


def measure(url: str, folder: Path, dataset: str, form: str) -> str:
    """Run ``arena export`` in a process of its own and say what it took."""
    out = folder / form
    command = [sys.executable, "-m", "arena", "export", "--all", "--out", str(out), "--force", "--texts"]
    shape = ["--format", form] if form in ("comparia", "lmarena") else ["--format", form, "--dataset", dataset]
    start = perf_counter()
    child = subprocess.Popen(
        [*command, *shape], env={**os.environ, "ARENA_DATABASE_URL": url}, stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(child.pid, 0)
    seconds = perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)  # it was waited for here, not by subprocess
    size = sum(file.stat().st_size for file in out.iterdir() if not file.name.startswith("codebook"))
    return (
        f"{form:>8}  exit {child.returncode}  {seconds:7.1f} s  {size / 1e6:8.1f} MB  {usage.ru_maxrss / 1024:6.0f} MB"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--dataset", default="turns")
    parser.add_argument("--formats", nargs="+", default=["csv"])
    parser.add_argument("--postgres", default=None)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        url = options.postgres or f"sqlite:///{name}/arena.db"
        engine = open_engine(url)
        upgrade(engine)
        there = 0
        print("     rows    format              time      file   memory")
        for rows in sorted(options.rows):
            seed(engine, there, rows)
            there = rows
            for form in options.formats:
                print(f"{rows:>9,}  {measure(url, Path(name), options.dataset, form)}", flush=True)
        engine.dispose()


if __name__ == "__main__":
    main()
