"""What a rehearsal makes of what it saw: at which point something needs somebody, and what comes first."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.domain.rehearsal import (
    Check,
    Detail,
    Disk,
    Finding,
    RehearsalReport,
    Trial,
    is_trial,
    judge_address,
    judge_clock,
    judge_disk,
    judge_models,
    judge_rooms,
    judge_screen,
    judge_trial,
    percentile_95,
    read_width,
    trial_id,
)
from arena.errors import RehearsalRefused

GOOD = Trial(20, 20, [0.1] * 180, 0, [0.05] * 40, 20, 5, 5, 0)
GB = 10**9


def of_trial(check: Check, **changes: object) -> Finding:
    return next(one for one in judge_trial(replace(GOOD, **changes)) if one.check is check)  # type: ignore[arg-type]


def test_twenty_phones_without_any_trouble_are_fine() -> None:
    assert [one.is_fine for one in judge_trial(GOOD)] == [True] * 4


def test_what_was_not_come_to_is_not_called_fine() -> None:
    assert {(one.word, one.is_fine) for one in judge_trial(Trial())} == {("untested", False)}


@pytest.mark.parametrize(
    ("check", "word", "changes"),
    [
        (Check.JOIN, "some", {"joined": 19, "votes_kept": 19}),
        (Check.STEPS, "unseen", {"steps_unseen": 1}),
        (Check.STEPS, "slow", {"step_delays": [2.01] * 180}),
        (Check.VOTES, "slow", {"vote_delays": [0.51] * 40}),
        (Check.VOTES, "lost", {"votes_kept": 19}),
        (Check.VOTES, "lost", {"votes_kept": 21}),
        (Check.VOTES, "lost", {"vote_delays": []}),
        (Check.BACK, "some", {"came_back": 4}),
        (Check.BACK, "ghosts", {"still_there": 1}),
    ],
)
def test_each_trouble_of_phones_is_told_by_its_own_check_alone(
    check: Check, word: str, changes: dict[str, object]
) -> None:
    findings = judge_trial(replace(GOOD, **changes))  # type: ignore[arg-type]
    assert [(one.check, one.word) for one in findings if not one.is_fine] == [(check, word)]


def test_votes_are_counted_against_those_who_could_join() -> None:
    assert of_trial(Check.VOTES, joined=18, votes_kept=18).is_fine


def test_one_slow_phone_in_twenty_is_forgiven_and_two_are_not() -> None:
    assert of_trial(Check.VOTES, vote_delays=[0.1] * 19 + [9.0]).is_fine
    assert not of_trial(Check.VOTES, vote_delays=[0.1] * 18 + [9.0] * 2).is_fine


@given(st.lists(st.floats(0, 100), min_size=1, max_size=300))
def test_the_percentile_is_a_delay_that_was_seen_and_that_at_least_95_of_100_do_not_exceed(delays: list[float]) -> None:
    found = percentile_95(delays)
    assert found in delays
    assert sum(delay <= found for delay in delays) >= 0.95 * len(delays)
    assert sum(delay < found for delay in delays) < 0.95 * len(delays)


@pytest.mark.parametrize(
    ("answered", "failed", "options", "word", "is_fine"),
    [
        (2, 0, {}, "fine", True),
        (2, 1, {}, "some", False),
        (1, 1, {}, "too_few", False),
        (0, 0, {"is_demo": True}, "demo", False),
        (1, 3, {"recorded": 4}, "recorded", True),
        (0, 0, {"is_demo": True, "recorded": 4}, "recorded", True),
        (2, 0, {"recorded": 4}, "fine", True),
    ],
)
def test_a_room_needs_two_models_or_recorded_duels(
    answered: int, failed: int, options: dict[str, int], word: str, *, is_fine: bool
) -> None:
    broken = [Detail(f"Model {number}", "error.endpoint.silent") for number in range(failed)]
    found = judge_models([f"model {number}" for number in range(answered)], broken, **options)  # type: ignore[arg-type]
    assert (found.word, found.is_fine) == (word, is_fine)
    assert list(found.details) == (broken if word in ("some", "too_few") else [])


@pytest.mark.parametrize(
    ("disk", "writes_s", "word"),
    [
        (Disk(2 * GB), [0.002], "fine"),
        (Disk(GB - 1), [0.002], "full"),
        (Disk(2 * GB, is_shared=True), [0.002], "shared"),
        (Disk(2 * GB), [0.11], "slow"),
        (Disk(2 * GB), [9.0, 0.002, 0.003], "fine"),
        (Disk(None), [0.002], "elsewhere"),
        (Disk(None), [0.11], "slow"),
        (Disk(2 * GB), [], "refused"),
    ],
)
def test_a_disk_must_have_room_and_be_fast_enough_most_of_the_time(
    disk: Disk, writes_s: list[float], word: str
) -> None:
    found = judge_disk(disk, writes_s, least_free_bytes=GB)
    assert (found.word, found.is_fine) == (word, word in ("fine", "elsewhere"))


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("http://192.168.1.20:7860", "fine"),
        ("http://[fd00::2]:7860", "fine"),
        ("https://salle.example.fr", "fine"),
        ("http://127.0.0.1:7860", "closed"),
        ("http://localhost:7860", "closed"),
        ("http://[::1]:7860", "closed"),
        ("http://169.254.3.4:7860", "self_given"),
        ("http://9.9.9.9:7860", "public"),
        ("", "unknown"),
    ],
)
def test_only_an_address_of_the_room_is_fine(address: str, word: str) -> None:
    found = judge_address(address)
    assert (found.word, found.is_fine) == (word, word == "fine")


def test_a_qr_code_that_leads_elsewhere_is_told_whatever_else_was_tried() -> None:
    found = judge_address("http://192.168.1.20:7860", unanswered="http://192.168.1.99:7860")
    assert (found.word, found.is_fine) == ("elsewhere", False)
    assert found.values == {"address": "http://192.168.1.99:7860"}


@pytest.mark.parametrize(("drift_s", "is_fine"), [(0.9, True), (-0.9, True), (1.1, False), (-3600.0, False)])
def test_a_clock_that_jumps_either_way_is_told(drift_s: float, *, is_fine: bool) -> None:
    found = judge_clock(drift_s)
    assert found.is_fine is is_fine
    assert found.values["drift_s"] == abs(drift_s)


def test_the_image_must_be_wide_enough_for_its_code() -> None:
    wide, narrow = judge_screen(2.4), judge_screen(0.6)
    assert (wide.word, narrow.word, judge_screen(None).word) == ("fine", "near", "unknown")
    needed = float(narrow.values["needed_m"])
    assert judge_screen(needed * 1.001).is_fine
    assert not judge_screen(needed * 0.999).is_fine
    assert float(wide.values["text_m"]) < float(wide.values["code_m"])


def test_rooms_that_were_left_open_are_told_and_named_where_they_may_be() -> None:
    found = judge_rooms([Detail("Jeudi"), Detail("")], "room.step.vote")
    assert (found.word, found.values) == ("others", {"count": 2})
    assert list(found.details) == [Detail("Jeudi")]
    assert judge_rooms([], "room.step.vote").details == [Detail("", "room.step.vote")]
    assert judge_rooms([], None).is_fine


@pytest.mark.parametrize(
    ("typed", "width_m"), [("", None), ("  ", None), ("2,4", 2.4), ("2.40", 2.4), (" 3 m ", 3.0), ("0.3", 0.3)]
)
def test_a_width_is_read_as_people_write_it(typed: str, width_m: float | None) -> None:
    assert read_width(typed) == width_m


@pytest.mark.parametrize("typed", ["0", "0,2", "31", "-2", "deux", "2,4,5", "1e3", "٣", "240", "2,400"])
def test_an_impossible_width_is_refused(typed: str) -> None:
    with pytest.raises(RehearsalRefused):
        read_width(typed)


def test_what_needs_somebody_comes_in_the_order_in_which_it_stops_a_meeting() -> None:
    findings = [Finding(Check.ROOMS, "own"), judge_screen(2.4), Finding(Check.MODELS, "demo"), judge_clock(0)]
    report = RehearsalReport(datetime.now(UTC), 3.0, "", findings)
    assert [one.check for one in report.to_do] == [Check.MODELS, Check.ROOMS]
    assert [one.check for one in report.fine] == [Check.SCREEN, Check.CLOCK]


@given(st.text(st.sampled_from("0123456789abcdef"), min_size=32, max_size=32))
def test_the_event_of_a_rehearsal_is_known_by_an_id_that_no_other_one_has(unique: str) -> None:
    assert is_trial(trial_id(unique))
    assert len(trial_id(unique)) == 32
    assert not is_trial(unique)
