"""Censuses add up to what one count of everything gives, whoever took part in several."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from arena.domain.census import Cell, Census, Sum, add_sums, all_of, key_of, merge, parts_of, person
from arena.domain.census_taking import BattleFacts, census_of
from arena.domain.reflection import Bet, Need
from arena.domain.side import Side
from arena.domain.vote import Outcome
from tests.domain.counting import battle, said, ten_times

outcomes = st.sampled_from(Outcome)
opinions = st.builds(
    said,
    outcomes,
    st.none() | outcomes,
    bet=st.sampled_from((None, Bet(1), Bet(10, Side.A), Bet(30, Side.B))),
    need=st.none() | st.sampled_from(Need),
)
battles = st.lists(st.builds(battle, st.sampled_from("abcdefgh"), st.none() | opinions), max_size=30)


@given(battles, st.lists(st.integers(0, 30), max_size=3))
def test_parts_add_up_to_the_whole(facts: list[BattleFacts], cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(facts)]
    parts = [facts[start:end] for start, end in pairwise(edges)]
    together, whole = merge(census_of(part, ten_times) for part in parts), census_of(facts, ten_times)
    assert (together.people, together.cells, together.counts) == (whole.people, whole.cells, whole.counts)
    assert together.sums.keys() == whole.sums.keys()
    assert all(abs(one.low - whole.sums[key].low) < 1e-9 for key, one in together.sums.items())


@given(st.lists(st.frozensets(st.sampled_from("abcdefgh"), min_size=1, max_size=4), min_size=1))
def test_a_cell_knows_its_people_as_long_as_they_are_few(groups: list[frozenset[str]]) -> None:
    everybody = frozenset().union(*groups)
    found = all_of(Cell(1, group) for group in groups)
    assert found.count == len(groups)
    assert found.is_of_few is (len(everybody) < 5)
    assert found.people == (everybody if len(everybody) < 5 else None)


def test_an_empty_cell_is_not_of_few() -> None:
    assert not Cell(0).is_of_few


def test_a_key_gives_its_parts_back() -> None:
    assert parts_of(key_of("quality", "maker/model 1", "useful")) == ("quality", "maker/model 1", "useful")


def test_a_census_does_not_hold_the_identifier_of_a_visitor() -> None:
    census = census_of([battle("visitor-1", said(Outcome.A))], ten_times)
    assert census.people == {person("visitor-1")}
    assert "visitor-1" not in repr(census)


def test_sums_keep_their_answers_and_tokens() -> None:
    assert add_sums([Sum(1, 100, 0.1, 0.2, 0.3), Sum(2, 50, 0.2, 0.4, 0.6)]) == Sum(
        3, 150, 0.30000000000000004, 0.6000000000000001, 0.8999999999999999
    )


def test_nothing_adds_up_to_nothing() -> None:
    assert merge([]) == Census()
    assert merge([Census()]).count("battles") == 0
