"""Files of votes: ours, LMArena's and compar:IA's, and what is said of one that cannot be read."""

from pathlib import Path

import pytest

from arena.domain.ranking import fit, fit_clustered
from arena.domain.vote import Outcome
from arena.errors import VoteFileError
from arena.services.vote_files import read_votes

OURS = "model_a,model_b,outcome\nada,bob,a\nada,bob,both_good\nbob,ada,both_bad\nada,bob,b\nada,bob,a\n"
VOTES = {
    ("ada", "bob", Outcome.A): 2,
    ("ada", "bob", Outcome.BOTH_GOOD): 1,
    ("bob", "ada", Outcome.BOTH_BAD): 1,
    ("ada", "bob", Outcome.B): 1,
}


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "votes.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    "content",
    [
        OURS,
        OURS.replace(",", ";"),
        "\ufeff" + OURS,
        OURS.replace("\n", "\r\n"),
        OURS.rstrip("\n"),
        OURS.replace("\n", "\n\n"),
        OURS.upper().replace("ADA", "ada").replace("BOB", "bob"),
        OURS.replace("ada", '"ada"').replace("outcome", '"outcome"'),
        OURS.replace("ada", " ada ").replace("outcome", " outcome "),
        "id," + OURS.replace("\n", "\n7,").rstrip("7,"),
    ],
    ids=["plain", "semicolons", "BOM", "CRLF", "no end", "empty lines", "capitals", "quotes", "spaces", "more columns"],
)
def test_our_own_columns_are_read_however_they_are_written(tmp_path: Path, content: str) -> None:
    read = read_votes(written(tmp_path, content))
    assert read.tally.votes == VOTES
    assert read.ballots is None


def test_the_words_of_lmarena_are_read(tmp_path: Path) -> None:
    rows = ("ada,bob,model_a", "ada,bob,model_b", "ada,bob,tie", "bob,ada,tie (bothbad)", "ada,bob,model_a")
    assert read_votes(written(tmp_path, "\n".join(("model_a,model_b,winner", *rows)))).tally.votes == VOTES


def test_the_columns_of_compar_ia_are_read(tmp_path: Path) -> None:
    rows = ("ada,bob,ada,False", "ada,bob,bob,false", "ada,bob,,True", "bob,ada,,true", "ada,bob,ada,0")
    content = "\n".join(("model_a_name,model_b_name,chosen_model_name,both_equal", *rows))
    assert read_votes(written(tmp_path, content)).tally.votes == {
        ("ada", "bob", Outcome.A): 2,
        ("ada", "bob", Outcome.B): 1,
        ("ada", "bob", Outcome.BOTH_GOOD): 1,
        ("bob", "ada", Outcome.BOTH_GOOD): 1,
    }


def test_a_name_may_hold_separators_quotes_and_line_breaks(tmp_path: Path) -> None:
    content = 'model_a,model_b,outcome\n"a, ""x""","b;\nc",a\n'
    assert read_votes(written(tmp_path, content)).tally.votes == {('a, "x"', "b;\nc", Outcome.A): 1}


def test_a_cell_may_hold_a_whole_conversation(tmp_path: Path) -> None:
    content = f"model_a,model_b,outcome,text\nada,bob,a,{'x' * 1_000_000}\n"
    assert read_votes(written(tmp_path, content)).tally.total == 1


@pytest.mark.parametrize("column", ["participant", "visitor", "visitor_id", "judge"])
def test_who_voted_is_read_and_widens_the_intervals(tmp_path: Path, column: str) -> None:
    """Two hundred votes of three people, each of one mind, are worth less than those of two hundred people."""
    rows = [f"ada,bob,{outcome},{who}" for who, outcome in (("x", "a"), ("y", "a"), ("z", "b")) for _ in range(70)]
    read = read_votes(written(tmp_path, "\n".join((f"model_a,model_b,outcome,{column}", *rows))))
    assert read.ballots is not None
    assert (read.ballots.participants(), read.ballots.votes) == (3, 210)
    alone, together = fit(read.tally.wins), fit_clustered(read.tally.wins, read.ballots)
    assert together.strengths.tolist() == alone.strengths.tolist()
    widths = [one.ratings()[0].high - one.ratings()[0].low for one in (alone, together)]
    assert widths[1] > 2 * widths[0]
    best = read.standings()[0]
    assert (best.model, best.rating) == ("ada", together.ratings()[0])


@pytest.mark.parametrize(
    ("content", "line", "column", "value", "reason"),
    [
        ("", 0, "", None, "the file is empty"),
        ("\n\n", 1, "", None, "the file is empty"),
        ("model_a,model_b,outcome\n", 1, "", None, "no vote below"),
        ("model_a,outcome\nada,a\n", 1, "model_b", None, "no such column"),
        ("model_a,model_b\nada,bob\n", 1, "outcome", None, "no such column"),
        ("a|b|c\nada|bob|a\n", 1, "model_a", None, "no such column"),
        ("model_a,model_b,outcome,model_a\nada,bob,a,x\n", 1, "model_a", None, "two columns"),
        (OURS + "ada,bob,c\n", 7, "outcome", "c", "unknown outcome: expected a, both_good"),
        (OURS + "ada,bob,\n", 7, "outcome", "", "unknown outcome"),
        (OURS + "ada,ada,a\n", 7, "model_b", "ada", "against itself"),
        (OURS + ",bob,a\n", 7, "model_a", "", "is empty"),
        (OURS + "ada, ,a\n", 7, "model_b", " ", "is empty"),
        (OURS + "ada,bob\n", 7, "", "bob", "2 values for 3 columns"),
        (OURS + "ada,bob,a,b\n", 7, "", "b", "4 values for 3 columns"),
        (OURS + 'ada,bob,"a\n', 7, "", None, "separated values"),
        (OURS.encode() + b"caf\xe9,bob,a\n", 7, "", b"\xe9", "not UTF-8"),
        (OURS.encode("utf-16"), 1, "", b"\xff", "not UTF-8"),
        ("model_a,model_b,outcome,judge\nada,bob,a,\n", 2, "judge", "", "is empty"),
        ("model_a,model_b,chosen_model_name\nada,bob,cyd\n", 2, "chosen_model_name", "cyd", "expected ada or bob"),
        ("model_a,model_b,chosen_model_name,both_equal\nada,bob,,maybe\n", 2, "both_equal", "maybe", "true or false"),
        ("model_a,model_b,chosen_model_name,both_equal\nada,bob,,false\n", 2, "chosen_model_name", "", "unknown"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(
    tmp_path: Path, content: str | bytes, line: int, column: str, value: str | bytes | None, reason: str
) -> None:
    with pytest.raises(VoteFileError, match=r"votes\.csv") as caught:
        read_votes(written(tmp_path, content))
    fault = caught.value
    assert (fault.line, fault.column, fault.value) == (line, column, value)
    assert reason in fault.reason


@pytest.mark.parametrize("name", ["absent.csv", "."])
def test_a_file_that_is_not_there_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(VoteFileError, match=r"absent\.csv|test_a_file"):
        read_votes(tmp_path / name)


def test_a_very_long_wrong_value_is_cut(tmp_path: Path) -> None:
    with pytest.raises(VoteFileError) as caught:
        read_votes(written(tmp_path, f"model_a,model_b,outcome\nada,bob,{'x' * 5000}\n"))
    assert len(str(caught.value)) < 300
