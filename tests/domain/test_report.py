"""The numbers of a report: withheld for few people, counted once, by hand where a hand can."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.domain.event_results import EventResults, HeldBattle, Leaning, Voice
from arena.domain.reflection import Need, SecondChoice
from arena.domain.report import FREE, Change, Disagreement, Report, Split, Withheld, report_of
from arena.domain.report_results import NAMES, named_results, result_names
from arena.domain.round import BallotKind
from arena.domain.side import Side
from arena.domain.statistics import mcnemar_exact, wilson
from arena.domain.told_round import ToldRound
from arena.domain.vote import Outcome
from tests.storage.making import at
from tests.ui.synthetic_events import EVENTS

A, B, GOOD, BAD = Outcome.A, Outcome.B, Outcome.BOTH_GOOD, Outcome.BOTH_BAD


def battle(number: int, *voices: Voice, prompt: str = "Pourquoi ?", more: Side | None = Side.B) -> HeldBattle:
    """A battle that the first voice, or a person of its own, started; A took less energy."""
    visitor_id = voices[0].visitor_id if voices else f"asker-{number}"
    return HeldBattle(
        id=f"battle-{number}",
        visitor_id=visitor_id,
        created_at=at(number),
        prompt=prompt,
        theme=None,
        is_blind=True,
        voices=voices,
        more=more,
    )


def voice(number: int, vote: Outcome, second: Outcome | None = None, **changes: object) -> Voice:
    chosen = None if second is None else SecondChoice(second)
    return replace(Voice(f"visitor-{number}", vote, chosen), **changes)  # type: ignore[arg-type]


def report(*battles: HeldBattle, demo: int = 0) -> Report:
    return report_of(EventResults("event", "Café IA", "", date(2026, 3, 14), battles, demo))


def votes_of(*outcomes: Outcome) -> tuple[HeldBattle, ...]:
    return tuple(battle(number, voice(number, outcome)) for number, outcome in enumerate(outcomes))


@pytest.mark.parametrize(
    ("outcome", "more", "leaning"),
    [
        (A, Side.B, Leaning.LESS),
        (B, Side.B, Leaning.MORE),
        (A, Side.A, Leaning.MORE),
        (A, None, Leaning.ONE),
        (GOOD, Side.B, Leaning.BOTH_GOOD),
        (BAD, None, Leaning.BOTH_BAD),
    ],
)
def test_a_vote_leans_by_energy_whichever_side_it_names(outcome: Outcome, more: Side | None, leaning: Leaning) -> None:
    assert battle(0, more=more).leaning(outcome) is leaning


def test_nobody_is_nothing_and_four_people_are_too_few() -> None:
    empty = report()
    assert {empty.themes, empty.votes, empty.change, empty.disagreement} == {Withheld.NOTHING}
    few = report(*votes_of(A, B, A, A))
    assert (few.themes, few.votes, few.change) == (Withheld.FEW, Withheld.FEW, Withheld.NOTHING)
    assert (few.people, few.battles, few.votes_cast, few.prompts) == (4, 4, 4, ())


def test_one_person_with_many_votes_is_still_one_person() -> None:
    told = report(*(battle(number, voice(0, A, B)) for number in range(20)))
    assert (told.people, told.votes_cast) == (1, 20)
    assert {told.themes, told.votes, told.change, told.disagreement} == {Withheld.FEW}


def test_five_people_are_enough() -> None:
    told = report(*votes_of(A, A, B, GOOD, BAD))
    assert told.votes == Split({"less": 2, "more": 1, "both_good": 1, "both_bad": 1}, 5)


def test_choices_that_are_not_blind_and_rematches_are_asked_and_not_counted() -> None:
    counted = votes_of(A, A, A, A, A)
    chosen = replace(battle(8, voice(8, B)), is_blind=False)
    again = replace(battle(9, voice(9, B)), kept_side=Side.A)
    told = report(*counted, chosen, again)
    assert told.votes == Split({"less": 5}, 5)
    assert (told.battles, told.people, told.votes_cast) == (7, 7, 5)


def test_a_change_is_counted_with_its_interval_and_its_two_ways() -> None:
    seconds = [(B, A), (B, A), (B, A), (A, B), (A, A), (GOOD, A), (B, GOOD), (A, A)]
    told = report(*(battle(number, voice(number, *pair)) for number, pair in enumerate(seconds)))
    change = told.change
    assert isinstance(change, Change)
    assert change.before.counts == {"less": 3, "more": 4, "both_good": 1}
    assert change.after.counts == {"less": 6, "more": 1, "both_good": 1}
    assert (change.switched, change.to_less, change.to_more) == (wilson(6, 8), 4, 1)
    assert change.p_value == pytest.approx(0.375)  # 2 (1 + 5) / 2^5


def test_a_skipped_second_choice_changes_nothing() -> None:
    skipped = battle(9, Voice("visitor-9", B, SecondChoice(None)))
    told = report(*(battle(number, voice(number, A, A)) for number in range(5)), skipped)
    assert isinstance(told.change, Change)
    assert (told.change.switched.count, told.change.switched.total, told.change.after.people) == (0, 5, 5)


def test_a_move_between_two_of_one_order_is_a_change_without_a_way() -> None:
    told = report(*(battle(number, voice(number, A, B), more=None) for number in range(5)))
    assert isinstance(told.change, Change)
    assert (told.change.switched.count, told.change.to_less, told.change.to_more) == (5, 0, 0)
    assert told.change.p_value == 1


def test_the_intervals_are_the_published_ones() -> None:
    one_of_ten = wilson(1, 10)
    assert one_of_ten.low == pytest.approx(0.0179, abs=1e-4)
    assert one_of_ten.high == pytest.approx(0.4042, abs=1e-4)
    assert mcnemar_exact(0, 0) == 1
    assert mcnemar_exact(0, 6) == pytest.approx(2 / 64)


def test_a_battle_for_all_is_split_by_its_sides() -> None:
    shared = battle(50, *(voice(number, vote) for number, vote in enumerate([A, A, B, B, B, GOOD])), prompt="La nuit ?")
    told = report(shared, *votes_of(A))
    found = told.disagreement
    assert found == Disagreement("La nuit ?", Split({"a": 2, "both_good": 1, "b": 3}, 6), is_shared=True)
    assert isinstance(found, Disagreement)
    assert found.split.disagreement == pytest.approx(1 - (2 + 6) / 30)


def test_a_question_asked_five_times_is_split_by_the_kind_of_answer() -> None:
    same = [battle(number, voice(number, A), prompt="Même avis ?") for number in range(5)]
    split = [battle(number, voice(number, [A, B][number % 2]), prompt=" Avis ? ") for number in range(10, 16)]
    rare = [battle(20, voice(20, BAD), prompt="Seul ?")]
    found = report(*same, *split, *rare).disagreement
    assert found == Disagreement("Avis ?", Split({"less": 3, "more": 3}, 6), is_shared=False)


def test_questions_of_few_people_are_not_compared() -> None:
    told = report(*(battle(number, voice(number, A), prompt=f"Question {number}") for number in range(9)))
    assert told.disagreement is Withheld.FEW


def test_personal_data_and_emptied_texts_are_never_quoted() -> None:
    mail = [battle(number, voice(number, A), prompt="Écris à anne@exemple.fr") for number in range(6)]
    gone = [replace(battle(number, voice(number, B), prompt=""), is_purged=True) for number in range(6, 12)]
    told = report(*mail, *gone)
    assert (told.prompts, told.disagreement, told.has_purged) == ((), Withheld.FEW, True)


def test_a_few_prompts_are_quoted_the_most_asked_first_and_of_several_themes() -> None:
    asked = [
        ("nature", "Le ciel ?"),
        ("nature", "La mer ?"),
        (None, "Libre ?"),
        ("debat", "La nuit ?"),
        (None, "Seul ?"),
    ]
    held = [replace(battle(number, prompt=prompt), theme=theme) for number, (theme, prompt) in enumerate(asked * 2)]
    told = report(*held, replace(battle(99, prompt="La mer ?"), theme="nature"))
    assert told.prompts == ("La mer ?", "La nuit ?", "Le ciel ?", "Libre ?")
    assert told.themes == (("nature", 5), (FREE, 4), ("debat", 2))


def test_named_results_leave_out_what_is_withheld() -> None:
    event = EVENTS["four_people"]
    told = named_results(report_of(event), event)
    assert set(told) == {
        "people", "battles", "votes", "no_figure_rate", "supposed_rate", "measured_rate", "avoided_answers",
    }  # fmt: skip


def test_named_results_are_shares() -> None:
    event = EVENTS["thirty_people"]
    told = named_results(report_of(event), event)
    assert set(told) <= set(
        result_names(["quotidien", "ecrire", "monde", "nature", "culture", "debat", "numerique"])
    ) | {"theme_travail"}
    assert set(NAMES) <= set(told)
    assert told["switch_rate"] == pytest.approx(4 / 25)
    assert told["avoided_answers"] == 2
    assert told["measured_rate"] == pytest.approx(1 / 64)
    assert sum(share for name, share in told.items() if name.startswith("theme_")) == pytest.approx(1)


def test_what_was_said_of_the_need_waits_for_five_people() -> None:
    def told(people: int) -> object:
        held = tuple(battle(n, voice(n, A, need=Need.YES if n else Need.NO)) for n in range(people))
        results = EventResults("event", "Café IA", "", date(2026, 3, 14), held)
        return named_results(report_of(results), results).get("without_ai_rate")

    assert told(4) is None
    assert told(5) == pytest.approx(4 / 5)


choices = st.tuples(st.integers(0, 7), st.sampled_from(Outcome), st.sampled_from([None, *Outcome]))


@given(st.lists(choices, max_size=30))
def test_nothing_is_broken_down_for_fewer_than_five(said: list[tuple[int, Outcome, Outcome | None]]) -> None:
    told = report(*(battle(place, voice(*one)) for place, one in enumerate(said)))
    splits = [told.votes]
    splits += [told.change.before, told.change.after] if isinstance(told.change, Change) else []
    splits += [told.disagreement.split] if isinstance(told.disagreement, Disagreement) else []
    for split in splits:
        assert isinstance(split, Withheld) or (split.people >= 5 and split.total >= split.people)
    if isinstance(told.votes, Split):
        assert told.votes.total == told.votes_cast == len(said)


def told_round(number: int) -> ToldRound:
    (found,) = [one for one in report_of(EVENTS["three_rounds"]).rounds if one.number == number]
    return found


def test_a_round_is_told_with_its_phones_and_its_hands() -> None:
    one = told_round(1)
    assert (one.tally.count(BallotKind.VOTE), one.tally.hands[BallotKind.VOTE]) == (24, 6)
    assert one.tally.count(BallotKind.SECOND_CHOICE) == sum(one.tally.flow.values()) + 6
    assert one.switched == wilson(sum(n for (a, b), n in one.tally.flow.items() if a is not b), 15)  # 3 of 18 skipped


def test_a_question_with_personal_data_is_told_without_them_and_a_recorded_duel_with_its_date() -> None:
    one = told_round(2)
    assert one.prompt == "Écrivez à [email]"
    assert (one.recorded_at, told_round(1).recorded_at) == (EVENTS["three_rounds"].battles[1].recorded_at, None)


def test_the_room_and_the_hands_of_a_second_choice_are_no_further_people() -> None:
    told = report_of(EVENTS["three_rounds"])
    assert (told.people, told.votes_cast, told.vote_hands) == (18 + 6, 24 + 9, 6)
    assert isinstance(told.change, Change)
    assert told.change.after.total == told.change.switched.total == 15 + 8  # phones only


def test_recorded_answers_were_not_caused_by_the_meeting() -> None:
    told = report_of(EVENTS["three_rounds"])
    assert [sum(account.grades.values()) for account in told.caused.accounts] == [4]
    assert [sum(account.grades.values()) for account in told.avoided.accounts] == [2]


def test_a_room_of_four_is_told_no_rounds() -> None:
    few = replace(EVENTS["three_rounds"], battles=EVENTS["three_rounds"].battles[2:])
    assert (report_of(few).people, report_of(few).rounds) == (3, ())
