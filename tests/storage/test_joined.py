"""Rows of several tables in one SELECT come apart again, with their columns by name."""

import sqlalchemy as sa
from sqlalchemy import Engine

from arena.storage.battles import BattleStore
from arena.storage.joined import Joined
from arena.storage.rows import AnswerRow, RematchRow, TurnRow
from arena.storage.transactions import reading, run, table_of
from tests.storage.making import make_turn

TURN, ANSWER, REMATCH = table_of(TurnRow), table_of(AnswerRow), table_of(RematchRow)


def test_each_table_has_its_own_columns_also_where_names_are_the_same(
    engine: Engine, store: BattleStore, battle_id: str
) -> None:
    store.add_turn(battle_id, make_turn(1, prompt="Et la nuit ?"))
    joined = Joined(TurnRow, AnswerRow)
    query = sa.select(*joined.columns).join_from(TURN, ANSWER, ANSWER.c.turn_id == TURN.c.id).order_by(ANSWER.c.id)
    with reading(engine) as session:
        parts = [joined.split(row) for row in run(session, query)]
    assert all(answer.turn_id == turn.id for turn, answer in parts if turn and answer)
    assert [turn.index for turn, _ in parts if turn] == [0, 0, 1, 1]
    assert [answer.side for _, answer in parts if answer] == ["a", "b", "a", "b"]
    assert len({answer.id for _, answer in parts if answer}) == 4


def test_what_an_outer_join_does_not_find_is_none(engine: Engine, battle_id: str) -> None:
    joined = Joined(TurnRow, RematchRow)
    query = sa.select(*joined.columns).outerjoin_from(TURN, REMATCH, REMATCH.c.battle_id == TURN.c.battle_id)
    with reading(engine) as session:
        turn, rematch = joined.split(run(session, query).one())
    assert turn is not None
    assert (turn.battle_id, rematch) == (battle_id, None)
