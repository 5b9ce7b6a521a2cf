"""A room that played: one event with battles, votes and everything else that people can say, in a database."""

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import Engine

from arena.domain.catalogue import Catalogue
from arena.domain.reflection import Bet, Need
from arena.domain.rematch import Rematch, RematchKind
from arena.domain.side import Side
from arena.domain.vote import Outcome, Quality, Reaction
from arena.services.dashboards import Dashboards
from arena.storage.stores import Stores, stores_of
from tests.services.house import BIG1, SMALL1, footprint_service
from tests.storage.histories import make_event
from tests.storage.making import WRITTEN, at, make_battle, make_inputs, make_turn, make_values, make_vote

ROOM = "room"
ELSEWHERE = "elsewhere"
BETS = (Bet(1), Bet(3, Side.B), Bet(10, Side.B), Bet(100, Side.A))


def open_room(engine: Engine, people: int) -> tuple[Stores, Dashboards]:
    """An event in which each person played one battle, and another event that nobody came to."""
    make_event(engine, ROOM)
    make_event(engine, ELSEWHERE)
    stores = stores_of(engine, catalogue_version="cafe")
    for number in range(people):
        play(stores, number)
    return stores, dashboards_of(stores)


def dashboards_of(stores: Stores, is_running: Callable[[str], bool] = lambda _battle: False) -> Dashboards:
    """By default no battle is being written; a view waits until everything is counted."""
    catalogue = Catalogue({}, {one.id: one for one in (SMALL1, BIG1)})
    return Dashboards(stores, footprint_service(), catalogue, is_running, view_counts_s=60)


def play(stores: Stores, number: int, *, event_id: str = ROOM, prompt: str = "") -> str:
    """One battle of one person; the number decides what they say."""
    visitor_id = f"person-{number}"
    battle = make_battle(f"{number:032x}", visitor_id=visitor_id, models=(SMALL1.id, BIG1.id))
    turn = make_turn(prompt=prompt or f"Question {number} : pourquoi le ciel est-il bleu ?")
    kept = Rematch(None, RematchKind.SMALLER, Side.A) if number % 9 == 8 else None
    stores.battles.create_battle(replace(battle, event_id=event_id, turns=(turn,), rematch=kept))
    for side, model in zip(Side, (SMALL1, BIG1), strict=True):
        written = replace(WRITTEN, model_id=model.id, replaced=None, duration_s=3 + number % 7, first_token_s=0.3)
        stores.battles.save_answer(battle.id, 0, side, written)
        factor = 1 if side is Side.A else 40
        stores.footprints.save(battle.id, 0, side, make_inputs(), make_values(factor=factor))
    if number % 10 != 9:
        _speak(stores, battle.id, visitor_id, number)
    return battle.id


def _speak(stores: Stores, battle_id: str, visitor_id: str, number: int) -> None:
    vote = (Outcome.A, Outcome.B, Outcome.B, Outcome.BOTH_GOOD)[number % 4]
    then = Outcome.A if number % 3 == 0 else vote
    stores.battles.cast_vote(make_vote(vote, battle_id=battle_id, visitor_id=visitor_id), at(1))
    stores.battles.save_reaction(Reaction(battle_id, visitor_id, Side.B, True, frozenset({Quality.USEFUL})))
    stores.reflections.place_bet(battle_id, visitor_id, BETS[number % 4], at(2))
    stores.battles.reveal_footprints(battle_id, visitor_id, at(3))
    stores.reflections.choose_again(battle_id, visitor_id, then if number % 7 else None, at(4))
    stores.reflections.answer_need(battle_id, visitor_id, (Need.YES, Need.NO)[number % 2], at(5))
