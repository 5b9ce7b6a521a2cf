"""What a dashboard says of raised hands: how many, and that nobody knows who changed their mind."""

import pytest

from arena.domain.ballot import hand
from arena.domain.census_taking import BattleFacts, census_of
from arena.domain.dashboard import Opinions, dashboard_of
from arena.domain.room import visitor_of_room
from arena.domain.round import BallotKind
from arena.domain.vote import Outcome
from arena.ui.opinion_tables import outcomes, reflections
from arena.ui.text import LOCALES, load_text
from tests.domain.counting import battle, said, ten_times


def opinions(*, hands: int = 0, second_hands: int = 0) -> Opinions:
    """Of a room with seven phones that voted and chose again."""
    voices = {f"phone-{number}": said(Outcome.A, Outcome.B) for number in range(7)}
    voices |= {hand("e", BallotKind.VOTE, number): said(Outcome.B) for number in range(hands)}
    voices |= {hand("e", BallotKind.SECOND_CHOICE, number): said(None, Outcome.A) for number in range(second_hands)}
    started = battle(visitor_of_room("e"))
    facts = BattleFacts(
        id=started.id,
        visitor_id=started.visitor_id,
        is_blind=True,
        is_demo=False,
        is_hidden=False,
        kept_side=None,
        models=started.models,
        said=voices,
    )
    found = dashboard_of(census_of([facts], ten_times)).opinions
    assert found is not None
    return found


@pytest.mark.parametrize("locale", LOCALES)
def test_hands_are_marked_where_votes_and_second_choices_are_shown(locale: str) -> None:
    text, told = load_text(locale), opinions(hands=8, second_hands=6)
    assert (told.outcomes["a"], told.outcomes["b"]) == (7, 8)
    assert text("dashboard.outcomes.hands", count=8) in outcomes(text, told)
    words = reflections(text, told)
    assert text("dashboard.alone.caption") in words
    assert text("dashboard.alone.hands", count=6) in words
    assert sum(count or 0 for count in told.switches.cells.values()) == 7


def test_without_hands_nothing_is_said_of_them() -> None:
    text, told = load_text("fr"), opinions()
    assert "main levée" not in outcomes(text, told) + reflections(text, told)
    assert text("dashboard.alone") not in reflections(text, told)


def test_second_choices_of_a_few_hands_are_not_broken_down() -> None:
    told = opinions(hands=8, second_hands=3)
    assert told.seconds_alone["a"] is None
