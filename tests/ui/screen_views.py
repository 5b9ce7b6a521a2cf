"""Rooms as the screen gets them, made by hand: every step, short and long, with few people and with many."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from markupsafe import Markup

from arena.domain.ballot import Tally
from arena.domain.battle import AnswerStatus, BlindAnswer, BlindBattle, BlindTurn, RevealStage
from arena.domain.catalogue import Endpoint, Openness
from arena.domain.debate import DebateTheme, Question
from arena.domain.event import Event, EventSettings, EventState
from arena.domain.pairing import PairingMode
from arena.domain.quantity import Range
from arena.domain.room import Room, RoomState
from arena.domain.round import BallotKind, Round, Step
from arena.domain.side import Side
from arena.domain.vote import Outcome
from arena.services.live_room import Counts, RoomView
from arena.ui.screen_scenes import Scene, Scenes
from arena.ui.text import load_text
from tests.ui.reveals import NOW, footprint_service, inputs, model, names_of, view_of

ADDRESS = "http://192.168.1.20:7860/e/K7QX2M"
PROMPT = "Pourquoi le ciel est-il bleu ?"
SHORT = "Parce que l’air disperse **davantage** la lumière bleue."
LONG = """Le ciel paraît bleu à cause de la *diffusion de Rayleigh*. La lumière du soleil contient toutes les couleurs.

## Trois idées

1. La lumière bleue a une longueur d’onde courte.
2. Les molécules de l’air la dispersent beaucoup plus que la lumière rouge.
   - Environ dix fois plus.
   - Le violet aussi, mais nos yeux le voient moins.
3. Le soir, la lumière traverse plus d’air : il reste surtout du rouge.

> « Le ciel n’est pas bleu, il le devient pour nos yeux. »

| Couleur | Longueur d’onde | Diffusion |
|---|---|---|
| Bleu | 450 nm | forte |
| Rouge | 700 nm | faible |

```python
def diffusion(longueur_nm: float) -> float:
    return (550 / longueur_nm) ** 4  # loi de Rayleigh
```

""" + " ".join(["En résumé, la couleur dépend de la taille des molécules et de la longueur d’onde."] * 6)

FULL_TALLY = Tally(
    votes={Outcome.A: 12, Outcome.BOTH_GOOD: 9, Outcome.BOTH_BAD: 3, Outcome.B: 17},
    second_choices={Outcome.A: 20, Outcome.BOTH_GOOD: 8, Outcome.BOTH_BAD: 2, Outcome.B: 9},
    flow={
        (Outcome.A, Outcome.A): 11,
        (Outcome.A, Outcome.BOTH_GOOD): 1,
        (Outcome.BOTH_GOOD, Outcome.BOTH_GOOD): 6,
        (Outcome.BOTH_GOOD, Outcome.A): 2,
        (Outcome.BOTH_BAD, Outcome.BOTH_BAD): 2,
        (Outcome.B, Outcome.B): 9,
        (Outcome.B, Outcome.A): 7,
        (Outcome.B, Outcome.BOTH_GOOD): 1,
    },
    bets={1: 6, 3: 14, 10: 9, 30: 4, 100: 1},
    hands={BallotKind.VOTE: 12},
)
HOST = Endpoint("host", "Xylofer Hosting", "https://host.invalid/v1", zone="SWE")
SMALL = model(3.2, display_name="Zorblax 9 Mini", maker="Quuxcorp", licence="Apache 2.0", released="2026-01")
BIG = model(
    405,
    display_name="Flarn Large Instruct",
    maker="Wibbleworks Research",
    openness=Openness.CLOSED,
    active_params_b=Range(17, 40),
    licence="Flarn Community License Agreement",
    released="2025-11",
)
QUESTION = Question(
    "q",
    DebateTheme.HABITS,
    (),
    1,
    {
        "fr": "Si l’empreinte était affichée à chaque réponse, qu’est-ce que cela changerait à vos usages ?",
        "en": "If the footprint were shown with every answer, what would it change in how you use AI?",
    },
    {
        "fr": "Au moins un second choix sur cinq diffère du vote à l’aveugle.",
        "en": "At least one second choice in five differs from the blind vote.",
    },
)
STEPS = tuple(Step)


def battle(texts: tuple[str, str] = (LONG, SHORT), *, prompt: str = PROMPT, **answer: Any) -> BlindBattle:
    """A blind battle with these two answers; ``answer`` are fields of both."""
    answers = {
        side: replace(BlindAnswer(AnswerStatus.COMPLETE, text, False, None, False), **answer)
        for side, text in zip(Side, texts, strict=True)
    }
    turn = BlindTurn(0, prompt, answers)
    return BlindBattle("0" * 32, PairingMode.RANDOM, False, True, True, True, RevealStage.BLIND, (turn,))


def room_view(
    step: Step, *, room: dict[str, Any] | None = None, one: dict[str, Any] | None = None, **parts: Any
) -> RoomView:
    """A room at a step; ``room`` and ``one`` are fields of the room and of its round, ``parts`` of the view."""
    settings = EventSettings(title="Café IA à la médiathèque", held_on=date(2026, 11, 25))
    round_ = replace(Round("r", "e", "0" * 32, 1, step, NOW, has_bet=True), **(one or {}))
    facts = {Side.A: inputs(SMALL), Side.B: inputs(BIG)}
    has_names = step.has_come_to(Step.NAMES) and not round_.skips_names
    named = replace(names_of({Side.A: SMALL, Side.B: BIG}), endpoints=dict.fromkeys(Side, HOST)) if has_names else None
    view = RoomView(
        event=Event("e", "K7QX2M", EventState.OPEN, settings, NOW),
        state=RoomState(replace(Room("e", is_open=True, round_id="r"), **(room or {})), round_),
        number=1,
        battle=battle(),
        footprints=view_of(facts).footprints if step.has_come_to(Step.FOOTPRINTS) else None,
        names=named,
        tally=FULL_TALLY.shown_at(step),
        counts=Counts(48, {BallotKind.BET: 34, BallotKind.VOTE: 41, BallotKind.SECOND_CHOICE: 39}),
        question=QUESTION if step is Step.DEBATE else None,
    )
    return replace(view, **parts)


def scene_of(view: RoomView, locale: str = "fr", *, address: str = ADDRESS) -> Scene:
    return Scenes(load_text(locale), footprint_service().equivalents_of).scene(view, address)


_STYLES = Path(__file__).parents[2] / "arena" / "ui"
_DOCUMENT = Markup(
    '<!doctype html><html lang="{locale}"><meta charset="utf-8"><title>{title}</title><style>{style}</style>'
    '<body class="room" data-role="screen"><main>{scene}</main></body></html>'
)


def document_of(scene: Scene, fills: dict[str, str], locale: str = "fr") -> str:
    """The whole page as it stands once its script has filled it."""
    style = "\n".join(
        (_STYLES / name).read_text(encoding="utf-8") for name in ("style.css", "dark.css", "room.css", "screen.css")
    )
    html = str(scene.html)
    for name, words in fills.items():
        html = html.replace(f'data-fill="{name}">', f'data-fill="{name}">{words}')
    return _DOCUMENT.format(locale=locale, title="Café IA", style=Markup(style), scene=Markup(html))
