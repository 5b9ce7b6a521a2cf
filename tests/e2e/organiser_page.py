"""An organiser with a browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage

from tests.e2e.duel_page import DESKTOP, DuelPage
from tests.serving import Application


class OrganiserPage(DuelPage):
    """One tab on the organisers' page, as attentive as that of a participant."""

    def __init__(self, context: BrowserContext, application: Application, locale: str) -> None:
        super().__init__(context, application, f"organise/{locale}")

    def ready(self) -> None:
        """Wait until the page shows its door or its desk."""
        self.tab.wait_for_selector("#door .lead, [data-access=yes]", state="attached")

    def _hear(self, message: ConsoleMessage) -> None:
        """Gradio's charts warn of what Gradio itself tells them."""
        if message.type == "error" or "/assets/embed-" not in message.location.get("url", ""):
            super()._hear(message)

    def enter(self, secret: str) -> None:
        """Give a secret at the door."""
        self.tab.fill("#secret", secret)
        self.tab.click("form.ask button")
        self.tab.wait_for_selector("#picker")

    def fill(self, **fields: str) -> None:
        """Type into fields of the settings."""
        for name, value in fields.items():
            self.tab.fill(f"#field-{name} :is(input, textarea)", value)

    def save(self) -> None:
        self.tab.click("#save-event")

    def says(self, words: str) -> None:
        """Wait for words on the line of problems."""
        self.tab.wait_for_function("words => document.querySelector('#problem').innerText.includes(words)", arg=words)

    def goes_to(self, place: str) -> None:
        """See one place of the page."""
        self.tab.click(f"#directory a[href='#{place}']")
        self.tab.wait_for_selector(f"#place-{place}")

    def opens_the_event(self) -> str:
        """Open the chosen event; its code."""
        self.moves_the_event("open")
        return self.tab.inner_text("#event-summary .code")

    def moves_the_event(self, state: str) -> None:
        """Open or close the chosen event."""
        self.tab.check("#state-confirm input")
        self.tab.click("#state-move")
        self.tab.wait_for_selector(f".state[data-state={state}]")


@contextmanager
def organising(
    browser: Browser, application: Application, locale: str = "fr", **options: Any
) -> Iterator[OrganiserPage]:
    """A new browser profile on the organisers' page."""
    language = {"fr": "fr-FR", "en": "en-GB"}[locale]
    context = browser.new_context(**{"locale": language, "reduced_motion": "reduce", **DESKTOP, **options})
    try:
        yield OrganiserPage(context, application, locale)
    finally:
        context.close()
