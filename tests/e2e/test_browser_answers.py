"""How answers arrive on the screen: harmless, growing, in place, and announced once."""

import pytest
from playwright.sync_api import Browser

from tests.e2e.duel_page import PHONE, DuelPage, visiting
from tests.serving import Application

pytestmark = pytest.mark.browser

_OBSERVE = """() => {
  window.seen = { shrunk: [], tops: new Set(), announced: [], removed: 0 };
  const lengths = new WeakMap();
  const look = () => {
    for (const block of document.querySelectorAll(".blocks > .block")) {
      const now = block.textContent.trimEnd().length;
      if (now < (lengths.get(block) || 0)) window.seen.shrunk.push([lengths.get(block), now, block.textContent]);
      lengths.set(block, now);
    }
    if (document.body.dataset.phase === "writing") {
      const title = document.querySelector("#answer-a-title").getBoundingClientRect();
      window.seen.tops.add(Math.round(title.top + scrollY));
    }
  };
  const all = { subtree: true, childList: true, characterData: true };
  new MutationObserver(look).observe(document.querySelector("#battle"), all);
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) window.seen.announced.push(node.textContent);
  }).observe(document.querySelector("#announcer"), { childList: true, subtree: true });
}"""


@pytest.mark.parametrize("prompt", ["Compte [slow]", "Raconte [plain]"])
def test_text_only_grows_and_nothing_jumps_while_it_is_written(
    browser: Browser, scripted: Application, prompt: str
) -> None:
    with visiting(browser, scripted, **PHONE) as page:
        page.tab.evaluate(_OBSERVE)
        page.ask(prompt)
        page.reaches("voting")
        assert page.tab.evaluate("window.seen.shrunk") == []
        assert len(page.tab.evaluate("[...window.seen.tops]")) <= 1


def test_the_end_of_each_answer_is_announced_once_and_not_after_a_reload(
    browser: Browser, scripted: Application
) -> None:
    with visiting(browser, scripted) as page:
        assert page.tab.get_attribute("#announcer", "aria-live") == "polite"
        page.tab.evaluate(_OBSERVE)
        page.ask("Compte [slow]")
        page.reaches("voting")
        assert sorted(page.tab.evaluate("window.seen.announced")) == ["Réponse A terminée.", "Réponse B terminée."]
        page.reload()
        page.tab.wait_for_selector("#answer-b .block")
        page.tab.wait_for_timeout(300)
        assert page.tab.inner_text("#announcer") == ""


@pytest.mark.parametrize(
    "prompt",
    [
        "Bonjour",
        "{{constructor.constructor('window.hacked=9')()}} ${window.hacked=10} <img src=x onerror=window.hacked=11>",
        "<script>window.hacked=12</script> ![x](https://evil.example/p.png) [y](javascript:window.hacked=13)",
    ],
)
def test_a_hostile_prompt_and_a_hostile_answer_execute_and_load_nothing(
    browser: Browser, scripted: Application, prompt: str
) -> None:
    with visiting(browser, scripted) as page:
        page.ask_and_wait(f"{prompt} [hostile]")
        assert page.tab.inner_text("#asked-first") == f"{prompt} [hostile]"
        _nothing_happened(page)
        assert page.tab.locator("#answers a[href]").count() == 0
        page.vote("both_bad")
        page.tab.fill("#comment textarea", prompt)
        page.see_footprints()
        page.see_names()
        page.reload()
        page.tab.wait_for_selector("#answer-a a[href]")
        _nothing_happened(page)
        addresses = page.tab.eval_on_selector_all("#answers a[href]", "links => links.map(link => link.href)")
        assert addresses
        assert all(address.startswith("https://evil.example/") for address in addresses)
        assert page.tab.eval_on_selector_all("#answers a", "links => links.every(l => l.rel.includes('noreferrer'))")
        page.is_quiet()


def _nothing_happened(page: DuelPage) -> None:
    page.tab.wait_for_timeout(200)
    assert page.tab.evaluate("window.hacked") is None
    made = "#answers :is(img, script, iframe, form, input:not([type=radio], [type=checkbox]), svg, object, style)"
    inside = page.tab.eval_on_selector_all(made, "found => found.filter(e => e.closest('.turn')).length")
    assert inside == 0
    fixed = "els => els.filter(e => ['fixed', 'sticky'].includes(getComputedStyle(e).position)).length"
    assert page.tab.eval_on_selector_all(".turn *", fixed) == 0
    assert "<script>window.hacked = 1</script>" in page.answer("a")


def test_both_answers_stand_side_by_side_on_a_desk_and_stacked_on_a_phone(browser: Browser, demo: Application) -> None:
    with visiting(browser, demo) as page:
        page.ask_and_wait("Deux colonnes ?")
        places = (
            """() => ["a", "b"].map(s => document.querySelector(`#answer-${s}`).getBoundingClientRect().toJSON())"""
        )
        for width, stacked in ((1280, False), (768, False), (767, True), (320, True)):
            page.tab.set_viewport_size({"width": width, "height": 800})
            a, b = page.tab.evaluate(places)
            assert (b["top"] >= a["bottom"]) is stacked, width
            assert (b["left"] >= a["right"]) is not stacked, width
