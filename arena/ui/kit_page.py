"""The print kit of one event: poster, cards, tally sheet, notice and run sheet, for its organisers."""

from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from arena.domain.event import Event
from arena.domain.run_sheet import RunSheet
from arena.services.arena import Arena
from arena.services.organisers import Access
from arena.services.privacy import Practice, privacy_of
from arena.services.room_address import home_of
from arena.services.run_sheets import load_run_sheets
from arena.ui.access import AccessOf
from arena.ui.assets import OwnAssets
from arena.ui.kit_cards import Kit, KitCards, Part
from arena.ui.papers import PaperKeys, paper, paper_route
from arena.ui.reading_parts import joined
from arena.ui.text import LOCALES, Text

KIT_PATH = "/organise/kit/{locale}/{event_id}"
_SHEET = "kit.css"
_KEYS = PaperKeys("kit.title", "kit.missing")
_USUAL = "standard"


class KitPage:
    """Builds kits. ``links`` are the tags of the script behind the print button; without them it stays hidden."""

    def __init__(self, sheets: tuple[RunSheet, ...], links: str = "") -> None:
        self._sheets = {sheet.id: sheet for sheet in sheets}
        self._links = links

    def sheet(self, asked: str) -> RunSheet:
        """The run sheet of that id, the usual one for any other."""
        return self._sheets.get(asked, self._sheets[_USUAL])

    def document(self, text: Text, kit: Kit, part: Part | None = None) -> str:
        """All parts, or one."""
        cards = KitCards(text)
        pages = [page for one in ((part,) if part else Part) for page in cards.pages(kit, one)]
        body = self._head(text, kit, part, len(pages)) + Markup('<article id="content">{}</article>').format(
            joined(pages)
        )
        title = f"{kit.event.settings.title} · {text('kit.title')}"
        return paper(text, title, body, _SHEET, links=self._links)

    def _head(self, text: Text, kit: Kit, part: Part | None, count: int) -> Markup:
        """Seen on the screen only: what to print, in which language, with which run sheet."""
        parts = joined(
            self._choice(text, kit, one, kit.sheet, words=text(f"kit.part.{one or 'all'}"), is_chosen=one is part)
            for one in (None, *Part)
        )
        sheets = joined(
            self._choice(text, kit, part, one, words=one.name[text.locale], is_chosen=one is kit.sheet)
            for one in self._sheets.values()
        )
        other = next(locale for locale in LOCALES if locale != text.locale)
        return Markup(
            '<header class="how"><p class="language"><a href="{elsewhere}" lang="{other}" hreflang="{other}">{language}'
            '</a></p><h1 dir="auto">{title}</h1>'
            '<nav aria-label="{menu}"><p>{menu}</p><ul>{parts}</ul></nav>'
            '<nav aria-label="{which}"><p>{which}</p><ul>{sheets}</ul></nav>'
            '<p><button type="button" data-print hidden>{button}</button> {print}</p></header>'
        ).format(
            elsewhere=_address(other, kit.event, part, kit.sheet),
            other=other,
            language=text("page.other_language"),
            title=f"{text('kit.title')} · {kit.event.settings.title}",
            menu=text("kit.menu"),
            parts=parts,
            which=text("kit.menu.sheet"),
            sheets=sheets,
            button=text("kit.print", count=count),
            print=text("report.print"),
        )

    def _choice(
        self, text: Text, kit: Kit, part: Part | None, sheet: RunSheet, *, words: str, is_chosen: bool
    ) -> Markup:
        return Markup('<li><a href="{}"{}>{}</a></li>').format(
            _address(text.locale, kit.event, part, sheet),
            Markup(' aria-current="true"') if is_chosen else "",
            words,
        )


def _address(locale: str, event: Event, part: Part | None, sheet: RunSheet) -> str:
    query = {**({"part": part.value} if part else {}), "sheet": sheet.id}
    return f"{KIT_PATH.format(locale=locale, event_id=event.id)}?{urlencode(query)}"


def kit_route(
    own: OwnAssets,
    arena: Callable[[], Arena],
    texts: Mapping[str, Text],
    access_of: AccessOf,
    practice: Practice,
) -> Callable[[Request], Awaitable[Response]]:
    """The handler of KIT_PATH, see ``paper_route``; ``?part=`` and ``?sheet=`` choose, what is unknown chooses nothing.

    The QR code leads where the room's screen says, see ``arena.services.room_address``. Raises CatalogueError.
    """
    page = KitPage(load_run_sheets(), own.links("summary.js"))

    async def compose(request: Request, text: Text, access: Access, event_id: str) -> str:
        event = await arena().events.get(access, event_id)
        view = await arena().rooms.views.view(event_id)
        asked = request.query_params
        kit = Kit(
            event=event,
            home=home_of(view.state.room, arena().front_door, str(request.base_url)),
            sheet=page.sheet(asked.get("sheet", "")),
            privacy=privacy_of(practice, arena().line_up),
        )
        part = asked.get("part", "")
        return page.document(text, kit, Part(part) if part in list(Part) else None)

    return paper_route(_KEYS, _SHEET, texts, access_of, compose)
