"""Reads votes from a file of comma-separated values: ours, LMArena's or compar:IA's, line by line."""

import csv
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path

from arena.domain.ranking import fit, fit_clustered
from arena.domain.standing import Standing, standings_of
from arena.domain.tally import Ballots, Cell, Tally
from arena.domain.vote import Outcome
from arena.errors import VoteFileError

# Names of a column, the first one that a file has; compared without case.
MODEL_COLUMNS = (("model_a", "model_a_name"), ("model_b", "model_b_name"))
OUTCOME_COLUMNS = ("outcome", "winner", "chosen_model_name")
EQUAL_COLUMN = "both_equal"  # of compar:IA, beside the name of the chosen model
PERSON_COLUMNS = ("participant", "visitor", "visitor_id", "judge")
SEPARATORS = (",", ";")
LONGEST_CELL = 64 * 2**20  # characters: public files hold whole conversations
LONGEST_SHOWN = 80

# LMArena's words beside ours; a tie that is not said to be of two bad answers is `both_good`.
OUTCOMES: Mapping[str, Outcome] = {
    **{outcome.value: outcome for outcome in Outcome},
    "model_a": Outcome.A,
    "model_b": Outcome.B,
    "tie": Outcome.BOTH_GOOD,
    "tie (bothbad)": Outcome.BOTH_BAD,
}
TRUTHS: Mapping[str, bool] = {
    "true": True, "1": True, "1.0": True, "false": False, "0": False, "0.0": False, "": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class VoteFile:
    """What a file holds: votes by cell, and who cast each where a column says so."""

    tally: Tally
    ballots: Ballots | None

    def standings(self) -> tuple[Standing, ...]:
        """The ranking of all its models, best first; see ``arena.domain.ranking``."""
        wins = self.tally.wins
        fitted = fit(wins) if self.ballots is None else fit_clustered(wins, self.ballots)
        return standings_of(self.tally.models, self.tally.battles(), fitted)


def read_votes(path: Path) -> VoteFile:
    """Read a file in memory that grows with its models² only, and by 16 bytes a vote where it says who voted.

    Separators are ``,`` or ``;``, the text is UTF-8. Raises VoteFileError with the first thing that is wrong.
    """
    csv.field_size_limit(LONGEST_CELL)  # the module has no other way to say it
    try:
        with path.open("rb") as file:
            reading = _Reading(path.name)
            _read(_rows(_decoded(file, reading), reading), reading)
    except OSError as error:
        raise VoteFileError(error.strerror or "cannot be read", file=path.name) from error
    return reading.result()


@dataclass(slots=True)
class _Reading:
    """A file on its way: where it is, and what was counted."""

    file: str
    line: int = 0
    cells: dict[Cell, int] = field(default_factory=dict)  # with their places in the counts
    counts: list[int] = field(default_factory=list)
    people: dict[str, int] = field(default_factory=dict)
    persons: "array[int]" = field(default_factory=lambda: array("q"))
    places: "array[int]" = field(default_factory=lambda: array("q"))

    def fault(self, reason: str, *, column: str = "", value: str | bytes | None = None) -> VoteFileError:
        shown = None if value is None else value[:LONGEST_SHOWN]
        return VoteFileError(reason, file=self.file, line=self.line, column=column, value=shown)

    def place_of(self, cell: Cell) -> int:
        """Where a cell is counted."""
        place = self.cells.setdefault(cell, len(self.cells))
        if place == len(self.counts):
            self.counts.append(0)
        return place

    def note_person(self, name: str, place: int, column: str) -> None:
        """Who cast a vote. Raises VoteFileError where nobody did."""
        person = name.strip()
        if not person:
            raise self.fault("is empty: who voted?", column=column, value=name)
        self.persons.append(self.people.setdefault(person, len(self.people)))
        self.places.append(place)

    def result(self) -> VoteFile:
        tally = Tally(dict(zip(self.cells, self.counts, strict=True)))
        ballots = Ballots.of(self.persons, self.places, list(self.cells), tally) if self.people else None
        return VoteFile(tally, ballots)


def _decoded(file: Iterator[bytes], reading: _Reading) -> Iterator[str]:
    for number, raw in enumerate(file, start=1):
        reading.line = number
        try:
            yield raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            wrong = raw[error.start : error.end]
            raise reading.fault("is not UTF-8: save the file as UTF-8", value=wrong) from error


def _rows(lines: Iterator[str], reading: _Reading) -> Iterator[list[str]]:
    """The header, then the rows that are not empty."""
    header = next(lines, "")
    if not header.strip():
        raise reading.fault("the file is empty: a line with the names of the columns is needed")
    separator = max(SEPARATORS, key=header.count)
    try:
        yield next(csv.reader([header], delimiter=separator, strict=True))
        yield from filter(None, csv.reader(lines, delimiter=separator, strict=True))
    except csv.Error as error:
        raise reading.fault(f"cannot be read as separated values: {error}") from error


def _read(rows: Iterator[list[str]], reading: _Reading) -> None:
    header = next(rows)
    columns = _Columns.of(header, reading)
    known: dict[object, int] = {}  # where a row counts, by the words it says it in: few of them differ
    for row in rows:
        if len(row) != len(header):
            raise reading.fault(f"{len(row)} values for {len(header)} columns", value=row[-1])
        words = columns.words(row)
        place = known.get(words)
        if place is None:
            place = known[words] = reading.place_of(columns.cell(row, reading))
        reading.counts[place] += 1
        if columns.person is not None:
            reading.note_person(row[columns.person], place, columns.names[columns.person])
    if not reading.cells:
        raise reading.fault("there is no vote below the names of the columns")


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where a file has what: places in its rows, and ``names`` as the file writes them."""

    names: Sequence[str]
    models: tuple[int, int]
    outcome: int
    is_name: bool  # of the chosen model
    equal: int | None
    person: int | None
    words: Callable[[list[str]], object]

    @classmethod
    def of(cls, header: Sequence[str], reading: _Reading) -> "_Columns":
        names = [name.strip() for name in header]
        folded = [name.casefold() for name in names]
        reading.line = 1
        for name in folded:
            if folded.count(name) > 1 and name in _KNOWN:
                raise reading.fault("there are two columns of that name", column=name)
        one, two = (_needed(folded, options, reading) for options in MODEL_COLUMNS)
        outcome = _needed(folded, OUTCOME_COLUMNS, reading)
        is_name = folded[outcome] == OUTCOME_COLUMNS[-1]
        equal = _first(folded, (EQUAL_COLUMN,)) if is_name else None
        says = (one, two, outcome) if equal is None else (one, two, outcome, equal)
        return cls(names, (one, two), outcome, is_name, equal, _first(folded, PERSON_COLUMNS), itemgetter(*says))

    def cell(self, row: Sequence[str], reading: _Reading) -> Cell:
        """What a row says. Raises VoteFileError."""
        one, two = (self._model(row, place, reading) for place in self.models)
        if one == two:
            raise reading.fault("a model against itself", column=self.names[self.models[1]], value=two)
        return one, two, self._outcome(row, (one, two), reading)

    def _model(self, row: Sequence[str], place: int, reading: _Reading) -> str:
        name = row[place].strip()
        if not name:
            raise reading.fault("is empty: which model?", column=self.names[place], value=row[place])
        return name

    def _outcome(self, row: Sequence[str], models: tuple[str, str], reading: _Reading) -> Outcome:
        word = row[self.outcome].strip()
        if not self.is_name:
            known = OUTCOMES.get(word.casefold())
            wanted = ", ".join(OUTCOMES)
        else:
            known = (
                Outcome.BOTH_GOOD if self._is_equal(row, reading) else dict(zip(models, _WINS, strict=True)).get(word)
            )
            wanted = " or ".join(models)
        if known is None:
            raise reading.fault(f"unknown outcome: expected {wanted}", column=self.names[self.outcome], value=word)
        return known

    def _is_equal(self, row: Sequence[str], reading: _Reading) -> bool:
        if self.equal is None:
            return False
        said = TRUTHS.get(row[self.equal].strip().casefold())
        if said is None:
            raise reading.fault("expected true or false", column=self.names[self.equal], value=row[self.equal])
        return said


_WINS = (Outcome.A, Outcome.B)
_KNOWN = frozenset((*MODEL_COLUMNS[0], *MODEL_COLUMNS[1], *OUTCOME_COLUMNS, EQUAL_COLUMN, *PERSON_COLUMNS))


def _first(names: Sequence[str], options: Sequence[str]) -> int | None:
    return next((names.index(option) for option in options if option in names), None)


def _needed(names: Sequence[str], options: Sequence[str], reading: _Reading) -> int:
    place = _first(names, options)
    if place is None:
        raise reading.fault(f"no such column (nor {', '.join(options[1:])})", column=options[0])
    return place
