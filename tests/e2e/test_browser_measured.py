"""A measured battle in the browser: the label of each counter is read, fits a small phone and is accessible."""

from dataclasses import replace

import pytest
from playwright.sync_api import Browser

from arena.domain.provenance import MeterReading, StoredFootprint
from arena.domain.side import Side
from arena.services.footprints import FootprintService
from arena.storage.battles import BattleStore
from arena.storage.engine import open_engine
from arena.storage.footprints import FootprintStore
from arena.ui.text import load_text
from tests.e2e.duel_page import DESKTOP, PHONE, DuelPage, visiting
from tests.serving import Application

SMALL_PHONE = {**PHONE, "viewport": {"width": 320, "height": 640}}
GROSS_WH = dict(zip(Side, (0.3, 1.05), strict=True))


def put_readings(application: Application, battle_id: str) -> None:
    """What a counter would have read of both answers: this machine may have none."""
    engine = open_engine(f"sqlite:///{application.database}")
    try:
        battles, service = BattleStore(engine), FootprintService.load()
        battle = battles.get_battle(battle_id)
        for (index, side), (inputs, _) in FootprintStore(engine).of_battle(battle_id).items():
            gross_wh = GROSS_WH[side]
            inputs = replace(inputs, reading=MeterReading("nvml", gross_wh, 20.0, gross_wh - 0.05, 9.0))
            cost = StoredFootprint(inputs, service.estimate(inputs))
            battles.save_answer(battle_id, index, side, battle.turns[index].answers[side], cost, is_again=True)
    finally:
        engine.dispose()


def play_measured(page: DuelPage, application: Application) -> None:
    page.ask_and_wait("Pourquoi le ciel est-il bleu ?")
    ((battle_id,),) = application.rows("select id from battle order by created_at desc limit 1")
    put_readings(application, battle_id)
    page.vote()
    page.see_footprints()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("screen", "locale"),
    [(SMALL_PHONE, "fr"), (PHONE, "en"), (DESKTOP, "fr")],
    ids=["320-fr", "390-en", "1280-fr"],
)
def test_a_measured_battle_is_labelled_fits_and_is_accessible(
    browser: Browser, scripted: Application, locale: str, screen: dict[str, object]
) -> None:
    text = load_text(locale)
    with visiting(browser, scripted, locale, **screen) as page:
        play_measured(page, scripted)
        words = page.tab.inner_text("body")
        assert words.count(text("footprint.scope.nvml")) == 2
        assert text("footprint.comparison.more_measured", side="B", factor="4") in words
        assert text("footprint.scope.measured") in words
        assert page.overflow() == 0, page.wide_elements()
        assert page.violations() == []
        page.is_quiet()
