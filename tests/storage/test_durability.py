"""An acknowledged vote survives the death of the process."""

import subprocess
import sys
from itertools import islice
from pathlib import Path

from sqlalchemy import Engine, text

WORKER = Path(__file__).parent / "worker.py"


def test_every_acknowledged_vote_survives_kill_9(engine: Engine, url: str, battle_id: str) -> None:
    command = [sys.executable, str(WORKER), "vote", url, battle_id]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        acknowledged = [line.strip() for line in islice(worker.stdout, 40)]
        worker.kill()
        acknowledged += [line.strip() for line in worker.stdout if line.endswith("\n")]
    assert len(acknowledged) >= 40
    with engine.connect() as connection:
        kept = set(connection.execute(text("SELECT visitor_id FROM vote")).scalars())
    assert set(acknowledged) <= kept
    assert len(kept) <= len(acknowledged) + 1
