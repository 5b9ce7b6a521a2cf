"""From rows to domain objects and back."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Row

from arena.domain.battle import Answer, AnswerStatus, Battle, Replacement, TokenSource, Turn, Usage
from arena.domain.pairing import PairingMode
from arena.domain.rematch import Rematch, RematchKind
from arena.domain.side import Side
from arena.domain.vote import Outcome, Quality, Reaction, Vote
from arena.storage.rows import AnswerRow, BattleRow, BattleSideRow, ReactionRow, RematchRow, TurnRow, VoteRow


def answer_columns(answer: Answer) -> dict[str, Any]:
    """The columns of an answer, without those that say where it belongs."""
    return {
        "model_id": answer.model_id,
        "status": answer.status.value,
        "input_tokens": answer.usage.input_tokens,
        "output_tokens": answer.usage.output_tokens,
        "reasoning_tokens": answer.usage.reasoning_tokens,
        "token_source": answer.token_source and answer.token_source.value,
        "error_key": answer.error_key,
        "first_token_s": answer.first_token_s,
        "duration_s": answer.duration_s,
        "self_named": answer.self_named,
        "replaced_model_id": answer.replaced and answer.replaced.model_id,
        "replaced_error_key": answer.replaced and answer.replaced.error_key,
        "cost_eur": answer.cost_eur,
        "text": answer.text,
        "reasoning": answer.reasoning,
    }


def to_answer(row: AnswerRow) -> Answer:
    return Answer(
        model_id=row.model_id,
        status=AnswerStatus(row.status),
        text=row.text,
        reasoning=row.reasoning,
        usage=Usage(row.input_tokens, row.output_tokens, row.reasoning_tokens),
        token_source=TokenSource(row.token_source) if row.token_source else None,
        error_key=row.error_key,
        first_token_s=row.first_token_s,
        duration_s=row.duration_s,
        self_named=row.self_named,
        replaced=to_replacement(row),
        cost_eur=row.cost_eur,
    )


def to_replacement(row: AnswerRow | Row[Any]) -> Replacement | None:
    if row.replaced_model_id is None:
        return None
    return Replacement(row.replaced_model_id, row.replaced_error_key or "")


def to_turn(row: TurnRow, answers: Iterable[AnswerRow]) -> Turn:
    return Turn(
        index=row.index,
        prompt=row.prompt,
        created_at=row.created_at,
        answers={Side(answer.side): to_answer(answer) for answer in answers},
    )


def battle_columns(battle: Battle) -> dict[str, Any]:
    """The columns of a new battle, without those of the versions it is fought under."""
    return {
        "id": battle.id,
        "visitor_id": battle.visitor_id,
        "created_at": battle.created_at,
        "locale": battle.locale,
        "mode": battle.mode.value,
        "is_blind": battle.is_blind,
        "is_demo": battle.is_demo,
        "event_id": battle.event_id,
        "theme": battle.theme,
        "recorded_at": battle.recorded_at,
    }


def to_battle(
    row: BattleRow, sides: Iterable[BattleSideRow | Row[Any]], turns: Iterable[Turn], rematch: RematchRow | None = None
) -> Battle:
    return Battle(
        id=row.id,
        visitor_id=row.visitor_id,
        created_at=row.created_at,
        locale=row.locale,
        mode=PairingMode(row.mode),
        is_blind=row.is_blind,
        is_demo=row.is_demo,
        models={Side(side.side): side.model_id for side in sides},
        turns=tuple(turns),
        rematch=None if rematch is None else to_rematch(rematch),
        event_id=row.event_id,
        theme=row.theme,
        purged_at=row.purged_at,
        recorded_at=row.recorded_at,
    )


def to_rematch_row(battle_id: str, rematch: Rematch) -> RematchRow:
    return RematchRow(
        battle_id=battle_id,
        origin_id=rematch.origin_id,
        kind=rematch.kind.value,
        kept_side=rematch.kept_side.value,
    )


def to_rematch(row: RematchRow) -> Rematch:
    return Rematch(row.origin_id, RematchKind(row.kind), Side(row.kept_side))


def vote_columns(vote: Vote) -> dict[str, Any]:
    """The columns of a vote, without its times."""
    return {
        "battle_id": vote.battle_id,
        "visitor_id": vote.visitor_id,
        "outcome": vote.outcome.value,
        "comment": vote.comment,
    }


def to_vote(row: VoteRow | Row[Any]) -> Vote:
    return Vote(
        battle_id=row.battle_id,
        visitor_id=row.visitor_id,
        outcome=Outcome(row.outcome),
        comment=row.comment,
        created_at=row.created_at,
        changed_at=row.changed_at,
    )


def to_reactions(rows: Iterable[tuple[ReactionRow | Row[Any], str | None]]) -> Mapping[Side, Reaction]:
    """Reactions by side, from one row for each quality tag (None where there is no tag)."""
    reactions: dict[Side, Reaction] = {}
    for row, quality in rows:
        side = Side(row.side)
        known = reactions[side].qualities if side in reactions else frozenset()
        more = {Quality(quality)} if quality else frozenset()
        reactions[side] = Reaction(row.battle_id, row.visitor_id, side, row.liked, known | more)
    return reactions
