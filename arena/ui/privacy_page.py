"""The privacy page for participants, and the entry of the register for whoever answers for the processing."""

from collections.abc import Callable
from contextlib import suppress

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from arena.domain.event import Event
from arena.errors import StorageError
from arena.services.arena import Arena
from arena.services.privacy import Practice, Privacy, Topic, privacy_of
from arena.ui.assets import OwnAssets
from arena.ui.privacy_words import PAGE, REGISTER, TopicWords, topics_of
from arena.ui.reading import PRIVACY, PRIVACY_REGISTER, ReadingRoute, reading_page
from arena.ui.reading_parts import bullets, joined
from arena.ui.school_words import school_notice
from arena.ui.text import Text
from arena.ui.visitor import COOKIE, visitor_id_of


def privacy_routes(own: OwnAssets, arena: Callable[[], Arena], practice: Practice) -> tuple[ReadingRoute, ...]:
    """``GET /{locale}/privacy`` and ``GET /{locale}/privacy/register``."""

    async def page(request: Request, text: Text) -> Response:
        notice = school_notice(text, await _event_of(arena(), request.cookies.get(COOKIE)))
        body = notice + privacy_body(text, privacy_of(practice, arena().line_up))
        return reading_page(own, text, here=PRIVACY, title=text("privacy.page.title"), body=body)

    async def register(_request: Request, text: Text) -> Response:
        body = register_body(text, privacy_of(practice, arena().line_up))
        return reading_page(own, text, here=PRIVACY_REGISTER, title=text("privacy.register.title"), body=body)

    return ReadingRoute(PRIVACY, page), ReadingRoute(PRIVACY_REGISTER, register)


async def _event_of(arena: Arena, token: str | None) -> Event | None:
    """The event of who is reading; None when that cannot be told: the page itself must always be there."""
    visitor_id = visitor_id_of(token)
    with suppress(StorageError):
        return await arena.events.current(visitor_id) if visitor_id else None
    return None


def privacy_body(text: Text, privacy: Privacy) -> Markup:
    """What a participant may want to know, and the two ways on: erase, or read the register."""
    return Markup(
        '<p class="lead">{lead}</p>{topics}<p class="no-print"><a href="/{locale}/{register}">{words}</a></p>'
    ).format(
        lead=text("privacy.page.lead"),
        topics=joined(_topic(text, topic) for topic in topics_of(text, privacy, PAGE)),
        locale=text.locale,
        register=PRIVACY_REGISTER,
        words=text("privacy.register.title"),
    )


def register_body(text: Text, privacy: Privacy) -> Markup:
    """The entry, to be printed or copied."""
    topics = joined(_section(topic) for topic in topics_of(text, privacy, REGISTER))
    return Markup('<p class="small">{}</p>{}').format(text("privacy.register.intro"), topics)


def _topic(text: Text, topic: TopicWords) -> Markup:
    way = Markup("")
    if topic.topic is Topic.ERASURE:
        way = Markup('<p class="no-print"><a class="button" href="/{}/summary">{}</a></p>').format(
            text.locale, text("reading.summary")
        )
    return _section(topic) + way


def _section(topic: TopicWords) -> Markup:
    return Markup('<h2 id="{}">{}</h2>{}').format(topic.topic.value, topic.heading, bullets(topic.lines))
