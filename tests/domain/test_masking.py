"""Names are hidden, ordinary words are not, and nothing hidden was ever shown."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.domain.masking import MASK, Masked, NameMask
from arena.providers.demo_script import DEMO_MODELS, load_script_book

NAMES = (
    "Zéphyr Petit 3.2",
    "zephyr-petit:24b",
    "Atelier du Vent",
    "Mistral Small 3.2 24B",
    "demo/alpage",
    "Brume",
    "Orange",
)
MASKER = NameMask(NAMES)


def masked(text: str, prompt: str = "") -> str:
    return MASKER.apply(text, prompt).text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Demandez à ChatGPT.", f"Demandez à {MASK}."),
        ("chatgpt, OPENAI et deepseek", f"{MASK}, {MASK} et {MASK}"),
        ("GPT-4, GPT4, gpt-4o, GPT 5", ", ".join([MASK] * 4)),
        ("GPT-4.1-mini répond", f"{MASK} répond"),
        ("Mistral et MISTRAL", f"{MASK} et {MASK}"),
        ("Qwen2.5-72B-Instruct", MASK),
        ("Llama 3.1 8B, puis", f"{MASK}, puis"),
        ("**Mistral** ou _Gemma_", f"**{MASK}** ou _{MASK}_"),
        ("voir mistral.ai/news", f"voir {MASK}/news"),
        ("Zéphyr Petit 3.2", MASK),
        ("Zephyr Petit 3.2", MASK),
        ("Ze\u0301phyr-petit 3.2", MASK),
        ("ZEPHYR-PETIT:24B", MASK),
        ("chez Atelier du Vent !", f"chez {MASK} !"),
        ("Le modèle demo/alpage", f"Le modèle {MASK}"),
        ("M\u200bis\u00adtral AI", MASK),
        ("Mist\u200dral", MASK),
        ("GPT\u20114o", MASK),
    ],
)
def test_a_name_is_hidden_where_it_stands(text: str, expected: str) -> None:
    assert MASKER.apply(text) == Masked(expected, self_named=True)


@pytest.mark.parametrize(
    "text",
    [
        "Le mistral souffle dans la vallée.",
        "Le chat dort et la brume se lève.",
        "Mistralien, mistrals, Llamas, OpenAIR",
        "Claude est venu avec Lucie à Orange.",
        "La constellation des Gemini, une nova, un falcon.",
        "Le nombre d'or se note phi.",
        "Je suis ravi de vous aider.",
        "Je suis un assistant conversationnel.",
        "I am a large language model.",
        "Je suis Marie et j'habite à Lyon.",
        "Ce meuble est conçu par un atelier.",
        "Un grok de plus ? alibaba, meta, apple.",
        "une famille 👨\u200d👩\u200d👧 heureuse ☀\ufe0f",
    ],
)
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert MASKER.apply(text) == Masked(text, self_named=False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Je suis Claude.", f"Je suis {MASK}."),
        ("je m'appelle Lucie", f"je m'appelle {MASK}"),
        ("Je m’appelle **Lucie**", f"Je m’appelle **{MASK}**"),
        ("Mon nom est Nova 2.", f"Mon nom est {MASK}."),
        ("I am Gemini 2.5 Pro", f"I am {MASK}"),
        ("I'm Claude!", f"I'm {MASK}!"),
        ("My name is Phi", f"My name is {MASK}"),
        ("un modèle développé par Meta", f"un modèle développé par {MASK}"),
        ("J'ai été entraîné par Google", f"J'ai été entraîné par {MASK}"),
        ("conçue par les équipes de Microsoft", f"conçue par les équipes de {MASK}"),
        ("a model made by Apple", f"a model made by {MASK}"),
        ("trained and built by Amazon", f"trained and built by {MASK}"),
        ("un modèle de Google", f"un modèle de {MASK}"),
        ("an AI assistant from Microsoft", f"an AI assistant from {MASK}"),
        ("Je suis un modèle de langage, Claude", f"Je suis un modèle de langage, {MASK}"),
        ("Je suis un assistant plutôt bavard appelé Lucie", f"Je suis un assistant plutôt bavard appelé {MASK}"),
        ("En tant que Claude, je", f"En tant que {MASK}, je"),
        ("créé par Orange.", f"créé par {MASK}."),
    ],
)
def test_an_ordinary_word_is_hidden_where_a_model_says_who_it_is(text: str, expected: str) -> None:
    assert MASKER.apply(text) == Masked(expected, self_named=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Je suis Zorglub, un assistant IA.", f"Je suis {MASK}, un assistant IA."),
        ("Je suis **Zorglub**, un grand modèle", f"Je suis **{MASK}**, un grand modèle"),
        ("I am Zorglub 2.5, a large language model", f"I am {MASK}, a large language model"),
        ("I'm Zorglub, your AI guide", f"I'm {MASK}, your AI guide"),
        ("Je m'appelle Zor Glub et je suis un modèle", f"Je m'appelle {MASK} et je suis un modèle"),
    ],
)
def test_an_unknown_name_is_hidden_when_it_calls_itself_a_model(text: str, expected: str) -> None:
    assert MASKER.apply(text) == Masked(expected, self_named=True)


def test_a_name_from_the_prompt_is_hidden_only_where_a_model_says_who_it_is() -> None:
    prompt = "Que penses-tu de mistral et de chatgpt ?"

    assert masked("Mistral AI publie des modèles.", prompt) == "Mistral AI publie des modèles."
    assert masked("ChatGPT est connu, Gemma moins.", prompt) == f"ChatGPT est connu, {MASK} moins."
    assert masked("Je suis Mistral.", prompt) == f"Je suis {MASK}."
    assert not MASKER.apply("ChatGPT est connu.", prompt).self_named


def test_a_self_naming_ends_with_its_sentence() -> None:
    assert masked("Je suis un modèle. Claude est un prénom.") == "Je suis un modèle. Claude est un prénom."


def test_all_names_leave_blocks_of_one_width() -> None:
    assert len(masked("Yi", "")) == 2
    assert masked("I am Yi") == f"I am {MASK}"
    assert masked("I am Mistral Small 3.2 24B") == f"I am {MASK}"


def test_a_catalogue_without_names_still_hides_the_well_known_ones() -> None:
    assert NameMask(["", " "]).apply("ChatGPT").text == MASK


def test_the_answers_of_the_demo_models_hold_no_name() -> None:
    book = load_script_book()
    texts = [text for parts in book.parts.values() for text in parts.values()]
    mask = NameMask([*NAMES, *(model.wire_name for model in DEMO_MODELS)])

    assert [text for text in texts if mask.apply(text).self_named] == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Bonjour, je suis Mis", "Bonjour, je suis "),
        ("Bonjour, je suis Mistral", "Bonjour, je suis "),
        ("Bonjour ChatG", "Bonjour "),
        ("Bonjour cher", "Bonjour cher"),
        ("Je suis Marie et j'habite", "Je suis "),
        ("Je suis Marie. ", "Je suis Marie. "),
        ("Mistral est un vent du sud de la France", f"{MASK} est un vent du sud de la France"),
    ],
)
def test_what_may_still_become_a_name_is_not_shown(text: str, shown: str) -> None:
    assert MASKER.apply_partial(text).text == shown


PIECES = st.sampled_from(
    [
        *["Mistral", " AI", " Small", " 3.2", "-24b", "mis", "MISTRAL", "Mist\u200bral", "ral", "Chat", "GPT", "-4"],
        *["o", "v", "2", ".5", "7", "Qwen", "qwen", "Claude", "Orange", "Zéphyr", "Ze\u0301phyr", " Petit", ":24b"],
        *["Je suis ", "I am ", "I'm", "je m’appelle ", "créé par ", "a model from ", "Zorglub", "Zor", ", un "],
        *["assistant", " IA", ", a large ", "language model", "**", "« ", " ", "\n", ". ", ".", "!", ",", "-", "_"],
        *["un", " le", " de", "Le", "Deepm", "ı", "nd", "ſ", "K", "\u200b", "\u200d", "\ufe0f", "\u0301", "é", "👩"],
        *["demo", "/", "alpage", "Atelier", " du", " Vent", "Meta", "x", "AI", "une phrase ordinaire et longue "],
    ]
)
TEXTS = st.lists(PIECES, max_size=14).map("".join)
PROMPTS = st.sampled_from(["", "mistral ou claude ?", "Que fait ChatGPT ?"])


@settings(max_examples=300, deadline=None)
@given(TEXTS, PROMPTS)
def test_what_is_shown_early_is_a_beginning_of_what_is_shown_last(text: str, prompt: str) -> None:
    shown = [MASKER.apply_partial(text[:size], prompt).text for size in range(len(text) + 1)]
    shown.append(MASKER.apply(text, prompt).text)

    assert all(later.startswith(earlier) for earlier, later in pairwise(shown))


@settings(max_examples=300, deadline=None)
@given(st.lists(TEXTS, max_size=12), PROMPTS)
def test_a_stream_shows_the_same_as_the_whole_text(deltas: list[str], prompt: str) -> None:
    stream = MASKER.stream(prompt)
    for delta in deltas:
        stream.feed(delta)

    assert stream.finish() == MASKER.apply("".join(deltas), prompt)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60), st.sampled_from(["ChatGPT", "Mistral AI", "Zéphyr Petit 3.2"]), st.text(max_size=60))
def test_a_name_between_two_texts_is_never_shown(before: str, name: str, after: str) -> None:
    text = f"{before} {name} {after}"

    assert name not in masked(text)
    assert all(name not in MASKER.apply_partial(text[:size]).text for size in range(len(text)))
