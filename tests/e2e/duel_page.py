"""A participant with a browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

from tests.serving import Application

PATIENCE_MS = 60_000
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}


class DuelPage:
    """One tab on the duel, with everything it complained of and everybody it spoke to."""

    def __init__(self, context: BrowserContext, application: Application, locale: str) -> None:
        self.context = context
        self.tab: Page = context.new_page()
        self.address = f"{application.url}/{locale}/"
        self.complaints: list[str] = []
        self.hosts: set[str] = set()
        self.calls: list[Request] = []
        self.tab.set_default_timeout(PATIENCE_MS)
        self.tab.on("console", self._hear)
        self.tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.tab.on("request", self._see)
        self.tab.on("response", self._judge)
        self.tab.goto(self.address)
        self.ready()

    def ready(self) -> None:
        """Wait until the page shows a phase."""
        self.tab.wait_for_function("document.body.dataset.phase && document.querySelector('#answer-b')")

    def reload(self) -> None:
        self.tab.reload()
        self.ready()

    @property
    def phase(self) -> str:
        return str(self.tab.evaluate("document.body.dataset.phase"))

    def reaches(self, phase: str) -> None:
        """Wait for a phase."""
        self.tab.wait_for_selector(f"body[data-phase={phase}]")

    def ask(self, prompt: str) -> None:
        """Send a prompt and wait until both answers are being written, or more."""
        self.tab.fill("#prompt textarea", prompt)
        self.tab.click("#send")
        self.tab.wait_for_function("document.body.dataset.phase !== 'compose'")

    def ask_and_wait(self, prompt: str) -> None:
        self.ask(prompt)
        self.reaches("voting")

    def vote(self, outcome: str = "a") -> None:
        """Choose an outcome and wait until it is recorded."""
        self.tab.check(f"#outcome input[value={outcome}]")
        self.tab.wait_for_selector("#vote-state .recorded")

    def see_footprints(self) -> None:
        self.tab.click("#to-footprints")
        self.reaches("footprints")
        self.tab.wait_for_selector("#footprints-heading")

    def see_names(self) -> None:
        self.tab.click("#to-names")
        self.reaches("names")
        self.tab.wait_for_selector("#names-heading")

    def answer(self, side: str) -> str:
        """The words of one side's first answer."""
        return self.tab.inner_text(f"#answer-{side} .turn:nth-child(1) .blocks")

    def focus_is_on(self, anchor: str) -> None:
        self.tab.wait_for_function("id => document.activeElement?.id === id", arg=anchor)

    def tab_to(self, selector: str, *, backwards: bool = False) -> None:
        """Press Tab until the focus is there; it must always be seen where it is."""
        for _ in range(60):
            self.tab.keyboard.press("Shift+Tab" if backwards else "Tab")
            if self.tab.evaluate("selector => document.activeElement?.matches(selector)", selector):
                outline = self.tab.evaluate("getComputedStyle(document.activeElement).outlineStyle")
                assert outline != "none", selector
                return
        raise AssertionError(f"{selector} cannot be reached with Tab")

    def overflow(self) -> int:
        """How many CSS pixels the page is wider than its window."""
        return int(self.tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    def wide_elements(self) -> list[str]:
        """Who sticks out of the window, for the message of a failing test."""
        script = """() => [...document.querySelectorAll("body *")]
            .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && e.getClientRects().length)
            .slice(0, 5).map(e => e.tagName + "#" + e.id + "." + e.className)"""
        return list(self.tab.evaluate(script))

    def violations(self) -> list[str]:
        """What axe-core finds serious or critical, in both colour schemes."""
        found = []
        for scheme in ("light", "dark"):
            self.tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            self.tab.wait_for_function(
                "dark => document.body.classList.contains('dark') === dark", arg=scheme == "dark"
            )
            results: dict[str, Any] = Axe().run(self.tab).response
            found += [
                f"{scheme} {self.phase} {fault['id']}: {node['target']} {node.get('failureSummary', '')[:200]}"
                for fault in results["violations"]
                if fault["impact"] in ("serious", "critical")
                for node in fault["nodes"]
            ]
        return found

    def faults(self) -> list[str]:
        """Of what is shown now: accessibility in both schemes, width on narrow and magnified screens."""
        faults = self.violations()
        before = self.tab.viewport_size
        for width in (320, 640):
            self.tab.set_viewport_size({"width": width, "height": 480})
            if self.overflow() > 0:
                faults.append(f"{self.phase} at {width}px is {self.overflow()}px too wide: {self.wide_elements()}")
        self.tab.set_viewport_size(before or {"width": 1280, "height": 800})
        return faults

    def is_quiet(self) -> None:
        """Nothing was complained of, and nobody else was asked for anything."""
        assert self.complaints == [], self.complaints
        assert self.hosts == {urlsplit(self.address).netloc}, self.hosts

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text} {message.location.get('url')}")

    def _judge(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status} {response.url}")

    def _see(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob"):
            self.hosts.add(parts.netloc)
        if request.method == "POST":
            self.calls.append(request)


@contextmanager
def visiting(browser: Browser, application: Application, locale: str = "fr", **options: Any) -> Iterator[DuelPage]:
    """A new visitor with a browser profile of their own."""
    language = {"fr": "fr-FR", "en": "en-GB"}[locale]
    context = browser.new_context(**{"locale": language, "reduced_motion": "reduce", **DESKTOP, **options})
    try:
        yield DuelPage(context, application, locale)
    finally:
        context.close()
