"""A run sheet: what an organiser does minute by minute, and which step of a round goes with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate

from arena.domain.data_node import DataNode
from arena.domain.round import Step

FILE = "run_sheets.yaml"
MINUTE_S = 60


@dataclass(frozen=True, slots=True)
class SheetStep:
    """One thing to do. Words are by locale; ``tool`` is None where the room needs no press of a button."""

    minutes: int
    title: Mapping[str, str]
    say: Mapping[str, str]
    tool: Step | None = None
    note: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class RunSheet:
    """Steps one after the other. ``minutes`` is their length, None for a stand, which begins again at its end."""

    id: str
    name: Mapping[str, str]
    minutes: int | None
    steps: tuple[SheetStep, ...]

    @property
    def is_loop(self) -> bool:
        return self.minutes is None

    @property
    def ends_s(self) -> tuple[int, ...]:
        """When each step ends, in seconds from the beginning of the sheet or of a pass."""
        return tuple(minutes * MINUTE_S for minutes in accumulate(step.minutes for step in self.steps))

    @property
    def length_s(self) -> int:
        """All steps once, in seconds."""
        return self.ends_s[-1]

    @property
    def rounds(self) -> tuple[int, ...]:
        """The round that each step belongs to, from 0: one begins where the tool goes back."""
        found, reached = 0, 0
        numbers = []
        for step in self.steps:
            place = reached if step.tool is None else step.tool.number
            found += place < reached
            reached = place
            numbers.append(found)
        return tuple(numbers)

    def step_for(self, tool_step: Step, *, finished_rounds: int = 0) -> int:
        """The number, from 0, of the step during which the tool is there: the last one that asks for no later step.

        ``finished_rounds`` are those before the one under way; more than the sheet has are taken for its last one.
        """
        wanted = (min(finished_rounds, self.rounds[-1]), tool_step.number)
        places = [
            (number, step.tool.number) if step.tool else None
            for number, step in zip(self.rounds, self.steps, strict=True)
        ]
        return max((index for index, place in enumerate(places) if place and place <= wanted), default=0)


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a sheet is. Below 0 the time that is left says by how much it is late; a stand has no time left overall."""

    index: int
    left_s: int
    left_overall_s: int | None


def progress(sheet: RunSheet, elapsed_s: float, at: int | None = None) -> Progress:
    """Which step is under way, ``elapsed_s`` seconds after the beginning, and how long it may still take.

    Without ``at`` the clock alone says so. With it the room is at that step, early or late; only steps that need no
    press of a button then follow by the clock. Of a stand, ``elapsed_s`` counts from the beginning of the pass under
    way when ``at`` is given. A clock that was put back counts as the beginning. Time that was added to a sheet is
    taken off ``elapsed_s``.
    """
    elapsed = max(0, int(elapsed_s))
    if sheet.is_loop and at is None:
        elapsed %= sheet.length_s
    planned = next((index for index, end in enumerate(sheet.ends_s) if elapsed < end), len(sheet.steps) - 1)
    index = planned if at is None else _followed(sheet, at, planned)
    return Progress(
        index=index,
        left_s=sheet.ends_s[index] - elapsed,
        left_overall_s=None if sheet.is_loop else sheet.length_s - elapsed,
    )


def _followed(sheet: RunSheet, at: int, planned: int) -> int:
    """The step that the room is at, or a later one that the clock reached without any step of the tool between."""
    reached = at
    while reached < planned and sheet.steps[reached + 1].tool is None:
        reached += 1
    return reached


def parse_run_sheets(data: object) -> tuple[RunSheet, ...]:
    """Read the content of run_sheets.yaml. Raises CatalogueError with the field that is wrong."""
    top = DataNode(data, FILE)
    top.only("version", "sheets")
    top.at("version").text()
    node = top.at("sheets")
    sheets = tuple(map(_sheet, node.each()))
    if len({sheet.id for sheet in sheets}) < len(sheets):
        raise node.error("an id is used twice")
    return sheets


def _sheet(node: DataNode) -> RunSheet:
    node.only("id", "name", "minutes", "steps")
    length = node.get("minutes")
    steps = tuple(map(_step, node.at("steps").each()))
    total = sum(step.minutes for step in steps)
    if length is not None and length.whole() != total:
        raise length.error(f"the steps take {total} minutes in all")
    return RunSheet(
        id=node.at("id").text(),
        name=node.at("name").texts(),
        minutes=None if length is None else length.whole(),
        steps=steps,
    )


def _step(node: DataNode) -> SheetStep:
    node.only("minutes", "title", "say", "tool", "note")
    tool, note = node.get("tool"), node.get("note")
    return SheetStep(
        minutes=node.at("minutes").whole(),
        title=node.at("title").texts(),
        say=node.at("say").texts(),
        tool=None if tool is None else tool.word(Step),
        note=None if note is None else note.texts(),
    )
