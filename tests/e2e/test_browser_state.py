"""A battle comes back where it was: reload, second tab, dead server; and its answers can be stopped and retried."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.e2e.conftest import scripted_application
from tests.e2e.duel_page import visiting
from tests.e2e.scripts import FailsUntilMended, HeldUntilLetGo
from tests.serving import Application, ScriptedModels, running

pytestmark = pytest.mark.browser


@pytest.fixture
def mortal(models: ScriptedModels, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """An application that a test may kill."""
    with running(scripted_application(models, tmp_path_factory.mktemp("mortal"))) as application:
        yield application


def test_a_reload_comes_back_where_the_battle_was(
    browser: Browser, scripted: Application, held: HeldUntilLetGo
) -> None:
    with visiting(browser, scripted) as page:
        page.ask("Compte lentement [held]")
        page.tab.wait_for_selector("#answer-a .block")
        page.reload()
        page.reaches("writing")
        page.tab.wait_for_selector("#answer-a .block")
        assert page.answer("a").startswith("mot0 mot1")
        held.is_let_go = True
        page.reaches("voting")
        assert page.answer("a").split() == [f"mot{number}" for number in range(60)]
        assert page.tab.inner_text("#asked-first") == "Compte lentement [held]"
        page.vote("b")
        page.tab.fill("#comment textarea", "mon commentaire")
        page.reload()
        page.reaches("voting")
        page.tab.wait_for_selector("#vote-state .recorded")
        assert page.tab.is_checked("#outcome input[value=b]")
        page.see_footprints()
        page.reload()
        page.reaches("footprints")
        page.tab.wait_for_selector("#footprints-heading")
        page.tab.wait_for_selector("#answer-b .block")
        page.see_names()
        page.reload()
        page.reaches("names")
        assert "Zorblax 9" in page.tab.inner_text("#names")
        page.tab.click("#new-duel")
        page.reaches("compose")
        page.reload()
        assert page.phase == "compose"
        page.is_quiet()


def test_a_second_tab_sees_the_same_battle_grow(browser: Browser, scripted: Application, held: HeldUntilLetGo) -> None:
    with visiting(browser, scripted) as page:
        page.ask("Compte pour deux [held]")
        second = type(page)(page.context, scripted, "fr")
        second.reaches("writing")
        held.is_let_go = True
        second.reaches("voting")
        page.reaches("voting")
        assert second.answer("a") == page.answer("a") != ""
    assert scripted.rows("select count(*) from turn where prompt='Compte pour deux [held]'") == [(1,)]


def test_a_page_outlives_a_killed_server(browser: Browser, mortal: Application) -> None:
    with visiting(browser, mortal) as page:
        page.ask_and_wait("Avant la coupure")
        page.vote("a")
        mortal.kill()
        mortal.start()
        assert mortal.rows("select outcome from vote") == [("a",)]
        page.tab.check("#outcome input[value=b]")
        page.tab.wait_for_function("document.querySelector('#vote-state').textContent.includes('B est meilleure')")
        page.see_footprints()
        page.see_names()
    assert mortal.rows("select outcome from vote") == [("b",)]


def test_a_server_killed_while_writing_leaves_what_came_and_a_way_on(browser: Browser, mortal: Application) -> None:
    with visiting(browser, mortal) as page:
        page.ask("Coupure [hangs]")
        page.tab.wait_for_selector("#answer-b .block")
        mortal.kill()
        mortal.start()
        page.tab.wait_for_function("document.body.dataset.phase !== 'writing'")
        assert page.phase in ("voting", "broken")
        page.tab.wait_for_selector("#retry-a", state="visible")
        page.tab.click("#new-duel")
        page.reaches("compose")
        page.ask_and_wait("Et on continue")


def test_stop_ends_both_answers_and_keeps_what_came(browser: Browser, scripted: Application) -> None:
    with visiting(browser, scripted) as page:
        page.ask("Sans fin [hangs]")
        page.tab.wait_for_selector("#answer-b .block")
        page.tab.click("#stop")
        page.reaches("voting")
        assert page.answer("a") == "Un début, puis rien."
        assert page.tab.inner_text("#answer-a .status") == "Réponse A arrêtée."
        assert not page.tab.is_visible("#stop")


def test_a_failed_side_can_be_retried_and_the_other_keeps_its_answer(
    browser: Browser, scripted: Application, failing_side: FailsUntilMended
) -> None:
    with visiting(browser, scripted) as page:
        page.ask("Une panne [one-side]")
        page.reaches("broken")
        failed = "a" if page.tab.is_visible("#retry-a") else "b"
        other = {"a": "b", "b": "a"}[failed]
        assert not page.tab.is_visible(f"#retry-{other}")
        kept = page.answer(other)
        failing_side.is_mended = True
        page.tab.click(f"#retry-{failed}")
        page.reaches("voting")
        page.tab.wait_for_selector(f"#answer-{failed} .block")
        assert page.answer(failed) == page.answer(other) == kept
        assert not page.tab.is_visible(f"#retry-{failed}")
        page.vote()
        page.is_quiet()


def test_a_follow_up_goes_to_both_and_stands_under_the_first_turn(
    browser: Browser, scripted: Application, models: ScriptedModels
) -> None:
    with visiting(browser, scripted) as page:
        page.ask_and_wait("Premier tour")
        first = page.answer("a")
        page.tab.fill("#follow-up textarea", "Second tour")
        page.tab.click("#follow-up-send")
        for side in "ab":
            page.tab.wait_for_selector(f"#answer-{side} .turn:nth-child(2)[data-state=complete]", state="attached")
            assert page.tab.inner_text(f"#answer-{side} .turn:nth-child(2) .asked") == "Second tour"
        page.reaches("voting")
        assert page.answer("a") == first
        assert page.tab.input_value("#follow-up textarea") == ""
        page.vote("both_good")
        assert not page.tab.is_visible("#follow")
        page.is_quiet()
    last = models.requests[-1].json["messages"]
    assert [message["role"] for message in last] == ["user", "assistant", "user"]
