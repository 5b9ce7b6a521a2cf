"""Events from the shell, from the first command to the last."""

import re
from pathlib import Path

import pytest

from arena.domain.event import Moderation
from tests.test_cli import run

MADE = ("event", "create", "--title", "Café IA", "--date", "14/03/2026")


def make(folder: Path, *more: str) -> str:
    """The code of a new event."""
    result = run(folder, *MADE, *more)
    assert result.exit_code == 0, result.output
    return str(result.stdout.split()[0])


def test_an_event_goes_from_draft_to_open_to_closed_to_nothing(tmp_path: Path) -> None:
    code = make(tmp_path, "--place", "Médiathèque", "--model", "demo/alpage", "--model", "demo/brise")
    assert re.fullmatch(r"[2-9A-HJKMNP-Z]{6}", code)
    assert run(tmp_path, "event", "list").stdout == f"{code}  2026-03-14  draft   Café IA\n"
    for command, state in (("open", "open"), ("close", "closed"), ("open", "open")):
        result = run(tmp_path, "event", command, code.lower())
        assert (result.exit_code, result.stdout) == (0, f"{code}  {state}  Café IA\n")
    shown = run(tmp_path, "event", "show", code).stdout
    for words in ("Médiathèque", f"/e/{code}", "open", "demo/alpage, demo/brise", "2026-03-14"):
        assert words in shown
    assert run(tmp_path, "event", "delete", code, "--confirm", "AAAAAA").exit_code == 2
    assert "Deleted, with 0 battles." in run(tmp_path, "event", "delete", code, "--confirm", code).stdout
    assert run(tmp_path, "event", "list").stdout == ""


@pytest.mark.parametrize("moderation", list(Moderation))
def test_an_event_may_be_of_any_moderation_also_of_a_school(tmp_path: Path, moderation: str) -> None:
    code = make(tmp_path, "--moderation", moderation)
    assert re.search(rf"^moderation +{moderation}$", run(tmp_path, "event", "show", code).stdout, re.MULTILINE)


def test_a_link_is_shown_once_and_can_be_revoked(tmp_path: Path) -> None:
    code = make(tmp_path)
    made = run(tmp_path, "event", "link", code, "--label", "Léa", "--until", "2099-01-01").stdout
    secret = re.search(r"^/organise/open/([\w-]{43})$", made, re.MULTILINE)
    assert secret
    listed = run(tmp_path, "event", "links", code).stdout
    assert secret[1] not in listed
    link_id = listed.split()[0]
    assert re.search(r"until 2099-01-01 +Léa$", listed)
    assert run(tmp_path, "event", "revoke", code, link_id).exit_code == 0
    assert "revoked" in run(tmp_path, "event", "links", code).stdout
    assert run(tmp_path, "event", "revoke", code, "0" * 32).exit_code == 2
    assert secret[1].encode() not in next((tmp_path / "data").rglob("arena.db")).read_bytes()


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (("--title", "x" * 1000), "error.event.title limit=120"),
        (("--date", "2026-02-30"), "error.event.date"),
        (("--model", "nobody/knows"), "nobody/knows"),
        (("--answer-tokens", "-5"), "error.event.max_answer_tokens"),
        (("--max-cost", "-1"), "error.event.max_cost_eur"),
        (("--mode", "fastest"), "fastest"),
        (("--moderation", "strict"), "strict"),
    ],
)
def test_what_is_impossible_is_refused_and_makes_nothing(tmp_path: Path, wrong: tuple[str, str], named: str) -> None:
    result = run(tmp_path, *MADE, *wrong)
    assert (result.exit_code, result.stdout) == (2, "")
    assert named in result.stderr
    assert run(tmp_path, "event", "list").stdout == ""


@pytest.mark.parametrize("command", ["show", "open", "close", "link", "links", "delete"])
def test_an_unknown_code_is_said(tmp_path: Path, command: str) -> None:
    result = run(tmp_path, "event", command, "AAAAAA")
    assert (result.exit_code, result.stderr) == (2, "error.event.code\n")


@pytest.mark.parametrize(("name", "value"), [("deployer_secret", "too-short-to-be-one"), ("open_event", "ABC")])
def test_a_secret_that_is_too_short_is_refused_and_not_repeated(tmp_path: Path, name: str, value: str) -> None:
    result = run(tmp_path, "event", "list", **{name: value})
    assert result.exit_code == 2
    assert f"ARENA_{name.upper()}: " in result.stderr
    assert value not in result.output
