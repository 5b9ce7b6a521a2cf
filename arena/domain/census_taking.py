"""Counting battles up: which facts of a battle go into which count of a census."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from arena.domain.ballot import is_hand
from arena.domain.battle import AnswerStatus, Replacement, Usage
from arena.domain.census import LEAST_PEOPLE, Cell, Census, Sum, add_sums, key_of, person
from arena.domain.figures import two_digits
from arena.domain.footprint import Comparison
from arena.domain.people import people_behind, person_behind
from arena.domain.provenance import FootprintInputs
from arena.domain.reflection import BET_FACTORS, Bet, Reflections
from arena.domain.side import Side
from arena.domain.summary import SUMMED, PastAnswer
from arena.domain.vote import Outcome, Reaction

SKIPPED = "skipped"  # in place of a second choice
NO_ESTIMATE = "none"  # beside a bet
OTHER_SIDE = "other_side"  # a bet that named the answer that used less
VOTED, CHOSEN = "vote", "second_choice"  # what a raised hand was for
CAUSED, AVOIDED = "caused", "avoided"
UNANSWERED = (AnswerStatus.FAILED, AnswerStatus.TRUNCATED)

Compare = Callable[[Mapping[Side, tuple[FootprintInputs, ...]]], Comparison | None]


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """An answer without its words. ``past`` has its place and its footprint, if it produced anything."""

    past: PastAnswer
    model_id: str
    status: AnswerStatus
    has_produced: bool = False
    usage: Usage = field(default_factory=Usage)
    first_token_s: float | None = None
    duration_s: float | None = None
    replaced: Replacement | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """All that one visitor said of a battle."""

    vote: Outcome | None = None
    reflections: Reflections = field(default_factory=Reflections)
    reactions: Mapping[Side, Reaction] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BattleFacts:
    """A battle without its words, with what each visitor said of it; ``kept_side`` is that of a rematch."""

    id: str
    visitor_id: str
    is_blind: bool
    is_demo: bool
    is_hidden: bool
    kept_side: Side | None
    models: Mapping[Side, str]
    answers: tuple[AnswerFacts, ...] = ()
    said: Mapping[str, Said] = field(default_factory=dict)
    is_recorded: bool = False

    @property
    def is_drawn(self) -> bool:
        """Whether its votes stand in the shares: both models drawn and unknown, no answer shown before."""
        return self.is_blind and self.kept_side is None

    def keeps(self, answer: AnswerFacts) -> bool:
        """Whether an answer was shown again instead of being generated again."""
        return self.is_recorded or (answer.past.side is self.kept_side and answer.past.turn_index == 0)

    def inputs(self) -> Mapping[Side, tuple[FootprintInputs, ...]]:
        """What the footprints of each side were computed from."""
        figured = [(answer.past.side, answer.past.footprint) for answer in self.answers]
        return {side: tuple(one.inputs for its, one in figured if its is side and one is not None) for side in Side}


def census_of(battles: Iterable[BattleFacts], compare: Compare) -> Census:
    """Count battles up. Demonstrations and hidden battles are only counted; ``compare`` is asked for bets."""
    counting = _Counting()
    for battle in battles:
        if battle.is_hidden:
            counting.add(1, "hidden")
        elif battle.is_demo:
            counting.add(1, "demo")
        else:
            _count_battle(counting, battle, compare)
    return counting.census()


class _Counting:
    """A census while it grows."""

    def __init__(self) -> None:
        self.people: set[str] = set()
        self._people_of: dict[str, set[str]] = defaultdict(set)
        self._counts: dict[str, int] = defaultdict(int)
        self._sums: dict[str, list[Sum]] = defaultdict(list)

    def add(self, number: int, *parts: str) -> None:
        self._counts[key_of(*parts)] += number

    def add_of(self, who: Iterable[str], *parts: str) -> None:
        """One more in a cell, which these people stand behind."""
        key = key_of(*parts)
        self._counts[key] += 1
        self._people_of[key].update(who)

    def add_sum(self, one: Sum, *parts: str) -> None:
        self._sums[key_of(*parts)].append(one)

    def census(self) -> Census:
        cells = {
            key: Cell(self._counts.pop(key), frozenset(people) if len(people) < LEAST_PEOPLE else None)
            for key, people in self._people_of.items()
        }
        sums = {key: add_sums(parts) for key, parts in self._sums.items()}
        return Census(frozenset(self.people), cells, dict(self._counts), sums)


def _count_battle(counting: _Counting, battle: BattleFacts, compare: Compare) -> None:
    people = {person(one) for one in people_behind((battle.visitor_id, *battle.said))}
    counting.people |= people
    counting.add(1, "battles")
    if any(said.vote for said in battle.said.values()):
        counting.add(1, "voted")
    for model_id in battle.models.values():
        counting.add_of(people, "model", model_id)
    for answer in battle.answers:
        _count_answer(counting, battle, answer)
    estimated = compare(battle.inputs()) if any(said.reflections.bet for said in battle.said.values()) else None
    for visitor_id, said in battle.said.items():
        who = person(person_behind(visitor_id) or visitor_id)
        _count_said(counting, battle, who, said)
        if battle.is_drawn and is_hand(visitor_id):
            counting.add(1, "hands", VOTED if said.vote is not None else CHOSEN)
        if said.reflections.bet is not None:
            counting.add_of([who], "bet", *_beside(said.reflections.bet, estimated))


def _count_said(counting: _Counting, battle: BattleFacts, who: str, said: Said) -> None:
    second = said.reflections.second_choice
    if said.vote is not None:
        counting.add(1, "votes")
        _count_vote(counting, battle, who, said.vote, said.reflections)
    elif second is not None and second.outcome is not None and battle.is_drawn:
        counting.add_of([who], "second_alone", second.outcome)
    if said.reflections.need is not None:
        counting.add_of([who], "need", said.reflections.need)
    for side, reaction in said.reactions.items():
        for quality in reaction.qualities:
            counting.add_of([who], "quality", battle.models[side], quality)


def _count_vote(counting: _Counting, battle: BattleFacts, who: str, vote: Outcome, then: Reflections) -> None:
    if not battle.is_drawn:
        counting.add(1, "votes_apart")
        return
    counting.add_of([who], "outcome", vote)
    if then.second_choice is not None:
        counting.add_of([who], "flow", vote, then.second_choice.outcome or SKIPPED)


def _count_answer(counting: _Counting, battle: BattleFacts, answer: AnswerFacts) -> None:
    account = AVOIDED if battle.keeps(answer) else CAUSED
    _count_footprint(counting, account, answer)
    if account == AVOIDED:
        counting.add(1, "avoided")
        return
    if answer.replaced is not None:
        counting.add(1, "failed", answer.replaced.model_id)
    if not answer.status.is_over:
        return
    counting.add(1, "answers", answer.model_id)
    if answer.status in UNANSWERED:
        counting.add(1, "failed", answer.model_id)
    for name, tokens in (("input", answer.usage.input_tokens), ("output", answer.usage.output_tokens)):
        counting.add(max(tokens or 0, 0), "tokens", answer.model_id, name)
    for name, seconds in (("first_token", answer.first_token_s), ("duration", answer.duration_s)):
        if seconds is not None and 0 <= seconds < math.inf:
            counting.add(1, name, answer.model_id, str(two_digits(seconds)))


def _count_footprint(counting: _Counting, account: str, answer: AnswerFacts) -> None:
    past = answer.past
    if past.has_nothing_to_count or not answer.has_produced or not answer.status.is_over:
        return
    if past.footprint is None or past.kind is None:
        counting.add(1, "unfigured", account)
        return
    values, tokens = past.footprint.values, past.footprint.inputs.output_tokens
    place = (answer.model_id, past.kind, values.grade, values.method)
    for quantity in SUMMED:
        if band := values.displayed.get(quantity):
            counting.add_sum(Sum(1, tokens, band.low, band.central, band.high), account, quantity, *place)


def _beside(bet: Bet, estimated: Comparison | None) -> Iterator[str]:
    """What was bet, then what was estimated, on the scale of bets."""
    yield str(bet.factor)
    if estimated is None:
        yield NO_ESTIMATE
    elif bet.more and estimated.more and bet.more is not estimated.more:
        yield OTHER_SIDE
    else:
        yield str(on_scale_of_bets(estimated))


def on_scale_of_bets(estimated: Comparison) -> int:
    """The bet that would have been right: 1 for the same order, else the nearest factor by ratio."""
    if estimated.factor is None:
        return BET_FACTORS[0]
    exact = estimated.factor
    return min(BET_FACTORS[1:], key=lambda factor: abs(math.log(exact / factor)))
