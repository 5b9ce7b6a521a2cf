"""Raised hands on the desk: four counts to type, or to tap, and what was noted."""

from markupsafe import Markup

from arena.domain.round import BallotKind
from arena.domain.vote import Outcome
from arena.services.desk_views import DeskView
from arena.services.rooms import HANDS_AT, MOST_HANDS
from arena.ui.reading_parts import joined
from arena.ui.text import Text


def hands(desk: DeskView, text: Text) -> Markup:
    """Nothing at the steps at which no hand is counted."""
    one, room = desk.view.state.round, desk.view.state.room
    kind = HANDS_AT.get(one.step) if one else None
    if one is None or kind is None or not room.is_open:
        return Markup("")
    rows = joined(_row(outcome, desk.hands.get(outcome, 0), kind, text) for outcome in Outcome)
    noted = sum(desk.hands.values())
    return Markup(
        '<details id="hands"><summary><h2>{heading}</h2></summary><p>{help}</p>'
        '<form id="hands-form-{kind}-{round}" data-form="hands" data-kind="{kind}">{rows}'
        '<button id="hands-note" type="submit">{note}</button></form>{noted}</details>'
    ).format(
        heading=text("desk.hands"),
        help=text(f"desk.hands.{kind}"),
        kind=kind,
        round=one.id,
        rows=rows,
        note=text("desk.hands.note"),
        noted=Markup('<p id="hands-noted">{}</p>').format(text("desk.hands.noted", count=noted)) if noted else "",
    )


def _row(outcome: Outcome, count: int, kind: BallotKind, text: Text) -> Markup:
    """A number between two buttons as large as a thumb."""
    words = text(f"vote.{outcome}")
    return Markup(
        '<div class="count"><label for="{id}">{words}</label>'
        '<button type="button" id="{id}-less" data-add="-1" data-to="{id}" aria-label="{less}">−</button>'
        '<input type="number" id="{id}" name="{outcome}" value="{count}" min="0" max="{most}" step="1"'
        ' inputmode="numeric">'
        '<button type="button" id="{id}-more" data-add="1" data-to="{id}" aria-label="{more}">+</button></div>'
    ).format(
        id=f"hands-{kind}-{outcome}",
        words=words,
        outcome=outcome,
        count=count,
        most=MOST_HANDS,
        less=text("desk.hands.less", what=words),
        more=text("desk.hands.more", what=words),
    )
