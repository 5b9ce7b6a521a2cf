"""The participant's page in a room: it follows by itself and asks one thing at a time."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

import orjson
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from arena.domain.ballot import Ballot
from arena.domain.event import Event
from arena.domain.side import Side
from arena.errors import RequestError, StorageError
from arena.services.arena import Arena
from arena.services.live_room import Role, RoomView
from arena.ui.assets import OwnAssets
from arena.ui.phone_fragments import PhoneFragments
from arena.ui.phone_parts import is_on, step_of
from arena.ui.phone_results import own_lines
from arena.ui.phone_shell import phone_shell
from arena.ui.problems import problem_words
from arena.ui.reading import JOIN
from arena.ui.room_document import room_document
from arena.ui.room_following import Parts, follow
from arena.ui.room_json import json_reply
from arena.ui.room_proposals import proposal_form
from arena.ui.same_origin import comes_from_here, form_key, is_own_form
from arena.ui.text import Text
from arena.ui.visitor import COOKIE, visitor_id_of

PHONE = "/room/{locale}/{code}"
BALLOT = "/room/ballot"


class PhonePage:
    """Answers PHONE, its stream, and BALLOT."""

    def __init__(self, own: OwnAssets, arena: Callable[[], Arena], texts: Mapping[str, Text]) -> None:
        self._own = own
        self._arena = arena
        self._texts = texts
        self._fragments = PhoneFragments()

    async def show(self, request: Request) -> Response:
        """``GET /room/{locale}/{code}``: whoever has not joined goes through the code's own address first."""
        text, code = self._texts.get(request.path_params["locale"]), request.path_params["code"]
        visitor_id = visitor_id_of(request.cookies.get(COOKIE))
        if text is None:
            return Response(status_code=404)
        event = await self._event(visitor_id, code)
        if event is None:
            return RedirectResponse(f"/e/{code}", status_code=303, headers={"Cache-Control": "no-store"})
        body = phone_shell(text, event, form_key(request))
        return room_document(
            self._own,
            text,
            role=Role.PHONE,
            title=event.settings.title,
            follow=f"/room/{text.locale}/{event.code}/follow",
            body=body,
            assets=("phone.css", "propose.css", "phone.js", "propose.js"),
        )

    async def follow(self, request: Request) -> Response:
        """``GET /room/{locale}/{code}/follow``."""
        text = self._texts.get(request.path_params["locale"])
        visitor_id = visitor_id_of(request.cookies.get(COOKIE))
        event = await self._event(visitor_id, request.path_params["code"])
        if text is None or visitor_id is None or event is None:
            return Response(status_code=404)
        rooms, found = self._arena().rooms, self._arena().footprints.equivalents_of

        async def render(view: RoomView) -> tuple[Parts, Mapping[str, Any]]:
            one = view.state.round
            ballot = Ballot(Side.A) if one is None else await rooms.ballot(visitor_id, one)
            parts = self._fragments.of(view, text, ballot.first, found)
            own = {"own": own_lines(view, text, ballot)} if is_on(view) else {}
            return {**parts, **own, "proposal": proposal_form(view, text)}, phone_data(view, ballot)

        return await follow(rooms.views, event.id, Role.PHONE, render, visitor_id=visitor_id)

    async def cast(self, request: Request) -> Response:
        """``POST /room/ballot`` with JSON ``event``, ``round``, ``kind``, ``value``, ``locale``.

        Replies with what is on disk now, or with ``problem`` in words and ``is_final``: whether trying again is no use.
        """
        text, asked = await self._asked(request)
        visitor_id = visitor_id_of(request.cookies.get(COOKIE))
        if asked is None or visitor_id is None or not comes_from_here(request.headers):
            return json_reply({"problem": text("error.request"), "is_final": True}, 400)
        try:
            ballot = await self._arena().rooms.cast(
                visitor_id, asked["event"], asked["round"], asked["kind"], asked["value"]
            )
        except (RequestError, StorageError) as error:
            is_final = not isinstance(error, StorageError)
            return json_reply({"problem": problem_words(text, error), "is_final": is_final}, 409 if is_final else 503)
        return json_reply({"own": ballot_data(ballot)})

    async def leave(self, request: Request) -> Response:
        """``POST /room/leave``: take part in no event any more; what was said stays, without a name as before."""
        if not await is_own_form(request):
            return Response(status_code=403)
        visitor_id = visitor_id_of(request.cookies.get(COOKIE))
        try:
            if visitor_id is not None:
                await self._arena().events.leave(visitor_id)
        except StorageError:
            return Response(status_code=503)
        locale = parse_qs((await request.body()).decode("ascii", "replace")).get("locale", [""])[0]
        locale = locale if locale in self._texts else "fr"
        return RedirectResponse(f"/{locale}/{JOIN}", status_code=303, headers={"Cache-Control": "no-store"})

    async def _asked(self, request: Request) -> tuple[Text, dict[str, str] | None]:
        try:
            sent = orjson.loads(await request.body())
        except orjson.JSONDecodeError:
            sent = None
        fields = ("event", "round", "kind", "value")
        is_right = isinstance(sent, dict) and all(isinstance(sent.get(name), str) for name in fields)
        locale = sent.get("locale") if isinstance(sent, dict) else None
        text = self._texts.get(locale if isinstance(locale, str) else "fr", self._texts["fr"])
        return text, sent if is_right else None

    async def _event(self, visitor_id: str | None, code: str) -> Event | None:
        """The event of a code, for a visitor who joined it."""
        if visitor_id is None:
            return None
        return await self._arena().events.joined(visitor_id, code)


def phone_data(view: RoomView, ballot: Ballot) -> Mapping[str, Any]:
    """What the phone's script needs to know; no round while nothing can be said in one."""
    one = view.state.round if is_on(view) else None
    return {
        "event": view.event.id,
        "is_on": is_on(view),
        "round": one.id if one else None,
        "step": step_of(view) if one else None,
        "own": ballot_data(ballot) if one else None,
    }


def ballot_data(ballot: Ballot) -> Mapping[str, Any]:
    """A ballot as the phone's script knows it."""
    bet = ballot.bet
    return {
        "first": ballot.first,
        "bet": None if bet is None else "same" if bet.factor == 1 else str(bet.factor),
        "vote": ballot.vote,
        "second_choice": ballot.second_choice,
    }
