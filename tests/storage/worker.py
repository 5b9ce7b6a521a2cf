"""Another process of the arena, run by the tests: ``upgrade URL`` or ``vote URL`` (until it is killed)."""

import sys
from datetime import UTC, datetime
from itertools import count

from sqlalchemy import Engine

from arena.domain.vote import Outcome, Vote
from arena.storage.battles import BattleStore
from arena.storage.engine import open_engine, upgrade


def vote_for_ever(engine: Engine, battle_id: str) -> None:
    """Print the visitor of each vote as soon as the store said that it has it."""
    store = BattleStore(engine)
    for number in count():
        store.cast_vote(Vote(battle_id, f"visitor-{number}", Outcome.B), datetime.now(UTC))
        sys.stdout.write(f"visitor-{number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    task, url, *arguments = sys.argv[1:]
    if task == "upgrade":
        upgrade(open_engine(url))
    else:
        vote_for_ever(open_engine(url), *arguments)
