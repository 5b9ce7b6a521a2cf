"""Views of a room made by hand, for tests of what its pages show."""

from dataclasses import replace
from datetime import date
from typing import Any

from arena.domain.battle import AnswerStatus, BlindAnswer, BlindBattle, BlindTurn, RevealStage
from arena.domain.event import Event, EventSettings, EventState, Moderation
from arena.domain.pairing import PairingMode
from arena.domain.room import Room, RoomState
from arena.domain.round import Round, Step
from arena.domain.side import Side
from arena.services.live_room import RoomView
from tests.ui.reveals import NOW, inputs, model, view_of

EVENT_ID = "e" * 32
MODELS = {Side.A: model(), Side.B: model(120, display_name="Flarn Large", maker="Wibbleworks")}


def event(*, state: EventState = EventState.OPEN, moderation: Moderation = Moderation.FREE) -> Event:
    settings = EventSettings(title="Café IA", held_on=date(2026, 11, 25), moderation=moderation)
    return Event(EVENT_ID, "ABC234", state, settings, NOW)


def battle_at(stage: RevealStage, *, prompt: str = "Pourquoi ?", **texts: str) -> BlindBattle:
    """One turn, with the text of each side."""
    answers = {
        side: BlindAnswer(AnswerStatus.COMPLETE, texts.get(side.value, f"Réponse {side}."), False, None, False)
        for side in Side
    }
    turn = BlindTurn(0, prompt, answers)
    return BlindBattle("0" * 32, PairingMode.RANDOM, False, True, True, True, stage, (turn,))


def room_at(step: Step, *, prompt: str = "Pourquoi ?", texts: dict[str, str] | None = None, **changes: Any) -> RoomView:
    """The room of a round at a step, with all that this step shows; ``changes`` are fields of the view."""
    one = Round("r" * 32, EVENT_ID, "0" * 32, 1, step, NOW, has_bet=True)
    revealed = view_of(
        {side: inputs(MODELS[side]) for side in Side}, named=MODELS if one.stage is RevealStage.NAMES else None
    )
    view = RoomView(
        event=event(),
        state=RoomState(Room(EVENT_ID, version=3, is_open=True, round_id=one.id), one),
        number=1,
        battle=battle_at(one.stage, prompt=prompt, **(texts or {})),
        footprints=None if one.stage is RevealStage.BLIND else revealed.footprints,
        names=revealed.names,
    )
    return replace(view, **changes)


def with_room(view: RoomView, **changes: Any) -> RoomView:
    """The same with other settings of the room."""
    return replace(view, state=replace(view.state, room=replace(view.state.room, **changes)))
