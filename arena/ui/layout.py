"""The components of the participant's page, in reading order."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import gradio as gr

from arena.domain.pairing import PairingMode
from arena.domain.side import Side
from arena.domain.suggestions import Suggestions
from arena.domain.vote import Outcome
from arena.ui import cards
from arena.ui.text import Text

LIKES = {"liked": True, "disliked": False, "none": None}


@dataclass(frozen=True)
class Slots:
    """What the sections of the page lay out, by place."""

    under_header: Callable[[], None]
    under_prompt: Callable[[], None]
    under_vote: Callable[[], None]
    in_footprints: Callable[[], None]
    under_footprints: Callable[[], None]
    under_names: Callable[[], None]
    at_bottom: Callable[[], None]


@dataclass
class SideParts:
    """The components of one side."""

    liked: gr.Radio
    qualities: gr.CheckboxGroup
    retry: gr.Button


@dataclass
class Parts:
    """The components that handlers read or write."""

    control: gr.HTML
    battle_id: gr.Textbox
    notice: gr.HTML
    problem: gr.HTML
    consent: gr.HTML
    prompt: gr.Textbox
    modes: gr.Accordion
    mode: gr.Radio
    chosen: gr.CheckboxGroup
    send: gr.Button
    stop: gr.Button
    follow_up: gr.Textbox
    follow_up_send: gr.Button
    outcome: gr.Radio
    comment: gr.Textbox
    vote_state: gr.HTML
    to_footprints: gr.Button
    names: gr.HTML
    new_duel: gr.Button
    sides: dict[Side, SideParts] = field(default_factory=dict)
    of_sections: list[Any] = field(default_factory=list)

    @property
    def rendered(self) -> list[Any]:
        """What a view of a battle sets."""
        return [
            self.control,
            self.battle_id,
            self.notice,
            self.problem,
            self.consent,
            self.prompt,
            self.follow_up,
            self.outcome,
            self.comment,
            self.vote_state,
            self.names,
            *(part for side in self.sides.values() for part in (side.liked, side.qualities)),
            *self.of_sections,
        ]


def html(value: str, *, elem_id: str | None = None, js_on_load: str | None = None) -> gr.HTML:
    """A fragment of ours: no padding, no default styles, no listener for clicks."""
    return gr.HTML(value, elem_id=elem_id, js_on_load=js_on_load, padding=False, apply_default_css=False)


def unshown(elem_id: str | None = None) -> gr.Textbox:
    """A value that handlers pass on to each other through the page."""
    return gr.Textbox("", visible="hidden", elem_id=elem_id, elem_classes=["unshown"], show_label=False)


def lay_out(text: Text, suggestions: Suggestions, slots: Slots) -> Parts:
    """Make every component of the page, in reading order, inside the current Blocks."""
    html(cards.header(text), elem_id="top")
    slots.under_header()
    control = html("", elem_id="control", js_on_load="arenaControl(element, trigger, watch)")
    battle_id = unshown("battle-id")
    notice = html("", elem_id="notice")
    problem = html("", elem_id="problem")
    compose = _compose(text, suggestions, slots)
    with gr.Column(elem_id="battle"):
        html(cards.battle_heading(text))
        with gr.Row(elem_id="answers"):
            sides = {side: _side(text, side) for side in Side}
        stop = gr.Button(text("battle.stop"), elem_id="stop", size="lg")
    with gr.Column(elem_id="follow"):
        follow_up = gr.Textbox(
            label=text("follow_up.label"),
            placeholder=text("follow_up.placeholder"),
            lines=2,
            max_lines=6,
            elem_id="follow-up",
        )
        follow_up_send = gr.Button(text("follow_up.send"), elem_id="follow-up-send")
    vote = _vote(text, slots)
    reveal = _reveal(text, slots)
    slots.at_bottom()
    return Parts(
        control=control,
        battle_id=battle_id,
        notice=notice,
        problem=problem,
        stop=stop,
        follow_up=follow_up,
        follow_up_send=follow_up_send,
        sides=sides,
        **compose,
        **vote,
        **reveal,
    )


def _compose(text: Text, suggestions: Suggestions, slots: Slots) -> dict[str, Any]:
    with gr.Column(elem_id="compose"):
        consent = html("", elem_id="consent")
        prompt = gr.Textbox(
            label=text("prompt.label"),
            placeholder=text("prompt.placeholder"),
            lines=3,
            max_lines=10,
            elem_id="prompt",
            autofocus=False,
        )
        slots.under_prompt()
        send = gr.Button(text("prompt.send"), variant="primary", elem_id="send", size="lg")
        html(cards.suggestions(text, suggestions), elem_id="suggestions")
        with gr.Accordion(text("mode.label"), open=False, elem_id="modes") as modes:
            mode = gr.Radio(
                [(text(f"mode.{mode}"), mode.value) for mode in PairingMode],
                value=PairingMode.RANDOM.value,
                label=text("mode.question"),
                elem_id="mode",
            )
            chosen = gr.CheckboxGroup([], label=text("mode.choose.label"), visible=False, elem_id="chosen")
    return {"consent": consent, "prompt": prompt, "send": send, "modes": modes, "mode": mode, "chosen": chosen}


def _side(text: Text, side: Side) -> SideParts:
    with gr.Column(elem_id=f"side-{side}", elem_classes=["side"], min_width=280):
        html(cards.answer_shell(text, side))
        retry = gr.Button(text("battle.retry", side=side.upper()), elem_id=f"retry-{side}", elem_classes=["retry"])
        with gr.Column(elem_classes=["reaction"]):
            liked = gr.Radio(
                [(text(f"reaction.{like}"), like) for like in LIKES],
                label=text("reaction.label", side=side.upper()),
                elem_id=f"liked-{side}",
            )
            qualities = gr.CheckboxGroup(
                [],
                label=text("reaction.qualities", side=side.upper()),
                visible=False,
                elem_id=f"qualities-{side}",
            )
    return SideParts(liked, qualities, retry)


def _vote(text: Text, slots: Slots) -> dict[str, Any]:
    with gr.Column(elem_id="vote"):
        html(cards.section_heading(text("vote.heading"), "vote-heading"))
        outcome = gr.Radio(
            [(text(f"vote.{outcome}"), outcome.value) for outcome in Outcome],
            label=text("vote.question"),
            elem_id="outcome",
            elem_classes=["four-options"],
        )
        vote_state = html("", elem_id="vote-state")
        slots.under_vote()
        comment = gr.Textbox(label=text("vote.comment"), lines=2, max_lines=4, elem_id="comment")
        to_footprints = gr.Button(text("vote.to_footprints"), variant="primary", elem_id="to-footprints", size="lg")
    return {
        "outcome": outcome,
        "vote_state": vote_state,
        "comment": comment,
        "to_footprints": to_footprints,
    }


def _reveal(text: Text, slots: Slots) -> dict[str, Any]:
    with gr.Column(elem_id="footprints"):
        slots.in_footprints()
    slots.under_footprints()
    with gr.Column(elem_id="names"):
        names = html("")
    slots.under_names()
    with gr.Column(elem_id="next"):
        new_duel = gr.Button(text("reveal.new_duel"), elem_id="new-duel", size="lg")
    return {
        "names": names,
        "new_duel": new_duel,
    }
