"""Insults in what people propose: an alert for the organiser, who decides; nothing is refused for one."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from arena.domain.data_node import DataNode

FILE = "insults.yaml"
_MOST_REPEATED = 10  # how often a letter may be drawn out: without an end, a long row of digits would take long
_LOOK_ALIKES = {
    "a": "4@",
    "b": "8",
    "e": "3€",
    "g": "9",
    "i": "1!|",
    "l": "1|",
    "o": "0",
    "s": "5$",
    "t": "7",
}
_BETWEEN = r"[\W_]{1,5}"


@dataclass(frozen=True, slots=True)
class Insults:
    """Words and phrases; ``pattern`` finds any of them in a text without accents and capitals."""

    phrases: frozenset[tuple[str, ...]]
    pattern: re.Pattern[str]

    def are_in(self, text: str) -> bool:
        """Whether one of them stands in a text as words of its own, whatever its accents, capitals and disguises.

        Digits and signs that look like a letter count as that letter, one that is drawn out counts once, a plural
        counts as its singular.
        """
        return self.pattern.search(_plain(text)) is not None


def insults_of(phrases: Iterable[str]) -> Insults:
    """The insults of a list of phrases; those without a letter count for nothing."""
    split = (tuple(re.findall(r"[^\W\d_]+", _plain(phrase))) for phrase in phrases)
    words = frozenset(words for words in split if words)
    found = "|".join(_BETWEEN.join(map(_drawn_out, phrase)) for phrase in sorted(words)) or r"(?!)"
    return Insults(words, re.compile(rf"(?<![^\W_])(?:{found})[sx]?(?![^\W_])"))


def parse_insults(data: object) -> Insults:
    """Read ``{"words": {fr: […], en: […]}}``. Raises CatalogueError."""
    top = DataNode(data, FILE)
    top.only("words")
    words = top.at("words")
    words.only("fr", "en")
    return insults_of(node.text() for locale in ("fr", "en") for node in words.at(locale).each())


def _plain(text: str) -> str:
    """Without accents and capitals."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char)).casefold()


def _drawn_out(word: str) -> str:
    """A pattern for a word: at least as many of each letter as it has, or of what looks like it."""
    runs = ((letter, len(list(run))) for letter, run in groupby(word))
    return "".join(
        f"[{re.escape(letter + _LOOK_ALIKES.get(letter, ''))}]{{{count},{_MOST_REPEATED}}}" for letter, count in runs
    )
