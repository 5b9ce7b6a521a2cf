"""Questions picked by rules: three themes, the heaviest that hold, the same every time."""

from importlib import resources
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from arena.domain.debate import FILE, Condition, DebateTheme, Question, parse_questions, pick
from arena.domain.report_results import result_names
from arena.errors import CatalogueError
from arena.services.suggestions import load_suggestions

NAMES = result_names([theme.id for theme in load_suggestions().themes])
SHIPPED_DATA = yaml.safe_load((resources.files("arena.data") / FILE).read_text(encoding="utf-8"))
SHIPPED = parse_questions(SHIPPED_DATA, NAMES)


def question(name: str, theme: DebateTheme, weight: int, *when: Condition) -> Question:
    return Question(name, theme, when, weight, {}, {})


def data(**changes: Any) -> dict[str, Any]:
    """A file with three themes, of which the first question has these fields."""
    words = {"weight": 1, "fr": "Quoi ?", "en": "What?", "why": {"fr": "Voilà.", "en": "So."}}
    themes = ("sources", "place", "habits")
    questions: list[dict[str, Any]] = [{"id": theme, "theme": theme, **words} for theme in themes]
    questions.append({"id": "more", "theme": "ally", **words, **changes})
    return {"version": "1", "questions": questions}


@pytest.mark.parametrize(
    ("sign", "value", "is_met"),
    [(">=", 0.2, True), (">", 0.2, False), ("<=", 0.2, True), ("<", 0.2, False), (">=", 0.19, False), ("<", 0.1, True)],
)
def test_a_condition_compares_a_result(sign: str, value: float, *, is_met: bool) -> None:
    assert Condition("switch_rate", sign, 0.2).is_met({"switch_rate": value}) is is_met


def test_a_result_that_was_withheld_meets_no_condition() -> None:
    assert not Condition("switch_rate", "<=", 1).is_met({})


def test_the_heaviest_come_first_the_file_breaks_ties_and_no_theme_comes_twice() -> None:
    theme = DebateTheme
    questions = [
        question("light", theme.PLACE, 1),
        question("first of two", theme.SOURCES, 5),
        question("second of two", theme.HABITS, 5),
        question("same theme", theme.SOURCES, 4),
        question("does not hold", theme.ALLY, 9, Condition("people", ">", 10)),
    ]
    assert [one.id for one in pick(questions, {"people": 3})] == ["first of two", "second of two", "light"]
    assert pick(questions, {"people": 11})[0].id == "does not hold"


@given(st.dictionaries(st.sampled_from(NAMES), st.floats(0, 200)))
def test_every_room_gets_three_questions_of_three_themes(results: dict[str, float]) -> None:
    picked = pick(SHIPPED, results)
    assert len({one.theme for one in picked}) == 3
    assert all(condition.is_met(results) for one in picked for condition in one.when)
    assert picked == pick(SHIPPED, dict(reversed(results.items())))


def test_every_theme_has_at_least_two_questions_and_every_question_can_come() -> None:
    themes = [one.theme for one in SHIPPED]
    assert {theme for theme in DebateTheme if themes.count(theme) >= 2} == set(DebateTheme)
    for one in SHIPPED:
        reach = {condition.result: condition.number for condition in one.when}
        others = [other for other in SHIPPED if other.theme is not one.theme and other.when]
        if one.when:
            assert one in pick(SHIPPED, reach), one.id
        assert {other.id for other in others}


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_the_shipped_words_are_open_questions_with_a_reason(locale: str) -> None:
    for one in SHIPPED:
        assert one.words[locale].endswith("?"), one.id
        assert one.why[locale].endswith("."), one.id
        assert len(one.words[locale]) <= 110, one.id


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"when": ["switch_rate about 0.2"]}, "expected a result"),
        ({"when": ["switch_rat >= 0.2"]}, "no such result: switch_rat"),
        ({"theme": "weather"}, "expected one of sources"),
        ({"weight": 0}, "above 0"),
        ({"why": {"fr": "Voilà."}}, "missing"),
        ({"id": "place"}, "used twice"),
        ({"wen": []}, "unknown field: wen"),
    ],
)
def test_a_mistake_in_the_file_is_named(changes: dict[str, Any], place: str) -> None:
    assert len(parse_questions(data(), NAMES)) == 4
    with pytest.raises(CatalogueError, match=place):
        parse_questions(data(**changes), NAMES)


def test_a_file_that_could_leave_a_report_short_is_refused() -> None:
    short = data()
    short["questions"] = short["questions"][2:]
    with pytest.raises(CatalogueError, match="3 themes need"):
        parse_questions(short, NAMES)
