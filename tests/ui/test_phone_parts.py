"""What phones of a room show at each step."""

import re
from dataclasses import replace

import pytest

from arena.domain.ballot import Ballot, Tally
from arena.domain.battle import AnswerStatus
from arena.domain.event import EventState, Moderation
from arena.domain.reflection import Bet
from arena.domain.room import Room, RoomState
from arena.domain.round import BallotKind, Step
from arena.domain.side import Side
from arena.domain.vote import Outcome
from arena.services.live_room import RoomView
from arena.ui.phone_fragments import PhoneFragments
from arena.ui.phone_parts import phone_parts
from arena.ui.phone_results import own_lines
from arena.ui.phone_shell import phone_shell
from arena.ui.room_following import Parts
from arena.ui.room_phone import phone_data
from arena.ui.text import load_text
from tests.ui.reveals import HOSTILE, NOW, footprint_service, words_of
from tests.ui.room_sights import battle_at, event, room_at, with_room
from tests.ui.screen_views import QUESTION

LOCALES = ("fr", "en")
FRENCH = load_text("fr")
ALWAYS = {"title", "lead"}
SHOWN = {
    Step.WAITING: set(),
    Step.PROMPT: {"prompt"},
    Step.BET: {"prompt", "ask"},
    Step.ANSWERS: {"prompt", "first", "second", "jumps"},
    Step.VOTE: {"prompt", "first", "second", "ask", "jumps"},
    Step.CLOSED: {"prompt", "first", "second", "result"},
    Step.FOOTPRINTS: {"prompt", "first", "second", "result", "comparison", "figures", "basis"},
    Step.SECOND_CHOICE: {"prompt", "first", "second", "result", "comparison", "figures", "basis", "ask", "jumps"},
    Step.NAMES: {"prompt", "first", "second", "result", "comparison", "figures", "basis", "names"},
    Step.DEBATE: {"prompt", "first", "second", "result", "comparison", "figures", "basis", "names"},
}
SEVEN = Tally(
    votes={Outcome.A: 4, Outcome.B: 2, Outcome.BOTH_BAD: 1},
    second_choices={Outcome.A: 6},
    hands={BallotKind.VOTE: 3},
)


def parts_of(view: RoomView, locale: str = "fr", first: Side = Side.A) -> Parts:
    return phone_parts(view, load_text(locale), first, footprint_service().equivalents_of)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("step", Step)
def test_each_step_shows_its_own_parts_and_no_more(step: Step, locale: str) -> None:
    parts = parts_of(room_at(step), locale)
    assert set(parts) == ALWAYS | SHOWN[step]
    assert words_of(parts["title"]) == load_text(locale)(f"room.step.{step}")


@pytest.mark.parametrize("step", Step)
def test_what_people_and_models_write_stays_text(step: Step) -> None:
    view = room_at(step, prompt=HOSTILE, texts={"a": HOSTILE, "b": f"[x](javascript:alert(1)) {HOSTILE}"})
    view = replace(view, event=replace(view.event, settings=replace(view.event.settings, title=HOSTILE)))
    everything = "".join(parts_of(view).values()) + phone_shell(FRENCH, view.event, "key")
    assert "<script" not in everything
    assert 'href="javascript' not in everything
    assert "&lt;script&gt;" in everything


@pytest.mark.parametrize("step", [step for step in Step if not step.has_come_to(Step.NAMES)])
def test_no_model_is_named_before_the_names(step: Step) -> None:
    everything = "".join(parts_of(room_at(step)).values())
    for name in ("Zorblax", "Quuxcorp", "Flarn", "Wibbleworks", "Xylofer", "SWE", "Suède"):
        assert name not in everything


def test_labels_stay_and_only_the_order_is_each_ones_own() -> None:
    view = room_at(Step.VOTE)
    mine, yours = parts_of(view, first=Side.A), parts_of(view, first=Side.B)
    assert (mine["first"], mine["second"]) == (yours["second"], yours["first"])
    order = [re.findall(r'data-value="(\w+)"', parts["ask"]) for parts in (mine, yours)]
    assert order == [["a", "both_good", "both_bad", "b"], ["b", "both_good", "both_bad", "a"]]


def test_the_ranges_are_the_same_before_and_after_the_names() -> None:
    """They are most of what a phone hears, and are sent once."""
    before, after = parts_of(room_at(Step.FOOTPRINTS)), parts_of(room_at(Step.NAMES))
    assert before["figures"] == after["figures"]
    assert FRENCH("reveal.footprints.still_blind") in words_of(before["comparison"])
    assert FRENCH("reveal.footprints.still_blind") not in words_of(after["comparison"])


def test_every_bet_is_one_tap_away() -> None:
    assert re.findall(r'data-value="(\w+)"', parts_of(room_at(Step.BET))["ask"]) == ["same", "3", "10", "30", "100"]


def test_a_result_has_shares_with_their_range_and_says_what_came_from_hands() -> None:
    words = words_of(parts_of(room_at(Step.CLOSED, tally=SEVEN))["result"])
    assert re.search(r"A est meilleure 57.%, entre 25.% et 84.%", words)
    assert "Dont 3 à main levée." in words


def test_few_people_are_counted_and_not_broken_down() -> None:
    result = parts_of(room_at(Step.CLOSED, tally=Tally(votes={Outcome.A: 3, Outcome.B: 1})))["result"]
    assert "meilleure" not in result
    assert words_of(FRENCH("phone.result.few", count=4, fewest=5)) in words_of(result)


def test_a_hidden_result_is_not_sent() -> None:
    result = parts_of(with_room(room_at(Step.CLOSED, tally=SEVEN), hides_results=True))["result"]
    assert "57" not in result
    assert FRENCH("phone.result.hidden") in words_of(result)


def test_what_i_said_is_shown_once_it_is_closed() -> None:
    ballot = Ballot(Side.A, Bet(30), Outcome.B, Outcome.BOTH_GOOD)
    said = {step: words_of(own_lines(room_at(step), FRENCH, ballot)) for step in Step}
    assert said[Step.VOTE] == ""
    assert "B est meilleure" in said[Step.CLOSED]
    assert "30 fois plus" not in said[Step.CLOSED]
    assert "30 fois plus" in said[Step.FOOTPRINTS]
    assert "L’estimation" in said[Step.FOOTPRINTS]
    assert "Les deux se valent" not in said[Step.SECOND_CHOICE]
    assert "Les deux se valent" in said[Step.NAMES]
    nothing = words_of(own_lines(room_at(Step.NAMES), FRENCH, Ballot(Side.A)))
    assert nothing.strip() == FRENCH("phone.own.none")


def test_a_side_that_did_not_end_well_says_so_and_no_more() -> None:
    view = room_at(Step.VOTE)
    assert view.battle is not None
    turn = view.battle.turns[0]
    broken = replace(turn.answers[Side.B], status=AnswerStatus.TRUNCATED, error_key="error.endpoint.quota")
    battle = replace(view.battle, turns=(replace(turn, answers={**turn.answers, Side.B: broken}),))
    words = words_of(parts_of(replace(view, battle=battle))["second"])
    assert FRENCH("answer.status.truncated", side="B") in words
    assert FRENCH("error.endpoint") in words


def test_answers_that_nobody_writes_now_are_labelled() -> None:
    view = room_at(Step.ANSWERS)
    assert view.state.round is not None
    recorded = replace(view, state=replace(view.state, round=replace(view.state.round, recorded_at=NOW)))
    assert "Duel enregistré le 25/11/2026" in words_of(parts_of(recorded)["prompt"])
    demo = replace(view, battle=replace(battle_at(view.state.round.stage), is_demo=True))
    assert words_of(FRENCH("demo.notice")) in words_of(parts_of(demo)["prompt"])


@pytest.mark.parametrize("locale", LOCALES)
def test_a_room_that_is_shut_and_a_meeting_that_is_not_open_say_so_and_ask_nothing(locale: str) -> None:
    vote = room_at(Step.VOTE)
    shut = with_room(vote, is_open=False)
    places = {
        "room": shut,
        **{state: replace(vote, event=event(state=EventState(state))) for state in ("draft", "closed")},
    }
    for place, view in places.items():
        parts = parts_of(view, locale)
        assert parts.keys() == ALWAYS
        assert words_of(parts["title"]) == load_text(locale)(f"phone.closed.{place}")
        assert phone_data(view, Ballot(Side.A))["round"] is None


def test_before_any_round_a_phone_waits() -> None:
    view = replace(room_at(Step.VOTE), state=RoomState(Room("e" * 32, is_open=True)), battle=None)
    assert parts_of(view).keys() == ALWAYS
    assert phone_data(view, Ballot(Side.A))["own"] is None


def test_children_get_words_of_their_own() -> None:
    school = phone_shell(FRENCH, event(moderation=Moderation.SCHOOL), "key")
    assert FRENCH("phone.consent.school") in words_of(school)
    assert FRENCH("phone.consent.school") not in words_of(phone_shell(FRENCH, event(), "key"))


@pytest.mark.parametrize("locale", LOCALES)
def test_the_lines_on_consent_take_at_most_eighty_words(locale: str) -> None:
    for key in ("phone.consent", "phone.consent.school"):
        assert len(re.findall(r"[\w’'-]+", load_text(locale)(key))) <= 80


def test_phones_that_show_the_same_share_it_until_the_room_is_read_again() -> None:
    fragments, found = PhoneFragments(), footprint_service().equivalents_of
    view = room_at(Step.VOTE)
    one = fragments.of(view, FRENCH, Side.A, found)
    assert fragments.of(replace(view, counts=view.counts), FRENCH, Side.A, found) is one
    assert fragments.of(view, FRENCH, Side.B, found) is not one
    assert fragments.of(room_at(Step.VOTE), FRENCH, Side.A, found) is not one


def test_of_many_rooms_only_the_latest_are_kept() -> None:
    fragments, found = PhoneFragments(), footprint_service().equivalents_of
    first = room_at(Step.PROMPT)
    shown = fragments.of(first, FRENCH, Side.A, found)
    for number in range(20):
        other = room_at(Step.PROMPT)
        fragments.of(replace(other, event=replace(other.event, id=str(number))), FRENCH, Side.A, found)
    assert fragments.of(first, FRENCH, Side.A, found) is not shown


@pytest.mark.parametrize("locale", LOCALES)
def test_the_question_of_the_debate_is_that_of_the_screen(locale: str) -> None:
    parts = parts_of(room_at(Step.DEBATE, question=QUESTION), locale)
    assert QUESTION.words[locale] in words_of(parts["debate"])
    assert "debate" not in parts_of(room_at(Step.NAMES), locale)
