"""Which prompts plainly need no model."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.domain.plain_task import LONGEST_PLAIN, PlainTask, plain_task_of

PLAIN = {
    PlainTask.ARITHMETIC: [
        "12 + 30",
        "Combien font 17 x 23 ?",
        "Calcule (12,5 + 3) / 2",
        "What is 15 % of 80?",
        "combien fait 20 % de 45 euros ?",
        "1 000 divisé par 8",
        "Quelle est la racine carrée de 144 ?",
    ],
    PlainTask.CONVERSION: [
        "Convertis 12 miles en kilomètres",
        "5 km en miles",
        "How many ounces in a pound?",
        "Combien de grammes dans une livre ?",
        "100 °F en °C",
    ],
    PlainTask.TRANSLATION: [
        "Traduis « bonjour le monde » en anglais",
        "Translate this sentence into French: I am here.",
        "Comment dit-on merci en japonais ?",
        "How do you say cheese in French?",
    ],
    PlainTask.DEFINITION: [
        "Définition de sobriété",
        "Que signifie « procrastiner » ?",
        "What does serendipity mean?",
        "Define entropy",
        "Quelle est la définition de l’entropie ?",
    ],
}
OPEN = [
    "Pourquoi le ciel est-il bleu ?",
    "Écris un poème sur 12 chats et 3 chiens",
    "What does a plumber do all day?",
    "Explique la traduction automatique à un enfant",
    "Propose un menu pour 4 personnes à moins de 20 euros",
    "Faut-il définir un âge minimum pour les réseaux sociaux ?",
    "Compare 2 régimes politiques et 3 économies",
    "",
]


@pytest.mark.parametrize(("task", "prompt"), [(task, prompt) for task, prompts in PLAIN.items() for prompt in prompts])
def test_a_plain_task_is_told(task: PlainTask, prompt: str) -> None:
    assert plain_task_of(prompt) is task


@pytest.mark.parametrize("prompt", OPEN)
def test_an_open_question_is_left_alone(prompt: str) -> None:
    assert plain_task_of(prompt) is None


def test_a_long_prompt_asks_for_more_than_a_look_up() -> None:
    assert plain_task_of("12 + 30" + " " * LONGEST_PLAIN + "?") is None
    assert plain_task_of("Traduis ceci :\nbonjour") is None


@given(st.text(max_size=LONGEST_PLAIN))
def test_any_text_gets_an_answer_quickly(prompt: str) -> None:
    assert plain_task_of(prompt) in (None, *PlainTask)


def test_a_hostile_prompt_costs_nothing_noticeable() -> None:
    for piece in ("1 ", "1,1", "traduis ", "combien de ", "(((", "9 + "):
        assert plain_task_of(piece * (LONGEST_PLAIN // len(piece))) in (None, *PlainTask)
