"""The participant's page: its listeners, and handlers that translate between Gradio and the services."""

from collections.abc import Callable
from contextlib import suppress

import gradio as gr

from arena.domain.battle import RevealStage
from arena.domain.pairing import PairingMode
from arena.domain.side import Side
from arena.domain.suggestions import Suggestions
from arena.domain.vote import NEGATIVE_QUALITIES, POSITIVE_QUALITIES
from arena.errors import BattleClosed
from arena.services.arena import Arena
from arena.services.battles import BattleView
from arena.ui import cards
from arena.ui.footprint_cards import footprints
from arena.ui.guard import DIRECT, Guard, Handler, Updates
from arena.ui.inputs import word, words
from arena.ui.layout import LIKES, Parts, SideParts, lay_out
from arena.ui.model_cards import names
from arena.ui.text import Text


class DuelPage:
    """One language's page. Built once; everything it shows comes from the services."""

    def __init__(self, arena: Callable[[], Arena], suggestions: Suggestions, text: Text) -> None:
        self._arena = arena
        self._suggestions = suggestions
        self._text = text

    def build(self) -> gr.Blocks:
        """The Gradio page with its listeners."""
        blocks: gr.Blocks
        with gr.Blocks(title=self._text("page.title"), analytics_enabled=False) as blocks:
            parts = lay_out(self._text, self._suggestions)
            self._connect(blocks, parts)
        return blocks

    # -- listeners ----------------------------------------------------------------------------

    def _connect(self, blocks: gr.Blocks, parts: Parts) -> None:
        on = Guard(parts.problem, self._text)
        shown = parts.rendered
        blocks.load(on.guarded(self._load(parts)), None, shown, **DIRECT)
        start_inputs = [parts.prompt, parts.mode, parts.chosen]
        gr.on(
            [parts.send.click, parts.prompt.submit],
            on.guarded(self._start(parts), word, word, words),
            start_inputs,
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
            parts.revealed,
            **DIRECT,
        )
        parts.to_names.click(on.guarded(self._reveal_names(parts), word), parts.battle_id, parts.revealed, **DIRECT)
        parts.new_duel.click(on.guarded(self._leave(parts), word), parts.battle_id, shown, **DIRECT)

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
            return updates | {parts.consent: cards.consent(self._text) if is_new else ""}

        return load

    def _show(self, parts: Parts, *, focus: str) -> Handler:
        async def show(visitor_id: str, battle_id: str) -> Updates:
            view = await self._arena().battles.view(visitor_id, battle_id)
            return self._render(parts, view, focus=focus)

        return show

    def _start(self, parts: Parts) -> Handler:
        async def start(visitor_id: str, prompt: str, mode: str, chosen: list[str]) -> Updates:
            arena = self._arena()
            battle_id = await arena.duel.start(
                visitor_id,
                prompt,
                mode=arena.battles.mode(mode),
                locale=self._text.locale,
                chosen=tuple(chosen),
            )
            view = await arena.battles.view(visitor_id, battle_id)
            return self._render(parts, view, focus="battle-heading") | {parts.prompt: ""}

        return start

    def _offer_models(self, parts: Parts) -> Handler:
        async def offer(_visitor_id: str, mode: str) -> Updates:
            """Names reach the browser only for the mode that is not blind."""
            is_choice = mode == PairingMode.CHOOSE
            models = self._arena().line_up.models if is_choice else ()
            choices = [(model.display_name, model.id) for model in models]
            return {parts.chosen: gr.update(choices=choices, value=[], visible=is_choice)}

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
                with suppress(BattleClosed):  # revealed from another tab: that vote stands
                    await battles.vote(visitor_id, battle_id, outcome, comment)
            view = await battles.reveal(visitor_id, battle_id, RevealStage.FOOTPRINTS)
            return self._render_reveal(parts, view, focus="footprints-heading")

        return reveal_footprints

    def _reveal_names(self, parts: Parts) -> Handler:
        async def reveal_names(visitor_id: str, battle_id: str) -> Updates:
            view = await self._arena().battles.reveal(visitor_id, battle_id, RevealStage.NAMES)
            return self._render_reveal(parts, view, focus="names-heading")

        return reveal_names

    def _leave(self, parts: Parts) -> Handler:
        async def leave(visitor_id: str, battle_id: str) -> Updates:
            await self._arena().battles.leave(visitor_id, battle_id)
            return self._render(parts, None, focus="top")

        return leave

    # -- what a view sets ---------------------------------------------------------------------

    def _render(self, parts: Parts, view: BattleView | None, *, focus: str = "") -> Updates:
        text = self._text
        updates: Updates = {
            parts.control: cards.control(text, view, focus=focus),
            parts.notice: self._notice(view),
            parts.problem: "",
            parts.battle_id: view.battle.id if view else "",
            parts.follow_up: "",
            parts.footprints: self._footprint_card(view),
            parts.names: names(text, view) if view else "",
        }
        return updates | {parts.consent: ""} | self._render_opinion(parts, view) if view else updates

    def _render_reveal(self, parts: Parts, view: BattleView, *, focus: str) -> Updates:
        return {
            parts.control: cards.control(self._text, view, focus=focus),
            parts.vote_state: cards.vote_state(self._text, view),
            parts.footprints: self._footprint_card(view),
            parts.names: names(self._text, view),
        }

    def _notice(self, view: BattleView | None) -> str:
        """What everybody should know of this battle: scripted answers, models named beforehand."""
        is_demo = view.battle.is_demo if view else self._arena().line_up.is_demo
        keys = ["demo.notice"] if is_demo else []
        if view and not view.battle.is_blind:
            keys.append("mode.choose.notice")
        return "".join(cards.notice(self._text(key)) for key in keys)

    def _footprint_card(self, view: BattleView | None) -> str:
        if view is None:
            return ""
        return footprints(self._text, view, self._arena().footprints.equivalent)

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
            offered = self._qualities(reaction.liked if reaction else None)
            updates[side_parts.liked] = like_of[reaction.liked] if reaction else None
            updates[side_parts.qualities] = gr.update(
                choices=offered,
                value=sorted(reaction.qualities) if reaction else [],
                visible=bool(offered),
            )
        return updates

    def _qualities(self, liked: bool | None) -> list[tuple[str, str]]:
        if liked is None:
            return []
        offered = POSITIVE_QUALITIES if liked else NEGATIVE_QUALITIES
        return [(self._text(f"quality.{quality}"), quality.value) for quality in offered]
