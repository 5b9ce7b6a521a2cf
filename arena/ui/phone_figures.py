"""The two reveals on a phone, as escaped HTML: the cards of the duel page in the order of the room."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from markupsafe import Markup

from arena.domain.battle import BlindBattle, RevealStage
from arena.domain.equivalents import Equivalent, Nature
from arena.domain.provenance import Band
from arena.domain.reflection import Reflections
from arena.domain.vote import Opinion
from arena.services.battles import BattleView
from arena.services.live_room import RoomView
from arena.ui import model_cards
from arena.ui.equivalent_cards import equivalents
from arena.ui.footprint_cards import basis, charts, opening
from arena.ui.text import Text

EquivalentsOf = Callable[[Band, str], Sequence[Equivalent]]


def figures(view: RoomView, text: Text, found: EquivalentsOf) -> Mapping[str, Markup]:
    """What each answer took, by part: the comparison, ranges with one everyday thing, what they rest on.

    The ranges are the largest thing that a phone is sent: they are written as before the names, and sent once.
    """
    reveal = view.footprints
    if reveal is None or view.battle is None:
        return {}
    shown = _as_of_a_visitor(view, view.battle)
    blind = replace(shown, names=None, battle=replace(view.battle, stage=RevealStage.FOOTPRINTS))
    return {
        "comparison": opening(text, shown, reveal),
        "figures": charts(text, blind, reveal)
        + equivalents(text, reveal, Nature.ENERGY, lambda band, key: found(band, key)[:1]),
        "basis": basis(text, shown, reveal),
    }


def names(view: RoomView, text: Text) -> Markup:
    """Who wrote what, once the room is shown names."""
    if view.names is None or view.battle is None:
        return Markup("")
    return Markup(model_cards.names(text, _as_of_a_visitor(view, view.battle)))


def _as_of_a_visitor(view: RoomView, battle: BlindBattle) -> BattleView:
    """The room's battle as the cards of the duel page take it."""
    return BattleView(
        battle=battle,
        opinion=Opinion(None, {}),
        footprints=view.footprints,
        names=view.names,
        may_continue=False,
        reflections=Reflections(),
        offers={},
        rematch=None,
    )
