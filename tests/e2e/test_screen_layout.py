"""The scenes of the screen in a real browser: at both sizes nothing sticks out and no letter is too small."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

from arena.domain.battle import AnswerStatus
from arena.domain.catalogue import EndpointKind, Openness
from arena.domain.legibility import Projection
from arena.domain.provenance import FootprintInputs, MeterReading
from arena.domain.quantity import Range
from arena.domain.rehearsal import CODE_SHARE, TEXT_SHARE
from arena.domain.round import Step
from arena.domain.side import Side
from arena.services.live_room import RoomView
from arena.ui.screen_scenes import asked_at, step_of
from arena.ui.screen_votes import live_words
from arena.ui.text import load_text
from tests.ui.reveals import NOW, inputs, names_of, view_of
from tests.ui.screen_views import BIG, HOST, LONG, SHORT, STEPS, battle, document_of, room_view, scene_of

pytestmark = pytest.mark.browser
SIZES = ((1280, 720), (1920, 1080))
OTHERS = ((1024, 768), (1280, 600), (800, 600), (2560, 1080))

# What is cut on purpose, with a mark that says so: the reminder of the question, long names and titles.
_FAULTS = """() => {
  const found = [], w = innerWidth, h = innerHeight;
  const unseen = (e) => e.closest(".unseen, .said .name, [hidden]");
  const clipped = (e) => e.closest(".reminder, .models dl > div, .models h2 span, .join .title");
  if (document.documentElement.scrollWidth > w || document.documentElement.scrollHeight > h) found.push("it scrolls");
  for (const e of document.querySelectorAll("main *")) {
    if (unseen(e) || clipped(e)) continue;
    const b = e.getBoundingClientRect();
    if (b.width && (b.left < -1 || b.top < -1 || b.right > w + 1 || b.bottom > h + 1))
      found.push(`${e.tagName}.${e.getAttribute("class")} leaves the window: ${[b.left, b.top, b.right, b.bottom]}`);
  }
  const scene = document.querySelector(".scene");
  if (!scene) return found;
  const body = scene.querySelector(".body").getBoundingClientRect();
  for (const e of scene.querySelectorAll(".body > *, .sheet, .sheet p, .status, li, dd, .models section")) {
    const b = e.getBoundingClientRect();
    if (!unseen(e) && !clipped(e) && b.width && (b.top < body.top - 1 || b.bottom > body.bottom + 1))
      found.push(`${e.tagName}.${e.getAttribute("class")} leaves its place: ${[b.top, b.bottom, body.bottom]}`);
    if (!clipped(e) && !unseen(e) && e.scrollWidth > e.clientWidth + 1 && e.clientWidth)
      found.push(`${e.tagName}.${e.getAttribute("class")} is too wide: ${e.scrollWidth} in ${e.clientWidth}`);
  }
  return found;
}"""
_SMALLEST = """() => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let least = Infinity, words = "";
  while (walk.nextNode()) {
    const node = walk.currentNode;
    if (!node.textContent.trim() || ["STYLE", "SCRIPT"].includes(node.parentElement.tagName)) continue;
    const size = parseFloat(getComputedStyle(node.parentElement).fontSize);
    if (size < least) [least, words] = [size, node.textContent.slice(0, 40)];
  }
  return [least, words];
}"""


@contextmanager
def tab_of(browser: Browser, size: tuple[int, int], **options: Any) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **options)
    try:
        yield context.new_page()
    finally:
        context.close()


def show(tab: Page, view: RoomView, locale: str = "fr", *, address: str = "http://192.168.1.20:7860/e/K7QX2M") -> None:
    fills = live_words(load_text(locale), view.counts, asked_at(step_of(view)))
    tab.set_content(document_of(scene_of(view, locale, address=address), dict(fills), locale))


def pages_of_view(view: RoomView) -> Iterator[RoomView]:
    room = view.state.room
    for page in range(scene_of(view).pages):
        yield replace(view, state=replace(view.state, room=replace(room, page=page)))


def crowded(step: Step) -> RoomView:
    """A step with everything as long as it gets."""
    settings = replace(room_view(step).event.settings, title="Rencontre « Café IA » de la médiathèque " * 4)
    model = replace(
        BIG,
        display_name="Flarn Large Instruct 405B A17B 2512 Preview",
        maker="Wibbleworks Research International",
        openness=Openness.CLOSED,
        active_params_b=Range(17, 40),
        licence="Flarn Community License Agreement, version 3.1",
    )
    host = replace(HOST, name="Xylofer Hosting and Cloud Services")
    view = room_view(
        step,
        one={"recorded_at": NOW},
        battle=replace(
            battle((LONG, LONG), prompt="Explique la diffusion de Rayleigh à un enfant. " * 42), is_demo=True
        ),
    )
    names = replace(names_of(dict.fromkeys(Side, model)), endpoints=dict.fromkeys(Side, host)) if view.names else None
    return replace(view, event=replace(view.event, settings=settings), names=names)


@pytest.mark.parametrize(("size", "locale"), [(SIZES[0], "fr"), (SIZES[1], "fr"), (SIZES[1], "en")])
@pytest.mark.parametrize("step", STEPS)
def test_every_page_fits_and_no_letter_is_below_32_px(
    browser: Browser, step: Step, size: tuple[int, int], locale: str
) -> None:
    with tab_of(browser, size) as tab:
        for view in (*pages_of_view(room_view(step)), *pages_of_view(crowded(step))):
            show(tab, view, locale)
            assert tab.evaluate(_FAULTS) == []
            least, words = tab.evaluate(_SMALLEST)
            assert least >= max(32, TEXT_SHARE * size[0]) - 0.01, words


@pytest.mark.parametrize("locale", ["fr", "en"])
@pytest.mark.parametrize("kinds", [(EndpointKind.DEMO, EndpointKind.DEMO), (EndpointKind.LOCAL, EndpointKind.HOSTED),
                                   (EndpointKind.LOCAL, EndpointKind.LOCAL), ("measured", "measured")])  # fmt: skip
def test_figures_of_every_kind_fit(browser: Browser, kinds: tuple[str, str], locale: str) -> None:
    facts = {side: _facts(kind) for side, kind in zip(Side, kinds, strict=True)}
    view = replace(room_view(Step.FOOTPRINTS), footprints=view_of(facts).footprints)
    with tab_of(browser, SIZES[0]) as tab:
        for page in pages_of_view(view):
            show(tab, page, locale)
            assert tab.evaluate(_FAULTS) == []


def _facts(kind: str) -> FootprintInputs:
    if kind == "measured":
        reading = MeterReading("nvml", 0.0123, 0.0098, 4.2, 31.0)
        return replace(inputs(BIG, kind=EndpointKind.LOCAL), reading=reading)
    return inputs(BIG, kind=EndpointKind(kind))


@pytest.mark.parametrize("size", OTHERS)
def test_other_windows_are_filled_without_a_fault(browser: Browser, size: tuple[int, int]) -> None:
    with tab_of(browser, size) as tab:
        for step in STEPS:
            for view in pages_of_view(crowded(step)):
                show(tab, view)
                assert tab.evaluate(_FAULTS) == [], step


@pytest.mark.parametrize(
    ("step", "scheme"), [*((step, "light") for step in STEPS), (Step.ANSWERS, "dark"), (Step.FOOTPRINTS, "dark")]
)
def test_axe_finds_nothing_serious(browser: Browser, step: Step, scheme: Any) -> None:
    with tab_of(browser, SIZES[0], color_scheme=scheme) as tab:
        for view in pages_of_view(room_view(step)):
            show(tab, view)
            faults = [
                f"{fault['id']}: {node['target']} {node.get('failureSummary', '')[:200]}"
                for fault in Axe().run(tab).response["violations"]
                for node in fault["nodes"]
                if fault["impact"] in ("serious", "critical")
            ]
            assert faults == []


@pytest.mark.parametrize("size", SIZES)
def test_the_code_can_be_read_from_8_m_on_a_picture_of_1_m_and_a_half(browser: Browser, size: tuple[int, int]) -> None:
    with tab_of(browser, size) as tab:
        show(tab, room_view(Step.WAITING))
        font_px = tab.evaluate("parseFloat(getComputedStyle(document.querySelector('.spelled')).fontSize)")
    assert Projection(width_m=1.5, width_px=size[0]).farthest_m(font_px) >= 8
    assert font_px >= CODE_SHARE * size[0], "a rehearsal says from how far it is read"


def test_a_long_address_leaves_room_for_the_code(browser: Browser) -> None:
    address = "https://une-salle-au-nom-plutot-long.mediatheque-departementale.example.org:8443/e/K7QX2M"
    with tab_of(browser, SIZES[0]) as tab:
        show(tab, crowded(Step.WAITING), address=address)
        assert tab.evaluate(_FAULTS) == []


BLOCKS = st.one_of(
    st.lists(
        st.sampled_from(["mot", "WWWWW", "illi", "**gras**", "`code`", "œuvre", "1 000 €", "漢字", "🌞", "—"]),
        max_size=90,
    ).map(" ".join),
    st.text(alphabet="abcdefghWM@œ", min_size=1, max_size=900),
    st.lists(st.sampled_from(["- point", "1. point long " * 6, "  - sous-point", "    - profond"]), max_size=25).map(
        "\n".join
    ),
    st.lists(
        st.sampled_from(["    if x:", "def f(a, b, c):", "x = 1", "", "y" * 120, "# " + "très " * 30]), max_size=25
    ).map(lambda lines: "```\n" + "\n".join(lines) + "\n```"),
    st.integers(1, 15).map(lambda rows: "| a | b | c |\n|---|---|---|\n" + "| un | deux mots | trois |\n" * rows),
    st.just("## Un titre qui est assez long pour prendre deux lignes sur un écran de cette taille"),
    st.just("> Une citation.\n>\n> - avec une liste\n> - à deux points"),
    st.text(max_size=300),
)


def test_no_page_of_any_answer_is_higher_than_its_place(browser: Browser) -> None:
    with tab_of(browser, SIZES[0]) as tab:

        @settings(
            max_examples=30,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(st.lists(BLOCKS, min_size=1, max_size=6).map("\n\n".join), st.booleans(), st.booleans())
        def shown(source: str, is_alone: bool, is_growing: bool) -> None:
            status = AnswerStatus.STREAMING if is_growing else AnswerStatus.COMPLETE
            texts = (source, SHORT if is_alone else source)
            for view in pages_of_view(room_view(Step.ANSWERS, battle=battle(texts, status=status))):
                show(tab, view)
                assert tab.evaluate(_FAULTS) == []

        shown()


def test_no_page_of_any_question_is_higher_than_its_place(browser: Browser) -> None:
    with tab_of(browser, SIZES[0]) as tab:

        @settings(
            max_examples=20,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(st.one_of(BLOCKS, st.text(min_size=1, max_size=2000)).filter(str.strip))
        def shown(prompt: str) -> None:
            for view in pages_of_view(room_view(Step.PROMPT, battle=battle(prompt=prompt))):
                show(tab, view)
                assert tab.evaluate(_FAULTS) == []

        shown()
