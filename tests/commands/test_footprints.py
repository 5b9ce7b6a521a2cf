"""Recomputing and explaining from the shell: what is printed, how it ends, and that a mistake writes nothing."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import Result

from arena.domain.footprint import NoFigure
from arena.domain.provenance import FootprintValues, MeterReading, StoredFootprint
from arena.services.estimator import METHOD
from tests.services.kept import V2, database_at, dump, inputs_of, keep
from tests.storage.making import NOON, make_values
from tests.test_cli import run

OLD = "ecologits-0.10/v0"
READING = MeterReading("nvml", gross_wh=0.3, idle_w=20.0, net_wh=0.25, window_s=9.0)
HEAD = ["model", "answers", "median before", "median after", "change", "regraded", "won", "lost"]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A database in a file, with its tables."""
    with database_at(f"sqlite:///{tmp_path}/kept.db") as engine:
        yield engine


def on(engine: Engine, *arguments: str) -> Result:
    """Run a command on this database."""
    folder = Path(str(engine.url.database)).parent
    return run(folder, *arguments, database_url=engine.url.render_as_string())


def old(factor: float = 1.0, **changes: object) -> StoredFootprint:
    return StoredFootprint(inputs_of(**changes), make_values(OLD, factor=factor))  # type: ignore[arg-type]


class TestRecompute:
    def test_it_writes_beside_and_prints_the_difference_by_model(self, engine: Engine) -> None:
        keep(engine, old(), inputs_of("big-model"))
        before = dump(engine)
        result = on(engine, "recompute")
        assert (result.exit_code, result.stderr) == (0, "")
        head, *rows, summary = result.stdout.splitlines()
        assert re.split(r"  +", head.strip()) == HEAD
        assert [re.split(r"  +", row.strip()) for row in rows] == [
            ["big-model", "1", "≈\u202f19\u202fmWh", "≈\u202f19\u202fmWh", "×1", "0", "0", "0"],
            ["small-model", "1", "≈\u202f0.17\u202fWh", "≈\u202f19\u202fmWh", "×0.11", "0", "0", "0"],
        ]
        assert len({len(line) for line in [head, *rows]}) == 1
        assert summary == f"{METHOD}: answers 2, with its row before 1, rows written 1."
        assert before < dump(engine)

    def test_the_second_time_it_writes_nothing(self, engine: Engine) -> None:
        keep(engine, old(), old(model_id="big-model"))
        first, kept = on(engine, "recompute"), dump(engine)
        second = on(engine, "recompute", "--method", METHOD)
        assert (first.exit_code, second.exit_code) == (0, 0)
        assert second.stdout.splitlines()[:-1] == first.stdout.splitlines()[:-1]
        assert second.stdout.endswith("rows written 0.\n")
        assert dump(engine) == kept

    def test_measured_answers_have_a_line_of_their_own(self, engine: Engine) -> None:
        keep(engine, inputs_of(), inputs_of(endpoint_kind="local", reading=READING))
        names = [line.split("  ")[0] for line in on(engine, "recompute").stdout.splitlines()]
        assert names[1:3] == ["small-model", "small-model (measured)"]

    def test_figures_won_and_lost_are_counted(self, engine: Engine) -> None:
        nothing = FootprintValues(OLD, "E", NoFigure.UNKNOWN_SIZE.value, {}, {})
        keep(engine, StoredFootprint(inputs_of(), nothing), old(model_id="big-model", total_params_b=None))
        _, lost, won, _ = on(engine, "recompute").stdout.splitlines()
        assert re.split(r"  +", lost) == ["big-model", "1", "-", "-", "-", "1", "0", "1"]
        assert re.split(r"  +", won) == ["small-model", "1", "-", "-", "-", "1", "1", "0"]

    @pytest.mark.parametrize(
        ("since", "answers"),
        [
            ("2026-03-14", 4),
            ("2026-03-15", 2),
            ("2026-03-15T12:00:00Z", 2),
            ("2026-03-15T14:30:00+02:00", 0),
            ("2026-03-15 12:00", 2),
            ("2099-01-01", 0),
        ],
    )
    def test_it_may_begin_at_a_moment(self, engine: Engine, since: str, answers: int) -> None:
        for number in range(2):
            keep(engine, old(), old(), battle=number, created_at=NOON + timedelta(days=number))
        result = on(engine, "recompute", "--since", since)
        assert result.exit_code == 0
        assert f"answers {answers}, with its row before 0, rows written {answers}." in result.stdout

    @pytest.mark.parametrize(
        "wrong", ["", "yesterday", "14/03/2026", "2026-13-01", "2026-02-30", "12", "0001-01-01T00:00+14:00", "2026-03-"]
    )
    def test_a_moment_that_is_none_is_refused_by_name_and_nothing_is_written(self, engine: Engine, wrong: str) -> None:
        keep(engine, old())
        before = dump(engine)
        result = on(engine, "recompute", "--since", wrong)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "--since" in result.stderr
        assert "Traceback" not in result.stderr
        assert dump(engine) == before

    @pytest.mark.parametrize("unknown", [OLD, V2, "", "measured-nvml/v1"])
    def test_an_unknown_method_is_refused_with_the_known_ones(self, engine: Engine, unknown: str) -> None:
        keep(engine, old())
        before = dump(engine)
        result = on(engine, "recompute", "--method", unknown)
        assert (result.exit_code, result.stdout) == (2, "")
        assert f"method={unknown!r}" in result.stderr
        assert METHOD in result.stderr
        assert dump(engine) == before

    def test_as_json_it_says_the_same(self, engine: Engine) -> None:
        keep(engine, old())
        result = on(engine, "recompute", "--json")
        report = json.loads(result.stdout)
        assert len(result.stdout.splitlines()) == 1
        assert (report["method"], report["answers"], report["written"]) == (METHOD, 1, 1)
        (model,) = report["models"]
        assert (model["model_id"], model["before_wh"]) == ("small-model", pytest.approx(0.17))

    def test_rows_that_the_method_would_not_make_again_stop_it(self, engine: Engine) -> None:
        keep(engine, StoredFootprint(inputs_of(), make_values(METHOD)), old())
        before = dump(engine)
        result = on(engine, "recompute")
        assert result.exit_code == 1
        assert "Nothing was written" in result.stderr
        assert dump(engine) == before

    def test_impossible_stored_inputs_are_said(self, engine: Engine) -> None:
        keep(engine, old(output_tokens=-5), old())
        result = on(engine, "recompute")
        assert result.exit_code == 0
        assert "output_tokens=-5" in result.stderr
        assert "rows written 1." in result.stdout


class TestExplain:
    def test_it_prints_every_step_with_its_unit(self, engine: Engine) -> None:
        battle_id = keep(engine, inputs_of(), inputs_of("big-model", total_params_b=None))
        result = on(engine, "footprint", "--explain", battle_id)
        assert (result.exit_code, result.stderr) == (0, "")
        words = re.sub(r" +", " ", result.stdout)
        for line in (
            f"Battle {battle_id}",
            "Turn 1, answer A: small-model",
            "Turn 1, answer B: big-model",
            "(shown to people)",
            "output_tokens 345",
            "mix_gwp_kg_per_kwh 0.0414",
            "gpu_energy_kwh 1.40481e-05 to 1.55601e-05",
            "request_usage_gwp_kgco2e 7.21336e-07 to 8.34235e-07",
            "energy_wh 0.0174236 to 0.0201506 Wh",
            "grade B: open weights, this model was measured by ML.ENERGY, zone known",
            "divide_low_by 2",
            "also_for_estimated_tokens divided by 1.3, times 1.3",
            "(0.00670138 / 0.0187375 / 0.0523916 Wh)",
            "ecologits_version 0.11.3",
            "grade E: no number: size unknown",
            "computed again now: the same values",
        ):
            assert line in words, line

    def test_every_method_has_its_part(self, engine: Engine) -> None:
        battle_id = keep(engine, old())
        on(engine, "recompute")
        said = on(engine, "footprint", "--explain", battle_id).stdout
        first, second = (said.index(f"  {method}, computed ") for method in (OLD, METHOD))
        assert first < said.index("no longer holds the method") < second < said.index("the same values")
        assert "no footprint was computed" in said

    def test_a_measure_is_explained_by_its_reading(self, engine: Engine) -> None:
        battle_id = keep(engine, inputs_of(endpoint_kind="local", reading=READING))
        words = re.sub(r" +", " ", on(engine, "footprint", "--explain", battle_id).stdout)
        assert "reading of the counter" in words
        assert "gross_wh 0.3" in words
        assert "net_wh 0.25" in words
        assert "grade A: measured by a counter of the machine that answered" in words

    def test_as_json_it_says_the_same(self, engine: Engine) -> None:
        battle_id = keep(engine, inputs_of(), old())
        result = on(engine, "footprint", "--explain", battle_id, "--json")
        report = json.loads(result.stdout)
        assert len(result.stdout.splitlines()) == 1
        assert report["battle"] == battle_id
        assert [(one["turn"], one["side"]) for one in report["answers"]] == [(1, "a"), (1, "b")]
        assert report["answers"][0]["history"][0]["steps"]["gpu_required_count"] == 1

    @pytest.mark.parametrize("unknown", ["nowhere", "", "0" * 32, "'; drop table battle"])
    def test_an_unknown_battle_is_said(self, engine: Engine, unknown: str) -> None:
        keep(engine, old(), battle=7)
        result = on(engine, "footprint", "--explain", unknown)
        assert (result.exit_code, result.stdout) == (2, "")
        assert f"no battle {unknown!r}" in result.stderr

    def test_it_writes_nothing(self, engine: Engine) -> None:
        battle_id = keep(engine, old(), inputs_of("big-model"))
        before = dump(engine)
        on(engine, "footprint", "--explain", battle_id)
        assert dump(engine) == before

    @pytest.mark.parametrize(
        "option",
        [
            *(("--active", "8"), ("--total", "8"), ("--tokens", "0"), ("--zone", "FRA"), ("--pue", "1.1")),
            *(("--wue", "0"), ("--tps", "9"), ("--ttft", "1"), ("--bits", "16"), ("--latency", "1")),
        ],
    )
    def test_no_other_option_goes_with_it(self, engine: Engine, option: tuple[str, str]) -> None:
        battle_id = keep(engine, old())
        result = on(engine, "footprint", "--explain", battle_id, *option)
        assert (result.exit_code, result.stdout) == (2, "")
        assert option[0] in result.stderr

    def test_without_it_three_options_are_needed(self, tmp_path: Path) -> None:
        result = run(tmp_path, "footprint", "--total", "8")
        assert (result.exit_code, result.stdout) == (2, "")
        assert "--active, --tokens" in result.stderr


@pytest.mark.parametrize("command", [("recompute",), ("footprint", "--explain", "0" * 32)])
class TestDatabase:
    def test_one_that_does_not_exist_is_not_made(self, tmp_path: Path, command: tuple[str, ...]) -> None:
        result = run(tmp_path, *command)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "no database yet" in result.stderr
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("url", ["not a url", "postgresql://anne:topsecret@127.0.0.1:9/arena", "sqlite://"])
    def test_one_that_does_not_open_is_said(self, tmp_path: Path, command: tuple[str, ...], url: str) -> None:
        result = run(tmp_path, *command, database_url=url)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.strip()
        assert "topsecret" not in result.output

    def test_a_file_that_is_no_database_is_said(self, tmp_path: Path, command: tuple[str, ...]) -> None:
        (tmp_path / "notes.db").write_text("Bonjour." * 100, encoding="utf-8")
        result = run(tmp_path, *command, database_url=f"sqlite:///{tmp_path}/notes.db")
        assert (result.exit_code, result.stdout) == (2, "")
        assert "Traceback" not in result.stderr
        assert (tmp_path / "notes.db").read_text(encoding="utf-8") == "Bonjour." * 100
