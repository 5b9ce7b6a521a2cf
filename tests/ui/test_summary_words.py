"""The words of a summary for rounds of a room: what was shared is told apart, and a bet on the gap is no tie."""

from dataclasses import replace

import pytest

from arena.domain.battle import RevealStage
from arena.domain.reflection import Bet, Reflections
from arena.domain.side import Side
from arena.domain.summary import PastAnswer, PastBattle, summarise
from arena.domain.vote import Outcome
from arena.services.summaries import SummaryLine, SummaryView
from arena.ui.summary_words import SummaryWords, words_of
from arena.ui.text import LOCALES, load_text
from tests.storage.making import at
from tests.ui.synthetic_events import footprint

ROUND = PastBattle(
    id="x",
    created_at=at(0),
    prompt="Pourquoi ?",
    is_demo=False,
    is_rematch=False,
    stage=RevealStage.FOOTPRINTS,
    vote=Outcome.A,
    reflections=Reflections(bet=Bet(10)),
    answers=tuple(PastAnswer(0, side, footprint()) for side in Side),
    round_number=3,
)


def words(*battles: PastBattle, locale: str = "fr") -> SummaryWords:
    lines = tuple(SummaryLine(battle, {}, None) for battle in battles)
    return words_of(load_text(locale), SummaryView(summarise(battles), lines))


@pytest.mark.parametrize("locale", LOCALES)
def test_what_the_room_used_is_told_apart(locale: str) -> None:
    text, told = load_text(locale), words(ROUND, locale=locale)
    caused, shared = told.balances
    assert caused.accounts == ()
    assert (shared.heading, shared.notes[0]) == (text("summary.shared"), text("summary.shared.why"))
    assert [amount.answers for amount in shared.accounts[0].amounts] == [2, 2, 2]
    assert told.lead == text("summary.lead.rounds", count=1)
    assert (text("summary.round"), text("summary.round.number", number=3)) in told.battles[0].facts


def test_own_duels_are_counted_without_the_rounds() -> None:
    own = replace(ROUND, round_number=None)
    text = load_text("fr")
    assert words(own, ROUND).lead == f"{text('summary.lead', count=1)} {text('summary.lead.rounds', count=1)}"
    assert words(own).lead == text("summary.lead", count=1)


def test_a_bet_on_the_gap_alone_is_no_bet_on_a_tie() -> None:
    text = load_text("fr")
    facts = dict(words(ROUND).battles[0].facts)
    assert text("bet.gap", factor=10) in facts[text("summary.bet")]
    tie = dict(words(replace(ROUND, reflections=Reflections(bet=Bet(1)))).battles[0].facts)
    assert text("bet.same") in tie[text("summary.bet")]


def test_recorded_answers_are_in_no_sum_and_have_their_date() -> None:
    recorded = replace(ROUND, recorded_at=at(-9e6))
    told = words(recorded)
    assert len(told.balances) == 1
    assert load_text("fr")("summary.recorded") in dict(told.battles[0].facts)
