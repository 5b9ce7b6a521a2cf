"""The words of the interface: complete, used, plain, and the same in both languages."""

import ast
import json
import re
import string
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest

from arena import errors
from arena.domain.battle import AnswerStatus
from arena.domain.personal_data import Kind
from arena.errors.recordings import RecordingError, RecordingFieldWrong, RecordingForeign, RecordingTooBig
from arena.ui.problems import problem_words
from arena.ui.text import LOCALES, load_text

ARENA = Path(str(resources.files("arena")))
ENTRIES = {locale: dict(load_text(locale).entries) for locale in LOCALES}
KEYS = set(ENTRIES["fr"])
PREFIXES = sorted({key.split(".")[0] for key in KEYS})
_KEY_LIKE = re.compile(rf"(?:{'|'.join(PREFIXES)})(?:\.[A-Za-z0-9_.{{}}-]+)?")
# English "sober" and "frugal" stay allowed; these claim a virtue or an absence that nobody can show. "Responsable
# du traitement" claims none: it is the controller of the GDPR.
FORBIDDEN = re.compile(
    r"\b(?:verte?s?|écolos?|écologiques?|propres?|neutres?|zéro[ -](?:impact|carbone|émission)"
    r"|responsables?(?! du traitement)"
    r"|green(?:er)?|clean|neutral|zero[ -](?:impact|carbon|emissions?)|eco-friendly|sustainable)\b",
    re.IGNORECASE,
)


def _patterns(node: ast.AST) -> Iterator[str]:
    """Every text of the code that could be a key; an f-string becomes a pattern."""
    parts = {id(part) for inner in ast.walk(node) if isinstance(inner, ast.JoinedStr) for part in inner.values}
    for inner in ast.walk(node):
        if id(inner) in parts:
            continue
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield re.escape(inner.value)
        elif isinstance(inner, ast.JoinedStr):
            yield "".join(
                re.escape(part.value) if isinstance(part, ast.Constant) and isinstance(part.value, str) else r"[^.]+"
                for part in inner.values
            )


def _used() -> dict[str, str]:
    """Pattern of a key → the file that holds it."""
    found: dict[str, str] = {}
    for path in sorted(ARENA.rglob("*.py")):
        for pattern in _patterns(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(pattern, path.name)
    return found


def _called() -> Iterator[tuple[str, str]]:
    """(pattern, place) of the first argument of every ``text(…)`` in the pages."""
    for path in sorted((ARENA / "ui").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in ("text", "_text") and isinstance(node.args[0], ast.Constant | ast.JoinedStr | ast.IfExp):
                for pattern in _patterns(node.args[0]):
                    yield pattern, f"{path.name}:{node.lineno}"


def test_both_languages_have_the_same_keys_and_no_key_twice() -> None:
    assert set(ENTRIES["fr"]) == set(ENTRIES["en"])
    for locale in LOCALES:
        source = (ARENA / "ui" / "locales" / f"{locale}.json").read_text(encoding="utf-8")
        pairs = json.loads(source, object_pairs_hook=list)
        assert len(pairs) == len(dict(pairs))


def test_every_key_the_pages_ask_for_exists() -> None:
    missing = [
        (pattern, place)
        for pattern, place in _called()
        if _KEY_LIKE.match(pattern.replace("\\", "")) and not any(re.fullmatch(pattern, key) for key in KEYS)
    ]
    assert missing == []


def test_every_key_is_used() -> None:
    patterns = [re.compile(pattern) for pattern in _used() if not pattern.startswith("[^.]+") and len(pattern) > 3]
    assert [key for key in sorted(KEYS) if not any(pattern.fullmatch(key) for pattern in patterns)] == []


@pytest.mark.parametrize("key", sorted(KEYS))
def test_both_languages_fill_in_the_same_values(key: str) -> None:
    fields = [{name for _, name, _, _ in string.Formatter().parse(ENTRIES[locale][key]) if name} for locale in LOCALES]
    assert fields[0] == fields[1]
    assert all(ENTRIES[locale][key].strip() for locale in LOCALES)


@pytest.mark.parametrize("locale", LOCALES)
def test_no_text_claims_a_virtue(locale: str) -> None:
    assert {key: words for key, words in ENTRIES[locale].items() if FORBIDDEN.search(words)} == {}


@pytest.mark.parametrize("locale", LOCALES)
def test_consent_takes_at_most_eighty_words(locale: str) -> None:
    assert len(re.findall(r"[\w’'-]+", ENTRIES[locale]["consent"])) <= 80


@pytest.mark.parametrize("locale", LOCALES)
def test_sentences_have_at_most_twenty_words_on_average(locale: str) -> None:
    sentences = [
        re.findall(r"[\w’'-]+", sentence)
        for words in ENTRIES[locale].values()
        for sentence in re.split(r"(?<=[.!?…])\s+", words)
        if re.search(r"[.!?…]$", sentence.strip())
    ]
    assert sum(map(len, sentences)) / len(sentences) <= 20
    assert max(map(len, sentences)) <= 32


def _all_errors(kind: type[errors.ArenaError]) -> Iterator[type[errors.ArenaError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _all_errors(child)


def _kinds_of_a_visitor() -> list[type[errors.ArenaError]]:
    caught = (errors.RequestError, errors.PairingError, errors.StorageError)
    return [kind for kind in _all_errors(errors.ArenaError) if issubclass(kind, caught)]


_WITH_VALUES = (
    errors.Refusal,
    errors.PromptRejected,
    errors.NumberRefused,
    errors.EventRejected,
    errors.AddressRefused,
    errors.EventNotOpen,
    errors.TooManyTries,
    errors.BallotRefused,
    errors.ProposalRefused,
    errors.RehearsalRefused,
)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_error_a_visitor_can_meet_has_words(locale: str) -> None:
    text = load_text(locale)
    for kind in _kinds_of_a_visitor():
        if kind not in _WITH_VALUES and not issubclass(kind, RecordingError):
            assert problem_words(text, kind()), kind
    assert problem_words(text, errors.TooManyTries(60))
    assert all(problem_words(text, errors.BallotRefused(why)) for why in errors.BallotRefused.WHYS)
    assert all(problem_words(text, errors.RehearsalRefused(why)) for why in errors.RehearsalRefused.WHYS)
    assert all(problem_words(text, errors.EventNotOpen(state)) for state in ("draft", "closed"))
    assert "120" in problem_words(text, errors.EventRejected("error.event.title", limit=120))
    for what in ("people", "times"):
        assert "10" in problem_words(text, errors.NumberRefused(what, 10))
    addresses = ("address.unreadable", "address.scheme", "door.elsewhere", "door.no_ip")
    assert all(problem_words(text, errors.AddressRefused(f"error.{key}")) for key in addresses)
    for key in ("error.door.not_here", "error.door.refused"):
        assert "192.168.1.20" in problem_words(text, errors.AddressRefused(key, address="192.168.1.20"))
    rejected = [f"error.prompt.{kind}" for kind in ("empty", *Kind)]
    for key in rejected:
        assert problem_words(text, errors.PromptRejected(key))
    too_long = problem_words(text, errors.PromptRejected("error.prompt.too_long", length=2001, limit=2000))
    assert "2001" in too_long
    assert "2000" in too_long


@pytest.mark.parametrize("locale", LOCALES)
def test_a_refused_recording_is_named_and_so_is_the_place_in_it(locale: str) -> None:
    text = load_text(locale)
    for kind in RecordingError.__subclasses__():
        if kind not in (RecordingForeign, RecordingTooBig):
            assert problem_words(text, kind("reason", file="a.duels.json", place="content.duels")), kind
    wrong = problem_words(text, RecordingFieldWrong("missing", file="a.duels.json", place="content.duels[3].id"))
    assert "a.duels.json" in wrong
    assert "content.duels[3].id" in wrong
    assert "7" in problem_words(text, RecordingForeign(7, 1, file="a.duels.json"))
    assert "20" in problem_words(text, RecordingTooBig(file="a.duels.json", limit=20))


@pytest.mark.parametrize("locale", LOCALES)
def test_every_fault_of_a_model_has_words_for_a_participant(locale: str) -> None:
    shown = {"error.endpoint", "error.endpoint.silent", "error.endpoint.context_too_long", "error.endpoint.filtered"}
    stored = {"error.interrupted", errors.ArenaError.key}
    assert (shown | stored) - set(ENTRIES[locale]) == set()


@pytest.mark.parametrize("locale", LOCALES)
def test_every_status_of_an_answer_has_words(locale: str) -> None:
    assert {f"answer.status.{status}" for status in [*AnswerStatus, "thinking"]} - set(ENTRIES[locale]) == set()
