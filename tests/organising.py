"""Organisers for tests of panels: whatever their cookie says, they may see the same."""

import gradio as gr

from arena.services.organisers import Access
from arena.ui.access import AccessOf
from arena.ui.organiser_guard import OrganiserGuard
from arena.ui.text import load_text


def always(access: Access) -> AccessOf:
    """Everybody organises the same events."""

    async def access_of(_cookie: str | None) -> Access:
        return access

    return access_of


def guard_for(problem: gr.HTML, *event_ids: str, locale: str = "fr") -> OrganiserGuard:
    """The real guard, before which everybody is the organiser of these events."""
    return OrganiserGuard(always(Access(frozenset(event_ids))), problem, load_text(locale))
