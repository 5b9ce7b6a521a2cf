"""Questions for a debate, picked by written rules from the results of a meeting."""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from arena.domain.data_node import DataNode

FILE = "debate_questions.yaml"
ASKED = 3
_SIGNS: Mapping[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_CONDITION = re.compile(r"([a-z_]+) (>=|<=|>|<) (\d+(?:\.\d+)?)")


class DebateTheme(StrEnum):
    """What a question is about; a report never asks two of the same."""

    SOURCES = "sources"
    PLACE = "place"  # of AI in public debate
    HABITS = "habits"
    GIVING_UP = "giving_up"
    STRATEGIC_USE = "strategic_use"
    URGENT_CAUSES = "urgent_causes"
    ALLY = "ally"  # in other sectors
    LIABILITY = "liability"
    WORKPLACE = "workplace"
    GOVERNMENT = "government"
    PROGRESS = "progress"


@dataclass(frozen=True, slots=True)
class Condition:
    """``result sign number``, as in ``switch_rate >= 0.2``. A result that is not there meets none."""

    result: str
    sign: str
    number: float

    def is_met(self, results: Mapping[str, float]) -> bool:
        return self.result in results and _SIGNS[self.sign](results[self.result], self.number)


@dataclass(frozen=True, slots=True)
class Question:
    """One open question. ``words`` and ``why`` (what the rule saw) are by locale."""

    id: str
    theme: DebateTheme
    when: tuple[Condition, ...]
    weight: int
    words: Mapping[str, str]
    why: Mapping[str, str]


def pick(questions: Sequence[Question], results: Mapping[str, float], count: int = ASKED) -> tuple[Question, ...]:
    """The heaviest questions whose conditions hold, each of another theme; the order of the file breaks ties."""
    picked: list[Question] = []
    for question in sorted(questions, key=lambda one: -one.weight):  # sorted keeps the order among equals
        is_new = question.theme not in {one.theme for one in picked}
        if is_new and len(picked) < count and all(condition.is_met(results) for condition in question.when):
            picked.append(question)
    return tuple(picked)


def parse_questions(data: object, known_results: Sequence[str]) -> tuple[Question, ...]:
    """Read the content of debate_questions.yaml. Raises CatalogueError with the field that is wrong."""
    top = DataNode(data, FILE)
    top.only("version", "questions")
    top.at("version").text()
    node = top.at("questions")
    questions = tuple(_question(one, known_results) for one in node.each())
    if len({question.id for question in questions}) < len(questions):
        raise node.error("an id is used twice")
    always = {question.theme for question in questions if not question.when}
    if len(always) < ASKED:
        raise node.error(f"{ASKED} themes need a question without a condition, or a report may lack some")
    return questions


def _question(node: DataNode, known_results: Sequence[str]) -> Question:
    node.only("id", "theme", "when", "weight", "why", "fr", "en")
    return Question(
        id=node.at("id").text(),
        theme=node.at("theme").word(DebateTheme),
        when=tuple(_condition(one, known_results) for one in node.some("when")),
        weight=node.at("weight").whole(),
        words={locale: node.at(locale).text() for locale in ("fr", "en")},
        why=node.at("why").texts(),
    )


def _condition(node: DataNode, known_results: Sequence[str]) -> Condition:
    read = _CONDITION.fullmatch(node.text())
    if read is None:
        raise node.error("expected a result, a sign and a number, as in switch_rate >= 0.2")
    result, sign, number = read.groups()
    if result not in known_results:
        raise node.error(f"no such result: {result}")
    return Condition(result, sign, float(number))
