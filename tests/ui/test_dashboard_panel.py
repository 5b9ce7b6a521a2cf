"""What the dashboard says: an invitation, a withheld room, a whole one; names escaped, others' events unseen."""

import asyncio
import html
import json
import re
from dataclasses import replace
from pathlib import Path

import gradio as gr
import pandas as pd
import pytest

from arena.domain.catalogue import Catalogue
from arena.errors import BattleNotFound, InvalidChoice
from arena.services.dashboards import Dashboards
from arena.services.organisers import Access
from arena.storage.engine import open_engine, upgrade
from arena.ui.dashboard_numbers import p_value, percent, shaded
from arena.ui.dashboard_panel import DashboardPanel
from arena.ui.prompts_panel import PromptsPanel
from arena.ui.text import LOCALES, Text, load_text
from tests.services.house import BIG1, SMALL1, footprint_service
from tests.services.rooms import ELSEWHERE, ROOM, open_room

EVIL = "<script>alert(1)</script>"
US = Access(frozenset({ROOM}))
every_locale = pytest.mark.parametrize("locale", LOCALES)


async def room(folder: Path, people: int) -> Dashboards:
    """A room of that many, with a model whose name is an attack."""

    def prepare() -> Dashboards:
        engine = open_engine(f"sqlite:///{folder}/{people}.db")
        upgrade(engine)
        stores, _ = open_room(engine, people)
        catalogue = Catalogue({}, {SMALL1.id: SMALL1, BIG1.id: replace(BIG1, display_name=EVIL)})
        return Dashboards(stores, footprint_service(), catalogue, lambda _battle: False, view_counts_s=60)

    dashboards = await asyncio.to_thread(prepare)
    while (await dashboards.of(None)).uncounted:  # a view gives up counting after a second, on a busy machine too
        pass
    return dashboards


async def shown(dashboards: Dashboards, text: Text, looker: Access = US, event_id: str = ROOM) -> str:
    """Everything the panel renders, as it is sent."""
    panel = DashboardPanel(lambda: dashboards, text)
    with gr.Blocks():
        panel.lay_out()
    updates = await panel.render(looker, event_id)
    assert set(updates) == set(panel.parts)
    return "".join(value for value in updates.values() if isinstance(value, str))


@every_locale
async def test_an_event_without_a_duel_invites(tmp_path: Path, locale: str) -> None:
    text = load_text(locale)
    found = html.unescape(await shown(await room(tmp_path, 0), text))
    assert text("dashboard.empty") in found
    assert "<table" not in found


@every_locale
async def test_four_people_are_withheld_and_five_are_not(tmp_path: Path, locale: str) -> None:
    text = load_text(locale)
    few = html.unescape(await shown(await room(tmp_path, 4), text))
    assert text("dashboard.few", least=5) in few
    assert text("dashboard.participants.few", least=5) in few
    assert "<table" not in few
    assert text("dashboard.outcomes") in html.unescape(await shown(await room(tmp_path, 5), text))


@every_locale
async def test_a_room_has_numbers_and_percentages(tmp_path: Path, locale: str) -> None:
    text = load_text(locale)
    found = html.unescape(await shown(await room(tmp_path, 60), text))
    for key in ("outcomes", "switches", "bets", "needs", "costs", "models", "models.figures", "models.qualities"):
        assert text(f"dashboard.{key}") in found
    assert re.search(r"\d+\s?%", found)
    assert text("footprint.scope") in found  # a figure is never without what it counts
    assert text("dashboard.withheld.why", least=5) in found


async def test_names_are_escaped(tmp_path: Path) -> None:
    found = await shown(await room(tmp_path, 20), load_text("fr"))
    assert EVIL not in found
    assert html.escape(EVIL) in found


async def test_the_chart_is_given_what_gradio_makes_of_a_table(tmp_path: Path) -> None:
    dashboards = await room(tmp_path, 60)
    panel = DashboardPanel(lambda: dashboards, load_text("fr"))
    with gr.Blocks():
        panel.lay_out()
    chart = next(part for part in panel.parts if isinstance(part, gr.BarPlot))
    sent = (await panel.render(US, ROOM))[chart]["value"]
    made = chart.postprocess(pd.DataFrame(sent["data"], columns=sent["columns"]))
    assert made is not None
    assert sent == made.model_dump()
    assert sum(votes for _, votes in sent["data"]) > 0


async def test_an_event_of_somebody_else_shows_nothing(tmp_path: Path) -> None:
    dashboards, text = await room(tmp_path, 20), load_text("fr")
    stranger = Access(frozenset({ELSEWHERE}))
    for event_id in (ROOM, ""):
        assert text("dashboard.empty") in html.unescape(await shown(dashboards, text, stranger, event_id))
    panel = PromptsPanel(lambda: dashboards, text)
    with gr.Blocks():
        panel.lay_out()
    updates = await panel.render(stranger, ROOM)
    assert "Question" not in json.dumps(list(updates.values()))
    assert text("prompts.none") in "".join(value for value in updates.values() if isinstance(value, str))


@pytest.mark.parametrize(
    ("event_id", "act", "error"),
    [
        (ROOM, f"delete {0:032x} 0", InvalidChoice),
        ("", f"delete {0:032x} 0", BattleNotFound),
        ("", f"hide {0:032x} 0", BattleNotFound),
        (ELSEWHERE, "burn everything", InvalidChoice),
        (ELSEWHERE, "", InvalidChoice),
    ],
)
async def test_a_forged_confirmation_touches_nothing(
    tmp_path: Path, event_id: str, act: str, error: type[Exception]
) -> None:
    dashboards = await room(tmp_path, 6)
    panel = PromptsPanel(lambda: dashboards, load_text("fr"))
    with pytest.raises(error):
        await panel._done(Access(frozenset({ELSEWHERE})), event_id, "", "0", act)
    assert (await dashboards.of(None)).dashboard.battles == 6


def test_numbers_are_written_as_people_write_them() -> None:
    french, english = load_text("fr"), load_text("en")
    assert [percent(english, share) for share in (0.0, 0.001, 0.337, 1.0, None)] == [
        "0%",
        "<\u202f1%",
        "34%",
        "100%",
        "–",
    ]
    assert percent(french, 0.5) == "50\u202f%"
    assert [p_value(english, p) for p in (1.0, 0.0525, 0.0000001)] == ["1", "0.053", "<\u202f0.001"]
    assert "withheld" in shaded(english, None, 10)
    assert "30%" in shaded(english, 3, 10)
