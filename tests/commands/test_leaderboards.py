"""`arena leaderboard`: any file of votes, ranked, or refused with its place."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import Result

from tests.test_cli import run


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
        assert run(tmp_path, "leaderboard").exit_code == 2
