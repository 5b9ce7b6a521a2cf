"""`arena leaderboard`: any file of votes, ranked or refused with its place, and the arena's own votes."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from arena.storage.engine import open_engine
from tests.storage.histories import make_event
from tests.test_cli import run
from tests.voting import Ballot, ballots_of, voted_database


class TestLeaderboard:
    VOTES = "model_a,model_b,outcome\n" + "ada,bob,a\n" * 30 + "bob,ada,both_good\n" * 20 + "ada,cyd,b\n" * 5

    def ranked(self, folder: Path, *options: str, content: str = VOTES) -> Result:
        file = folder / "votes.csv"
        file.write_text(content, encoding="utf-8")
        return run(folder, "leaderboard", "--votes", str(file), *options)

    def test_it_prints_a_list_with_intervals_best_first(self, tmp_path: Path) -> None:
        result = self.ranked(tmp_path, "--json")
        assert (result.exit_code, result.stderr) == (0, "")
        board = json.loads(result.stdout)
        assert [one["model"] for one in board] == ["cyd", "ada", "bob"]
        assert [one["battles"] for one in board] == [5, 55, 50]
        for rank, one in enumerate(board, start=1):
            assert list(one) == [
                "model", "rating", "rating_low", "rating_high", "mean_win_prob", "mean_win_prob_low",
                "mean_win_prob_high", "rank_low", "rank_high", "battles",
            ]  # fmt: skip
            assert one["rating_low"] < one["rating"] < one["rating_high"]
            assert 0 <= one["mean_win_prob_low"] < one["mean_win_prob"] < one["mean_win_prob_high"] <= 1
            assert 1 <= one["rank_low"] <= rank <= one["rank_high"] <= 3
        assert sum(one["rating"] for one in board) == pytest.approx(3000)

    def test_the_same_file_gives_the_same_answer(self, tmp_path: Path) -> None:
        assert self.ranked(tmp_path, "--json").stdout == self.ranked(tmp_path, "--json").stdout

    def test_the_table_says_how_much_may_be_made_of_it(self, tmp_path: Path) -> None:
        lines = self.ranked(tmp_path).stdout.splitlines()
        assert re.split(r"  +", lines[0].strip()) == [
            "ranks", "model", "rating", "beats others", "battles", "tier", "status",
        ]  # fmt: skip
        number = r"\d+ \(\d+ to \d+\)"
        share = r"\d+% \(\d+% to \d+%\)"
        assert re.fullmatch(rf"1 to \d +ada +{number} +{share} +55 +1 +established", lines[1].strip())
        assert lines[2].split()[3] == "bob"
        assert re.fullmatch(r"- +cyd +- +- +5 +- +counts only", lines[3].strip())

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            ("model_a,outcome\nada,a\n", "votes.csv:1: model_b: no such column"),
            (VOTES + "ada,bob,maybe\n", "votes.csv:57: outcome: 'maybe': unknown outcome"),
            ("", "votes.csv: the file is empty"),
        ],
    )
    def test_a_bad_file_is_named_with_its_place_and_nothing_is_printed(
        self, tmp_path: Path, content: str, said: str
    ) -> None:
        result = self.ranked(tmp_path, "--json", content=content)
        assert (result.exit_code, result.stdout) == (2, "")
        assert said in result.stderr

    def test_no_file_is_refused(self, tmp_path: Path) -> None:
        result = run(tmp_path, "leaderboard", "--votes", str(tmp_path / "absent.csv"))
        assert (result.exit_code, result.stdout) == (2, "")
        assert "absent.csv: No such file" in result.stderr

    def test_a_file_takes_no_filters(self, tmp_path: Path) -> None:
        result = self.ranked(tmp_path, "--locale", "fr")
        assert (result.exit_code, result.stdout) == (2, "")
        assert "a file has no filters" in result.stderr


STRENGTHS = {"mistral/ministral-3b-2512": 1.0, "mistral/ministral-8b-2512": 0.0, "openai/gpt-oss-20b": -1.0}
VOTES = ballots_of(STRENGTHS, votes=90, people=20)


class TestOwnVotes:
    """Without a file: the arena's own votes, with no server running."""

    def ranked(self, folder: Path, *options: str, votes: Sequence[Ballot] = VOTES) -> Result:
        voted_database(folder / "arena.db", votes)
        return run(folder, "leaderboard", *options, database_url=f"sqlite:///{folder}/arena.db")

    def test_they_are_ranked_with_the_columns_of_a_file(self, tmp_path: Path) -> None:
        result = self.ranked(tmp_path, "--json")
        assert (result.exit_code, result.stderr) == (0, "")
        board = json.loads(result.stdout)
        assert [one["model"] for one in board] == list(STRENGTHS)
        assert sum(one["battles"] for one in board) == 2 * 90
        file = tmp_path / "votes.csv"
        rows = (f"{one.on_a},{one.on_b},{one.outcome},{one.person}" for one in VOTES)
        file.write_text("model_a,model_b,outcome,participant\n" + "\n".join(rows), encoding="utf-8")
        of_file = json.loads(run(tmp_path, "leaderboard", "--votes", str(file), "--json").stdout)
        assert [list(one) for one in of_file] == [list(one) for one in board]
        for own, other in zip(board, of_file, strict=True):
            assert own == pytest.approx(other)

    def test_filters_choose_the_votes(self, tmp_path: Path) -> None:
        votes = [replace(one, theme="ecrire", locale="en") if place < 30 else one for place, one in enumerate(VOTES)]

        def battles(*options: str) -> int:
            shown = self.filtered(tmp_path, *options)
            return sum(int(one["battles"]) for one in shown) // 2

        voted_database(tmp_path / "arena.db", votes)
        assert (battles(), battles("--theme", "ecrire"), battles("--locale", "fr")) == (90, 30, 60)
        assert (battles("--mode", "random"), battles("--mode", "small_only")) == (90, 0)
        assert (battles("--since", "2026-03-14"), battles("--until", "2026-03-14")) == (90, 0)
        assert battles("--since", "2026-03-14T12:00:01") == 0

    def filtered(self, folder: Path, *options: str) -> list[dict[str, Any]]:
        result = run(folder, "leaderboard", "--json", *options, database_url=f"sqlite:///{folder}/arena.db")
        assert result.exit_code == 0, result.stderr
        return list(json.loads(result.stdout))

    def test_a_model_of_few_people_has_only_its_battles(self, tmp_path: Path) -> None:
        busy = [Ballot(f"busy-{number % 3}", "rare", "openai/gpt-oss-20b") for number in range(30)]
        result = self.ranked(tmp_path, votes=[*VOTES, *busy])
        assert re.fullmatch(r"- +rare +- +- +30 +- +counts only", result.stdout.splitlines()[4].strip())
        last = self.filtered(tmp_path)[-1]
        assert (last["model"], last["battles"], set(last.values()) - {"rare", 30}) == ("rare", 30, {None})

    def test_before_any_vote_the_list_is_empty(self, tmp_path: Path) -> None:
        assert json.loads(self.ranked(tmp_path, "--json", votes=[]).stdout) == []
        assert len(run(tmp_path, "leaderboard", database_url=f"sqlite:///{tmp_path}/arena.db").stdout.splitlines()) == 2

    def test_an_event_is_asked_for_by_its_code(self, tmp_path: Path) -> None:
        voted_database(tmp_path / "arena.db", VOTES)
        engine = open_engine(f"sqlite:///{tmp_path}/arena.db")
        make_event(engine, "ABCDEF")
        with engine.begin() as connection:
            connection.exec_driver_sql("UPDATE battle SET event_id = 'ABCDEF' WHERE id < printf('%032x', 41)")
        engine.dispose()
        assert sum(one["battles"] for one in self.filtered(tmp_path, "--event", "abcdef")) == 2 * 40
        result = run(tmp_path, "leaderboard", "--event", "NOBODY", database_url=f"sqlite:///{tmp_path}/arena.db")
        assert (result.exit_code, result.stdout) == (2, "")
        assert "no event has the code 'NOBODY'" in result.stderr

    def test_no_database_is_made(self, tmp_path: Path) -> None:
        result = run(tmp_path, "leaderboard", database_url=f"sqlite:///{tmp_path}/absent.db")
        assert (result.exit_code, result.stdout) == (2, "")
        assert not (tmp_path / "absent.db").exists()
