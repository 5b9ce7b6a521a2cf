"""A ballot: what one person says in a round, and what a room has said so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from arena.domain.reflection import BET_FACTORS, Bet
from arena.domain.round import BallotKind, Step
from arena.domain.side import Side
from arena.domain.statistics import Proportion, wilson
from arena.domain.vocabulary import member
from arena.domain.vote import Outcome
from arena.errors import InvalidChoice

FEWEST_SHOWN = 5  # fewer people are not broken down
SAME = "same"  # a bet that both take about as much
_HAND = "hand-"


class Source(StrEnum):
    """How a ballot came in."""

    PHONE = "phone"
    HANDS = "hands"  # an organiser counted raised hands


@dataclass(frozen=True, slots=True)
class Ballot:
    """All that one person said in one round; None is what was not said. ``first`` is the answer they read first."""

    first: Side
    bet: Bet | None = None
    vote: Outcome | None = None
    second_choice: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """How often each thing was said in a round.

    ``flow`` counts people who voted and chose again, by both. ``hands`` counts what came from raised hands, which is
    part of ``votes`` and ``second_choices`` but of no flow: nobody knows whose hand it was.
    """

    votes: Mapping[Outcome, int] = field(default_factory=dict)
    second_choices: Mapping[Outcome, int] = field(default_factory=dict)
    flow: Mapping[tuple[Outcome, Outcome], int] = field(default_factory=dict)
    bets: Mapping[int, int] = field(default_factory=dict)
    hands: Mapping[BallotKind, int] = field(default_factory=dict)

    def count(self, kind: BallotKind) -> int:
        """How many have said that."""
        return sum(self.bets.values()) if kind is BallotKind.BET else sum(self._outcomes(kind).values())

    def shown_at(self, step: Step) -> "Tally":
        """What a room may be shown of it: no result before its ballot is closed."""
        votes_are = step.has_come_to(Step.CLOSED)
        choices_are = step.number > Step.SECOND_CHOICE.number
        return Tally(
            votes=self.votes if votes_are else {},
            second_choices=self.second_choices if choices_are else {},
            flow=self.flow if choices_are else {},
            bets=self.bets if step.has_come_to(Step.FOOTPRINTS) else {},
            hands={kind: n for kind, n in self.hands.items() if votes_are and (kind is BallotKind.VOTE or choices_are)},
        )

    def is_of_few(self, kind: BallotKind) -> bool:
        """Whether it may only be counted, not broken down."""
        return self.count(kind) < FEWEST_SHOWN

    def share(self, kind: BallotKind, outcome: Outcome) -> Proportion:
        """The share of an outcome of the vote or the second choice, with its 95 % interval."""
        return wilson(self._outcomes(kind).get(outcome, 0), self.count(kind))

    def _outcomes(self, kind: BallotKind) -> Mapping[Outcome, int]:
        return self.votes if kind is BallotKind.VOTE else self.second_choices


def read_bet(value: str) -> Bet:
    """A bet on the gap alone, as a phone sends it: ``same``, or the factor. Raises InvalidChoice."""
    if value == SAME:
        return Bet(1)
    if value not in map(str, BET_FACTORS[1:]):
        raise InvalidChoice(f"{value!r} is not a bet")
    return Bet(int(value))


def read_outcome(value: str) -> Outcome:
    """One of the four options. Raises InvalidChoice."""
    return member(Outcome, value)


def hand(event_id: str, kind: BallotKind, number: int) -> str:
    """Whose ballot a raised hand is: the hands of each vote of an event are the same people, as far as is known.

    Those of a second choice are others, so that nobody is made to have changed their mind.
    """
    return f"{_HAND}{kind}-{event_id}-{number}"


def hand_of_vote(visitor_id: str) -> str:
    """For a raised hand of a second choice the one of the vote that it counts as; anybody else is themselves."""
    second = f"{_HAND}{BallotKind.SECOND_CHOICE}-"
    return (
        f"{_HAND}{BallotKind.VOTE}-{visitor_id.removeprefix(second)}" if visitor_id.startswith(second) else visitor_id
    )


def is_hand(visitor_id: str) -> bool:
    """Whether a ballot is a raised hand: nobody's cookie, since those are hexadecimal."""
    return visitor_id.startswith(_HAND)
