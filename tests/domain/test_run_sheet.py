"""Run sheets: the shipped ones add up and can be read aloud; the clock and the room say where one is."""

import re
from importlib import resources
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from arena.domain.round import Step
from arena.domain.run_sheet import FILE, Progress, RunSheet, SheetStep, parse_run_sheets, progress
from arena.errors import CatalogueError
from arena.services.run_sheets import load_run_sheets

DATA = yaml.safe_load((resources.files("arena.data") / FILE).read_text(encoding="utf-8"))
SHIPPED = {sheet.id: sheet for sheet in load_run_sheets()}
SPOKEN = [
    (sheet.id, locale, step) for sheet in SHIPPED.values() for step in sheet.steps for locale in ("fr", "en")
]  # fmt: skip
WORDS = {"fr": "x", "en": "x"}

tools = st.one_of(st.none(), st.sampled_from(list(Step)))
made_steps = st.builds(SheetStep, st.integers(1, 30), st.just(WORDS), st.just(WORDS), tools)


@st.composite
def sheets(draw: st.DrawFn) -> RunSheet:
    """Any sheet that a file can hold."""
    steps = tuple(draw(st.lists(made_steps, min_size=1, max_size=12)))
    total = sum(step.minutes for step in steps)
    return RunSheet("made", WORDS, draw(st.sampled_from([None, total])), steps)


def file_of(**changes: Any) -> dict[str, Any]:
    """A file with one sheet of one step, of which some fields are otherwise."""
    step = {"minutes": 5, "title": WORDS, "say": WORDS}
    of_step = {name: value for name, value in changes.items() if name in ("tool", "say", "note", "stay")}
    of_sheet = {name: value for name, value in changes.items() if name not in of_step}
    return {"version": "1", "sheets": [{"id": "one", "name": WORDS, "steps": [{**step, **of_step}], **of_sheet}]}


def test_four_sheets_are_shipped_and_the_stand_alone_has_no_length() -> None:
    assert {name: sheet.minutes for name, sheet in SHIPPED.items()} == {
        "express": 25, "standard": 60, "long": 90, "stand": None,
    }  # fmt: skip
    for sheet in SHIPPED.values():
        assert sheet.minutes is None or str(sheet.minutes) in sheet.name["fr"]


def test_the_shape_is_the_proven_one() -> None:
    """Introduction 10 min, duel 10 to 15, compare and vote 10, reveal 10, debate 10 to 15, conclusion 5."""
    minutes = [step.minutes for step in SHIPPED["standard"].steps]
    assert (minutes[0], sum(minutes[1:3]), sum(minutes[3:5]), sum(minutes[5:8]), *minutes[8:]) == (
        10,
        12,
        10,
        10,
        13,
        5,
    )


@pytest.mark.parametrize(("sheet", "locale", "step"), SPOKEN)
def test_what_is_said_takes_one_breath(sheet: str, locale: str, step: SheetStep) -> None:
    assert len(re.findall(r"[\w’'-]+", step.say[locale])) <= 25, sheet
    assert step.say[locale][-1] in ".!?"
    assert len(step.title[locale]) <= 30


def test_every_sheet_opens_by_waiting_votes_shows_footprints_and_says_goodbye() -> None:
    for sheet in SHIPPED.values():
        used = [step.tool for step in sheet.steps]
        assert used[0] is Step.WAITING
        assert {Step.VOTE, Step.FOOTPRINTS} <= set(used)
        assert used[-1] is None


@given(sheets(), st.floats(-1e6, 1e6), st.data())
def test_wherever_the_clock_is_a_step_of_the_sheet_is_under_way(
    sheet: RunSheet, now: float, data: st.DataObject
) -> None:
    at = data.draw(st.one_of(st.none(), st.integers(0, len(sheet.steps) - 1)))
    found = progress(sheet, now, at)
    assert 0 <= found.index < len(sheet.steps)
    assert found.index >= (at or 0)
    assert (found.left_overall_s is None) is sheet.is_loop
    if found.left_overall_s is not None:
        assert found.left_s <= found.left_overall_s <= sheet.length_s


@given(sheets(), st.integers(0, 20_000))
def test_by_the_clock_alone_a_step_is_never_late_before_the_end(sheet: RunSheet, now: int) -> None:
    found = progress(sheet, now)
    if sheet.is_loop or now < sheet.length_s:
        assert 0 < found.left_s <= sheet.steps[found.index].minutes * 60
    else:
        assert found == Progress(len(sheet.steps) - 1, sheet.length_s - now, sheet.length_s - now)


@given(sheets(), st.integers(0, 20_000), st.integers(1, 500), st.data())
def test_time_only_goes_down_while_the_room_stays_at_a_step(
    sheet: RunSheet, now: int, more: int, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(sheet.steps) - 1))
    before, after = progress(sheet, now, at), progress(sheet, now + more, at)
    assert after.index >= before.index
    if after.index == before.index:
        assert before.left_s - after.left_s == more


@given(sheets(), st.integers(0, 20_000))
def test_time_that_was_added_is_taken_off_the_clock(sheet: RunSheet, now: int) -> None:
    if not sheet.is_loop:
        late, extended = progress(sheet, now, 0), progress(sheet, now - 300, 0)
        assert extended.left_s <= late.left_s + 300 or extended.index < late.index


@given(sheets(), st.sampled_from(list(Step)), st.integers(0, 9))
def test_a_step_of_the_tool_never_leads_past_what_asks_for_a_later_one(
    sheet: RunSheet, tool: Step, finished: int
) -> None:
    index = sheet.step_for(tool, finished_rounds=finished)
    named = sheet.steps[index].tool
    this_round = min(finished, sheet.rounds[-1])
    assert sheet.rounds[index] <= this_round
    if named is not None and sheet.rounds[index] == this_round:
        assert index == 0 or named.number <= tool.number


@given(sheets(), st.sampled_from(list(Step)))
def test_later_steps_and_later_rounds_never_lead_back(sheet: RunSheet, tool: Step) -> None:
    here = sheet.step_for(tool)
    assert all(sheet.step_for(later) >= here for later in Step if later.has_come_to(tool))
    assert sheet.step_for(tool, finished_rounds=1) >= here


def test_each_step_of_the_tool_finds_its_step_of_the_standard_sheet() -> None:
    standard = SHIPPED["standard"]
    assert [standard.step_for(tool) for tool in Step] == [0, 1, 1, 2, 3, 4, 5, 6, 7, 8]


def test_the_long_sheet_has_two_rounds_and_a_third_is_taken_for_the_second() -> None:
    long = SHIPPED["long"]
    assert long.rounds == (0, 0, 0, 0, 0, 1, 1, 1, 1, 1)
    assert [long.step_for(Step.VOTE, finished_rounds=rounds) for rounds in (0, 1, 2, 9)] == [2, 6, 6, 6]
    assert long.step_for(Step.NAMES) == 3, "the reveal lasts until the debate"
    assert long.step_for(Step.WAITING, finished_rounds=1) == 4, "the first exchange, until the second question is shown"


def test_late_and_early_rooms_stay_where_they_are() -> None:
    standard = SHIPPED["standard"]
    late = progress(standard, 30 * 60, standard.step_for(Step.PROMPT))
    assert late == Progress(1, (14 - 30) * 60, 30 * 60)
    early = progress(standard, 60, standard.step_for(Step.VOTE))
    assert early == Progress(3, (28 - 1) * 60, 59 * 60)


def test_what_needs_no_button_follows_by_the_clock() -> None:
    standard = SHIPPED["standard"]
    debate = standard.step_for(Step.DEBATE)
    assert progress(standard, 54 * 60, debate).index == debate
    assert progress(standard, 56 * 60, debate) == Progress(debate + 1, 4 * 60, 4 * 60)
    assert progress(standard, 62 * 60, debate) == Progress(debate + 1, -2 * 60, -2 * 60)


def test_a_stand_begins_again_and_a_clock_that_was_put_back_is_the_beginning() -> None:
    stand = SHIPPED["stand"]
    assert progress(stand, stand.length_s * 3 + 30) == progress(stand, 30) == Progress(0, 30, None)
    assert progress(stand, stand.length_s + 90, at=0).left_s == 60 - stand.length_s - 90
    assert progress(SHIPPED["express"], -4000) == Progress(0, 180, 1500)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"minutes": 6}, r"run_sheets.yaml: sheets\[0\].minutes: the steps take 5 minutes in all"),
        ({"minutes": 5.0}, "a whole number is needed"),
        ({"minutes": -5}, "above 0"),
        ({"tool": "lunch"}, r"sheets\[0\].steps\[0\].tool: expected one of waiting"),
        ({"say": {"fr": "x"}}, "say.en: missing"),
        ({"note": "x"}, "a mapping is needed"),
        ({"stay": 1}, "unknown field: stay"),
        ({"steps": []}, "at least one entry"),
        ({"loop": True}, "unknown field: loop"),
    ],
)
def test_a_mistake_in_the_file_is_named(changes: dict[str, Any], words: str) -> None:
    assert len(parse_run_sheets(file_of(minutes=5))) == 1
    with pytest.raises(CatalogueError, match=words):
        parse_run_sheets(file_of(**changes))


def test_an_id_is_used_once() -> None:
    with pytest.raises(CatalogueError, match="used twice"):
        parse_run_sheets({**DATA, "sheets": DATA["sheets"] + DATA["sheets"][:1]})
