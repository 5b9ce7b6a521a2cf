"""What a footprint is called in words: how it is known, how sure it is, why it is missing, on whose electricity."""

from markupsafe import Markup

from arena.domain.answer_length import AnswerLength
from arena.domain.battle import RevealStage
from arena.domain.figures import FormattedRange
from arena.domain.footprint import Grade, is_illustration
from arena.domain.mix_choice import MixChoice
from arena.domain.side import Side
from arena.services.battles import BattleView
from arena.services.footprint_reveal import FootprintReveal
from arena.ui.text import Text, zone_name

UNMETERED = ("gwp_g", "gwp_embodied_g", "adpe_ug", "pe_kj")  # what a counter can say nothing of


def amount(written: FormattedRange) -> Markup:
    """A range to be seen, and the same in full for a screen reader."""
    return Markup('<span class="amount" aria-hidden="true">{}</span><span class="unseen">{}</span>').format(
        written.text, written.spoken
    )


def measured_sides(reveal: FootprintReveal) -> frozenset[Side]:
    """The answers that a counter was read for."""
    return frozenset(side for side in Side if reveal.sides[side].grade == Grade.A)


def kind(text: Text, reveal: FootprintReveal, side: Side, key: str) -> str:
    """Measured, made of a measure, estimated, supposed or an illustration: never left out beside a figure."""
    if any(is_illustration(inputs) for inputs in reveal.inputs[side]):
        return text("footprint.illustration")
    if reveal.sides[side].grade == Grade.D:
        return text("footprint.supposed")
    if side not in measured_sides(reveal):
        return text("footprint.estimated")
    return text("footprint.measured" if key == "energy_wh" else "footprint.from_measure")


def no_figure(text: Text, reveal: FootprintReveal, side: Side, quantity: str) -> str:
    """Why a quantity of an answer has no number."""
    reason = reveal.sides[side].no_figure_reason
    if reason is None:
        is_measured = any(inputs.reading for inputs in reveal.inputs[side])
        uncounted = "footprint.none.uncounted" if quantity in UNMETERED else "footprint.none.no_zone"
        reason = uncounted if is_measured else "footprint.none.mix"
    return f"{text('footprint.no_figure')} {text(reason)}"


def mix(text: Text, view: BattleView, reveal: FootprintReveal) -> str:
    """On whose electricity the figures rest. Where an answer was made could betray its host before the names."""
    if reveal.mix is not MixChoice.HOSTED or view.battle.stage is not RevealStage.NAMES:
        return text(f"mix.{reveal.mix}")
    zones = {inputs.zone for side in Side for inputs in reveal.inputs[side]}
    named = sorted(zone_name(text, zone) for zone in zones if zone)
    return text("mix.hosted.at", zones=", ".join([*named, *([text("mix.unknown")] if None in zones else [])]))


def length(text: Text, counted: AnswerLength) -> str:
    """How many tokens an answer has, and how many of them are thinking."""
    how = "estimated" if counted.is_estimated else "counted"
    key = f"model.tokens.{how}.thought" if counted.thinking else f"model.tokens.{how}"
    return text(key, output=counted.tokens, reasoning=counted.thinking)
