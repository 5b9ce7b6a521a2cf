"""The organisers' page: which event, its state, then one place at a time: settings, results, files…"""

from collections.abc import Callable, Mapping

import gradio as gr
from markupsafe import Markup

from arena.domain.event import Event
from arena.services.arena import Arena
from arena.services.organisers import Access
from arena.ui import cards
from arena.ui.access import access_in
from arena.ui.dashboard_panel import DashboardPanel
from arena.ui.delete_panel import DeletePanel
from arena.ui.exports_panel import ExportsPanel
from arena.ui.guard import Updates
from arena.ui.health_panel import HealthPanel
from arena.ui.inputs import word
from arena.ui.layout import html, unshown
from arena.ui.links_panel import LinksPanel
from arena.ui.organiser_door import LEAVE, PLACE, how_to_get_in
from arena.ui.organiser_guard import AT_THE_DESK, OrganiserGuard, Panel
from arena.ui.paper_panel import KIT, REHEARSAL, REPORT, PaperPanel
from arena.ui.prompts_panel import PromptsPanel
from arena.ui.reading_parts import joined
from arena.ui.settings_panel import SettingsPanel
from arena.ui.sparing_blocks import SparingBlocks
from arena.ui.state_panel import StatePanel
from arena.ui.text import Text


class OrganiserPage:
    """One language's page. Built once; without a valid cookie it shows how to get in and does nothing else.

    Every place is rendered; the address says which one is seen (``#results``), see organiser.js.
    """

    def __init__(self, arena: Callable[[], Arena], text: Text) -> None:
        self._arena = arena
        self._text = text
        self._state = StatePanel(arena, text, self._show)
        self._places: Mapping[str, tuple[Panel, ...]] = {
            "settings": (
                SettingsPanel(arena, text, self._show),
                LinksPanel(arena, text, self._show),
                DeletePanel(arena, text, self._show),
            ),
            "models": (HealthPanel(arena, text),),
            "results": (DashboardPanel(lambda: arena().dashboards, text),),
            "prompts": (PromptsPanel(lambda: arena().dashboards, text),),
            "files": (ExportsPanel(lambda: arena().datasets, text),),
            "report": tuple(PaperPanel(text, one) for one in (REHEARSAL, KIT, REPORT)),
        }
        self._seen = [one for place, panels in self._places.items() if place != "settings" for one in panels]
        self._panels: tuple[Panel, ...] = (self._state, *(one for panels in self._places.values() for one in panels))

    def build(self) -> gr.Blocks:
        """The Gradio page with its listeners."""
        blocks: gr.Blocks
        with SparingBlocks(title=self._text("organise.title"), analytics_enabled=False) as blocks:
            self._lay_out()
            own = [self._door, self._picker, self._chosen, self._unchosen]
            shown = [*own, *(part for panel in self._panels for part in panel.parts)]
            on = OrganiserGuard(access_in(self._arena), self._problem, self._text, shown)
            blocks.load(on.for_anybody(self._load, word), self._chosen, on.outputs, **AT_THE_DESK)
            self._picker.input(on.guarded(self._pick, word), self._picker, on.outputs, **AT_THE_DESK)
            seen = [on.problem, *(part for panel in self._seen for part in panel.parts)]
            self._directory.submit(on.guarded(self._look, word), self._chosen, seen, **AT_THE_DESK)
            for panel in self._panels:
                panel.connect(on, self._chosen)
        return blocks

    def _lay_out(self) -> None:
        text = self._text
        html(cards.header(text, title="organise.title", tagline="organise.tagline", place=f"{PLACE}/"), elem_id="top")
        self._problem = html("", elem_id="problem")
        self._door = html("", elem_id="door")
        self._chosen = unshown("chosen-event")
        with gr.Column(elem_id="desk"):
            self._picker = gr.Radio([], label=text("organise.which"), elem_id="picker", elem_classes=["stacked"])
            self._state.lay_out()
            self._directory = html(self._links(), elem_id="directory", js_on_load="arenaPlaces(element, trigger)")
            self._unchosen = html("", elem_id="unchosen")
            for place, panels in self._places.items():
                with gr.Column(elem_id=f"place-{place}", elem_classes=["place"]):
                    for panel in panels:
                        panel.lay_out()
            html(self._way_out(), elem_id="way-out")
        html(cards.footer(text), elem_id="bottom")

    async def _load(self, access: Access, chosen: str) -> Updates:
        if access.is_none:
            return {self._door: how_to_get_in(self._text)}
        return await self._show(access, chosen)

    async def _look(self, access: Access, event_id: str) -> Updates:
        """Somebody goes to another place: what it shows as it is now. What is typed into settings stays."""
        updates: Updates = {}
        for panel in self._seen:
            updates |= await panel.render(access, event_id)
        return updates

    async def _pick(self, access: Access, event_id: str) -> Updates:
        if event_id:
            access.require(event_id)
        return await self._show(access, event_id)

    async def _show(self, access: Access, event_id: str) -> Updates:
        """Everything for one event; the only one that there is chooses itself."""
        events = await self._arena().events.all_of(access)
        ids = [event.id for event in events]
        if event_id not in ids:
            event_id = ids[0] if len(ids) == 1 and not access.is_deployer else ""
        every = self._text("organise.new" if access.is_deployer else "organise.all")
        choices = [*([(every, "")] if access.is_deployer or len(ids) != 1 else []), *map(self._choice, events)]
        updates: Updates = {
            self._door: Markup('<div data-access="yes"></div>'),
            self._picker: gr.update(choices=choices, value=event_id),
            self._chosen: event_id,
            self._unchosen: self._invitation(access, event_id),
        }
        for panel in self._panels:
            updates |= await panel.render(access, event_id)
        return updates

    def _choice(self, event: Event) -> tuple[str, str]:
        settings = event.settings
        words = (
            settings.title,
            self._text("page.day", day=settings.held_on),
            self._text(f"organise.state.{event.state}"),
        )
        return " · ".join(words), event.id

    def _invitation(self, access: Access, event_id: str) -> str:
        """Where there is nothing to set, since no event is chosen and none can be made."""
        if event_id or access.is_deployer:
            return ""
        return Markup("<p>{}</p>").format(self._text("organise.choose"))

    def _links(self) -> str:
        links = joined(
            Markup('<li><a href="#{0}">{1}</a></li>').format(place, self._text(f"organise.place.{place}"))
            for place in self._places
        )
        return Markup('<nav aria-label="{}"><ul>{}</ul></nav>').format(self._text("organise.places"), links)

    def _way_out(self) -> str:
        return Markup('<form action="{}" method="post"><button class="quiet" type="submit">{}</button></form>').format(
            LEAVE, self._text("organise.leave")
        )
