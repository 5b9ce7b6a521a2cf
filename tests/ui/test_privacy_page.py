"""The privacy page and the register say the same, in both languages, whatever the settings."""

import html
import re

import pytest

from arena.domain.catalogue import EndpointKind
from arena.services.privacy import Practice, Topic, privacy_of
from arena.ui.cards import consent, footer
from arena.ui.privacy_page import privacy_body, register_body
from arena.ui.privacy_words import PAGE, REGISTER, register_markdown, topics_of
from arena.ui.text import LOCALES, load_text
from arena.ui.visitor import COOKIE
from tests.services.test_privacy import FAR, NEAR, SOMEWHERE, host, line_up

LINE_UP = line_up(NEAR, FAR, SOMEWHERE)
LOCALES_BOTH = pytest.mark.parametrize("locale", LOCALES)


def lines(words: str) -> list[str]:
    return [html.unescape(line) for line in re.findall(r"<li>(.*?)</li>", words)]


@LOCALES_BOTH
def test_what_both_documents_say_of_a_topic_is_the_same(locale: str) -> None:
    text, privacy = load_text(locale), privacy_of(Practice(30), LINE_UP)
    on_page = {topic.topic: topic.lines for topic in topics_of(text, privacy, PAGE)}
    in_register = {topic.topic: topic.lines for topic in topics_of(text, privacy, REGISTER)}
    assert set(in_register) == set(Topic)
    assert {topic: in_register[topic] for topic in on_page} == on_page


@LOCALES_BOTH
@pytest.mark.parametrize(
    ("changed", "place"),
    [
        (privacy_of(Practice(12), LINE_UP), "12"),
        (privacy_of(Practice(30, "Anne & fils <dpo@exemple.fr>"), LINE_UP), "Anne & fils <dpo@exemple.fr>"),
        (privacy_of(Practice(30), line_up(NEAR, host("moon", "POL"))), "Moon"),
        (privacy_of(Practice(30), line_up(host("attic", None, EndpointKind.LOCAL))), "Attic"),
    ],
)
def test_changing_a_setting_changes_both(locale: str, changed: dict, place: str) -> None:  # type: ignore[type-arg]
    text, before = load_text(locale), privacy_of(Practice(30), LINE_UP)
    for document in (privacy_body, register_body, register_markdown):
        old, new = html.unescape(document(text, before)), html.unescape(document(text, changed))
        assert place in new
        assert place not in old
    assert set(lines(privacy_body(text, changed))) <= set(lines(register_body(text, changed)))
    assert lines(register_body(text, changed)) == [
        line[2:] for line in register_markdown(text, changed).splitlines() if line.startswith("- ")
    ]


@LOCALES_BOTH
def test_the_words_are_those_of_the_settings_and_countries_have_names(locale: str) -> None:
    text = load_text(locale)
    body = privacy_body(text, privacy_of(Practice(30), LINE_UP))
    assert COOKIE in body
    assert text("zone.USA") in html.unescape(body)
    assert "USA" not in body
    assert f'href="/{locale}/summary"' in body
    assert f'href="/{locale}/privacy/register"' in body


def test_a_contact_is_escaped() -> None:
    body = privacy_body(load_text("fr"), privacy_of(Practice(30, "<script>alert(1)</script>"), LINE_UP))
    assert "<script>" not in body


@LOCALES_BOTH
def test_the_consent_line_and_the_footer_lead_there_and_load_nothing(locale: str) -> None:
    for part in (consent(load_text(locale)), footer(load_text(locale))):
        assert f'href="/{locale}/privacy"' in part
        assert "<link" not in part
        assert "rel=" not in part
