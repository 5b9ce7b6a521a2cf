"""The quiet line of an event: what it says, escaped, and whether there is something to leave."""

from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import cast

import gradio as gr
import pytest

from arena.domain.event import Event, EventSettings, EventState, Moderation
from arena.domain.pairing import PairingMode
from arena.services.arena import Arena
from arena.ui.event_section import EventSection
from arena.ui.layout import Parts
from arena.ui.text import LOCALES, load_text

EVENT = Event(
    "e" * 32,
    "ABC234",
    EventState.OPEN,
    EventSettings("<b>Soirée</b>", date(2026, 3, 14), mode=PairingMode.SMALL_ONLY),
    datetime(2026, 3, 1, tzinfo=UTC),
)


async def line_of(
    event: Event | None, *, open_code: str | None = None, locale: str = "fr", has_room: bool = False
) -> str:
    """The line as a page shows it, for a visitor of that event."""

    async def is_open(_event_id: str) -> bool:
        return has_room

    async def current(_visitor_id: str) -> Event | None:
        return event

    events = SimpleNamespace(current=current, open_code=open_code)
    rooms = SimpleNamespace(views=SimpleNamespace(is_open=is_open))
    section = EventSection(lambda: cast(Arena, SimpleNamespace(events=events, rooms=rooms)), load_text(locale))
    with gr.Blocks():
        section.lay_out()
    page = cast(Parts, SimpleNamespace(modes="modes", mode="mode", chosen="chosen"))
    return str((await section.shown("anne", page))[section.line])


@pytest.mark.parametrize("locale", LOCALES)
async def test_an_event_is_named_escaped_and_can_be_left(locale: str) -> None:
    line = await line_of(EVENT, locale=locale)
    assert "&lt;b&gt;Soirée&lt;/b&gt;" in line
    assert 'data-event="open"' in line
    assert "data-leave" in line
    assert "notice" not in line


@pytest.mark.parametrize("locale", LOCALES)
async def test_without_an_event_there_is_a_way_to_join_one_and_nothing_to_leave(locale: str) -> None:
    line = await line_of(None, locale=locale)
    assert f'href="/{locale}/join"' in line
    assert "data-" not in line


@pytest.mark.parametrize("state", [EventState.DRAFT, EventState.CLOSED])
async def test_an_event_that_is_not_open_says_so_in_words(state: EventState) -> None:
    assert load_text("fr")(f"event.note.{state}") in await line_of(replace(EVENT, state=state))


async def test_an_event_of_suggestions_says_so_in_words() -> None:
    settings = replace(EVENT.settings, moderation=Moderation.SUGGESTIONS)
    assert load_text("fr")("event.note.suggestions") in await line_of(replace(EVENT, settings=settings))


async def test_the_event_where_everybody_lands_can_be_left_only_once_it_is_closed() -> None:
    assert "data-leave" not in await line_of(EVENT, open_code=EVENT.code)
    assert "data-leave" in await line_of(replace(EVENT, state=EventState.CLOSED), open_code=EVENT.code)


@pytest.mark.parametrize("locale", LOCALES)
async def test_an_open_room_can_be_entered(locale: str) -> None:
    assert f'href="/room/{locale}/ABC234"' in await line_of(EVENT, locale=locale, has_room=True)
    assert "/room/" not in await line_of(EVENT, locale=locale)
    assert "/room/" not in await line_of(replace(EVENT, state=EventState.CLOSED), locale=locale, has_room=True)
