"""The rules a prompt or a comment must pass."""

import pytest

from arena.errors import PromptRejected
from arena.services.prompts import PromptRules

RULES = PromptRules(max_chars=100)


def test_a_prompt_is_trimmed_and_loses_its_null_characters() -> None:
    assert RULES.checked(" \n Pourquoi\x00 le ciel ?\t") == "Pourquoi le ciel ?"


def test_a_prompt_may_be_exactly_as_long_as_allowed() -> None:
    assert len(RULES.checked("é" * 100)) == 100


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "error.prompt.empty"),
        (" \n\x00 ", "error.prompt.empty"),
        ("é" * 101, "error.prompt.too_long"),
        ("Écris à jean.dupont@exemple.fr", "error.prompt.email"),
        ("Appelle le 06 12 34 56 78", "error.prompt.phone_fr"),
        ("Mon compte : FR76 3000 6000 0112 3456 7890 189", "error.prompt.iban"),
        ("Mon numéro : 1 85 05 78 006 084 91", "error.prompt.nir"),
    ],
)
def test_a_prompt_that_breaks_a_rule_is_refused_with_its_reason(text: str, key: str) -> None:
    with pytest.raises(PromptRejected) as caught:
        RULES.checked(text)
    assert caught.value.key == key


def test_a_refusal_says_how_long_it_was_and_never_repeats_the_text() -> None:
    with pytest.raises(PromptRejected) as caught:
        RULES.checked("secret " * 20)
    assert caught.value.values == {"length": 139, "limit": 100}
    assert "secret" not in str(caught.value)
