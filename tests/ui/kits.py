"""Kits for tests of the kit: short ones, and one in which everything is as long as a form allows."""

from dataclasses import replace
from datetime import UTC, date, datetime

from arena.domain.event import Event, EventSettings, EventState, Moderation
from arena.domain.event_form import MOST_CHARS
from arena.services.catalogues import default_catalogue_path, load_catalogue
from arena.services.line_up import LineUp
from arena.services.privacy import Practice, Privacy, privacy_of
from arena.services.run_sheets import load_run_sheets
from arena.ui.kit_cards import Kit
from arena.ui.kit_page import KitPage
from tests.services.house import footprint_service

SHEETS = {sheet.id: sheet for sheet in load_run_sheets()}
PAGE = KitPage(tuple(SHEETS.values()))
EVENT = Event(
    "e" * 32,
    "ABW234",
    EventState.OPEN,
    EventSettings("Café IA <b>du jeudi</b>", date(2026, 3, 14), place="Médiathèque", retention_days=12),
    datetime(2026, 3, 1, tzinfo=UTC),
)


def in_school(event: Event = EVENT) -> Event:
    """The same event, where children vote."""
    return replace(event, settings=replace(event.settings, moderation=Moderation.SCHOOL))


def lengthy(event: Event = EVENT) -> Event:
    """The same event with a title and a place of as many wide characters as are allowed."""
    words = ("Manœuvre WWW " * MOST_CHARS)[:MOST_CHARS]
    return replace(event, settings=replace(event.settings, title=words, place=words, retention_days=3650))


def privacy(contact: str = "") -> Privacy:
    """Everything there is to say while every model of the shipped catalogue answers."""
    footprints = footprint_service()
    catalogue = load_catalogue(default_catalogue_path(), footprints.known_zones())
    return privacy_of(Practice(30, contact), LineUp(catalogue, tuple(catalogue.models.values()), frozenset(), {}, {}))


def kit(event: Event = EVENT, sheet: str = "standard", home: str = "http://192.168.1.20:7860") -> Kit:
    """What one kit is made of."""
    return Kit(event, home, SHEETS[sheet], privacy())
