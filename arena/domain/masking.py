"""Hides the names that a model gives away, until the reveal.

A name is hidden where it stands; a name the visitor wrote, or an ordinary word, only where a model says who it
is ("je suis X", "trained by X"). Everything is decided from a bounded stretch of text, so that a growing answer
can be shown at once except for the few characters that may still become a name.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from arena.domain import given_names

MASK = "████"  # one width for all names: length must not tell which
LOOK_BEHIND = 200  # characters before a name that can make it a self-naming
LOOK_AHEAD = 24  # characters after a name that can still lengthen it
OPEN_NAME = 150  # longest stretch from an unknown name to the words that make it one


@dataclass(frozen=True, slots=True)
class Masked:
    """Text without names. ``self_named`` says that something had to be hidden."""

    text: str
    self_named: bool


class _Rule(Enum):
    ALWAYS = 1
    SELF_NAMING = 2


class _Span(NamedTuple):
    start: int
    end: int


# Characters without a width, which a name could hide behind. After a letter the joiners of emoji go as well.
_WIDTHLESS = "\u00ad\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_INVISIBLE = re.compile(rf"(?<=[^\W\d_])[{_WIDTHLESS}\u034f\u200d\ufe00-\ufe0f]+|[{_WIDTHLESS}]+")

_JOINT = r"[\s\-\u2010-\u2015_]"  # what may stand, once, between two parts of a name
_JOINTS = re.compile(rf"{_JOINT}+")
_ACCENTS = "\u0300-\u036f"
_NOT_INSIDE = rf"(?<![^\W_])(?<![{_ACCENTS}])"
_WORD_ENDS = rf"(?![^\W_]|[{_ACCENTS}])"
_WORD_START = re.compile(rf"{_NOT_INSIDE}[^\W_]{{1,2}}")

_VERSION = (
    r"(?:(?:[ \u00a0\-\u2010-\u2015_]v?)?\d{1,4}(?:\.\d{1,3}){0,2}[a-zA-Z]{0,2}"
    r"|[ \u00a0](?:Small|Medium|Large|Big|Mini|Nano|Pro|Flash|Ultra|Turbo|Opus|Sonnet|Haiku|Chat|Plus|Max|Lite"
    r"|Instruct|Thinking|Coder|Next|Preview)"
    r"|[\-\u2010-\u2015_](?i:small|medium|large|big|mini|nano|pro|flash|ultra|turbo|opus|sonnet|haiku|chat|plus"
    r"|max|lite|instruct|thinking|coder|next|preview|it|oss))"
)
_SUFFIX = rf"(?:{_VERSION}{_WORD_ENDS}){{0,4}}"

# Self-naming: "I am", "my name is", "trained by", "model from"; then words that may stand before the name.
_I_AM = (
    r"(?:je suis|j['’]ai pour nom|je m['’]appelle|on m['’]appelle|mon nom est|en tant que|I am|I['’]m"
    r"|my name is|they call me)"
)
_MADE_BY = (
    r"(?:(?:cré|développ|entraîn|entrain|conç|réalis|fabriqu|propos|publi|édit|mis au point|mise au point)"
    r"(?:é|u)?e?s? par"
    r"|(?:created|made|trained|developed|built|designed|released|published|powered|provided) by"
    r"|(?:modèle|assistante?|agent|IA) (?:de|d['’]|par|chez)"
    r"|(?:model|assistant|chatbot|AI|LLM) (?:by|from|of))"
)
_AI_NOUN = r"(?:modèles?|assistante?|agent|IA|intelligence artificielle|chatbot|model|AI|LLM)"
_FILLER = (
    r"(?:[\s*_,:«»“”\"'’()\-–—]|\b(?:un|une|le|la|les|l|d|de|du|des|a|an|the|et|and|par|by|from|chez|at|of|en|in"
    r"|grand|petit|large|small|langage|langue|language|artificielle?|artificial|intelligence|conversationnel(?:le)?"
    r"|virtuel(?:le)?|virtual|modèle|model|assistante?|agent|chatbot|IA|AI|LLM|bot|nommée?|appelée?|called|named"
    r"|basée?|based|sur|on|version|entreprise|société|équipes?|laboratoire|company|team|lab|startup|start|up"
    r"|française?|américaine?|chinoise?|européenne?|French|American|Chinese|European|développée?|créée?|entraînée?"
    r"|conçue?|developed|created|made|trained|built|chercheurs|researchers|ingénieurs|engineers)\b)"
)
_SAYS_WHO_IT_IS = re.compile(
    rf"(?i:\b(?:{_I_AM}|{_MADE_BY}))(?![^\W_])"
    rf"(?:(?i:{_FILLER}){{0,40}}|[^.!?\n]{{0,40}}\b{_AI_NOUN}\b[^.!?\n]{{0,40}})\Z"
)

# A name nobody listed: "Je suis Zorglub, un assistant IA".
_LEAD = re.compile(rf"(?i:\b{_I_AM})\s[\s*_\"«“]{{0,4}}(?=[A-ZÀ-ÖØ-Þ])")
_UNKNOWN_NAME = re.compile(
    r"(?P<name>[A-ZÀ-ÖØ-Þ][\w\-]{0,20}(?:\.\d{1,3})?(?:[ \-](?:[A-Z0-9À-ÖØ-Þ][\w\-]{0,12})(?:\.\d{1,3})?){0,2})"
    r"[*_\"»”]{0,4}[ ,:(–—\-]{0,3}(?:(?:et je suis|and I am|and I['’]m) )?"
    r"(?:(?:un|une|le|la|votre|ton|a|an|the|your) |l['’])(?:[\w'’\-]{1,14} ){0,2}"
    rf"(?:{_AI_NOUN})(?![^\W_])"
)
_SENTENCE_END = re.compile(r"[!?\n]|\.\s")


def _visible(text: str) -> str:
    return _INVISIBLE.sub("", text)


def _fold(text: str) -> str:
    """A name as it is compared: no case, no accents, no joints."""
    if text.isascii():
        return _JOINTS.sub("", text.lower())
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("ı", "i"))  # as re.IGNORECASE sees it
    return _JOINTS.sub("", "".join(char for char in decomposed if not unicodedata.combining(char)))


class NameMask:
    """Masks the given names, and the well-known ones, in answers.

    ``names`` are the display names, makers, wire names and aliases of the catalogue. A name of letters only is
    looked for as it is written, or in capitals; one with a digit, a hyphen or a slash in any case.
    """

    def __init__(self, names: Iterable[str]) -> None:
        catalogue = [name.strip() for name in names if len(_fold(name)) > 1]
        exact = [*(name for name in catalogue if _is_plain(name)), *given_names.AS_WRITTEN]
        any_case = [*(name for name in catalogue if not _is_plain(name)), *given_names.ANY_CASE]
        careful = given_names.SELF_NAMING_ONLY
        self._rules = {_fold(name): _Rule.ALWAYS for name in [*exact, *any_case]}
        self._rules |= {_fold(name): _Rule.SELF_NAMING for name in careful}
        self._pattern = _compile(
            {name: _written(name) for name in [*exact, *careful]}
            | {name: f"(?i:{_spelling(name)})" for name in any_case}
        )
        self._typed = _compile({name: f"(?i:{_spelling(name)})" for name in [*exact, *any_case, *careful]})
        self._heads = frozenset(fold[:size] for fold in self._rules for size in (1, 2))
        self._beginnings = frozenset(fold[:size] for fold in self._rules for size in range(1, len(fold) + 1))
        self._reach = 2 * max(map(len, self._rules)) + 2  # no name is longer, joints included

    def apply(self, text: str, prompt: str = "") -> Masked:
        """The finished text without names. ``prompt`` is all that the visitor wrote."""
        stream = self.stream(prompt)
        stream.feed(text)
        return stream.finish()

    def apply_partial(self, text: str, prompt: str = "") -> Masked:
        """What may be shown of an unfinished text: always a beginning of what ``apply`` gives in the end."""
        stream = self.stream(prompt)
        stream.feed(text)
        return stream.masked

    def stream(self, prompt: str = "") -> "MaskStream":
        """Follow an answer while it is written, at the price of reading it once."""
        return MaskStream(self, frozenset(self._names_in(_visible(prompt))))

    def _names_in(self, prompt: str) -> Iterator[str]:
        for match in self._typed.finditer(prompt):
            yield _fold(match["core"])

    def spans(self, text: str, start: int, asked: frozenset[str]) -> list[_Span]:
        """Where names stand, from ``start`` on. Each word decides for itself: the rest cannot change it."""
        found = [*self._listed(text, start, asked), *_unlisted(text, start)]
        return sorted(found)

    def _listed(self, text: str, start: int, asked: frozenset[str]) -> Iterator[_Span]:
        for word in _WORD_START.finditer(text, start):
            match = self._match(text, word)
            if match and self._is_hidden(_fold(match["core"]), text, match.start(), asked):
                yield _Span(match.start(), match.end())

    def _match(self, text: str, word: re.Match[str]) -> re.Match[str] | None:
        """The name that starts with this word, after a quick look at its first two letters."""
        return self._pattern.match(text, word.start()) if self._may_begin(word[0]) else None

    def _may_begin(self, head: str) -> bool:
        return (head.lower() if head.isascii() else _fold(head)) in self._heads

    def _is_hidden(self, name: str, text: str, start: int, asked: frozenset[str]) -> bool:
        is_asked = any(name.startswith(other) or other.startswith(name) for other in asked)
        if self._rules.get(name, _Rule.ALWAYS) is _Rule.ALWAYS and not is_asked:
            return True
        return _SAYS_WHO_IT_IS.search(text[max(0, start - LOOK_BEHIND) : start]) is not None

    def held(self, text: str, start: int) -> int:
        """From which character on an unfinished text may still become a name; its length if nowhere."""
        return min(self._held_for_listed(text, start), _held_for_unlisted(text, start))

    def _held_for_listed(self, text: str, start: int) -> int:
        first = max(start, len(text) - self._reach - LOOK_AHEAD - 70)
        for word in _WORD_START.finditer(text, first):
            if self._may_begin(word[0]) and self._is_open(text, word):
                return word.start()
        return len(text)

    def _is_open(self, text: str, word: re.Match[str]) -> bool:
        if len(text) - word.start() <= self._reach and _fold(text[word.start() :]) in self._beginnings:
            return True
        match = self._match(text, word)
        return match is not None and len(text) - match.end() < LOOK_AHEAD


class MaskStream:
    """An answer while it grows. What ``masked`` shows only ever gets longer, and never holds a name."""

    def __init__(self, mask: NameMask, asked: frozenset[str]) -> None:
        self._mask = mask
        self._asked = asked
        self._shown: list[str] = []
        self._self_named = False
        self._text = ""  # what is still needed: undecided text, and a stretch before it
        self._decided = 0  # up to where, in that text, every name is known
        self._covered = 0  # up to where it is shown or hidden; beyond ``_decided`` inside a hidden name

    def feed(self, delta: str) -> None:
        """Add what came."""
        before = self._text[-1:]
        self._text += _visible(before + delta)[len(before) :]
        self._advance(self._mask.held(self._text, self._decided))

    @property
    def masked(self) -> Masked:
        """What may be shown now."""
        return Masked("".join(self._shown), self._self_named)

    def finish(self) -> Masked:
        """The whole answer: nothing more will come."""
        self._advance(len(self._text))
        return self.masked

    def _advance(self, until: int) -> None:
        for span in self._mask.spans(self._text, self._decided, self._asked):
            if span.start < until:
                self._hide(span)
        if self._covered < until:
            self._shown.append(self._text[self._covered : until])
            self._covered = until
        self._decided = until
        self._forget()

    def _hide(self, span: _Span) -> None:
        if span.start >= self._covered:
            self._shown += [self._text[self._covered : span.start], MASK]
        self._covered = max(self._covered, span.end)
        self._self_named = True

    def _forget(self) -> None:
        excess = self._decided - 2 * LOOK_BEHIND
        if excess > 2 * LOOK_BEHIND:
            self._text = self._text[excess:]
            self._decided -= excess
            self._covered -= excess


def _is_plain(name: str) -> bool:
    return all(char.isalpha() or char in " '’" for char in name)


def _compile(alternatives: dict[str, str]) -> re.Pattern[str]:
    """One pattern for all names, the longest first; it starts at the start of a word."""
    longest_first = sorted(alternatives, key=lambda name: (-len(_fold(name)), name))
    core = "|".join(alternatives[name] for name in longest_first)
    return re.compile(rf"{_NOT_INSIDE}(?P<core>{core}){_SUFFIX}{_WORD_ENDS}")


def _written(name: str) -> str:
    """As it is written; a single capitalised word also in capitals."""
    is_one_word = name.isalpha() and name == name.capitalize()
    return f"{_spelling(name)}|{_spelling(name.upper())}" if is_one_word else _spelling(name)


def _spelling(name: str) -> str:
    """A pattern for one name: joints are free, accents may be missing."""
    pieces = re.sub(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])", "\0", name)
    parts = re.split(rf"{_JOINT}+|\0", pieces)
    return rf"{_JOINT}?".join("".join(map(_letter, part)) for part in parts)


def _letter(char: str) -> str:
    decomposed = unicodedata.normalize("NFD", char)
    base, accents = decomposed[0], len(decomposed) - 1
    return f"(?:{char}|{base}[{_ACCENTS}]{{0,{accents}}})" if accents else re.escape(char)


def _unlisted(text: str, start: int) -> Iterator[_Span]:
    for lead in _LEAD.finditer(text, max(0, start - 40)):
        match = _UNKNOWN_NAME.match(text, lead.end()) if lead.end() >= start else None
        if match:
            yield _Span(match.start("name"), match.end("name"))


def _held_for_unlisted(text: str, start: int) -> int:
    """Hold an unknown capitalised word after "je suis" until the sentence tells what it is."""
    for lead in _LEAD.finditer(text, max(0, start - 40, len(text) - OPEN_NAME - 40)):
        name = lead.end()
        is_open = len(text) - name < OPEN_NAME and _SENTENCE_END.search(text, name) is None
        if name >= start and is_open:
            return name
    return len(text)
