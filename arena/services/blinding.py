"""From a battle to what a voter may see of it."""

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
        turns=tuple(open_turn(turn) if stage is RevealStage.NAMES else blind_turn(turn, mask) for turn in battle.turns),
    )


def blind_turn(turn: Turn, mask: NameMask) -> BlindTurn:
    """A turn whose answers have every given-away name masked."""
    return BlindTurn(
        index=turn.index,
        prompt=turn.prompt,
        answers={
            side: _shown(answer, mask.apply(answer.text, turn.prompt).text) for side, answer in turn.answers.items()
        },
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
