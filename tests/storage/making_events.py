"""Events and links to put into a store."""

from datetime import date, datetime

from arena.domain.event import Event, EventSettings, EventState, Moderation, OrganiserLink
from arena.domain.pairing import PairingMode

from .making import NOON

EVENT, CODE = "e" * 32, "ABC234"
FULL = EventSettings(
    title="Café IA « d’été »",
    held_on=date(2026, 3, 14),
    place="Médiathèque",
    locale="en",
    mode=PairingMode.SMALL_VS_BIG,
    models=frozenset({"small-model", "big-model"}),
    max_answer_tokens=300,
    moderation=Moderation.SUGGESTIONS,
    retention_days=7,
    max_answers=200,
    max_cost_eur=12.5,
)


def make_event(
    event_id: str = EVENT,
    *,
    code: str = CODE,
    state: EventState = EventState.OPEN,
    settings: EventSettings = FULL,
    created_at: datetime = NOON,
) -> Event:
    return Event(event_id, code, state, settings, created_at)


def make_link(
    link_id: str = "a" * 32, *, event_id: str = EVENT, label: str = "", expires_at: datetime | None = None
) -> OrganiserLink:
    return OrganiserLink(link_id, event_id, label, NOON, expires_at)
