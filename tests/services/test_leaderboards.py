"""Leaderboards: the room's own votes, with what few of them allow to say, beside what the models cost."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine

from arena.domain.battle import Answer, AnswerStatus
from arena.domain.catalogue import EndpointKind, Openness
from arena.domain.counted import LeftOut, StandingFilter
from arena.domain.footprint import Grade
from arena.domain.ranking import fit
from arena.domain.side import Side
from arena.domain.standing import Status
from arena.domain.vote import Outcome
from arena.domain.win_matrix import Met
from arena.services.leaderboards import Leaderboard, Leaderboards
from arena.storage.battles import BattleStore
from arena.storage.engine import open_engine
from arena.storage.standings import StandingStore
from tests.services.house import BIG1, SMALL1, SMALL2, footprint_service, line_up_of, model
from tests.storage.making import at, make_battle, make_vote

ALL = StandingFilter()
UNKNOWN = model("unsized", None)
CATALOGUE = line_up_of((SMALL1, SMALL2, BIG1, UNKNOWN), "https://example.org").catalogue


class Room:
    """A database with battles, each by a person of its own unless one is named."""

    def __init__(self, engine: Engine) -> None:
        self.store = BattleStore(engine)
        self.standings = StandingStore(engine)
        self.leaderboards = Leaderboards(self.standings, footprint_service(), CATALOGUE)
        self._numbers = count(1)

    def play(self, one: str, two: str, outcome: Outcome, *, times: int = 1, person: str | None = None) -> str:
        for number in range(times):
            battle_id = f"{next(self._numbers):032x}"
            who = person or f"person-{battle_id}"
            self.store.create_battle(make_battle(battle_id, visitor_id=who, models=(one, two)))
            self.store.cast_vote(make_vote(outcome, battle_id=battle_id, visitor_id=who), at(number))
        return battle_id

    @property
    def board(self) -> Leaderboard:
        return self.leaderboards.read(ALL)


@pytest.fixture
def room(tmp_path: Path, empty_database: Path) -> Iterator[Room]:
    (tmp_path / "arena.db").write_bytes(empty_database.read_bytes())
    engine = open_engine(f"sqlite:///{tmp_path}/arena.db")
    yield Room(engine)
    engine.dispose()


def test_models_are_ranked_with_intervals_and_their_status(room: Room) -> None:
    room.play("small1", "big1", Outcome.B, times=40)
    room.play("big1", "small1", Outcome.BOTH_GOOD, times=8)
    room.play("small2", "big1", Outcome.B, times=12)
    board = room.board
    assert [entry.model.id for entry in board.entries] == ["big1", "small2", "small1"]
    assert [entry.status for entry in board.entries] == [Status.ESTABLISHED, Status.PROVISIONAL, Status.PROVISIONAL]
    assert [entry.battles for entry in board.entries] == [60, 12, 48]
    assert [entry.participants for entry in board.entries] == [60, 12, 48]
    assert (board.votes, board.participants) == (60, 60)
    best = board.entries[0].standing
    assert best is not None
    assert 0.5 < best.share.low < best.share.value < best.share.high < 1
    assert (best.rank_low, best.rank, best.rank_high) == (1, 1, 1)
    assert board.matrix["big1", "small1"] == Met(48, 44 / 48)


def test_a_model_with_few_battles_has_counts_only_and_comes_last(room: Room) -> None:
    room.play("small1", "big1", Outcome.A, times=15)
    room.play("small2", "small1", Outcome.A, times=9)
    *ranked, last = room.board.entries
    assert [entry.model.id for entry in ranked] == ["small1", "big1"]
    assert (last.model.id, last.battles, last.status, last.standing) == ("small2", 9, Status.COUNTS_ONLY, None)
    assert {entry.standing.rank_high for entry in ranked if entry.standing} <= {1, 2}
    assert "small2" not in {point.model for point in room.board.trade_offs}


def test_thirty_votes_do_not_make_an_undefeated_model_a_giant(room: Room) -> None:
    room.play("small1", "big1", Outcome.A, times=10)
    room.play("small2", "big1", Outcome.A, times=10)
    room.play("small2", "big1", Outcome.B, times=10)
    best = room.board.entries[0].standing
    assert best is not None
    assert best.model == "small1"
    assert best.rating.value < 1200
    assert best.rating.high - best.rating.low > 150


def test_many_votes_of_one_person_count_for_less(room: Room) -> None:
    for number in range(12):
        outcome = Outcome.A if number % 3 else Outcome.B
        room.play("small1", "big1", outcome, times=25, person=f"stubborn-{number}")
    best, board = room.board.entries[0].standing, room.board
    assert best is not None
    assert (best.model, board.votes, board.participants) == ("small1", 300, 12)
    alone = fit(np.array([[0, 100], [200, 0]], dtype=np.float64)).shares()[1]
    assert best.share.value == pytest.approx(alone.value)
    assert best.share.high - best.share.low > 1.5 * (alone.high - alone.low)


def test_what_is_left_out_is_counted_and_listed(room: Room) -> None:
    battle_id = room.play("small1", "big1", Outcome.A)
    told = Answer("small1", AnswerStatus.COMPLETE, text="Je suis…", self_named=True)
    room.store.save_answer(battle_id, 0, Side.A, told)
    board = room.board
    assert (board.votes, board.left_out, board.named_themselves) == (0, {LeftOut.SELF_NAMED: 1}, {"small1": 1})
    assert board.entries == ()


def test_energy_stands_beside_preference_with_a_range_a_grade_and_a_method(room: Room) -> None:
    room.play("small1", "big1", Outcome.B, times=12)
    big, small = room.board.entries
    assert big.energy is not None
    assert small.energy is not None
    assert (small.energy.grade, big.energy.grade) == (Grade.C, Grade.C)
    assert small.energy.band is not None
    assert big.energy.band is not None
    assert small.energy.band.low < small.energy.band.central < small.energy.band.high
    assert small.energy.band.central < big.energy.band.central
    assert small.energy.method == footprint_service().method
    assert room.board.front == {"small1", "big1"}


def test_a_model_that_is_preferred_for_less_energy_leaves_the_other_off_the_front(room: Room) -> None:
    room.play("small1", "big1", Outcome.A, times=12)
    board = room.board
    assert {point.model for point in board.trade_offs} == {"small1", "big1"}
    assert board.front == {"small1"}


def test_a_model_without_a_figure_is_ranked_and_not_placed_beside_energy(room: Room) -> None:
    room.play("unsized", "gone-since", Outcome.A, times=12)
    unsized, gone = room.board.entries
    assert unsized.energy is not None
    assert (unsized.energy.band, unsized.energy.no_figure) == (None, "footprint.none.unknown_size")
    assert gone.energy is None
    assert gone.model.display_name == "gone-since"
    assert room.board.trade_offs == ()


def test_a_model_server_nearby_has_no_estimate(room: Room) -> None:
    local = line_up_of((SMALL1, BIG1), "http://127.0.0.1", kind=EndpointKind.LOCAL).catalogue
    room.play("small1", "big1", Outcome.A, times=12)
    board = Leaderboards(room.standings, footprint_service(), local).read(ALL)
    assert [entry.energy and entry.energy.no_figure for entry in board.entries] == ["footprint.none.local"] * 2


def test_an_empty_arena_has_an_empty_leaderboard(room: Room) -> None:
    board = room.board
    assert (board.entries, board.votes, board.participants, board.front) == ((), 0, 0, frozenset())


def test_beyond_many_votes_people_are_a_sample_and_not_counted(room: Room) -> None:
    room.play("small1", "big1", Outcome.A, times=30)
    few = Leaderboards(room.standings, footprint_service(), CATALOGUE, most_cast=10).read(ALL)
    assert (few.votes, few.participants, few.entries[0].participants) == (30, None, None)
    assert few.entries[0].standing is not None


async def test_a_page_reads_it_off_the_event_loop(room: Room) -> None:
    await asyncio.to_thread(room.play, "small1", "big1", Outcome.A, times=12)
    board = await room.leaderboards.of(StandingFilter(locale="fr"))
    assert (board.votes, board.wanted) == (12, StandingFilter(locale="fr"))


def test_a_model_that_fewer_than_five_people_voted_on_has_counts_only(room: Room) -> None:
    room.play("small1", "big1", Outcome.A, times=12)
    for person in range(4):
        room.play("small2", "big1", Outcome.A, times=5, person=f"busy-{person}")
    board = room.board
    assert [(entry.model.id, entry.standing is None, entry.is_of_few) for entry in board.entries] == [
        ("small1", False, False),
        ("big1", False, False),
        ("small2", True, True),
    ]
    assert {entry.standing.rank_high for entry in board.entries if entry.standing} <= {1, 2}
    assert not board.is_of_few


def test_what_fewer_than_five_people_voted_is_of_few(room: Room) -> None:
    for person in range(4):
        room.play("small1", "big1", Outcome.A, times=5, person=f"busy-{person}")
    assert room.board.is_of_few
    assert [entry.standing for entry in room.board.entries] == [None, None]
    assert set(room.board.matrix.values()) == {None}
    room.play("small1", "big1", Outcome.A)
    assert not room.board.is_of_few
    assert room.board.entries[0].standing is not None


def test_in_a_sample_the_people_of_a_rare_model_are_counted_all_the_same(room: Room) -> None:
    room.play("small1", "big1", Outcome.A, times=60)
    room.play("small2", "big1", Outcome.A, times=10)
    for person in range(4):
        room.play("unsized", "big1", Outcome.A, times=3, person=f"busy-{person}")
    board = Leaderboards(room.standings, footprint_service(), CATALOGUE, most_cast=6).read(ALL)
    few = {entry.model.id: entry.is_of_few for entry in board.entries}
    assert few == {"small1": False, "small2": False, "big1": False, "unsized": True}
    assert [entry.participants for entry in board.entries] == [None] * 4


def test_with_an_openness_models_are_placed_among_themselves_and_all_votes_weigh(room: Room) -> None:
    catalogue = replace(
        CATALOGUE, models={**CATALOGUE.models, "big1": replace(CATALOGUE.models["big1"], openness=Openness.CLOSED)}
    )
    leaderboards = Leaderboards(room.standings, footprint_service(), catalogue)
    room.play("small1", "big1", Outcome.B, times=12)
    room.play("small2", "big1", Outcome.A, times=12)
    everything, opened = leaderboards.read(ALL), leaderboards.read(ALL, Openness.OPEN_WEIGHTS)
    assert [(one.model.id, one.standing and one.standing.rank) for one in opened.entries] == [
        ("small2", 1),
        ("small1", 2),
    ]
    assert opened.votes == everything.votes == 24
    shares = {one.model.id: one.standing.share.value for one in everything.entries if one.standing}
    assert {one.model.id: one.standing.share.value for one in opened.entries if one.standing} == {
        model: shares[model] for model in ("small1", "small2")
    }
    alone = leaderboards.read(ALL, Openness.CLOSED)
    assert [(one.model.id, one.standing) for one in alone.entries] == [("big1", None)]


def test_the_host_is_named_unless_it_is_a_server_nearby(room: Room) -> None:
    local = line_up_of((SMALL1, BIG1), "http://127.0.0.1", kind=EndpointKind.LOCAL).catalogue
    room.play("small1", "gone-since", Outcome.A, times=12)
    assert [entry.host for entry in room.board.entries] == ["Xylofer Hosting", None]
    board = Leaderboards(room.standings, footprint_service(), local).read(ALL)
    assert [entry.host for entry in board.entries] == [None, None]
