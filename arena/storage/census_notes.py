"""Triggers that note which battles changed, so that their groups are counted again.

Triggers, because erasure, purge and repair delete rows in many ways, and a census that misses one is wrong for ever.
They only add notes: on PostgreSQL two writers of one battle never wait for each other's note.
"""

from collections.abc import Iterator

from sqlalchemy import Connection

_EVERY = ("INSERT", "UPDATE", "DELETE")
_OF_TURN = "SELECT battle_id FROM turn WHERE id = {row}.turn_id"
_OF_ANSWER = "SELECT turn.battle_id FROM answer JOIN turn ON turn.id = answer.turn_id WHERE answer.id = {row}.answer_id"
_OF_REACTION = "SELECT battle_id FROM reaction WHERE id = {row}.reaction_id"
_OF_BATTLE = "SELECT id FROM battle WHERE id = {row}.battle_id"

# Of a deleted battle nothing stays, not even its identifier: its group is noted instead. What hangs on a battle
# that is gone tells nothing more, in whichever order a database fires triggers.
_FORGET = """
    INSERT INTO census_change (census_id) SELECT census.id FROM census
    JOIN census_place ON census_place.census_id = census.id WHERE battle_id = OLD.id;
    DELETE FROM census_place WHERE battle_id = OLD.id;
    DELETE FROM census_change WHERE battle_id = OLD.id;"""

# Which battle a row belongs to. Sides and turns are inserted together with battles and answers; rows that go with
# the one they hang on may find it gone already, and then that one has told.
_SOURCES: dict[str, tuple[str, tuple[str, ...]]] = {
    "battle": ("SELECT {row}.id", ("INSERT", "UPDATE")),
    "battle_side": (_OF_BATTLE, ("UPDATE",)),
    "turn": (_OF_BATTLE, ("UPDATE", "DELETE")),
    "answer": (_OF_TURN, _EVERY),
    "vote": (_OF_BATTLE, _EVERY),
    "bet": (_OF_BATTLE, _EVERY),
    "second_choice": (_OF_BATTLE, _EVERY),
    "need": (_OF_BATTLE, _EVERY),
    "reaction": (_OF_BATTLE, _EVERY),
    "reaction_quality": (_OF_REACTION, _EVERY),
    "rematch": (_OF_BATTLE, _EVERY),
    "footprint_result": (_OF_ANSWER, _EVERY),
    "footprint_figure": (_OF_ANSWER, ("UPDATE", "DELETE")),
}


def stop_notes(connection: Connection) -> None:
    """Take the triggers away while tables are changed: SQLite cannot rebuild a table that one of them names."""
    for name, _, _, _ in _triggers():
        is_sqlite = connection.dialect.name == "sqlite"
        drop = f"DROP TRIGGER IF EXISTS {name}" if is_sqlite else f"DROP FUNCTION IF EXISTS {name}() CASCADE"
        connection.exec_driver_sql(drop)


def start_notes(connection: Connection) -> None:
    """Make the triggers and note every battle, since a migration may have changed any."""
    is_sqlite = connection.dialect.name == "sqlite"
    for name, table, moment, note in _triggers():
        if is_sqlite:
            connection.exec_driver_sql(f"CREATE TRIGGER {name} AFTER {moment} ON {table} BEGIN {note} END")
        else:
            body = f"AS $note$ BEGIN {note} RETURN NULL; END $note$"
            connection.exec_driver_sql(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql {body}")
            when = f"AFTER {moment} ON {table} FOR EACH ROW"
            connection.exec_driver_sql(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {name}()")
    connection.exec_driver_sql("INSERT INTO census_change (battle_id) SELECT id FROM battle")


def _triggers() -> Iterator[tuple[str, str, str, str]]:
    """Of each trigger its name, its table, when it comes and what it does."""
    yield "note_battle_delete", "battle", "DELETE", _FORGET
    for table, (battle, moments) in _SOURCES.items():
        for moment in moments:
            found = battle.format(row="OLD" if moment == "DELETE" else "NEW")
            note = f"INSERT INTO census_change (battle_id) {found};"
            yield f"note_{table}_{moment.lower()}", table, moment, note
