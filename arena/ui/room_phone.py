"""The participant's page in a room: it follows by itself and asks one thing at a time."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from arena.domain.ballot import Ballot
from arena.domain.event import Event
from arena.domain.round import Step
from arena.errors import RequestError, StorageError
from arena.services.arena import Arena
from arena.services.live_room import Role, RoomView
from arena.ui.assets import OwnAssets
from arena.ui.problems import problem_words
from arena.ui.room_document import room_document
from arena.ui.room_following import Parts, follow
from arena.ui.same_origin import comes_from_here
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

    async def show(self, request: Request) -> Response:
        """``GET /room/{locale}/{code}``: whoever has not joined goes through the code's own address first."""
        text, code = self._texts.get(request.path_params["locale"]), request.path_params["code"]
        visitor_id = visitor_id_of(request.cookies.get(COOKIE))
        if text is None:
            return Response(status_code=404)
        event = await self._event(visitor_id, code)
        if event is None:
            return RedirectResponse(f"/e/{code}", status_code=303, headers={"Cache-Control": "no-store"})
        body = Markup(
            '<main><p data-when="lost" role="status">{lost}</p><h1 data-part="title"></h1>'
            '<div data-part="prompt"></div><div data-part="answers"></div><div data-part="ask"></div>'
            '<div data-part="result"></div></main>'
        ).format(lost=text("room.lost"))
        return room_document(
            self._own,
            text,
            role=Role.PHONE,
            title=event.settings.title,
            follow=f"/room/{text.locale}/{event.code}/follow",
            body=body,
            assets=("phone.css", "phone.js"),
        )

    async def follow(self, request: Request) -> Response:
        """``GET /room/{locale}/{code}/follow``."""
        text = self._texts.get(request.path_params["locale"])
        visitor_id = visitor_id_of(request.cookies.get(COOKIE))
        event = await self._event(visitor_id, request.path_params["code"])
        if text is None or visitor_id is None or event is None:
            return Response(status_code=404)
        rooms = self._arena().rooms

        async def render(view: RoomView) -> tuple[Parts, Mapping[str, Any]]:
            one = view.state.round
            ballot = None if one is None else await rooms.ballot(visitor_id, one)
            return phone_parts(view, text, ballot), phone_data(view, ballot)

        return await follow(rooms.views, event.id, Role.PHONE, render, visitor_id=visitor_id)

    async def cast(self, request: Request) -> Response:
        """``POST /room/ballot`` with JSON ``event``, ``round``, ``kind``, ``value``, ``locale``.

        Replies with what is on disk now, or with ``problem`` in words and ``is_final``: whether trying again is no use.
        """
        text, asked = await self._asked(request)
        visitor_id = visitor_id_of(request.cookies.get(COOKIE))
        if asked is None or visitor_id is None or not comes_from_here(request.headers):
            return _json({"problem": text("error.request"), "is_final": True}, 400)
        try:
            ballot = await self._arena().rooms.cast(
                visitor_id, asked["event"], asked["round"], asked["kind"], asked["value"]
            )
        except (RequestError, StorageError) as error:
            is_final = not isinstance(error, StorageError)
            return _json({"problem": problem_words(text, error), "is_final": is_final}, 409 if is_final else 503)
        return _json({"own": ballot_data(ballot)})

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


def phone_parts(view: RoomView, text: Text, ballot: Ballot | None) -> Parts:
    """What a phone shows of a view."""
    one = view.state.round
    step = one.step if one is not None else Step.WAITING
    parts = {"title": Markup("{}").format(text(f"room.step.{step}"))}
    if view.battle is not None and ballot is not None and step.has_come_to(Step.PROMPT):
        parts["prompt"] = Markup("<blockquote>{}</blockquote>").format(view.battle.turns[0].prompt)
    return parts


def phone_data(view: RoomView, ballot: Ballot | None) -> Mapping[str, Any]:
    """What the phone's script needs to know."""
    one = view.state.round
    return {
        "event": view.event.id,
        "round": one.id if one else None,
        "step": one.step if one else None,
        "own": ballot_data(ballot) if ballot else None,
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


def _json(body: Mapping[str, Any], status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, media_type="application/json", headers={"Cache-Control": "no-store"})
