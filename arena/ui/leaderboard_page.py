"""The public leaderboard: preference with what may be said of it, beside energy, for whoever goes there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from arena.domain.catalogue import Openness
from arena.domain.census import LEAST_PEOPLE
from arena.domain.counted import StandingFilter
from arena.domain.figures import format_number, two_digits
from arena.domain.pairing import PairingMode
from arena.domain.ranking import METHOD as RANKING
from arena.domain.standing import CLAIM_Z
from arena.domain.suggestions import LOCALES, Suggestions
from arena.errors import EventNotFound, InvalidChoice, StorageError
from arena.services.arena import Arena
from arena.services.leaderboard_shelf import Kept, LeaderboardShelf
from arena.services.leaderboards import Leaderboard
from arena.ui import cards
from arena.ui.assets import OwnAssets
from arena.ui.dashboard_numbers import number
from arena.ui.leaderboard_map import energy_map, in_order
from arena.ui.leaderboard_tables import (
    energy_unit,
    facing_table,
    how,
    labels,
    left_out_table,
    ranked_table,
    unranked_table,
)
from arena.ui.problems import problem_words
from arena.ui.reading import LEADERBOARD, READING_PLACES, ReadingRoute, reading_page
from arena.ui.reading_parts import joined, paragraphs
from arena.ui.text import Text

CACHING = "public, max-age=60"  # as long as the server keeps it
BLIND_MODES = tuple(mode for mode in PairingMode if mode is not PairingMode.CHOOSE)
EVENT = "event"  # its code, once the event is closed
FILTERS = ("theme", "openness", "mode", "locale")


@dataclass(frozen=True, slots=True)
class Choices:
    """What may be asked for, by filter: each value with its words."""

    of: Mapping[str, Mapping[str, str]]

    @classmethod
    def made(cls, text: Text, suggestions: Suggestions) -> "Choices":
        """In one language."""
        return cls(
            {
                "theme": {theme.id: theme.title[text.locale] for theme in suggestions.themes},
                "openness": {one.value: text(f"model.openness.{one}") for one in Openness},
                "mode": {mode.value: text(f"mode.{mode}") for mode in BLIND_MODES},
                "locale": {locale: text(f"leaderboard.locale.{locale}") for locale in LOCALES},
            }
        )

    def taken(self, query: Mapping[str, str]) -> Mapping[str, str]:
        """The filters that an address asks for; others than ours are none. Raises InvalidChoice."""
        taken = {name: query[name] for name in FILTERS if query.get(name)}
        for name, value in taken.items():
            if value not in self.of[name]:
                raise InvalidChoice(f"no {name} is called {value!r}")
        return taken


def leaderboard_route(own: OwnAssets, arena: Callable[[], Arena], suggestions: Suggestions) -> ReadingRoute:
    """``GET /{locale}/leaderboard``."""
    return ReadingRoute(LEADERBOARD, LeaderboardPage(own, arena, suggestions).show)


class LeaderboardPage:
    """Answers the address; what goes wrong is said in words on the page."""

    def __init__(self, own: OwnAssets, arena: Callable[[], Arena], suggestions: Suggestions) -> None:
        self._own = own
        self._arena = arena
        self._suggestions = suggestions
        self._shelf = LeaderboardShelf(lambda wanted, openness: arena().leaderboards.of(wanted, openness))

    async def show(self, request: Request, text: Text) -> Response:
        """The page; 400 for a filter that there is not, which is said rather than passed over."""
        choices = Choices.made(text, self._suggestions)
        try:
            taken, event_id = choices.taken(request.query_params), None
            if typed := request.query_params.get(EVENT, "").strip():
                event = await self._arena().events.ended(typed)
                taken, event_id = {**taken, EVENT: event.code}, event.id
            wanted, openness = _wanted(taken)
            kept = await self._shelf.of(replace(wanted, event_id=event_id), openness)
        except EventNotFound:
            refused = cards.problem(text("leaderboard.unknown_event"))
            return self._page(text, Markup(refused) + filter_form(text, choices, {}), status=400)
        except InvalidChoice:
            refused = cards.problem(text("leaderboard.unknown_filter"))
            return self._page(text, Markup(refused) + filter_form(text, choices, {}), status=400)
        except StorageError as error:
            return self._page(text, Markup(cards.problem(problem_words(text, error))), status=503)
        reply = self._page(text, leaderboard_body(text, kept, choices, taken), taken=taken)
        reply.headers["Cache-Control"] = CACHING
        return reply

    def _page(
        self, text: Text, body: Markup, *, status: int = 200, taken: Mapping[str, str] = MappingProxyType({})
    ) -> Response:
        """With the filters that the same page in the other language takes over."""
        return reading_page(
            self._own,
            text,
            here=LEADERBOARD,
            title=text("leaderboard.title"),
            body=body,
            status=status,
            scripts=("leaderboard.css",),
            places=(*READING_PLACES, LEADERBOARD),
            elsewhere="/{locale}/{here}" + (f"?{urlencode(taken)}" if taken else ""),
        )


def _wanted(taken: Mapping[str, str]) -> tuple[StandingFilter, Openness | None]:
    mode, openness = taken.get("mode"), taken.get("openness")
    wanted = StandingFilter(
        locale=taken.get("locale"), theme=taken.get("theme"), mode=PairingMode(mode) if mode else None
    )
    return wanted, Openness(openness) if openness else None


def leaderboard_body(text: Text, kept: Kept, choices: Choices, taken: Mapping[str, str]) -> Markup:
    """Everything below the title, with the filters that were taken."""
    board = kept.board
    return joined(
        (
            Markup('<p class="lead">{}</p>').format(text("leaderboard.lead")),
            filter_form(text, choices, taken),
            _results(text, board, taken),
            _section(text, "how", how(text)),
            _made(text, board, kept.made_at),
        )
    )


def filter_form(text: Text, choices: Choices, taken: Mapping[str, str]) -> Markup:
    """Plain selects and a button: it works without a script."""
    fields = joined(_select(text, name, choices.of[name], taken.get(name, "")) for name in FILTERS)
    fields += _event_field(text, taken.get(EVENT, ""))
    reset = Markup('<a href="/{}/{}">{}</a>').format(text.locale, LEADERBOARD, text("leaderboard.filter.reset"))
    return Markup(
        '<form class="filters no-print" method="get" action="/{locale}/{place}" aria-label="{label}">{fields}'
        '<div class="tools"><button class="button">{apply}</button>{reset}</div></form>'
    ).format(
        locale=text.locale,
        place=LEADERBOARD,
        label=text("leaderboard.filter.label"),
        fields=fields,
        apply=text("leaderboard.filter.apply"),
        reset=reset if taken else Markup(""),
    )


def _select(text: Text, name: str, choices: Mapping[str, str], chosen: str) -> Markup:
    options = joined(
        Markup('<option value="{}"{}>{}</option>').format(
            value, Markup(" selected") if value == chosen else Markup(""), words
        )
        for value, words in {"": text("leaderboard.filter.all"), **choices}.items()
    )
    return Markup('<p><label for="{id}">{label}</label><select id="{id}" name="{name}">{options}</select></p>').format(
        id=f"filter-{name}", name=name, label=text(f"leaderboard.filter.{name}"), options=options
    )


def _event_field(text: Text, code: str) -> Markup:
    return Markup(
        '<p><label for="filter-event">{label}</label>'
        '<input id="filter-event" name="{name}" value="{code}" maxlength="12" autocomplete="off"></p>'
    ).format(label=text("leaderboard.filter.event"), name=EVENT, code=code)


def _results(text: Text, board: Leaderboard, taken: Mapping[str, str]) -> Markup:
    """Nothing but a sentence before the first votes, and while fewer than five people voted."""
    if not board.votes:
        empty = text("leaderboard.empty.filtered" if taken else "leaderboard.empty")
        return Markup('<p class="calm">{}</p>{}').format(empty, _left_out(text, board))
    if board.is_of_few:
        return Markup('<p class="calm">{}</p>').format(text("leaderboard.few", least=LEAST_PEOPLE))
    ranking = _ranking(text, board, among_some="openness" in taken)
    facing = _section(text, "facing", facing_table(text, board))
    return joined((ranking, _map(text, board), facing, _left_out(text, board)))


def _ranking(text: Text, board: Leaderboard, *, among_some: bool) -> Markup:
    z = format_number(two_digits(CLAIM_Z), text.locale)
    known = board.participants is not None
    counts = text(
        "leaderboard.counts" if known else "leaderboard.counts.many",
        votes=number(text, board.votes),
        people=number(text, board.participants or 0),
    )
    is_ranked = any(entry.standing for entry in board.entries)
    lines = ["claim", "share", *(["openness"] if among_some else []), "energy"] if is_ranked else ["nobody"]
    words = paragraphs(text(f"leaderboard.words.{line}", z=z) for line in lines)
    tables = ranked_table(text, board) if is_ranked else Markup("")
    return Markup('<div class="counted">{}<p>{}</p></div>{}{}').format(
        words, counts, tables, unranked_table(text, board)
    )


def _map(text: Text, board: Leaderboard) -> Markup:
    unit = energy_unit(board)
    if unit is None or len(board.trade_offs) < 2:
        return Markup("")
    points = in_order(board.trade_offs)
    names = labels(board)
    legend = joined(
        Markup('<li class="{}">{}{}</li>').format(
            "best" if point.model in board.front else "other",
            names[point.model],
            Markup(' <span class="small">{}</span>').format(text("leaderboard.map.on_front"))
            if point.model in board.front
            else Markup(""),
        )
        for point in points
    )
    drawing = Markup('<figure><p class="tick">{up}</p>{map}<p class="tick">{across}</p></figure>').format(
        up=text("leaderboard.map.up"),
        map=energy_map(points, board.front, unit.in_base, text.locale),
        across=text("leaderboard.map.across", unit=unit.names[text.locale].symbol),
    )
    words = paragraphs(text(f"leaderboard.map.{line}") for line in ("words", "front"))
    return _section(text, "map", Markup('{}{}<ol class="legend">{}</ol>').format(words, drawing, legend))


def _left_out(text: Text, board: Leaderboard) -> Markup:
    if not any(board.left_out.values()):
        return _section(text, "left_out", paragraphs([text("leaderboard.left_out.nothing")]))
    return _section(text, "left_out", left_out_table(text, board))


def _section(text: Text, name: str, content: Markup) -> Markup:
    return Markup('<section aria-labelledby="{name}"><h2 id="{name}">{heading}</h2>{content}</section>').format(
        name=name.replace("_", "-"), heading=text(f"leaderboard.{name}"), content=content
    )


def _made(text: Text, board: Leaderboard, made_at: datetime) -> Markup:
    """When, by which methods, what energy counts, and where the method is told."""
    methods = sorted({entry.energy.method for entry in board.entries if entry.energy is not None})
    made = text(
        "leaderboard.made",
        day=f"{made_at.day:02}", month=f"{made_at.month:02}", year=made_at.year,
        hour=f"{made_at.hour:02}", minute=f"{made_at.minute:02}",
        methods=", ".join([RANKING, *methods]),
    )  # fmt: skip
    return Markup(
        '<p class="small">{scope}</p><p class="small">{made} <a href="/{locale}/method">{link}</a></p>'
    ).format(scope=text("footprint.scope"), made=made, locale=text.locale, link=text("footprint.method.link"))
