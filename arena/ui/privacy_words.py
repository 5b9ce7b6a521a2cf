"""Privacy in the words of one language: the headings of both documents, the same sentences below them."""

from collections.abc import Iterator
from dataclasses import dataclass

from arena.services.privacy import Privacy, Statement, Topic
from arena.ui.text import Text, zone_name
from arena.ui.visitor import COOKIE

PAGE = "page"  # for participants
REGISTER = "register"  # after the headings of the CNIL's model of a register of processing activities
_ORDER = {
    PAGE: (
        Topic.DATA,
        Topic.PURPOSES,
        Topic.PROCESSORS,
        Topic.DURATIONS,
        Topic.COOKIE,
        Topic.SECURITY,
        Topic.RIGHTS,
        Topic.ERASURE,
        Topic.CONTACT,
    ),
    REGISTER: (
        Topic.CONTACT,
        Topic.PURPOSES,
        Topic.PEOPLE,
        Topic.DATA,
        Topic.RECIPIENTS,
        Topic.PROCESSORS,
        Topic.TRANSFERS,
        Topic.DURATIONS,
        Topic.SECURITY,
        Topic.COOKIE,
        Topic.RIGHTS,
        Topic.ERASURE,
    ),
}


@dataclass(frozen=True, slots=True)
class TopicWords:
    """A heading and the sentences below it."""

    topic: Topic
    heading: str
    lines: tuple[str, ...]


def topics_of(text: Text, privacy: Privacy, document: str) -> Iterator[TopicWords]:
    """One document (PAGE or REGISTER), topic by topic."""
    for topic in _ORDER[document]:
        heading = text(f"privacy.{document}.{topic}")
        yield TopicWords(topic, heading, tuple(_sentence(text, statement) for statement in privacy[topic]))


def register_markdown(text: Text, privacy: Privacy) -> str:
    """The entry of the register, to be pasted into a file."""
    lines = [f"# {text('privacy.register.title')}", "", text("privacy.register.intro")]
    for topic in topics_of(text, privacy, REGISTER):
        lines += ["", f"## {topic.heading}", "", *(f"- {line}" for line in topic.lines)]
    return "\n".join(lines) + "\n"


def _sentence(text: Text, statement: Statement) -> str:
    values = {
        name: zone_name(text, str(value)) if name == "zone" else value for name, value in statement.values.items()
    }
    return text(statement.key, cookie=COOKIE, **values)
