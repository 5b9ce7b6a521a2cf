"""The participant's page: its listeners, and handlers that translate between Gradio and the services."""

from collections.abc import Callable, Sequence
from contextlib import suppress

import gradio as gr

from arena.domain.projection import Crowd
from arena.domain.side import Side
from arena.domain.suggestions import Suggestions
from arena.domain.vote import NEGATIVE_QUALITIES, POSITIVE_QUALITIES, Reaction
from arena.errors import BattleClosed, EventNotOpen
from arena.services.arena import Arena
from arena.services.battles import BattleView
from arena.ui import cards
from arena.ui.bet_section import BetSection
from arena.ui.event_section import EventSection
from arena.ui.footprints_section import FootprintsSection
from arena.ui.guard import DIRECT, Guard, Handler, Updates
from arena.ui.inputs import word, words
from arena.ui.layout import LIKES, Parts, SideParts, Slots, html, lay_out
from arena.ui.model_cards import names
from arena.ui.need_section import NeedQuestion, NeedSection
from arena.ui.projection_section import ProjectionSection
from arena.ui.reading import READING_PLACES
from arena.ui.rematch_section import RematchSection
from arena.ui.second_choice_section import SecondChoiceSection
from arena.ui.section import Section
from arena.ui.sparing_blocks import SparingBlocks
from arena.ui.text import Text


class DuelPage:
    """One language's page. Built once; everything it shows comes from the services."""

    def __init__(
        self,
        arena: Callable[[], Arena],
        suggestions: Suggestions,
        crowds: tuple[Crowd, ...],
        text: Text,
        need_question: NeedQuestion,
        places: tuple[str, ...] = READING_PLACES,
    ) -> None:
        """``places`` are the pages to read that the footer leads to."""
        self._arena = arena
        self._suggestions = suggestions
        self._text = text
        self._event = EventSection(arena, text)
        self._places = places
        self._bet = BetSection(arena, text)
        self._footprints = FootprintsSection(arena, text)
        self._projection = ProjectionSection(arena, text, crowds, self._footprints)
        self._second_choice = SecondChoiceSection(arena, text, self._show_names)
        self._need = NeedSection(arena, text, need_question)
        self._rematch = RematchSection(arena, text, self._show_begun)
        self._sections: tuple[Section, ...] = (
            self._bet,
            self._footprints,
            self._projection,
            self._second_choice,
            self._need,
            self._rematch,
        )

    def build(self) -> gr.Blocks:
        """The Gradio page with its listeners."""
        blocks: gr.Blocks
        with SparingBlocks(title=self._text("page.title"), analytics_enabled=False) as blocks:
            self._parts = lay_out(self._text, self._suggestions, self._slots())
            self._parts.of_sections += [part for section in self._sections for part in section.parts]
            self._connect(blocks, self._parts)
        return blocks

    def _slots(self) -> Slots:
        need = self._need.lay_out
        return Slots(
            under_header=self._event.lay_out,
            under_prompt=need if self._need.is_before else _nothing,
            under_vote=self._bet.lay_out,
            in_footprints=self._in_footprints,
            under_footprints=self._second_choice.lay_out,
            under_names=self._under_names,
            at_bottom=self._at_bottom,
        )

    def _in_footprints(self) -> None:
        self._footprints.lay_out_opening()
        self._bet.lay_out_result()
        self._footprints.lay_out()
        self._projection.lay_out()

    def _under_names(self) -> None:
        if not self._need.is_before:
            self._need.lay_out()
        self._rematch.lay_out()

    def _at_bottom(self) -> None:
        html(cards.footer(self._text, self._places), elem_id="bottom")

    # -- listeners ----------------------------------------------------------------------------

    def _connect(self, blocks: gr.Blocks, parts: Parts) -> None:
        on = Guard(parts.problem, self._text)
        shown = parts.rendered
        with_event = [*shown, *self._event.parts(parts)]
        blocks.load(on.guarded(self._load(parts)), None, with_event, **DIRECT)
        of_event = [*self._event.parts(parts), parts.problem]
        self._event.leave.click(on.guarded(self._leave_event(parts)), None, of_event, **DIRECT)
        gr.on(
            [parts.send.click, parts.prompt.submit],
            on.guarded(self._start(parts), word, word, words, word),
            [parts.prompt, parts.mode, parts.chosen, self._need.answer],
            shown,
            **DIRECT,
        )
        offer = on.guarded(self._offer_models(parts), word)
        parts.mode.input(offer, parts.mode, [parts.chosen, parts.problem], **DIRECT)
        parts.control.submit(on.guarded(self._show(parts, focus=""), word), parts.battle_id, shown, **DIRECT)
        parts.stop.click(on.guarded(self._stop(), word), parts.battle_id, parts.problem, **DIRECT)
        gr.on(
            [parts.follow_up_send.click, parts.follow_up.submit],
            on.guarded(self._follow_up(parts), word, word),
            [parts.battle_id, parts.follow_up],
            shown,
            **DIRECT,
        )
        for side, side_parts in parts.sides.items():
            self._connect_side(on, parts, side, side_parts)
        parts.outcome.input(
            on.guarded(self._vote(parts), word, word),
            [parts.battle_id, parts.outcome],
            [parts.control, parts.vote_state, parts.problem],
            **DIRECT,
        )
        parts.to_footprints.click(
            on.guarded(self._reveal_footprints(parts), word, word, word),
            [parts.battle_id, parts.outcome, parts.comment],
            shown,
            **DIRECT,
        )
        for section in self._sections:
            section.connect(on, parts)
        parts.new_duel.click(on.guarded(self._leave(parts), word), parts.battle_id, with_event, **DIRECT)

    def _connect_side(self, on: Guard, parts: Parts, side: Side, side_parts: SideParts) -> None:
        gr.on(
            [side_parts.liked.input, side_parts.qualities.input],
            on.guarded(self._react(side, side_parts), word, word, words),
            [parts.battle_id, side_parts.liked, side_parts.qualities],
            [side_parts.qualities, parts.problem],
            **DIRECT,
        )
        retry = on.guarded(self._retry(parts, side), word)
        side_parts.retry.click(retry, parts.battle_id, parts.rendered, **DIRECT)

    # -- handlers -----------------------------------------------------------------------------

    def _load(self, parts: Parts) -> Handler:
        async def load(visitor_id: str) -> Updates:
            battles = self._arena().battles
            updates = self._render(parts, await battles.current(visitor_id))
            is_new = await battles.is_new(visitor_id)
            updates |= {parts.consent: cards.consent(self._text) if is_new else ""}
            return updates | await self._event.shown(visitor_id, parts)

        return load

    def _show(self, parts: Parts, *, focus: str) -> Handler:
        async def show(visitor_id: str, battle_id: str) -> Updates:
            view = await self._arena().battles.view(visitor_id, battle_id)
            return self._render(parts, view, focus=focus)

        return show

    def _start(self, parts: Parts) -> Handler:
        async def start(visitor_id: str, prompt: str, mode: str, chosen: list[str], need: str) -> Updates:
            arena = self._arena()
            if not prompt.strip() and (begun := await arena.battles.current(visitor_id)):
                return self._render(parts, begun, focus="battle-heading")  # the second click of two
            battle_id = await arena.duel.start(
                visitor_id,
                prompt,
                mode=arena.battles.mode(mode),
                locale=self._text.locale,
                chosen=tuple(chosen),
            )
            if need and self._need.is_before:
                await arena.battles.answer_need(visitor_id, battle_id, need)
            view = await arena.battles.view(visitor_id, battle_id)
            return self._render(parts, view, focus="battle-heading") | {parts.prompt: ""}

        return start

    def _offer_models(self, parts: Parts) -> Handler:
        async def offer(visitor_id: str, mode: str) -> Updates:
            """In an event its own mode decides, whatever a script sends."""
            event = await self._arena().events.current(visitor_id)
            return {parts.chosen: self._event.offered(event, event.settings.mode if event else mode)}

        return offer

    def _stop(self) -> Handler:
        async def stop(visitor_id: str, battle_id: str) -> Updates:
            await self._arena().duel.stop(visitor_id, battle_id)
            return {}

        return stop

    def _follow_up(self, parts: Parts) -> Handler:
        async def follow_up(visitor_id: str, battle_id: str, prompt: str) -> Updates:
            await self._arena().duel.follow_up(visitor_id, battle_id, prompt)
            view = await self._arena().battles.view(visitor_id, battle_id)
            return self._render(parts, view)

        return follow_up

    def _retry(self, parts: Parts, side: Side) -> Handler:
        async def retry(visitor_id: str, battle_id: str) -> Updates:
            await self._arena().duel.retry(visitor_id, battle_id, side)
            view = await self._arena().battles.view(visitor_id, battle_id)
            return self._render(parts, view)

        return retry

    def _react(self, side: Side, side_parts: SideParts) -> Handler:
        async def react(visitor_id: str, battle_id: str, liked: str, qualities: list[str]) -> Updates:
            opinion = LIKES.get(liked or "none")
            offered = self._qualities(opinion)
            kept = [quality for quality in qualities if quality in dict(offered).values()]
            await self._arena().battles.react(visitor_id, battle_id, side, opinion, kept)
            return {side_parts.qualities: gr.update(choices=offered, value=kept, visible=bool(offered))}

        return react

    def _vote(self, parts: Parts) -> Handler:
        async def vote(visitor_id: str, battle_id: str, outcome: str) -> Updates:
            view = await self._arena().battles.vote(visitor_id, battle_id, outcome)
            return {
                parts.control: cards.control(self._text, view),
                parts.vote_state: cards.vote_state(self._text, view),
            }

        return vote

    def _reveal_footprints(self, parts: Parts) -> Handler:
        async def reveal_footprints(visitor_id: str, battle_id: str, outcome: str, comment: str) -> Updates:
            battles = self._arena().battles
            if outcome:  # the comment may have been written after the vote
                with suppress(BattleClosed, EventNotOpen):  # revealed from another tab, or too late: that vote stands
                    await battles.vote(visitor_id, battle_id, outcome, comment)
            view = await battles.reveal_footprints(visitor_id, battle_id)
            return self._render(parts, view, focus="footprints-heading")

        return reveal_footprints

    def _leave(self, parts: Parts) -> Handler:
        async def leave(visitor_id: str, battle_id: str) -> Updates:
            await self._arena().battles.leave(visitor_id, battle_id)
            return self._render(parts, None, focus="top") | await self._event.shown(visitor_id, parts)

        return leave

    def _leave_event(self, parts: Parts) -> Handler:
        async def leave_event(visitor_id: str) -> Updates:
            return await self._event.left(visitor_id, parts)

        return leave_event

    # -- what a view sets ---------------------------------------------------------------------

    def _render(
        self,
        parts: Parts,
        view: BattleView | None,
        *,
        focus: str = "",
        sections: Sequence[Section] | None = None,
    ) -> Updates:
        text = self._text
        updates: Updates = {
            parts.control: cards.control(text, view, focus=focus),
            parts.notice: self._notice(view),
            parts.problem: "",
            parts.battle_id: view.battle.id if view else "",
            parts.follow_up: "",
            parts.names: names(text, view) if view else "",
        }
        if view is None or view.opinion.vote:  # without a vote they have nothing to show
            updates |= self._render_sections(view, sections)
        return updates | {parts.consent: ""} | self._render_opinion(parts, view) if view else updates

    def _render_sections(self, view: BattleView | None, sections: Sequence[Section] | None = None) -> Updates:
        shown = self._sections if sections is None else sections
        return {part: value for section in shown for part, value in section.render(view).items()}

    def _show_begun(self, view: BattleView) -> Updates:
        """A battle that follows another one: what the sections showed of that one goes."""
        return self._render(self._parts, view, focus="battle-heading") | self._render_sections(view)

    def _show_names(self, view: BattleView) -> Updates:
        """What somebody chose to look at in the footprints stays as it is; only words that sizes add to are new."""
        others = [section for section in self._sections if section not in (self._footprints, self._projection)]
        updates = self._render(self._parts, view, focus="names-heading", sections=others)
        return updates | self._footprints.render_named(view)

    def _notice(self, view: BattleView | None) -> str:
        """What everybody should know of this battle: scripted answers, models named beforehand."""
        is_demo = view.battle.is_demo if view else self._arena().line_up.is_demo
        keys = ["demo.notice"] if is_demo else []
        if view and not view.battle.is_blind:
            keys.append("mode.choose.notice")
        if view and view.battle.is_purged:
            keys.append("battle.purged")
        return "".join(cards.notice(self._text(key)) for key in keys)

    def _render_opinion(self, parts: Parts, view: BattleView) -> Updates:
        vote = view.opinion.vote
        updates: Updates = {
            parts.outcome: vote.outcome.value if vote else None,
            parts.comment: vote.comment if vote else "",
            parts.vote_state: cards.vote_state(self._text, view),
        }
        like_of = {value: key for key, value in LIKES.items()}
        for side, side_parts in parts.sides.items():
            reaction = view.opinion.reactions.get(side)
            updates[side_parts.liked] = like_of[reaction.liked] if reaction else None
            updates[side_parts.qualities] = self._chosen_qualities(reaction) if reaction else []
        return updates

    def _chosen_qualities(self, reaction: Reaction) -> Updates:
        """Gradio makes the whole component anew for this, 1 ms; without a reaction the style sheet hides it."""
        offered = self._qualities(reaction.liked)
        return gr.update(choices=offered, value=sorted(reaction.qualities), visible=bool(offered))

    def _qualities(self, liked: bool | None) -> list[tuple[str, str]]:
        if liked is None:
            return []
        offered = POSITIVE_QUALITIES if liked else NEGATIVE_QUALITIES
        return [(self._text(f"quality.{quality}"), quality.value) for quality in offered]


def _nothing() -> None:
    """What a slot holds that nobody uses."""
