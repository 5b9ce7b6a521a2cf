"""The stream that a page watches: server-sent events with what changed in the two answers."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from arena.domain.battle import AnswerStatus, BlindAnswer, BlindBattle, BlindTurn, RevealStage
from arena.domain.side import Side
from arena.errors import BattleNotFound
from arena.services.arena import Arena
from arena.ui.growing import kept_and_added
from arena.ui.markdown import AnswerBlocks
from arena.ui.text import Text
from arena.ui.visitor import COOKIE, visitor_id_of

_STILL_HERE = b":\n\n"  # a comment: keeps proxies from closing a stream that waits for a slow model
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@dataclass
class _SideView:
    """What one page already has of one answer."""

    blocks: AnswerBlocks
    sent: list[str] = field(default_factory=list)
    status: str = ""

    def patches(self, source: str) -> list[tuple[int, int, str]]:
        """(block, characters to keep of it, HTML to add) for each block that changed."""
        self.blocks.update(source)
        now = self.blocks.blocks
        changed = [
            (index, *kept_and_added(self.sent[index] if index < len(self.sent) else "", html))
            for index, html in enumerate(now)
            if index >= len(self.sent) or html != self.sent[index]
        ]
        changed += [(index, 0, "") for index in range(len(now), len(self.sent))]
        self.sent = list(now)
        return changed


class BattleStream:
    """Turns snapshots of a battle into the smallest messages that bring one page up to date."""

    def __init__(self, text: Text) -> None:
        self._text = text
        self._views: dict[tuple[int, Side], _SideView] = {}
        self._turns_sent = 0

    def message(self, battle: BlindBattle) -> bytes | None:
        """One server-sent event, None when nothing changed.

        JSON: ``turns`` new prompts [index, prompt]; ``patches`` [turn, side, block, keep, html];
        ``status`` [turn, side, state, words]; ``over``.
        """
        body: dict[str, Any] = {}
        if new := battle.turns[self._turns_sent :]:
            body["turns"] = [(turn.index, turn.prompt) for turn in new]
            self._turns_sent = len(battle.turns)
        for turn in battle.turns:
            for side, answer in turn.answers.items():
                self._add_side(body, battle, turn, side, answer)
        if battle.is_over:
            body["over"] = True
        return b"data: " + orjson.dumps(body) + b"\n\n" if body else None

    def _add_side(
        self,
        body: dict[str, Any],
        battle: BlindBattle,
        turn: BlindTurn,
        side: Side,
        answer: BlindAnswer,
    ) -> None:
        links = battle.stage is RevealStage.NAMES
        view = self._views.setdefault((turn.index, side), _SideView(AnswerBlocks(links=links)))
        for patch in view.patches(answer.text):
            body.setdefault("patches", []).append((turn.index, side, *patch))
        state = _state(answer)
        if state != view.status:
            view.status = state
            words = self._status_words(side, answer, state)
            body.setdefault("status", []).append((turn.index, side, state, words))

    def _status_words(self, side: Side, answer: BlindAnswer, state: str) -> str:
        words = self._text(f"answer.status.{state}", side=side.upper())
        if answer.error_key and answer.status.is_over:
            words += f" {self._text(public_error_key(answer.error_key))}"
        return words


def _state(answer: BlindAnswer) -> str:
    thinks = answer.status is AnswerStatus.STREAMING and answer.thought and not answer.text
    return "thinking" if thinks else answer.status


def public_error_key(key: str) -> str:
    """What a participant is told of a fault: its kind, never what would tell endpoints apart."""
    families = ("error.endpoint.silent", "error.endpoint.context_too_long", "error.endpoint.filtered")
    if key in families or not key.startswith("error.endpoint"):
        return key
    return "error.endpoint"


def watch_route(arena: Callable[[], Arena], texts: dict[str, Text]) -> Callable[[Request], Awaitable[Response]]:
    """The handler of ``GET /watch/{locale}/{battle_id}``; only the battle's own visitor is served."""

    async def watch(request: Request) -> Response:
        visitor_id = visitor_id_of(request.cookies.get(COOKIE))
        text = texts.get(request.path_params["locale"])
        if visitor_id is None or text is None:
            return PlainTextResponse("", status_code=404)
        battles = arena().duel.watch(visitor_id, request.path_params["battle_id"])
        try:
            first = await anext(battles)
        except BattleNotFound:
            return PlainTextResponse("", status_code=404)
        return StreamingResponse(
            _events(first, battles, BattleStream(text)),
            media_type="text/event-stream",
            headers=_HEADERS,
        )

    return watch


async def _events(
    first: BlindBattle, battles: AsyncGenerator[BlindBattle], stream: BattleStream
) -> AsyncGenerator[bytes]:
    try:
        yield stream.message(first) or _STILL_HERE
        async for battle in battles:
            yield stream.message(battle) or _STILL_HERE
    finally:
        await battles.aclose()
