"""The commands: what they print, how they end, and that a mistake starts nothing."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import httpx
import pytest
import yaml
from typer.testing import CliRunner, Result

from arena.cli import app
from arena.domain.side import Side
from tests.providers.fake_server import Connection, replying
from tests.services.upstream import DENIED, says
from tests.serving import ScriptedModels, free_port, serving_models, write_catalogue
from tests.storage.making import WRITTEN, make_turn

SHIPPED = Path(__file__).parent.parent / "models.yaml"
KEY_VARIABLES = re.findall(r"key_env: (\w+)", SHIPPED.read_text(encoding="utf-8"))
LIMIT_S = 60
ANSWERED = replace(make_turn(), answers={side: replace(WRITTEN, replaced=None) for side in Side})
FOOTPRINT = ("footprint", "--active", "8", "--total", "8", "--tokens", "400", "--json")


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """The environment of a machine without keys, with its data in ``folder``."""
    kept = {k: v for k, v in os.environ.items() if k not in KEY_VARIABLES and not k.startswith("ARENA_")}
    defaults = {"find_local_servers": "false", "catalogue": str(SHIPPED), "demo_speed": "100"}
    own = {f"ARENA_{name.upper()}": value for name, value in (defaults | settings).items()}
    return kept | {"XDG_DATA_HOME": str(folder / "data")} | own


def run(folder: Path, *arguments: str, **settings: str) -> Result:
    """Run a command in this process."""
    wanted = environment(folder, **settings)
    unset = {name: None for name in os.environ if name not in wanted}
    return CliRunner().invoke(app, arguments, env={**unset, **wanted})


@contextmanager
def process(folder: Path, *arguments: str, **settings: str) -> Iterator["subprocess.Popen[str]"]:
    """Run a command in a process of its own; it is ended, by its number, with the block."""
    command = [sys.executable, "-m", "arena", *arguments]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=environment(folder, **settings), **pipes) as child:
        try:
            yield child
        finally:
            child.kill()


def line_with(stream: IO[str] | None, start: str) -> str:
    """The first line that begins so."""
    assert stream is not None
    return next(line for line in stream if line.startswith(start))


class TestCheck:
    def test_the_demo_works_and_the_table_says_so(self, tmp_path: Path) -> None:
        result = run(tmp_path, "check")
        assert result.exit_code == 0, result.output
        head, *rows, summary = result.stdout.splitlines()
        assert re.split(r"  +", head.strip()) == ["model", "first token", "tokens/s", "usage", "result"]
        assert len(rows) >= 4
        for row in rows:
            assert re.fullmatch(r"demo/\w+ +\d+\.\d\d s +\d+ +yes +ok", row.strip())
        assert summary == f"{len(rows)} of {len(rows)} models work."

    def test_fewer_than_two_working_models_are_too_few(self, tmp_path: Path) -> None:
        async def by_model(connection: Connection) -> None:
            is_well = connection.request.json["model"] == "well"
            await (says("Bonjour.") if is_well else DENIED)(connection)

        with serving_models(ScriptedModels({"plain": by_model})) as models:
            catalogue = self.catalogue(tmp_path, models.base_url)
            result = run(tmp_path, "check", catalogue=str(catalogue), demo="never")
        assert result.exit_code == 1
        assert re.search(r"ill +- +- +no +error\.endpoint\.access_denied", result.stdout)
        assert re.search(r"well +\d+\.\d\d s +\d+ +no +ok", result.stdout)
        assert "1 of 2 models work." in result.stdout

    @staticmethod
    def catalogue(folder: Path, base_url: str) -> Path:
        entries = [
            {"id": name, "wire_name": name, "display_name": name, "maker": "Brumaire"}
            | {"total_params_b": 8, "active_params_b": 8, "description": {"fr": "Essai.", "en": "Test."}}
            for name in ("well", "ill")
        ]
        return write_catalogue(folder / "own.yaml", base_url, entries)

    def test_no_model_at_all_is_too_few(self, tmp_path: Path) -> None:
        result = run(tmp_path, "check", demo="never")
        assert (result.exit_code, result.stdout.splitlines()[-1]) == (1, "0 of 0 models work.")

    def test_a_check_makes_no_database(self, tmp_path: Path) -> None:
        run(tmp_path, "check", demo="never")
        assert list(tmp_path.iterdir()) == []


class TestFootprint:
    def test_it_prints_one_line_of_json(self, tmp_path: Path) -> None:
        result = run(tmp_path, *FOOTPRINT, "--zone", "FRA", "--pue", "1.09:1.14", "--wue", "0.13:0.99")
        assert result.exit_code == 0
        assert len(result.stdout.splitlines()) == 1
        report = json.loads(result.stdout)
        assert {"raw", "displayed", "grade", "method", "zone"} <= set(report)
        assert set(report["raw"]) == {"energy_wh", "gwp_g", "water_ml", "adpe_ug", "pe_kj"}
        assert set(report["raw"]["gwp_g"]) == {"usage", "embodied", "total"}
        low, high = report["raw"]["energy_wh"]["total"]
        shown = report["displayed"]["energy_wh"]["total"]
        assert 0 < shown["low"] < low <= high < shown["high"]

    def test_without_json_it_is_the_same_for_people(self, tmp_path: Path) -> None:
        compact, wide = run(tmp_path, *FOOTPRINT), run(tmp_path, *FOOTPRINT[:-1])
        assert json.loads(compact.stdout) == json.loads(wide.stdout)
        assert len(wide.stdout.splitlines()) > 10

    @pytest.mark.parametrize(
        ("wrong", "named"),
        [
            (("--zone", "fra"), "zone"),
            (("--active", "eight"), "active"),
            (("--active", "9"), "active"),
            (("--tokens", "-1"), "tokens"),
            (("--pue", "0.5"), "pue"),
            (("--pue", "1.2:1.1"), "pue"),
            (("--bits", "0"), "bits"),
            (("--latency", "-1"), "latency"),
        ],
    )
    def test_what_is_impossible_is_refused_by_name(self, tmp_path: Path, wrong: tuple[str, str], named: str) -> None:
        result = run(tmp_path, *FOOTPRINT, *wrong)
        assert (result.exit_code, result.stdout) == (2, "")
        assert named in result.stderr

    @pytest.mark.parametrize("arguments", [(), ("--active", "8"), ("--tokens", "many")])
    def test_a_missing_or_unreadable_option_is_refused(self, tmp_path: Path, arguments: tuple[str, ...]) -> None:
        assert run(tmp_path, "footprint", *arguments).exit_code == 2


class TestServe:
    def test_it_listens_where_it_says_and_ends_when_asked(self, tmp_path: Path) -> None:
        with process(tmp_path, "serve", "--port", "0", demo="auto") as child:
            database = line_with(child.stdout, "Database: ")
            url = line_with(child.stdout, "Arena: ").split()[1]
            assert str(tmp_path / "data") in database
            assert re.fullmatch(r"http://127\.0\.0\.1:[1-9]\d+/fr", url)
            assert self.health(url.replace("/fr", "/healthz")).startswith("ok ")
            assert "libarrow" not in self.libraries(child.pid)  # Parquet is written by a process of its own
            child.send_signal(signal.SIGTERM)
            assert child.wait(LIMIT_S) in (0, -signal.SIGTERM)
        assert list((tmp_path / "data").rglob("arena.db"))

    @staticmethod
    def libraries(pid: int) -> str:
        """What a process has loaded; nothing where the system does not tell."""
        maps = Path(f"/proc/{pid}/maps")
        return maps.read_text(encoding="utf-8") if maps.exists() else ""

    @staticmethod
    def health(url: str) -> str:
        """What the application says of itself, once it listens."""
        limit = time.monotonic() + LIMIT_S
        while True:
            try:
                return httpx.get(url, trust_env=False, verify=False, timeout=LIMIT_S).text
            except httpx.ConnectError:
                assert time.monotonic() < limit, "it never listened"
                time.sleep(0.05)

    def test_a_bad_catalogue_names_line_and_field_and_starts_nothing(self, tmp_path: Path) -> None:
        document = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
        document["models"][0]["active_params_b"] = 10_000
        document["models"][1]["colour"] = "blue"
        bad = tmp_path / "bad.yaml"
        bad.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
        with process(tmp_path, "serve", "--port", str(free_port()), catalogue=str(bad)) as child:
            said, fault = child.communicate(timeout=LIMIT_S)
        assert (child.returncode, said) == (2, "")
        assert re.search(r"bad\.yaml:\d+: .*: active_params_b: more active", fault)
        assert re.search(r"bad\.yaml:\d+: .*: colour: unknown field", fault)
        assert "Traceback" not in fault
        assert [entry.name for entry in tmp_path.iterdir()] == ["bad.yaml"]

    @pytest.mark.parametrize("catalogue", ["absent.yaml", "."])
    def test_a_catalogue_that_cannot_be_read_is_refused(self, tmp_path: Path, catalogue: str) -> None:
        result = run(tmp_path, "serve", catalogue=str(tmp_path / catalogue))
        assert result.exit_code == 2, result.output
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize(
        ("name", "value"),
        [("port", "http"), ("port", "70000"), ("demo", "sometimes"), ("max_turns", "0"), ("default_locale", "de")],
    )
    @pytest.mark.parametrize("command", ["serve", "check"])
    def test_a_bad_setting_is_named(self, tmp_path: Path, command: str, name: str, value: str) -> None:
        result = run(tmp_path, command, **{name: value})
        assert result.exit_code == 2
        assert f"ARENA_{name.upper()}: " in result.stderr
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize(
        "url", ["mysql://anne:topsecret@host/arena", "not a url", "postgresql://anne:topsecret@127.0.0.1:9/arena"]
    )
    def test_a_database_that_does_not_open_is_said_before_anything_listens(self, tmp_path: Path, url: str) -> None:
        result = run(tmp_path, "serve", database_url=url)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.strip()
        assert "topsecret" not in result.output

    def test_an_empty_setting_is_no_setting(self, tmp_path: Path) -> None:
        assert run(tmp_path, "check", database_url="", max_turns="", demo="never").exit_code == 1

    def test_a_port_in_use_is_said(self, tmp_path: Path) -> None:
        with process(tmp_path, "demo-endpoint", "--port", "0") as first:
            taken = line_with(first.stdout, "Demo endpoint: ").rpartition(":")[2].partition("/")[0]
            with process(tmp_path, "serve", "--port", taken) as second:
                _, fault = second.communicate(timeout=LIMIT_S)
            assert second.returncode not in (0, None)
            assert "address already in use" in fault.lower()
            result = run(tmp_path, "demo-endpoint", "--port", taken)
            assert result.exit_code == 1
            assert taken in result.stderr


class TestDemoEndpoint:
    def test_it_serves_the_scripted_models_on_a_free_port(self, tmp_path: Path) -> None:
        with process(tmp_path, "demo-endpoint", "--port", "0", "--speed", "100") as child:
            base_url = line_with(child.stdout, "Demo endpoint: ").split()[-1]
            with closing(httpx.Client(trust_env=False, verify=False, timeout=LIMIT_S)) as client:
                names = [model["id"] for model in client.get(f"{base_url}/models").json()["data"]]
                question = {"model": names[0], "messages": [{"role": "user", "content": "Bonjour"}]}
                said = client.post(f"{base_url}/chat/completions", json=question).json()
            assert len(names) >= 4
            assert said["choices"][0]["message"]["content"]
            child.send_signal(signal.SIGINT)
            assert child.wait(LIMIT_S) in (0, 1, -signal.SIGINT)
            assert child.stderr is not None
            assert "Traceback" not in child.stderr.read()


def test_without_a_command_the_help_is_shown() -> None:
    result = CliRunner().invoke(app, [])
    assert all(
        name in result.output for name in ("serve", "check", "demo-endpoint", "export", "footprint", "leaderboard")
    )


def test_a_broken_model_server_is_a_reason_in_the_table(tmp_path: Path) -> None:
    with serving_models(ScriptedModels({"plain": replying(503)})) as models:
        catalogue = TestCheck.catalogue(tmp_path, models.base_url)
        result = run(tmp_path, "check", catalogue=str(catalogue), demo="never")
    assert result.exit_code == 1
    assert result.stdout.count("error.endpoint.server_fault") == 2
