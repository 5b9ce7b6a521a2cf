"""What the demo models say: hand-written parts, put together in the style of each model."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from arena.data import read_shipped
from arena.domain.suggestions import FILE, Suggestion, parse_suggestions
from arena.providers.chat import ChatMessage

DEFAULT_LOCALE = "fr"


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast tokens come: delay of the first in seconds, then tokens per second."""

    first_token_s: float
    tokens_per_s: float

    def times(self, speed: float) -> "Pace":
        """The same pace, ``speed`` times as fast."""
        return Pace(self.first_token_s / speed, self.tokens_per_s * speed)


@dataclass(frozen=True, slots=True)
class DemoModel:
    """A scripted model: the name it is asked by, the style it writes in, its pace."""

    wire_name: str
    style: str
    pace: Pace


DEMO_MODELS = (
    DemoModel("demo/alpage", "alpage", Pace(0.15, 90)),
    DemoModel("demo/brise", "brise", Pace(0.25, 70)),
    DemoModel("demo/cascade", "cascade", Pace(0.35, 50)),
    DemoModel("demo/dune", "dune", Pace(0.45, 60)),
    DemoModel("demo/ecluse", "ecluse", Pace(0.60, 40)),
)


# A last paragraph of one line, such as "Answer in at most 80 words."
_LIMIT = re.compile(r"\n\n[^\n\d]*\b(\d{1,4})\s(?:mots|words)\b[^\n\d]*\Z")


@dataclass(frozen=True, slots=True)
class Script:
    """The pieces of one answer, in order. One piece is one token, with the space that follows it."""

    reasoning: tuple[str, ...]
    answer: tuple[str, ...]

    @property
    def length(self) -> int:
        return len(self.reasoning) + len(self.answer)

    def within(self, max_words: int) -> "Script":
        """The answer up to the last sentence that ends within so many words, or cut there without one."""
        pieces = self.answer[:max_words]
        if pieces == self.answer:
            return self
        ends = [number for number, piece in enumerate(pieces, 1) if piece.rstrip().endswith((".", "!", "?", "…"))]
        return Script(self.reasoning, pieces[: ends[-1]] if ends else pieces)

    def cut(self, max_tokens: int) -> "Script":
        """The first ``max_tokens`` pieces; reasoning counts, as it does for a real model."""
        reasoning = self.reasoning[:max_tokens]
        return Script(reasoning, self.answer[: max_tokens - len(reasoning)])


@dataclass(frozen=True, slots=True)
class ScriptBook:
    """Every answer the demo models know, and the words they say when they know none.

    ``parts`` are by (answer id, locale), ``styles`` by (locale, style name), ``prompts`` by normalised text.
    """

    parts: Mapping[tuple[str, str], Mapping[str, str]]
    styles: Mapping[tuple[str, str], Mapping[str, str]]
    prompts: Mapping[str, tuple[str, str]]
    frequent_words: Mapping[str, frozenset[str]]

    def script(self, style: str, messages: Sequence[ChatMessage]) -> Script:
        """What a style answers to a conversation: the last message of the user decides."""
        messages, max_words = _limit_of(messages)
        answer_id, locale = self._find(messages)
        parts = self.parts[answer_id, locale]
        template = self.styles[locale, style]
        script = Script(
            _pieces(template.get("reasoning", "").format_map(parts)),
            _pieces(template["answer"].format_map(parts)),
        )
        return script if max_words is None else script.within(max_words)

    def detect_locale(self, text: str) -> str:
        """``en`` when more of its frequent words are in the text than French ones, else ``fr``."""
        words = re.findall(r"\w+", text.lower())
        scores = {locale: sum(word in frequent for word in words) for locale, frequent in self.frequent_words.items()}
        best = max(scores, key=lambda locale: scores[locale])
        return best if scores[best] > scores[DEFAULT_LOCALE] else DEFAULT_LOCALE

    def _find(self, messages: Sequence[ChatMessage]) -> tuple[str, str]:
        asked = [message.content for message in messages if message.role == "user"]
        known = self.prompts.get(normalised(asked[-1])) if asked else None
        if known:
            return known
        return ("follow_up" if len(asked) > 1 else "unknown", self.detect_locale(asked[-1] if asked else ""))


def _limit_of(messages: Sequence[ChatMessage]) -> tuple[Sequence[ChatMessage], int | None]:
    """The conversation without the instruction that ends it, and the words which that allows."""
    found = _LIMIT.search(messages[-1].content) if messages else None
    if found is None:
        return messages, None
    last = messages[-1]
    return (*messages[:-1], ChatMessage(last.role, last.content[: found.start()])), int(found[1])


def normalised(text: str) -> str:
    """A prompt without what two people type differently: case, spaces, apostrophes, final punctuation."""
    words = text.casefold().replace("’", "'").split()
    return " ".join(words).strip(" .!?…")


def load_script_book() -> ScriptBook:
    """Read the packaged answers (some 100 kB of YAML, a few milliseconds)."""
    suggestions = parse_suggestions(_read(FILE))
    styles = _read("demo_answers_styles.yaml")
    files = [_read(f"demo_answers_{theme.id}.yaml") for theme in suggestions.themes]
    return ScriptBook(
        parts=_all_parts([*files, _read("demo_answers_fallback.yaml")]),
        styles=_all_styles(styles["styles"]),
        prompts=_all_prompts(suggestions.items),
        frequent_words={locale: frozenset(words) for locale, words in styles["frequent_words"].items()},
    )


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = read_shipped(name)
    return content


def _all_parts(files: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], dict[str, str]]:
    """Parts of the answers of each file, completed with the parts its answers share."""
    return {
        (answer_id, locale): {**file["shared"][locale], **parts}
        for file in files
        for answer_id, by_locale in file["answers"].items()
        for locale, parts in by_locale.items()
    }


def _all_styles(data: Mapping[str, Mapping[str, Any]]) -> dict[tuple[str, str], Mapping[str, str]]:
    return {(locale, name): style for locale, styles in data.items() for name, style in styles.items()}


def _all_prompts(items: Iterable[Suggestion]) -> dict[str, tuple[str, str]]:
    return {normalised(text): (item.id, locale) for item in items for locale, text in item.text.items()}


def _pieces(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\S+\s*", text))
