"""The panel of downloads: its links, what it says is left out, and that it shows nothing of somebody else's."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace

import gradio as gr
import pytest
from sqlalchemy import Engine

from arena.domain.dataset import Dataset, formats_of
from arena.services.codebook import codebook_files, load_codebook
from arena.services.datasets import Datasets
from arena.services.organisers import Access
from arena.storage.datasets import DatasetStore
from arena.storage.engine import open_engine, upgrade
from arena.ui.exports_panel import ExportsPanel
from arena.ui.layout import html
from arena.ui.text import LOCALES, load_text
from tests.organising import guard_for
from tests.storage.room import EVENT, OTHER, PEOPLE, add_battle, add_event, add_room, battle_of, hide

LINK = re.compile(r'href="([^"]+)"')

ASKED = SimpleNamespace(headers={}, cookies={})  # what a handler reads of a request
OURS = Access(frozenset({EVENT, OTHER}))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path_factory.mktemp('panel')}/arena.db")
    upgrade(engine)
    add_event(engine, state="open")
    battles = add_room(engine)
    hide(engine, battles[3].id)
    add_battle(engine, battle_of(20, EVENT, PEOPLE[0], "x", is_demo=True), [PEOPLE[0]])
    add_battle(engine, battle_of(21, EVENT, PEOPLE[0], "x"), [PEOPLE[0]], told=False)
    add_event(engine, OTHER, "XYZ789", day=21)
    add_room(engine, OTHER, PEOPLE[:4])
    yield engine
    engine.dispose()


@dataclass
class Shown:
    """A panel in a page of its own."""

    panel: ExportsPanel
    blocks: gr.Blocks

    def render(self, event_id: str, access: Access | None = None) -> str:
        updates = asyncio.run(self.panel.render(access or OURS, event_id))
        assert set(updates) == set(self.panel.parts)
        return str(updates[self.panel.files])

    def choose(self, event_id: str, *options: str) -> str:
        """What the listener of the options answers."""
        listener = next(iter(self.blocks.fns.values())).fn
        assert listener is not None
        return str(asyncio.run(listener(ASKED, event_id, list(options)))[self.panel.files])


def shown(engine: Engine, locale: str = "fr") -> Shown:
    datasets = Datasets(DatasetStore(engine))
    panel = ExportsPanel(lambda: datasets, load_text(locale))
    with gr.Blocks() as blocks:
        chosen = gr.Textbox("", visible="hidden")
        problem = html("")
        panel.lay_out()
        panel.connect(guard_for(problem, EVENT, OTHER), chosen)
    return Shown(panel, blocks)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_file_and_the_codebook_have_a_link(engine: Engine, locale: str) -> None:
    links = LINK.findall(shown(engine, locale).render(EVENT))
    files = [f"/organise/export/{EVENT}/{dataset}.{form}" for dataset in Dataset for form in formats_of(dataset)]
    assert [link.partition("?")[0] for link in links[:-2]] == files
    assert not any("texts" in link or "demo" in link for link in links)
    assert {link.rpartition("/")[2] for link in links[-2:]} <= set(codebook_files(load_codebook()))


def test_texts_come_with_a_warning(engine: Engine) -> None:
    page = shown(engine)
    warning = load_text("fr")("exports.texts.warning")
    with_texts = page.choose(EVENT, "texts")
    assert warning in with_texts
    assert all("texts=yes" in link for link in LINK.findall(with_texts)[:-2])
    assert warning not in page.choose(EVENT)
    assert all("demo=yes" in link for link in LINK.findall(page.choose(EVENT, "demo"))[:-2])


def test_what_is_left_out_is_counted(engine: Engine) -> None:
    said = shown(engine, "en").render(EVENT)
    assert "Duels in the files: 5." in said
    assert "Hidden duels, in no file: 1." in said
    assert "Demonstration duels, left out: 1." in said
    assert "still blind, added later: 1." in said
    assert "left out" not in shown(engine, "en").choose(EVENT, "demo")


def test_an_event_of_fewer_than_five_people_offers_no_file(engine: Engine) -> None:
    said = shown(engine, "en").render(OTHER)
    assert "Fewer than 5 people" in said
    assert "/organise/export/" not in said


@pytest.mark.parametrize("event_id", ["", EVENT, "*", "' OR 1=1"])
def test_without_an_event_of_ones_own_there_is_nothing(engine: Engine, event_id: str) -> None:
    foreign = Access()
    assert LINK.findall(shown(engine).render(event_id, foreign)) == []
    if event_id != EVENT:
        assert LINK.findall(shown(engine).choose(event_id, "texts")) == []


def test_the_options_are_reset_with_another_event(engine: Engine) -> None:
    page = shown(engine)
    options = asyncio.run(page.panel.render(OURS, EVENT))[page.panel.options]
    assert (options["value"], options["visible"]) == ([], True)
    assert asyncio.run(page.panel.render(OURS, ""))[page.panel.options]["visible"] is False
