"""Insults are found as words of their own, in disguise too, and never inside decent words."""

import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.domain.insults import insults_of, parse_insults
from arena.errors import CatalogueError
from arena.services.proposals import load_insults

LISTED = load_insults()
WORDS = st.sampled_from(sorted(LISTED.phrases)).map(" ".join)
LOOK_ALIKES = str.maketrans({"o": "0", "i": "1", "e": "3", "a": "@", "s": "5", "t": "7"})
PLAIN = insults_of(["crétin", "ta gueule"])


@pytest.mark.parametrize(
    "text",
    [
        "crétin",
        "Quel CRÉTIN !",
        "bande de crétins",
        "cretin",
        "crét1n",
        "cr3t!n",
        "crééétiiin",
        "c'est un crétin.",
        "(crétin)",
        "Ta gueule",
        "ta   GUEULE !!!",
        "ta-gueule",
        "t@ gu3ul3",
    ],
)
def test_an_insult_is_found_in_disguise(text: str) -> None:
    assert PLAIN.are_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "crétinisme",
        "discrétion",
        "gueule ta",
        "ta belle gueule",
        "Il a 3 ans et 10 amis !",
        "decretine",
        "1" * 5000,
    ],
)
def test_what_only_looks_like_one_is_not(text: str) -> None:
    assert not PLAIN.are_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "Pourquoi le ciel est-il bleu ?",
        "Comment réparer un ordinateur de 2011 ?",
        "Quelle est la différence entre un concours et un conte ?",
        "Mon fils veut apprendre la réputation des députés de Scunthorpe",
        "Écris un poème sur l'écume, le bâton et la computation",
        "Combien font 455 + 1455 ?",
        "Why is the assistant passing the class?",
        "Le Niger et le Nigeria sont-ils voisins ?",
        "Pourquoi mon vol est-il en retard ?",
    ],
)
def test_decent_questions_raise_no_alert(text: str) -> None:
    assert not LISTED.are_in(text)


@given(WORDS, st.sampled_from([str.lower, str.upper, str.title]), st.booleans(), st.booleans())
def test_every_listed_word_is_found_whatever_its_case_its_letters_and_its_accents(
    words: str, case: object, is_leet: bool, is_decomposed: bool
) -> None:
    written = case(words)  # type: ignore[operator]
    if is_leet:
        written = written.lower().translate(LOOK_ALIKES)
    if is_decomposed:
        written = unicodedata.normalize("NFD", written)
    assert LISTED.are_in(f"Dis-moi, {written}, pourquoi ?")


@given(WORDS, st.text(string.ascii_lowercase, min_size=3, max_size=5))
def test_a_listed_word_within_a_longer_one_is_not_that_word(words: str, more: str) -> None:
    one = insults_of([words])
    glued = words.replace(" ", "") + "z" + more + "z"
    assert not one.are_in(glued)
    assert not one.are_in("z" + glued)


@given(st.text())
def test_any_text_can_be_looked_at(text: str) -> None:
    assert LISTED.are_in(text) in (True, False)
    assert not insults_of([]).are_in(text)


@given(st.text(), WORDS)
def test_an_insult_is_found_wherever_it_stands(text: str, words: str) -> None:
    assert LISTED.are_in(f"{text} \n {words} \n {text}")


@pytest.mark.parametrize("data", [None, {}, {"words": {"fr": []}}, {"words": {"fr": ["x"], "en": [1]}}, {"more": 1}])
def test_a_wrong_list_stops_the_start(data: object) -> None:
    with pytest.raises(CatalogueError):
        parse_insults(data)
