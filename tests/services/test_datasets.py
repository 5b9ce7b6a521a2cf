"""Exported files: the same values in every format, safe to open, and nothing in them that links or names a person."""

import io
import json
import math
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from sqlalchemy import Engine

from arena.domain.dataset import OWN_DATASETS, SCHEMAS, Columns, Dataset, Format
from arena.domain.provenance import QUANTITIES
from arena.domain.publishing import Published
from arena.domain.vote import Outcome
from arena.errors import StorageError, TooFewPeople
from arena.services.datasets import Datasets, Opened, Wish
from arena.services.parquet import parquet_chunks
from arena.services.table_files import csv_chunks
from arena.storage.datasets import DatasetStore
from arena.storage.engine import open_engine, upgrade
from tests.storage.conftest import BOTH, new_postgres_database
from tests.storage.making import make_inputs, make_values
from tests.storage.room import (
    EVENT,
    OTHER,
    PEOPLE,
    PROMPTS,
    add_battle,
    add_event,
    add_room,
    battle_of,
    play_round,
    purge,
)

RECORDED_AT = datetime(2025, 12, 24, 18, 30, tzinfo=UTC)
ROOM, ROOM_CODE = "d" * 32, "RND234"
PANDAS = {"text": "str", "integer": "Int64", "number": "float64", "boolean": "boolean", "time": "str"}


@pytest.fixture(scope="module", params=BOTH)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Two events with the same people, seeded once: nothing here changes them."""
    if request.param == "sqlite":
        yield from _seeded(f"sqlite:///{tmp_path_factory.mktemp('exports')}/arena.db")
    else:
        with new_postgres_database() as url:
            yield from _seeded(url)


def _seeded(url: str) -> Iterator[Engine]:
    engine = open_engine(url)
    upgrade(engine)
    add_event(engine)
    add_event(engine, OTHER, "XYZ789", day=21)
    battles = add_room(engine)
    add_room(engine, OTHER)
    add_battle(engine, battle_of(30, EVENT, PEOPLE[0], PROMPTS[0], is_demo=True), [])
    purge(engine, battles[5].id)
    add_event(engine, ROOM, ROOM_CODE, day=28)
    hands, again = {Outcome.A: 2, Outcome.B: 1}, {Outcome.B: 4}
    play_round(engine, 1, PEOPLE[:4], event_id=ROOM, hands=hands, second_hands=again, has_bet=True)
    play_round(engine, 2, PEOPLE[:2], event_id=ROOM, recorded_at=RECORDED_AT)
    add_battle(engine, battle_of(0, ROOM, PEOPLE[0], PROMPTS[0]), PEOPLE[:1])
    yield engine
    engine.dispose()


@pytest.fixture
def datasets(engine: Engine) -> Datasets:
    return Datasets(DatasetStore(engine, page=2))


def opened(datasets: Datasets, code: str | None = "ABC234", *, demo: bool = False) -> tuple[Opened, ...]:
    return datasets.open(datasets.scopes(code), demo=demo).opened


def file_of(datasets: Datasets, wish: Wish, code: str | None = "ABC234") -> bytes:
    return b"".join(datasets.chunks(opened(datasets, code, demo=wish.demo), wish))


def rows_of(datasets: Datasets, dataset: Dataset, code: str = "ABC234", **asked: bool) -> list[dict[str, Any]]:
    """The rows as JSON Lines has them."""
    return [json.loads(line) for line in file_of(datasets, Wish(dataset, Format.JSONL, **asked), code).splitlines()]


def code_of(dataset: Dataset) -> str:
    """An event with rows of a dataset."""
    return ROOM_CODE if dataset is Dataset.ROUNDS else "ABC234"


def plain(value: Any) -> Any:
    """A value of any reader as one that compares: nothing is None, a time is its text."""
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)) or value is pd.NaT:
        return None
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.item() if hasattr(value, "item") else value


def read_csv(content: bytes, columns: Columns) -> list[dict[str, Any]]:
    types = {column.name: PANDAS[column.type] for column in columns}
    frame = pd.read_csv(
        io.BytesIO(content), sep=";", encoding="utf-8-sig", dtype=types, keep_default_na=False, na_values=[""]
    )
    return [{name: _unarmed(plain(cell)) for name, cell in row.items()} for row in frame.to_dict("records")]


def _unarmed(cell: Any) -> Any:
    """Without the apostrophe that keeps a text from being a formula."""
    return cell[1:] if isinstance(cell, str) and cell.startswith("'") and cell[1:2] in "=+-@\t\r\n" else cell


def read_parquet(content: bytes) -> list[dict[str, Any]]:
    frame = pd.read_parquet(io.BytesIO(content), dtype_backend="numpy_nullable")
    return [{name: plain(cell) for name, cell in row.items()} for row in frame.to_dict("records")]


@pytest.mark.parametrize("dataset", OWN_DATASETS)
@pytest.mark.parametrize("texts", [False, True])
def test_all_formats_hold_the_same_values(datasets: Datasets, dataset: Dataset, texts: bool) -> None:
    files = {form: file_of(datasets, Wish(dataset, form, texts), code_of(dataset)) for form in Format}
    expected = [json.loads(line) for line in files[Format.JSONL].split(b"\n")[:-1]]
    lines = pd.read_json(io.BytesIO(files[Format.JSONL]), lines=True, dtype=False)
    assert len(lines) == len(expected) > 0
    assert list(lines.columns) == [column.name for column in SCHEMAS[dataset]]
    assert read_csv(files[Format.CSV], SCHEMAS[dataset]) == expected
    assert read_parquet(files[Format.PARQUET]) == expected


@pytest.mark.parametrize("dataset", Dataset)
def test_pandas_reads_the_csv_without_being_told_more_than_the_separator(datasets: Datasets, dataset: Dataset) -> None:
    frame = pd.read_csv(io.BytesIO(file_of(datasets, Wish(dataset, texts=True), code_of(dataset))), sep=";")
    assert list(frame.columns) == [column.name for column in SCHEMAS[dataset]]
    assert len(frame) > 0


def test_a_csv_begins_with_a_byte_order_mark_and_is_separated_by_semicolons(datasets: Datasets) -> None:
    head = file_of(datasets, Wish(Dataset.TURNS)).splitlines()[0]
    assert head.startswith(b"\xef\xbb\xbfevent_id;battle_id;")


@pytest.mark.parametrize("dataset", [Dataset.TURNS, Dataset.VOTES, Dataset.COMPARIA])
def test_no_cell_of_a_csv_is_a_formula(datasets: Datasets, dataset: Dataset) -> None:
    content = file_of(datasets, Wish(dataset, texts=True)).decode("utf-8-sig")
    cells = pd.read_csv(io.StringIO(content), sep=";", dtype=str, keep_default_na=False).to_numpy().ravel()
    assert [cell for cell in cells if cell.startswith(tuple("=+-@\t\r\n＝＋－＠"))] == []
    assert any(cell.startswith("'=") for cell in cells)


def test_a_negative_number_stays_a_number_and_a_text_is_armed() -> None:
    columns = (SCHEMAS[Dataset.TURNS][2], SCHEMAS[Dataset.TURNS][0])
    rows: list[Published] = [{"turn_index": -5, "event_id": "-5"}, {"turn_index": -0.25, "event_id": "＝1+1"}]
    content = b"".join(csv_chunks(columns, rows)).decode("utf-8-sig")
    assert content == "turn_index;event_id\r\n-5;'-5\r\n-0.25;'＝1+1\r\n"


def test_texts_come_back_whatever_is_in_them(datasets: Datasets) -> None:
    prompts = [row["prompt"] for row in rows_of(datasets, Dataset.TURNS, texts=True)]
    # PostgreSQL holds no NUL: it was replaced when the prompt was kept.
    assert prompts[:5] == [prompt.replace("\0", "\ufffd") for prompt in PROMPTS[:5]]


def test_texts_stay_unless_they_are_asked_for(datasets: Datasets) -> None:
    for dataset in Dataset:
        content = file_of(datasets, Wish(dataset)).decode()
        assert not any(word in content for word in ("ciel", "Réponse à", "trop long", "Let me think", "evil"))
    assert {row["prompt_has_personal_data"] for row in rows_of(datasets, Dataset.TURNS)} == {None}


def test_personal_data_are_replaced_and_flagged(datasets: Datasets) -> None:
    answers = rows_of(datasets, Dataset.ANSWERS, code="XYZ789", texts=True)
    assert [row["text_has_personal_data"] for row in answers if row["text"]] == [False] * 5 + [True]
    assert answers[-2]["text"] == "Réponse à \tÉcris à [email] ou au [phone_fr]"
    for dataset in Dataset:
        content = file_of(datasets, Wish(dataset, texts=True), "XYZ789").decode()
        assert "anne.martin" not in content
        assert "06 12 34" not in content


def test_purged_texts_are_empty_and_flagged(datasets: Datasets) -> None:
    rows = rows_of(datasets, Dataset.TURNS, texts=True)
    assert [(row["is_purged"], row["prompt"]) for row in rows][-1] == (True, None)
    assert [row["is_purged"] for row in rows[:-1]] == [False] * 5


def test_demonstrations_come_on_request_and_say_so(datasets: Datasets) -> None:
    assert {row["is_demo"] for row in rows_of(datasets, Dataset.TURNS)} == {False}
    assert [row["is_demo"] for row in rows_of(datasets, Dataset.TURNS, demo=True)].count(True) == 1


def test_one_person_and_one_battle_keep_their_ids_within_an_event(datasets: Datasets) -> None:
    turns, votes = rows_of(datasets, Dataset.TURNS), rows_of(datasets, Dataset.VOTES)
    answers, comparia = rows_of(datasets, Dataset.ANSWERS), rows_of(datasets, Dataset.COMPARIA)
    battles = {row["battle_id"] for row in turns}
    assert battles == {row["battle_id"] for row in votes} == {row["battle_id"] for row in answers}
    assert battles == {row["conversation_pair_id"] for row in comparia}
    assert {row["visitor_id"] for row in turns} == {row["visitor_id"] for row in votes}
    assert len({row["visitor_id"] for row in votes}) == len(PEOPLE)
    assert turns == rows_of(datasets, Dataset.TURNS)


def test_nobody_can_be_followed_from_one_event_to_the_other(datasets: Datasets) -> None:
    def ids(code: str) -> set[str]:
        rows = [*rows_of(datasets, Dataset.VOTES, code), *rows_of(datasets, Dataset.COMPARIA, code)]
        return {str(value) for row in rows for name, value in row.items() if name == "id" or name.endswith("_id")}

    here, there = ids("ABC234"), ids("XYZ789")
    assert min(len(here), len(there)) > len(PEOPLE)
    assert here & there == set()


def test_no_stored_id_is_in_any_file(datasets: Datasets) -> None:
    for dataset in Dataset:
        content = file_of(datasets, Wish(dataset, texts=True), None).decode()
        assert not any(known in content for known in (*PEOPLE, EVENT[:20], OTHER[:20], ROOM[:20], "hand-", "room-"))


def test_times_are_rounded_down_to_the_minute(datasets: Datasets) -> None:
    votes = rows_of(datasets, Dataset.VOTES)
    assert {row["voted_at"] for row in votes} == {"2026-03-14T12:01:00Z"}  # 12:01:40.123456
    times = [row[column.name] for row in votes for column in SCHEMAS[Dataset.VOTES] if column.type == "time"]
    assert {time[-4:] for time in times if time} == {":00Z"}
    turns = rows_of(datasets, Dataset.TURNS)
    assert turns[0]["asked_at"] == "2026-03-14T12:00:00Z"  # 12:00:59
    tstamps = {row["tstamp"] for row in rows_of(datasets, Dataset.LMARENA)}
    assert tstamps == {datetime(2026, 3, 14, 12, 1, tzinfo=UTC).timestamp()}


def test_a_vote_has_all_that_this_person_said(datasets: Datasets) -> None:
    vote = rows_of(datasets, Dataset.VOTES)[0]
    said = {
        "is_starter": True, "vote": "a", "vote_changed_at": None, "second_choice": "a",
        "second_choice_is_skipped": False, "bet_factor": 10, "bet_side": "b", "need": "no", "liked_a": True,
        "liked_b": None, "useful_a": True, "complete_a": False, "useful_b": None, "comment": None,
    }  # fmt: skip
    assert {name: vote[name] for name in said} == said
    turn = rows_of(datasets, Dataset.TURNS)[0]
    assert [turn[f"votes_{outcome}"] for outcome in ("a", "both_good", "both_bad", "b")] == [2, 2, 1, 1]


def test_an_answer_has_every_field_of_its_footprint(datasets: Datasets) -> None:
    answered, failed = rows_of(datasets, Dataset.ANSWERS)[:2]
    inputs, values = make_inputs(), make_values()
    assert answered["footprint_active_params_b_low"] == 1 / 3
    assert answered["footprint_mix_adpe_kg_per_kwh"] == inputs.mix_adpe_kg_per_kwh
    assert answered["footprint_ecologits_data_sha256"] == inputs.ecologits_data_sha256
    for quantity in QUANTITIES:
        raw, band = values.raw[quantity], values.displayed[quantity]
        ends = [answered[f"footprint_{quantity}_{end}"] for end in ("raw_low", "raw_high", "low", "central", "high")]
        assert ends == [raw.low, raw.high, band.low, band.central, band.high]
    assert (answered["output_tokens"], answered["methods"], answered["replaced_model_id"]) == (345, 1, "broken-model")
    assert (failed["status"], failed["error_key"], failed["methods"], failed["footprint_grade"]) == (
        "failed", "error.endpoint.unreachable", 0, None,
    )  # fmt: skip


def test_the_shapes_of_others_have_their_words(datasets: Datasets) -> None:
    comparia, lmarena = rows_of(datasets, Dataset.COMPARIA, texts=True), rows_of(datasets, Dataset.LMARENA)
    assert [row["winner"] for row in lmarena[:4]] == ["model_a", "tie", "tie (bothbad)", "model_b"]
    assert {row["language"] for row in lmarena} == {"French"}
    assert [(row["chosen_model_name"], row["both_equal"]) for row in comparia[:4]] == [
        ("small-model", False), (None, True), (None, True), ("big-model", False),
    ]  # fmt: skip
    assert json.loads(comparia[0]["conversation_a"]) == [
        {"role": "user", "content": PROMPTS[0]},
        {"role": "assistant", "content": f"Réponse à {PROMPTS[0]}"},
    ]
    assert comparia[0]["model_pair_name"] == '["big-model", "small-model"]'


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Datasets]:
    """An event of four people."""
    engine = open_engine(f"sqlite:///{tmp_path}/small.db")
    upgrade(engine)
    add_event(engine)
    add_room(engine, people=PEOPLE[:4])
    yield Datasets(DatasetStore(engine))
    engine.dispose()


def test_fewer_than_five_people_are_refused_unless_the_deployer_insists(small: Datasets) -> None:
    scopes = small.scopes("ABC234")
    assert small.open(scopes, demo=False).too_small == scopes
    assert len(small.open(scopes, demo=False, small=True).opened) == 1


async def test_the_page_refuses_fewer_than_five_people_whatever_is_asked(small: Datasets) -> None:
    with pytest.raises(TooFewPeople):
        await small.open_event(EVENT, Wish(Dataset.TURNS, texts=True, demo=True))
    assert not (await small.overview(EVENT)).has_enough_people


class TestParquet:
    def test_each_column_has_the_type_of_the_schema(self, datasets: Datasets) -> None:
        schema = pq.read_schema(io.BytesIO(file_of(datasets, Wish(Dataset.ANSWERS, Format.PARQUET))))
        types = {"text": "string", "integer": "int64", "number": "double", "boolean": "bool"}
        expected = [types.get(column.type, "timestamp[ms, tz=UTC]") for column in SCHEMAS[Dataset.ANSWERS]]
        assert [str(kind) for kind in schema.types] == expected

    def test_a_source_that_breaks_gives_no_file_with_an_end(self) -> None:
        def broken() -> Iterator[bytes]:
            yield b""
            raise StorageError("gone")

        with pytest.raises(StorageError, match="gone"):
            b"".join(parquet_chunks(Dataset.LMARENA, broken()))

    def test_a_reader_who_leaves_ends_the_process(self, datasets: Datasets) -> None:
        chunks = datasets.chunks(opened(datasets), Wish(Dataset.ANSWERS, Format.PARQUET))
        assert next(chunks).startswith(b"PAR1")
        chunks.close()
        assert next(chunks, None) is None


def of_round(rows: list[dict[str, Any]], number: int | None) -> list[dict[str, Any]]:
    return [row for row in rows if row["round_number"] == number]


def test_a_round_was_started_by_nobody(datasets: Datasets) -> None:
    (turn,) = of_round(rows_of(datasets, Dataset.TURNS, ROOM_CODE), 1)
    assert (turn["visitor_id"], turn["votes_a"], turn["votes_b"], turn["votes_by_hands"]) == (None, 6, 1, 3)
    assert all(row["visitor_id"] for row in of_round(rows_of(datasets, Dataset.TURNS, ROOM_CODE), None))
    assert not any(row["is_starter"] for row in of_round(rows_of(datasets, Dataset.VOTES, ROOM_CODE), 1))


def test_votes_say_how_they_came_in_and_what_was_read_first(datasets: Datasets) -> None:
    votes = of_round(rows_of(datasets, Dataset.VOTES, ROOM_CODE), 1)
    phones = [row for row in votes if row["source"] == "phone"]
    assert sorted(row["read_first"] for row in phones) == ["a", "a", "b", "b"]
    assert {(row["vote"], row["second_choice"], row["bet_factor"], row["bet_side"]) for row in phones} == {
        ("a", "b", 10, None)
    }
    hands = [(row["vote"], row["second_choice"]) for row in votes if row["source"] == "hands"]
    assert sorted(map(str, hands)) == sorted(
        map(str, [("a", None), ("a", None), ("b", None), *[(None, "b")] * 4])
    )  # nobody is made to have changed their mind
    assert {row["source"] for row in of_round(rows_of(datasets, Dataset.VOTES, ROOM_CODE), None)} == {"phone"}


def test_a_recorded_duel_says_when_its_answers_were_written(datasets: Datasets) -> None:
    (turn,) = of_round(rows_of(datasets, Dataset.TURNS, ROOM_CODE), 2)
    assert turn["recorded_at"] == "2025-12-24T18:30:00Z"
    kept = {row["battle_id"] for row in rows_of(datasets, Dataset.ANSWERS, ROOM_CODE) if row["is_kept"]}
    assert kept == {turn["battle_id"]}


def test_the_steps_of_a_round_come_in_their_order(datasets: Datasets) -> None:
    steps = rows_of(datasets, Dataset.ROUNDS, ROOM_CODE)
    first = of_round(steps, 1)
    assert [row["step"] for row in first] == [
        "waiting", "prompt", "bet", "answers", "vote", "closed", "footprints", "second_choice", "names", "debate",
    ]  # fmt: skip
    assert [row["step_number"] for row in first] == list(range(1, 11))
    assert first[0]["step_at"] < first[-1]["step_at"]
    assert {(row["has_bet"], row["skips_names"], row["is_undone"]) for row in first} == {(True, False, False)}
    assert {row["has_bet"] for row in of_round(steps, 2)} == {False}


@pytest.mark.parametrize("dataset", [Dataset.COMPARIA, Dataset.LMARENA])
def test_raised_hands_are_in_no_table_of_others(datasets: Datasets, dataset: Dataset) -> None:
    """There each row is one person's secret ballot, and a hand could not be told from one."""
    lines = pd.read_csv(io.BytesIO(file_of(datasets, Wish(dataset), ROOM_CODE)), sep=";")
    (turn,) = of_round(rows_of(datasets, Dataset.TURNS, ROOM_CODE), 1)
    battle = "conversation_pair_id" if dataset is Dataset.COMPARIA else "question_id"
    assert len(lines[lines[battle] == turn["battle_id"]]) == 4
