"""A participant of a room with a browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect

from tests.e2e.duel_page import PATIENCE_MS, PHONE
from tests.serving import Application


class PhonePage:
    """One tab in a room, with everything it complained of and everybody it spoke to."""

    def __init__(self, context: BrowserContext, application: Application, code: str) -> None:
        self.context = context
        self.url = application.url
        self.code = code
        self.complaints: list[str] = []
        self.hosts: set[str] = set()
        self.tab: Page = self._open()
        self.tab.goto(f"{self.url}/e/{code}")
        self.reaches_any()

    def _open(self) -> Page:
        tab = self.context.new_page()
        tab.set_default_timeout(PATIENCE_MS)
        tab.on("console", self._hear)
        tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        tab.on("request", self._see)
        return tab

    def closes_and_comes_back(self) -> None:
        """The tab is closed; another one is opened by the code."""
        self.tab.close()
        self.tab = self._open()
        self.tab.goto(f"{self.url}/e/{self.code}")
        self.reaches_any()

    def reaches_any(self) -> None:
        self.tab.wait_for_selector("body[data-step]")

    def reaches(self, step: str) -> None:
        self.tab.wait_for_selector(f"body[data-step={step}]")

    def chooses(self, value: str) -> None:
        self.tab.click(f"#ask [data-value='{value}']")

    def has_chosen(self, value: str) -> None:
        """That option, and no other, is marked."""
        expect(self.tab.locator("#ask [aria-pressed=true]")).to_have_count(1)
        expect(self.tab.locator(f"#ask [data-value='{value}']")).to_have_attribute("aria-pressed", "true")

    def is_told(self, words: str) -> None:
        """What became of the choice."""
        expect(self.tab.locator("#fate")).to_contain_text(words, timeout=PATIENCE_MS)

    def is_warned(self, words: str) -> None:
        """What the banner says, "" for nothing."""
        expect(self.tab.locator("#lost")).to_have_text(words, timeout=PATIENCE_MS)

    def size_of_letters(self) -> float:
        """Of the sentence below the heading, in CSS pixels."""
        return float(self.tab.evaluate("parseFloat(getComputedStyle(document.querySelector('#step + p')).fontSize)"))

    def kept(self) -> list[str]:
        """What lies on the phone of choices that are not on disk yet."""
        return list(self.tab.evaluate("Object.keys(localStorage).filter(key => key.startsWith('arena.ballot.'))"))

    def faults(self) -> list[str]:
        """Of what is shown now: accessibility in both schemes, width on narrow and magnified screens."""
        step = self.tab.get_attribute("body", "data-step")
        found = [f"{step} {fault}" for scheme in ("light", "dark") for fault in self._violations(scheme)]
        before = self.tab.viewport_size
        for width, size in ((320, "100%"), (320, "150%"), (1280, "200%")):
            self.tab.set_viewport_size({"width": width, "height": 640})
            self.tab.evaluate("size => { document.documentElement.style.fontSize = size }", size)
            over = self.tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            found += [f"{step} at {width} px, letters of {size}: {self._wide_elements()}"] if over > 0 else []
        self.tab.evaluate("document.documentElement.style.fontSize = ''")
        self.tab.set_viewport_size(before or {"width": 390, "height": 844})
        return found

    def _wide_elements(self) -> list[str]:
        script = """() => [...document.querySelectorAll("body *")]
            .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && e.getClientRects().length)
            .slice(0, 6).map(e => e.tagName + "." + e.getAttribute("class") + " " + e.textContent.slice(0, 20))"""
        return list(self.tab.evaluate(script))

    def _violations(self, scheme: Any) -> list[str]:
        self.tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        results: dict[str, Any] = Axe().run(self.tab).response
        return [
            f"{scheme} {fault['id']}: {node['target']} {node.get('failureSummary', '')[:200]}"
            for fault in results["violations"]
            if fault["impact"] in ("serious", "critical")
            for node in fault["nodes"]
        ]

    def is_quiet(self) -> None:
        """Nothing was complained of, and nobody else was asked for anything."""
        assert self.complaints == [], self.complaints
        assert self.hosts == {urlsplit(self.url).netloc}, self.hosts

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text} {message.location.get('url')}")

    def _see(self, request: Request) -> None:
        self.hosts.add(urlsplit(request.url).netloc)


@contextmanager
def in_room(browser: Browser, application: Application, code: str, **options: Any) -> Iterator[PhonePage]:
    """A phone with a browser profile of its own."""
    context = browser.new_context(**{"locale": "fr-FR", "reduced_motion": "reduce", **PHONE, **options})
    try:
        yield PhonePage(context, application, code)
    finally:
        context.close()
