"""A summary: the battles of one visitor, what they caused and what kept answers avoided."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from arena.domain.battle import RevealStage
from arena.domain.footprint import Grade, NoFigure, is_illustration, sum_bands, total_of
from arena.domain.provenance import Band, FootprintInputs, FootprintValues, StoredFootprint
from arena.domain.reflection import Reflections
from arena.domain.side import Side
from arena.domain.vote import Outcome

SUMMED = ("energy_wh", "gwp_g", "water_ml")


class Kind(StrEnum):
    """What a figure rests on. Figures of different kinds are never added up."""

    ESTIMATED = "estimated"
    MEASURED = "measured"  # by a counter of this machine, whose scope is narrower
    ILLUSTRATION = "illustration"  # of a scripted answer, for a fictional size


@dataclass(frozen=True, slots=True)
class PastAnswer:
    """An answer that produced something, without its words; ``footprint`` is None when none was computed."""

    turn_index: int
    side: Side
    footprint: StoredFootprint | None

    @property
    def kind(self) -> Kind | None:
        """None without a figure."""
        if self.footprint is None or self.footprint.values.no_figure_reason:
            return None
        if is_illustration(self.footprint.inputs):
            return Kind.ILLUSTRATION
        return Kind.MEASURED if self.footprint.values.grade == Grade.A else Kind.ESTIMATED

    @property
    def has_nothing_to_count(self) -> bool:
        """Whether its footprint says that nothing was produced."""
        return self.footprint is not None and self.footprint.values.no_figure_reason == NoFigure.NO_TOKENS


@dataclass(frozen=True, slots=True)
class PastBattle:
    """A battle as its visitor may see it afterwards: blindness is a promise here too.

    ``models`` (ids) is empty before the names are revealed, ``answers`` before the footprints are.
    ``kept_side`` of a rematch waits for the names too: it says whose answer that is. ``round_number`` is that of a
    round that this visitor spoke in: its answers were written once for a whole room, and nobody started it.
    """

    id: str
    created_at: datetime
    prompt: str  # the first one
    is_demo: bool
    is_rematch: bool
    stage: RevealStage
    vote: Outcome | None
    reflections: Reflections = field(default_factory=Reflections)
    models: Mapping[Side, str] = field(default_factory=dict)
    answers: tuple[PastAnswer, ...] = ()
    kept_side: Side | None = None
    is_purged: bool = False  # its prompt is gone
    round_number: int | None = None
    recorded_at: datetime | None = None  # when its answers were written, if that was before

    @property
    def is_shared(self) -> bool:
        """Whether a room played it."""
        return self.round_number is not None

    @property
    def may_be_counted(self) -> bool:
        """Whether a sum that holds it betrays nothing; that of a rematch would tell the kept answer."""
        return self.stage is RevealStage.NAMES or (self.stage is RevealStage.FOOTPRINTS and not self.is_rematch)

    def keeps(self, answer: PastAnswer) -> bool:
        """Whether an answer was shown again and not generated again; later turns of a rematch are generated."""
        return answer.side is self.kept_side and answer.turn_index == 0

    def values_of(self, side: Side) -> FootprintValues | None:
        """All the answers of one side together; None when one of them was never computed."""
        stored = [answer.footprint for answer in self.answers if answer.side is side]
        known = [footprint.values for footprint in stored if footprint is not None]
        return total_of(known, method="") if len(known) == len(stored) else None

    def inputs_of(self, side: Side) -> tuple[FootprintInputs, ...]:
        """What the footprints of one side were computed from, in the order of its turns."""
        return tuple(a.footprint.inputs for a in self.answers if a.side is side and a.footprint is not None)

    def kinds_of(self, side: Side) -> frozenset[Kind]:
        """What the figures of one side rest on."""
        return frozenset(answer.kind for answer in self.answers if answer.side is side and answer.kind is not None)


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of one quantity in the unit of its name, and over how many answers."""

    band: Band
    answers: int


@dataclass(frozen=True, slots=True)
class Account:
    """Figures of one kind, added up: totals by quantity of ``SUMMED``, answers by grade, methods used."""

    kind: Kind
    totals: Mapping[str, Total]
    grades: Mapping[Grade, int]
    methods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Balance:
    """Answers added up, one account a kind; what is in no account is counted.

    Scripted answers have an account only when there is nothing else, ``illustrations_left_out`` otherwise.
    """

    accounts: tuple[Account, ...] = ()
    without_figure: int = 0
    illustrations_left_out: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.accounts or self.without_figure)


@dataclass(frozen=True, slots=True)
class Summary:
    """All battles of one visitor, newest first, and their sums; ``uncounted`` battles are in none.

    ``shared`` is what rooms used together in the rounds that this visitor spoke in, whoever else was there: no part
    of what the visitor caused. Answers that were recorded before are in no sum.
    """

    battles: tuple[PastBattle, ...]
    caused: Balance
    avoided: Balance
    uncounted: int
    shared: Balance = field(default_factory=Balance)

    @property
    def started(self) -> int:
        """How many of the battles this visitor started."""
        return sum(not battle.is_shared for battle in self.battles)


@dataclass(frozen=True, slots=True)
class Erased:
    """How many things of a visitor were erased; ``others`` are reactions, bets, second choices, needs and proposals."""

    battles: int
    prompts: int
    answers: int
    votes: int
    others: int

    @property
    def is_nothing(self) -> bool:
        return not (self.battles or self.votes or self.others)


def summarise(battles: Sequence[PastBattle]) -> Summary:
    """Add up the battles that may be counted: each answer is either caused or avoided, never both."""
    counted = [battle for battle in battles if battle.may_be_counted]
    answers = [
        (answer, battle.keeps(answer)) for battle in counted if not battle.is_shared for answer in battle.answers
    ]
    of_rooms = (battle for battle in counted if battle.is_shared and battle.recorded_at is None)
    return Summary(
        battles=tuple(battles),
        caused=add_up(answer for answer, is_kept in answers if not is_kept),
        avoided=add_up(answer for answer, is_kept in answers if is_kept),
        uncounted=len(battles) - len(counted),
        shared=add_up(answer for battle in of_rooms for answer in battle.answers),
    )


def add_up(answers: Iterable[PastAnswer]) -> Balance:
    """One account for each kind of figure among the answers."""
    counted = [answer for answer in answers if not answer.has_nothing_to_count]
    by_kind = {kind: [answer for answer in counted if answer.kind is kind] for kind in Kind}
    illustrations = by_kind.pop(Kind.ILLUSTRATION)
    without_figure = sum(answer.kind is None for answer in counted)
    accounts = tuple(_account(kind, known) for kind, known in by_kind.items() if known)
    if illustrations and not accounts and not without_figure:
        return Balance((_account(Kind.ILLUSTRATION, illustrations),))
    return Balance(accounts, without_figure, len(illustrations))


def _account(kind: Kind, answers: Sequence[PastAnswer]) -> Account:
    values = [answer.footprint.values for answer in answers if answer.footprint is not None]
    bands = {quantity: [v.displayed[quantity] for v in values if quantity in v.displayed] for quantity in SUMMED}
    grades = Counter(Grade(value.grade) for value in values)
    return Account(
        kind=kind,
        totals={quantity: Total(sum_bands(known), len(known)) for quantity, known in bands.items() if known},
        grades={grade: grades[grade] for grade in Grade if grades[grade]},
        methods=tuple(sorted({value.method for value in values})),
    )
