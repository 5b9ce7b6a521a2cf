"""The report of one event: what the room asked, how it voted, what the footprints changed. Numbers only, no words."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from arena.domain.ballot import is_hand
from arena.domain.event_results import EventResults, HeldBattle, Leaning, Voice
from arena.domain.people import people_behind
from arena.domain.personal_data import find_personal_data
from arena.domain.statistics import Proportion, mcnemar_exact, wilson
from arena.domain.summary import Balance, add_up
from arena.domain.told_round import ToldRound, told_rounds
from arena.domain.vote import Outcome

FEWEST_PEOPLE = 5  # nothing is broken down for fewer
QUOTED = 4
FREE = "free"  # the theme of a question that is no suggestion
Heard = tuple[HeldBattle, Voice]


class Withheld(StrEnum):
    """Why a breakdown is not there."""

    NOTHING = "nothing"  # nobody said anything
    FEW = "few"  # fewer than five people did


@dataclass(frozen=True, slots=True)
class Split:
    """Votes by kind (a Leaning or an Outcome), in the order of their vocabulary, and from how many people."""

    counts: Mapping[str, int]
    people: int

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def disagreement(self) -> float:
        """How often two of these votes, taken at random, differ: from 0 to 1."""
        pairs = self.total * (self.total - 1)
        return 1 - sum(count * (count - 1) for count in self.counts.values()) / pairs if pairs else 0.0


@dataclass(frozen=True, slots=True)
class Change:
    """The blind votes and the second choices of the same people on the same battles.

    ``to_less`` and ``to_more`` are changes to the answer that took clearly less, or more, energy; ``p_value`` says
    how often chance alone would make the two differ as much.
    """

    before: Split
    after: Split
    switched: Proportion
    to_less: int
    to_more: int
    p_value: float


@dataclass(frozen=True, slots=True)
class Disagreement:
    """The question whose votes were most split; ``prompt`` is empty once purged. ``is_shared``: one battle for all."""

    prompt: str
    split: Split
    is_shared: bool


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a report shows, but for the words. ``themes`` counts battles, most first; FREE is one of them.

    ``vote_hands`` of ``votes_cast`` are raised hands.
    """

    event_id: str
    title: str
    place: str
    held_on: date
    people: int
    battles: int
    demo_battles: int
    votes_cast: int
    vote_hands: int
    has_purged: bool
    themes: tuple[tuple[str, int], ...] | Withheld
    prompts: tuple[str, ...]
    votes: Split | Withheld
    change: Change | Withheld
    disagreement: Disagreement | Withheld
    caused: Balance
    avoided: Balance
    rounds: tuple[ToldRound, ...] = ()


def report_of(results: EventResults) -> Report:
    """Count everything once."""
    battles = results.battles
    heard = [(battle, voice) for battle in battles if battle.is_counted for voice in battle.voices]
    answers = [(answer, battle.is_kept(answer)) for battle in battles for answer in battle.answers]
    people = people_behind(visitor_id for battle in battles for visitor_id in battle.speakers)
    is_few = len(people) < FEWEST_PEOPLE
    return Report(
        event_id=results.event_id,
        title=results.title,
        place=results.place,
        held_on=results.held_on,
        people=len(people),
        battles=len(battles),
        demo_battles=results.demo_battles,
        votes_cast=len(heard),
        vote_hands=sum(is_hand(voice.visitor_id) for _, voice in heard),
        has_purged=any(battle.is_purged for battle in battles),
        themes=_withheld(people) if is_few else _themes(battles),
        prompts=() if is_few else _prompts(battles),
        votes=_breakdown(heard),
        change=_change(heard),
        disagreement=_disagreement(heard),
        caused=add_up(answer for answer, is_kept in answers if not is_kept),
        avoided=add_up(answer for answer, is_kept in answers if is_kept),
        rounds=() if is_few else told_rounds(battles),
    )


def _withheld(people: AbstractSet[str]) -> Withheld:
    return Withheld.FEW if people else Withheld.NOTHING


# -- what was asked ---------------------------------------------------------------------------


def _themes(battles: Sequence[HeldBattle]) -> tuple[tuple[str, int], ...]:
    return tuple(Counter(battle.theme or FREE for battle in battles).most_common())


def _prompts(battles: Sequence[HeldBattle]) -> tuple[str, ...]:
    """A few questions of different themes where possible: asked most often first, then suggestions, then the oldest."""
    may_be_quoted = [battle for battle in battles if battle.prompt.strip() and not find_personal_data(battle.prompt)]
    asked = Counter(battle.prompt.strip() for battle in may_be_quoted)
    ranked = sorted(may_be_quoted, key=lambda battle: (-asked[battle.prompt.strip()], battle.theme is None))
    first_of_theme = {battle.theme: battle.prompt.strip() for battle in reversed(ranked) if battle.theme}
    ordered = dict.fromkeys(battle.prompt.strip() for battle in ranked)
    varied = [prompt for prompt in ordered if prompt in first_of_theme.values()]
    return tuple(dict.fromkeys([*varied, *ordered]))[:QUOTED]


# -- how it voted -----------------------------------------------------------------------------


def _breakdown(heard: Sequence[Heard]) -> Split | Withheld:
    people = {voice.visitor_id for _, voice in heard}
    if len(people) < FEWEST_PEOPLE:
        return _withheld(people)
    return _split(Leaning, (battle.leaning(voice.vote) for battle, voice in heard), len(people))


def _split(vocabulary: type[StrEnum], said: Iterable[StrEnum], people: int) -> Split:
    counts = Counter(said)
    return Split({word.value: counts[word] for word in vocabulary if counts[word]}, people)


def _change(heard: Sequence[Heard]) -> Change | Withheld:
    """Skipped second choices are no change and no answer: they are left out."""
    both = [
        (battle, voice.vote, voice.second.outcome, voice.visitor_id)
        for battle, voice in heard
        if voice.second is not None and voice.second.outcome is not None
    ]
    people = {visitor_id for *_, visitor_id in both}
    if len(people) < FEWEST_PEOPLE:
        return _withheld(people)
    moved = Counter(battle.leaning(second) for battle, vote, second, _ in both if second is not vote)
    return Change(
        before=_split(Leaning, (battle.leaning(vote) for battle, vote, *_ in both), len(people)),
        after=_split(Leaning, (battle.leaning(second) for battle, _, second, _ in both), len(people)),
        switched=wilson(moved.total(), len(both)),
        to_less=moved[Leaning.LESS],
        to_more=moved[Leaning.MORE],
        p_value=mcnemar_exact(moved[Leaning.LESS], moved[Leaning.MORE]),
    )


def _disagreement(heard: Sequence[Heard]) -> Disagreement | Withheld:
    """Of the battles that five people voted on, and of the questions that five asked, the most split one."""
    people = {voice.visitor_id for _, voice in heard}
    if len(people) < FEWEST_PEOPLE:
        return _withheld(people)
    found = [*_shared_battles(heard), *_repeated_questions(heard)]
    widest = max(found, key=lambda one: (one.split.disagreement, one.split.people), default=None)
    return Withheld.FEW if widest is None else widest


def _shared_battles(heard: Sequence[Heard]) -> Iterable[Disagreement]:
    """One battle for many: A and B are the same answers for everybody."""
    for battle in {battle.id: battle for battle, _ in heard}.values():
        people = {voice.visitor_id for voice in battle.voices}
        if len(people) >= FEWEST_PEOPLE and not find_personal_data(battle.prompt):
            split = _split(Outcome, (voice.vote for voice in battle.voices), len(people))
            yield Disagreement(battle.prompt.strip(), split, is_shared=True)


def _repeated_questions(heard: Sequence[Heard]) -> Iterable[Disagreement]:
    """One question in several battles: only the kind of the preferred answer can be compared."""
    for prompt in dict.fromkeys(battle.prompt.strip() for battle, _ in heard if battle.prompt.strip()):
        votes = [(battle, voice) for battle, voice in heard if battle.prompt.strip() == prompt]
        people = {voice.visitor_id for _, voice in votes}
        is_one = len({battle.id for battle, _ in votes}) == 1
        if len(people) >= FEWEST_PEOPLE and not is_one and not find_personal_data(prompt):
            split = _split(Leaning, (battle.leaning(voice.vote) for battle, voice in votes), len(people))
            yield Disagreement(prompt, split, is_shared=False)
