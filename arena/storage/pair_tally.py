"""Keeps the tally of pairs beside the votes, by triggers: whoever casts or erases a vote, in whatever way, is counted.

A ranking reads the tally, so that it costs models² and not votes. A trigger runs inside the transaction of the vote.
What the tally says of a battle does not change once there is a vote, its kind, locale, mode and models, unless a room
was shown too much: then its votes are counted anew. What can (an
answer in which a model names itself, a hidden prompt) is no part of it and is subtracted while reading: see
``arena.storage.standings``.
"""

from collections.abc import Iterator

from sqlalchemy import Connection

TALLY_LOCK = 4_207_002  # any number of our own: the key of PostgreSQL's advisory lock

# On PostgreSQL whoever writes votes waits for whoever did, before any row of theirs is locked: two people who erase
# votes on each other's battles would lock each other out. Battles are locked before, by all that votes or erases.
_QUEUE = "tally_queue"
_LOCK = f"PERFORM pg_advisory_xact_lock({TALLY_LOCK});"

# Every battle with its place in the tally. Only this kind is ranked; for the others see ``LeftOut``.
RANKED = "ranked"
HANDS = "hands"  # of its votes those that are raised hands
CELLS = f"""
    SELECT battle.id AS battle_id, battle.locale AS locale, battle.mode AS mode,
           battle.event_id AS event_id, battle.theme AS theme,
           on_a.model_id AS model_a, on_b.model_id AS model_b,
           CASE WHEN EXISTS (SELECT 1 FROM rematch WHERE rematch.battle_id = battle.id) THEN 'rematch'
                WHEN battle.is_demo THEN 'demo'
                WHEN NOT battle.is_blind THEN 'named'
                ELSE '{RANKED}' END AS kind
    FROM battle
    JOIN battle_side AS on_a ON on_a.battle_id = battle.id AND on_a.side = 'a'
    JOIN battle_side AS on_b ON on_b.battle_id = battle.id AND on_b.side = 'b'"""
_PLACE = "locale, mode, model_a, model_b"
_KEY = f"kind, {_PLACE}"


def _kind(vote: str) -> str:
    """The kind of a vote, beside the cell of its battle."""
    return f"CASE WHEN cell.kind = '{RANKED}' AND {vote}.source = '{HANDS}' THEN '{HANDS}' ELSE cell.kind END"


_ADD = f"""
    INSERT INTO pair_tally ({_KEY}, outcome, votes)
    SELECT {_kind("NEW")}, {_PLACE}, NEW.outcome, 1 FROM ({CELLS}) AS cell WHERE battle_id = NEW.battle_id
    ON CONFLICT ({_KEY}, outcome) DO UPDATE SET votes = pair_tally.votes + 1;"""
_OF_VOTE = f"({_KEY}) = (SELECT {_kind('OLD')}, {_PLACE} FROM ({CELLS}) AS cell WHERE battle_id = OLD.battle_id)"
_TAKE = f"""
    UPDATE pair_tally SET votes = votes - 1 WHERE outcome = OLD.outcome AND {_OF_VOTE};
    DELETE FROM pair_tally WHERE votes = 0 AND {_OF_VOTE};"""
# A battle takes its votes along after it went: they find no cell any more, so they are taken away before.
_VOTES = f"(SELECT vote.*, {_PLACE}, {_kind('vote')} AS kind FROM vote JOIN ({CELLS}) AS cell USING (battle_id))"
_OF_BATTLE = f"""
    ({_PLACE}) = (SELECT {_PLACE} FROM ({CELLS}) AS cell WHERE battle_id = OLD.id)
    AND kind IN ('{HANDS}', (SELECT kind FROM ({CELLS}) AS cell WHERE battle_id = OLD.id))"""
_TAKE_ALL = f"""
    UPDATE pair_tally
    SET votes = votes - (SELECT count(*) FROM {_VOTES} AS cast_vote WHERE cast_vote.battle_id = OLD.id
                         AND cast_vote.outcome = pair_tally.outcome AND cast_vote.kind = pair_tally.kind)
    WHERE {_OF_BATTLE};
    DELETE FROM pair_tally WHERE votes = 0 AND {_OF_BATTLE};"""

# A room was shown too much before it voted, see ``arena.storage.ballots``: its votes move to another cell.
_ADD_ALL = f"""
    INSERT INTO pair_tally ({_KEY}, outcome, votes)
    SELECT {_KEY}, outcome, count(*) FROM {_VOTES} AS cast_vote
    WHERE battle_id = NEW.id GROUP BY {_KEY}, outcome
    ON CONFLICT ({_KEY}, outcome) DO UPDATE SET votes = pair_tally.votes + excluded.votes;"""

# Name: when, what, and what a trigger hands back to PostgreSQL.
_TRIGGERS = {
    "tally_vote_cast": ("AFTER INSERT ON vote", _ADD, "NEW"),
    "tally_vote_changed": ("AFTER UPDATE OF outcome, source ON vote", _TAKE + _ADD, "NEW"),
    "tally_vote_erased": ("AFTER DELETE ON vote", _TAKE, "OLD"),
    "tally_battle_erased": ("BEFORE DELETE ON battle", _TAKE_ALL, "OLD"),
    "tally_blindness_ends": ("BEFORE UPDATE OF is_blind ON battle", _TAKE_ALL, "NEW"),
    "tally_blindness_ended": ("AFTER UPDATE OF is_blind ON battle", _ADD_ALL, "NEW"),
}

_COUNT_ALL = f"""
    INSERT INTO pair_tally ({_KEY}, outcome, votes)
    SELECT {_KEY}, outcome, count(*) FROM {_VOTES} AS cast_vote GROUP BY {_KEY}, outcome"""


def stop_tally(connection: Connection) -> None:
    """Take the triggers away while tables are changed: SQLite cannot rebuild a table that one of them names."""
    for name in (*_TRIGGERS, _QUEUE):
        is_sqlite = connection.dialect.name == "sqlite"
        drop = f"DROP TRIGGER IF EXISTS {name}" if is_sqlite else f"DROP FUNCTION IF EXISTS {name}() CASCADE"
        connection.exec_driver_sql(drop)


def start_tally(connection: Connection) -> None:
    """Make the triggers and count all votes anew: about 3 s for a million of them, after a migration only."""
    for statement in _statements(is_sqlite=connection.dialect.name == "sqlite"):
        connection.exec_driver_sql(statement)
    count_again(connection)


def count_again(connection: Connection) -> None:
    """Count all votes anew. Needed only if somebody wrote to the tally by hand."""
    connection.exec_driver_sql("DELETE FROM pair_tally")
    connection.exec_driver_sql(_COUNT_ALL)


def _statements(*, is_sqlite: bool) -> Iterator[str]:
    """What makes the triggers."""
    for name, (when, body, row) in _TRIGGERS.items():
        if is_sqlite:
            yield f"CREATE TRIGGER {name} {when} BEGIN {body} END"
        else:
            yield _function(name, f"{_LOCK} {body} RETURN {row};")
            yield f"CREATE TRIGGER {name} {when} FOR EACH ROW EXECUTE FUNCTION {name}()"
    if not is_sqlite:
        yield _function(_QUEUE, f"{_LOCK} RETURN NULL;")
        yield f"CREATE TRIGGER {_QUEUE} BEFORE INSERT OR UPDATE OR DELETE ON vote EXECUTE FUNCTION {_QUEUE}()"


def _function(name: str, body: str) -> str:
    return f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $tally$ BEGIN {body} END $tally$"
