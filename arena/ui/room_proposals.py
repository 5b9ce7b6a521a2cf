"""Proposing a question from a phone: the form, and what it is sent to."""

from collections.abc import Awaitable, Callable, Mapping

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from arena.errors import RequestError, StorageError
from arena.services.arena import Arena
from arena.services.live_room import RoomView
from arena.services.proposals import takes_proposals
from arena.ui.problems import problem_words
from arena.ui.room_json import json_reply, sent_in
from arena.ui.same_origin import comes_from_here
from arena.ui.text import Text
from arena.ui.visitor import COOKIE, visitor_id_of

PROPOSAL = "/room/proposal"
_FIELDS = ("event", "text")


def proposal_form(view: RoomView, text: Text) -> Markup:
    """A field and a button, for a part of the page called ``proposal``; nothing where no question is taken.

    The script sends ``data-event`` and the field as JSON to PROPOSAL, and puts ``data-thanks`` or the ``problem`` of
    the reply into the paragraph with ``role="status"``.
    """
    if not takes_proposals(view):
        return Markup("")
    return Markup(
        '<details id="propose"><summary>{heading}</summary><form id="proposal-form" data-event="{event}"'
        ' data-thanks="{thanks}" data-offline="{offline}"><label for="proposal">{label}</label>'
        '<p class="soft" id="proposal-help">{help}</p>'
        '<textarea id="proposal" name="text" rows="3" maxlength="2000" required aria-describedby="proposal-help">'
        '</textarea><button id="propose-now" type="submit">{send}</button><p role="status"></p></form></details>'
    ).format(
        heading=text("room.propose"),
        event=view.event.id,
        thanks=text("room.propose.thanks"),
        offline=text("room.propose.offline"),
        label=text("room.propose.label"),
        help=text("room.propose.help"),
        send=text("room.propose.send"),
    )


def propose_route(arena: Callable[[], Arena], texts: Mapping[str, Text]) -> Callable[[Request], Awaitable[Response]]:
    """``POST /room/proposal`` with JSON ``event``, ``text``, ``locale``.

    Replies ``{"ok": true}`` once it is on disk, or with ``problem`` in words and ``is_final``: whether sending the
    same again is no use.
    """

    async def propose(request: Request) -> Response:
        sent = await sent_in(request)
        text = texts.get(str(sent.get("locale")), texts["fr"])
        visitor_id = visitor_id_of(request.cookies.get(COOKIE))
        is_right = all(isinstance(sent.get(name), str) for name in _FIELDS)
        if not is_right or visitor_id is None or not comes_from_here(request.headers):
            return json_reply({"problem": text("error.request"), "is_final": True}, 400)
        try:
            await arena().rooms.proposals.propose(visitor_id, sent["event"], sent["text"])
        except RequestError as error:
            return json_reply({"problem": problem_words(text, error), "is_final": True}, 409)
        except StorageError as error:
            return json_reply({"problem": problem_words(text, error), "is_final": False}, 503)
        return json_reply({"ok": True})

    return propose
