"""A round as a report tells it: the question, what was said of it, by phones and by raised hands."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from arena.domain.ballot import FEWEST_SHOWN, Tally, is_hand
from arena.domain.event_results import HeldBattle
from arena.domain.personal_data import redact
from arena.domain.round import BallotKind
from arena.domain.statistics import Proportion, wilson


@dataclass(frozen=True, slots=True)
class ToldRound:
    """One round. ``prompt`` is empty once purged; ``recorded_at`` is when the answers of a recorded duel were written.

    ``switched`` is of those who voted and chose again, known by their phones; None for fewer than five.
    """

    number: int
    prompt: str
    tally: Tally
    is_blind: bool
    switched: Proportion | None
    recorded_at: datetime | None


def told_rounds(battles: Sequence[HeldBattle]) -> tuple[ToldRound, ...]:
    """The rounds among some battles, by their numbers."""
    numbered = [(battle.round_number, battle) for battle in battles if battle.round_number is not None]
    return tuple(_told(number, battle) for number, battle in sorted(numbered, key=lambda pair: pair[0]))


def _told(number: int, battle: HeldBattle) -> ToldRound:
    tally = _tally(battle)
    flow = tally.flow
    changed = sum(count for (first, second), count in flow.items() if first is not second)
    people = sum(flow.values())
    return ToldRound(
        number=number,
        prompt=redact(battle.prompt.strip()).text,
        tally=tally,
        is_blind=battle.is_blind,
        switched=wilson(changed, people) if people >= FEWEST_SHOWN else None,
        recorded_at=battle.recorded_at,
    )


def _tally(battle: HeldBattle) -> Tally:
    again = [(voice.vote, voice.second.outcome) for voice in battle.voices if voice.second is not None]
    flow = Counter((vote, second) for vote, second in again if second is not None)
    seconds = Counter(second for _, second in again if second is not None)
    seconds.update(outcome for _, outcome in battle.seconds_alone)
    hands = {
        BallotKind.VOTE: sum(is_hand(voice.visitor_id) for voice in battle.voices),
        BallotKind.SECOND_CHOICE: sum(is_hand(visitor_id) for visitor_id, _ in battle.seconds_alone),
    }
    return Tally(Counter(voice.vote for voice in battle.voices), seconds, flow, hands=hands)
