"""Whatever happens to votes, in whatever order, the tally says what the votes say, on both databases."""

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from arena.domain.battle import Answer, AnswerStatus, Battle
from arena.domain.rematch import Rematch, RematchKind
from arena.domain.side import Side
from arena.domain.vote import Outcome
from arena.storage.battles import BattleStore
from arena.storage.standings import StandingStore
from arena.storage.visitors import VisitorStore

from .making import at, make_battle, make_vote
from .test_standings import ALL, EVER, counted_anew, hide, identity, raise_hands, show_too_much, tallied

PEOPLE = st.sampled_from(["anne", "bruno", "chloe"])
NUMBERS = st.integers(0, 5)
PAIRS = st.sampled_from([("m1", "m2"), ("m2", "m1"), ("m2", "m3")])


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("begin"), NUMBERS, PEOPLE, PAIRS, st.sampled_from(["ranked", "named", "demo", "rematch"])),
        st.tuples(st.just("vote"), NUMBERS, PEOPLE, st.sampled_from(Outcome)),
        st.tuples(st.just("tell"), NUMBERS, st.sampled_from(Side), st.booleans()),
        st.tuples(st.just("hide"), NUMBERS, st.booleans()),
        st.tuples(st.just("hands"), NUMBERS, st.lists(st.integers(0, 3), min_size=4, max_size=4)),
        st.tuples(st.just("show too much"), NUMBERS),
        st.tuples(st.just("erase"), PEOPLE),
        st.tuples(st.just("delete"), NUMBERS),
    ),
    max_size=25,
)


@given(STEPS)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_whatever_happens_the_tally_says_what_the_votes_say(
    store: BattleStore, engine: Engine, steps: list[tuple[Any, ...]]
) -> None:
    known: set[int] = set()
    standings = StandingStore(engine)
    for what, *details in steps:
        if what == "erase":
            VisitorStore(engine).erase(details[0], is_running=lambda _: False)
            known = {number for number in known if exists(engine, number)}
        elif what == "begin" and details[0] not in known:
            store.create_battle(battle_of(*details))
            known.add(details[0])
        elif what != "begin" and details[0] in known:
            happen(store, engine, what, *details)
            known = {number for number in known if exists(engine, number)}
    assert tallied(engine) == counted_anew(engine)
    assert standings.counted(ALL) == standings.counted(EVER)
    assert len(standings.cast(ALL).votes) == standings.counted(ALL).tally.total
    with engine.begin() as connection:  # for the next example
        connection.execute(text("DELETE FROM battle"))
    assert tallied(engine) == []


def battle_of(number: int, visitor: str, models: tuple[str, str], kind: str) -> Battle:
    battle = make_battle(
        identity(number), visitor_id=visitor, models=models, is_blind=kind != "named", is_demo=kind == "demo"
    )
    return replace(battle, rematch=Rematch(None, RematchKind.SHORTER, Side.A)) if kind == "rematch" else battle


def exists(engine: Engine, number: int) -> bool:
    with engine.connect() as connection:
        query = text("SELECT count(*) FROM battle WHERE id = :id")
        return bool(connection.execute(query, {"id": identity(number)}).scalar())


def happen(store: BattleStore, engine: Engine, what: str, number: int, *details: Any) -> None:
    if what == "vote":
        visitor, outcome = details
        store.cast_vote(make_vote(outcome, battle_id=identity(number), visitor_id=visitor), at(number))
    elif what == "tell":
        side, told = details
        answer = Answer("m", AnswerStatus.COMPLETE, text="…", self_named=told)
        store.save_answer(identity(number), 0, side, answer)
    elif what == "hide":
        hide(engine, number, hidden=bool(details[0]))
    elif what == "hands":
        raise_hands(engine, number, details[0])
    elif what == "show too much":
        show_too_much(engine, number)
    else:
        with engine.begin() as connection:
            connection.execute(text("DELETE FROM battle WHERE id = :id"), {"id": identity(number)})
