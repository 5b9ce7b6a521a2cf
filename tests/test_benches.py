"""The benchmarks that write their rows in SQL still fit the tables; what they measure is not looked at."""

from pathlib import Path

from sqlalchemy import text

from arena.storage.engine import open_engine, upgrade
from tests.bench.bench_dashboard import fill
from tests.bench.bench_ranking import make_votes

VOTES = 40


def counted(file: Path, table: str) -> int:
    engine = open_engine(f"sqlite:///{file}")
    try:
        with engine.connect() as connection:
            return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())
    finally:
        engine.dispose()


def test_votes_for_a_ranking_can_be_made(tmp_path: Path) -> None:
    make_votes(tmp_path / "votes.db", VOTES, 4)
    assert counted(tmp_path / "votes.db", "vote") == VOTES


def test_rows_for_a_dashboard_can_be_made(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'rows.db'}")
    upgrade(engine)
    fill(engine, VOTES)
    engine.dispose()
    assert counted(tmp_path / "rows.db", "vote") == VOTES
    assert counted(tmp_path / "rows.db", "footprint_result") == 2 * VOTES
