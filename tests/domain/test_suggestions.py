"""The suggestions file: what it must hold, and what a wrong one is told."""

from collections.abc import Mapping
from typing import Any

import pytest

from arena.domain.personal_data import find_personal_data
from arena.domain.suggestions import parse_suggestions
from arena.errors import CatalogueError
from arena.services.suggestions import load_suggestions

SUGGESTION = {"id": "ciel", "fr": "Pourquoi ?", "en": "Why?"}
TITLE = {"fr": "Nature", "en": "Nature"}


def one_theme(**changes: object) -> Mapping[str, Any]:
    return {"themes": [{"id": "nature", "title": TITLE, "suggestions": [SUGGESTION], **changes}]}


def test_a_file_becomes_themes_and_suggestions() -> None:
    suggestions = parse_suggestions(one_theme())

    assert suggestions.themes[0].title["en"] == "Nature"
    assert suggestions.of_theme("nature") == suggestions.items
    assert suggestions.items[0].text == {"fr": "Pourquoi ?", "en": "Why?"}
    assert suggestions.of_theme("nowhere") == ()


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (None, "top"),
        ({}, "themes"),
        ({"themes": []}, "themes"),
        ({"themes": ["nature"]}, "themes[0]"),
        (one_theme(id=""), "themes[0].id"),
        (one_theme(title={"fr": "Nature"}), "themes[0].title.en"),
        (one_theme(suggestions=[]), "themes[0].suggestions"),
        (one_theme(suggestions=[{**SUGGESTION, "fr": 3}]), "themes[0].suggestions[0].fr"),
        (one_theme(suggestions=[SUGGESTION, SUGGESTION]), "suggestions"),
    ],
)
def test_a_wrong_file_is_told_where_it_is_wrong(data: object, field: str) -> None:
    with pytest.raises(CatalogueError) as raised:
        parse_suggestions(data)

    assert raised.value.file == "suggestions.yaml"
    assert raised.value.field == field


def test_eight_themes_with_at_least_five_suggestions_each_are_shipped() -> None:
    suggestions = load_suggestions()

    assert len(suggestions.themes) == 8
    assert len(suggestions.items) >= 40
    assert all(len(suggestions.of_theme(theme.id)) in (5, 6) for theme in suggestions.themes)


def test_shipped_suggestions_are_short_and_different() -> None:
    texts = [text for item in load_suggestions().items for text in item.text.values()]

    assert max(map(len, texts)) <= 160
    assert len(set(texts)) == len(texts)


def test_shipped_suggestions_pass_the_check_for_personal_data() -> None:
    texts = [text for item in load_suggestions().items for text in item.text.values()]

    assert [text for text in texts if find_personal_data(text)] == []


def test_a_prompt_has_a_theme_when_it_is_a_suggestion_word_for_word() -> None:
    suggestions = load_suggestions()

    for item in suggestions.items:
        for text in item.text.values():
            assert suggestions.theme_of(f" {text}\n") == item.theme_id
    assert suggestions.theme_of(suggestions.items[0].text["fr"] + " Et encore ?") is None
    assert suggestions.theme_of("") is None
