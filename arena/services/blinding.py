"""From a battle to what a voter may see of it."""

from collections.abc import Sequence

from arena.domain.battle import Answer, Battle, BlindAnswer, BlindBattle, BlindTurn, RevealStage, Turn
from arena.domain.masking import NameMask


def blind_battle(battle: Battle, stage: RevealStage, mask: NameMask) -> BlindBattle:
    """The battle without models; its texts are masked until the names are revealed."""
    return BlindBattle(
        id=battle.id,
        mode=battle.mode,
        is_demo=battle.is_demo,
        is_blind=battle.is_blind,
        is_over=battle.is_over,
        can_be_voted=battle.can_be_voted,
        stage=stage,
        turns=tuple(map(open_turn, battle.turns)) if stage is RevealStage.NAMES else blind_turns(battle.turns, mask),
        is_purged=battle.purged_at is not None,
    )


def blind_turns(turns: Sequence[Turn], mask: NameMask) -> tuple[BlindTurn, ...]:
    """Turns whose answers have every given-away name masked; a name that the visitor wrote is theirs."""
    return tuple(_blind_turn(turn, mask, asked_until(turns[: index + 1])) for index, turn in enumerate(turns))


def asked_until(turns: Sequence[Turn], prompt: str = "") -> str:
    """Everything the visitor wrote so far."""
    return "\n".join([*(turn.prompt for turn in turns), prompt])


def _blind_turn(turn: Turn, mask: NameMask, asked: str) -> BlindTurn:
    return BlindTurn(
        index=turn.index,
        prompt=turn.prompt,
        answers={side: _shown(answer, mask.apply(answer.text, asked).text) for side, answer in turn.answers.items()},
    )


def open_turn(turn: Turn) -> BlindTurn:
    """A turn as it was written, for after the reveal."""
    return BlindTurn(
        index=turn.index,
        prompt=turn.prompt,
        answers={side: _shown(answer, answer.text) for side, answer in turn.answers.items()},
    )


def _shown(answer: Answer, text: str) -> BlindAnswer:
    return BlindAnswer(
        status=answer.status,
        text=text,
        thought=bool(answer.reasoning),
        error_key=answer.error_key,
        self_named=answer.self_named,
    )
