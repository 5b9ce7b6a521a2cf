"""Recording from the shell, and a server that is told to play what was recorded."""

import re
import signal
import time
from pathlib import Path

import pytest

from arena.domain.recording import Recording
from arena.domain.recording_file import read_recording
from tests import test_cli
from tests.domain.recorded import SMALL_FILE
from tests.providers.fake_server import Connection
from tests.services.upstream import DENIED, says
from tests.serving import ScriptedModels, free_port, serving_models
from tests.test_cli import LIMIT_S, line_with, process, run

DEMO = "demo/alpage,demo/ecluse"


def prompts(folder: Path, *lines: str) -> str:
    path = folder / "prompts.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


def read(path: Path, least_answers: int = 2) -> Recording:
    return read_recording(path.read_bytes(), file=path.name, least_answers=least_answers)


def test_the_demo_models_are_recorded_into_one_file(tmp_path: Path) -> None:
    out = tmp_path / "soir.duels.json"
    asked = prompts(tmp_path, "# Deux questions", "Pourquoi le ciel est-il bleu ?", "", "Écris un haïku.")
    result = run(tmp_path, "record", "--prompts", asked, "--models", DEMO, "--out", str(out))
    assert result.exit_code == 0, result.output
    *lines, summary = result.stdout.splitlines()
    assert [re.fullmatch(r"\d/4  demo/\w+  \d+\.\d s  \d+ tokens", line) is not None for line in lines] == [True] * 4
    assert summary.startswith(f"2 duels: {out}")
    kept = read(out)
    assert [one.prompt for one in kept.duels] == ["Pourquoi le ciel est-il bleu ?", "Écris un haïku."]
    assert [one.answer.model_id for one in kept.duels[0].answers] == DEMO.split(",")
    assert all(one.footprint and one.answer.text for duel in kept.duels for one in duel.answers)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["prompts.txt", out.name], "no database, nothing half"


def test_what_is_there_already_is_not_asked_again(tmp_path: Path) -> None:
    out = tmp_path / "soir.duels.json"
    run(tmp_path, "record", "--prompts", prompts(tmp_path, "Pourquoi ?"), "--models", DEMO, "--out", str(out))
    first = read(out).duels[0]
    more = ("record", "--prompts", prompts(tmp_path, "Pourquoi ?", "Et ?"), "--models", f"demo/dune,{DEMO}")
    result = run(tmp_path, *more, "--out", str(out))
    assert result.exit_code == 0, result.output
    assert "2 answers are there already." in result.stdout
    kept = read(out)
    assert [len(one.answers) for one in kept.duels] == [3, 3]
    assert kept.duels[0].answers[1:] == first.answers, "the answers stand in the order of the models"


async def by_model(connection: Connection) -> None:
    is_well = connection.request.json["model"] == "well"
    await (says("Bonjour.", tokens=2) if is_well else DENIED)(connection)


def test_a_model_that_fails_twice_is_in_a_table_and_its_partner_is_not_lost(tmp_path: Path) -> None:
    out = tmp_path / "soir.duels.json"
    with serving_models(ScriptedModels({"plain": by_model})) as models:
        catalogue = test_cli.TestCheck.catalogue(tmp_path, models.base_url)
        asked = ("record", "--prompts", prompts(tmp_path, "Bonjour ?"), "--models", "well,ill", "--out", str(out))
        result = run(tmp_path, *asked, catalogue=str(catalogue), demo="never")
        assert result.exit_code == 1
        assert re.search(r"^ill +error\.endpoint\.access_denied +\(Bonjour \?\)$", result.stdout, re.M)
        assert not out.exists()
        assert [one.answer.text for one in read(Path(f"{out}.part"), 1).duels[0].answers] == ["Bonjour."]
        assert [one.json["model"] for one in models.requests].count("ill") == 2
        run(tmp_path, *asked, catalogue=str(catalogue), demo="never")
        assert [one.json["model"] for one in models.requests].count("well") == 1, "what came is not asked again"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--models", "demo/alpage"), "two different ids"),
        (("--models", "demo/alpage,demo/alpage"), "two different ids"),
        (("--models", "demo/alpage,demo/nobody"), "not available: demo/nobody"),
        (("--models", DEMO, "--locale", "de"), "locale"),
        (("--models", DEMO, "--max-tokens", "3"), "max-tokens"),
        (("--models", DEMO, "--prompts", "absent.txt"), "absent.txt"),
    ],
)
def test_an_impossible_order_is_refused_before_anybody_is_asked(
    tmp_path: Path, arguments: tuple[str, ...], named: str
) -> None:
    out = tmp_path / "soir.duels.json"
    result = run(tmp_path, "record", "--prompts", prompts(tmp_path, "Bonjour ?"), "--out", str(out), *arguments)
    assert result.exit_code == 2
    assert named in re.sub(r"\x1b\[[\d;]*m", "", result.stderr)
    assert not out.exists()


def test_a_file_that_is_no_recording_is_never_overwritten(tmp_path: Path) -> None:
    out = tmp_path / "letter.txt"
    out.write_text("Chère Anne", encoding="utf-8")
    result = run(tmp_path, "record", "--prompts", prompts(tmp_path, "Et ?"), "--models", DEMO, "--out", str(out))
    assert (result.exit_code, out.read_text(encoding="utf-8")) == (2, "Chère Anne")
    assert "letter.txt" in result.stderr


def test_a_crash_loses_no_answer_that_came(tmp_path: Path) -> None:
    out = tmp_path / "soir.duels.json"
    part = Path(f"{out}.part")
    lines = [f"Question {number} ?" for number in range(40)]
    asked = ("record", "--prompts", prompts(tmp_path, *lines), "--models", DEMO, "--out", str(out))
    with process(tmp_path, *asked, demo_speed="8") as child:
        limit = time.monotonic() + LIMIT_S
        while not (part.exists() and read(part, 1).duels):
            assert time.monotonic() < limit, "nothing was written"
            time.sleep(0.05)
        child.send_signal(signal.SIGKILL)
        child.wait(LIMIT_S)
    kept = {one.prompt: one.answers for one in read(part, 1).duels}
    result = run(tmp_path, *asked)
    assert result.exit_code == 0, result.output
    assert f"{sum(map(len, kept.values()))} answers are there already." in result.stdout
    whole = {one.prompt: one.answers for one in read(out).duels}
    assert set(whole) == set(lines)
    assert all(answer in whole[prompt] for prompt, answers in kept.items() for answer in answers)
    assert not part.exists()


# Serving what was recorded


def test_a_server_says_how_many_duels_it_can_play(tmp_path: Path) -> None:
    file = tmp_path / "soir.duels.json"
    file.write_bytes(SMALL_FILE)
    with process(tmp_path, "serve", "--port", "0", "--recorded", str(file), recorded="instead-of-this") as child:
        assert line_with(child.stdout, "Recorded duels: ") == "Recorded duels: 1\n"
        url = line_with(child.stdout, "Arena: ").split()[1]
        assert test_cli.TestServe.health(url.replace("/fr", "/healthz")).startswith("ok ")


def test_the_files_of_the_setting_are_read_like_those_of_the_option(tmp_path: Path) -> None:
    file = tmp_path / "soir.duels.json"
    file.write_bytes(SMALL_FILE)
    result = run(tmp_path, "serve", recorded=f"{file}:{tmp_path / 'absent.duels.json'}")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("absent.duels.json: ")


@pytest.mark.parametrize(
    ("content", "named"),
    [(SMALL_FILE.replace(b"bleu", b"vert"), "edited"), (b"{}", "not a file"), (None, "No such file")],
)
def test_a_recording_that_cannot_be_played_is_named_before_anything_listens(
    tmp_path: Path, content: bytes | None, named: str
) -> None:
    file = tmp_path / "soir.duels.json"
    if content is not None:
        file.write_bytes(content)
    with process(tmp_path, "serve", "--port", str(free_port()), "--recorded", str(file)) as child:
        said, fault = child.communicate(timeout=LIMIT_S)
    assert (child.returncode, said) == (2, "")
    assert fault.startswith("soir.duels.json: ")
    assert named in fault
    assert "Traceback" not in fault
    assert not (tmp_path / "data").exists()
