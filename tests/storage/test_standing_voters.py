"""The people behind votes: those of one model, and all of them where few votes count."""

from sqlalchemy import Engine

from arena.domain.vote import Outcome
from arena.storage.battles import BattleStore
from arena.storage.standings import StandingStore

from .making import make_battle
from .test_standings import ALL, EVER, hide, identity, play


def test_the_people_behind_a_model_are_counted_up_to_a_number(store: BattleStore, engine: Engine) -> None:
    standings = StandingStore(engine)
    play(store, 1, Outcome.A, voters=("anne", "bruno", "chloe"))
    play(store, 2, Outcome.B, battle=make_battle(identity(2), visitor_id="anne", models=("other-model", "big-model")))
    play(store, 3, Outcome.A, voters=("erik",), battle=make_battle(identity(3), is_demo=True))
    counts = [standings.voters_of(model, EVER, most=3) for model in ("small-model", "other-model", "unknown")]
    assert counts == [3, 1, 0]
    assert standings.voters_of("small-model", ALL, most=2) == 2
    hide(engine, 1, hidden=True)
    assert standings.voters_of("big-model", ALL, most=3) == 1


def test_few_votes_are_all_read_and_many_are_sampled_by_people(store: BattleStore, engine: Engine) -> None:
    standings = StandingStore(engine)
    play(store, 1, Outcome.A, voters=("anne", "bruno", "chloe"))
    play(store, 2, Outcome.B, voters=("anne", "bruno"))
    everything, sampled = standings.cast(ALL, most=5, counted=5), standings.cast(ALL, most=3, counted=5)
    assert sorted(everything.votes) == sorted(standings.cast(ALL).votes)
    assert (len(everything.votes), everything.is_sample) == (5, False)
    assert ({vote.visitor_id for vote in sampled.votes}, sampled.is_sample) == ({"anne"}, True)
    assert everything.people_by_pair() == {frozenset(("small-model", "big-model")): {"anne", "bruno", "chloe"}}
