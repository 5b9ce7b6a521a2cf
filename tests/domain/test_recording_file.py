"""The file of recorded duels: what is written is read again, and nothing else is."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.domain.battle import AnswerStatus, TokenSource, Usage
from arena.domain.catalogue import Endpoint
from arena.domain.quantity import Range
from arena.domain.recording import RecordedAnswer, RecordedDuel, Recording
from arena.domain.recording_file import FIELDS, MOST_BYTES, duel_of, read_recording, write_recording
from arena.errors.recordings import (
    NotARecording,
    RecordingDamaged,
    RecordingDoubled,
    RecordingError,
    RecordingFieldWrong,
    RecordingForeign,
    RecordingIncomplete,
    RecordingTooBig,
)
from tests.domain.recorded import FILE, HOST, SMALL_FILE, answer_of, duel, model, recording, rewritten

GOLDEN = Path(__file__).parent.parent / "data" / "recordings" / "demo.v1.duels.json"
# What a file leaves out of a type, and why nothing is missed.
LEFT_OUT = {
    "Answer": {"error_key", "replaced", "cost_eur"},  # of a whole answer that nobody pays for again
    "Endpoint": {"base_url", "key_env", "max_parallel"},  # how to reach it
}


def read(data: bytes) -> Recording:
    return read_recording(data, file=FILE)


amounts = st.none() | st.floats(0, 1e9)
counts = st.none() | st.integers(0, 10**9)
plain = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=60)
words = plain.map(lambda text: f"{text}.")
spans = st.tuples(st.floats(0, 1e6), st.floats(0, 1e6)).map(lambda ends: Range(*sorted(ends)))


@st.composite
def answers(draw: st.DrawFn, model_id: str) -> RecordedAnswer:
    whole = answer_of(
        model_id,
        draw(amounts),
        text=draw(words),
        reasoning=draw(plain),
        usage=Usage(draw(counts), draw(counts), draw(counts)),
        token_source=draw(st.sampled_from(TokenSource)),
        first_token_s=draw(amounts),
        duration_s=draw(amounts),
        self_named=draw(st.booleans()),
    )
    at = draw(st.datetimes(datetime(2024, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)))
    footprint = draw(st.sampled_from([whole.footprint, None]))
    return replace(whole, recorded_at=at, model_version=draw(st.none() | words), footprint=footprint)


@st.composite
def duels(draw: st.DrawFn) -> RecordedDuel:
    names = draw(st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=2, max_size=4, unique=True))
    theme = draw(st.none() | st.just("cuisine"))
    return duel_of(draw(words), draw(st.sampled_from(["fr", "en"])), theme, [draw(answers(name)) for name in names])


@given(st.lists(duels(), max_size=3, unique_by=lambda one: one.id), st.none() | spans)
def test_what_was_written_is_read_again(written: list[RecordedDuel], span: Range | None) -> None:
    kept = replace(
        recording(*written),
        endpoints=(replace(HOST, pue=span),),
        models=tuple(model(name, tokens_per_s=span) for name in "abcd"),
    )
    data = write_recording(kept)
    assert read(data) == kept
    assert write_recording(read(data)) == data


def test_a_file_of_the_first_version_is_still_read() -> None:
    kept = read_recording(GOLDEN.read_bytes(), file=GOLDEN.name)
    assert [len(one.answers) for one in kept.duels] == [3, 3]
    assert {one.id for one in kept.models} == {"demo/alpage", "demo/ecluse", "demo/dune"}
    assert write_recording(kept) == GOLDEN.read_bytes()


def test_every_field_is_in_the_file_or_left_out_for_a_reason() -> None:
    forgotten = {
        kind.__name__: left
        for kind, names in FIELDS.items()
        if (left := _names_of(kind) - set(names) - LEFT_OUT.get(kind.__name__, set()))
    }
    assert forgotten == {}


def _names_of(kind: type) -> set[str]:
    return {one.name for one in fields(kind)} if is_dataclass(kind) else set(kind.__annotations__)


def test_no_address_and_no_key_is_written() -> None:
    reachable = Endpoint("host", "Xylofer", "http://192.168.1.20:8000/v1", key_env="XYLOFER_KEY")
    data = write_recording(replace(recording(duel("small", "big")), endpoints=(reachable,)))
    assert b"192.168" not in data
    assert b"XYLOFER_KEY" not in data


def test_any_byte_that_changes_is_noticed() -> None:
    for place, byte in enumerate(SMALL_FILE):
        with pytest.raises(RecordingError):
            read(SMALL_FILE[:place] + bytes([byte ^ (1 << place % 8)]) + SMALL_FILE[place + 1 :])


@given(st.integers(0, len(SMALL_FILE) - 1), st.integers(1, 255))
def test_whatever_it_changes_to(place: int, flip: int) -> None:
    with pytest.raises(RecordingError):
        read(SMALL_FILE[:place] + bytes([SMALL_FILE[place] ^ flip]) + SMALL_FILE[place + 1 :])


@given(st.integers(0, len(SMALL_FILE) - 1))
def test_a_file_that_was_cut_short_is_noticed(length: int) -> None:
    with pytest.raises((RecordingDamaged, NotARecording)):
        read(SMALL_FILE[:length])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'{"models": []}',
        b'{"format":"another","version":1}',
        b"%PDF-1.7",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"format":NaN}',
        b"1" * 5000,
    ],
)
def test_another_kind_of_file_is_called_so(data: bytes) -> None:
    with pytest.raises(NotARecording) as caught:
        read(data)
    assert FILE in str(caught.value)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data + b"\n",
        lambda data: data.replace(b'"version":1,', b'"version": 1,'),
        lambda data: data.replace(b'"prompt":"Pourquoi', b'"prompt":"Comment'),
        lambda data: data.replace("é".encode(), b"\\u00e9", 1),
        lambda data: data.replace(b'"locale":"fr"', b'"locale":"fr","locale":"fr"'),
        lambda data: data.replace(b'"content":', b'"more":1,"content":'),
        lambda data: data.replace(b"bleu", b"\\ud800"),
        lambda data: data.replace(b'"duels":[', b'"duels":[' + b"[" * 50_000),
        lambda data: b"\xef\xbb\xbf" + data,
    ],
)
def test_an_edit_that_means_the_same_is_an_edit_too(change: Callable[[bytes], bytes]) -> None:
    edited = change(SMALL_FILE)
    assert edited != SMALL_FILE
    with pytest.raises((RecordingDamaged, NotARecording)):
        read(edited)


@pytest.mark.parametrize("version", [0, 2, 10**30])
def test_a_foreign_version_is_named(version: int) -> None:
    with pytest.raises(RecordingForeign) as caught:
        read(SMALL_FILE.replace(b'"version":1', b'"version":%d' % version))
    assert caught.value.values["version"] == version
    assert str(version) in str(caught.value)


@pytest.mark.parametrize("version", [b'"1"', b"null", b"true", b"1.0"])
def test_a_version_that_is_no_number_is_a_wrong_field(version: bytes) -> None:
    with pytest.raises(RecordingFieldWrong, match="version"):
        read(SMALL_FILE.replace(b'"version":1', b'"version":' + version))


def test_a_file_beyond_the_limit_is_not_even_parsed() -> None:
    with pytest.raises(RecordingTooBig, match="20 MB"):
        read(b" " * (MOST_BYTES + 1))


ANSWER = "content.duels[0].answers[0]"


def set_at(*path: str | int, to: object) -> Callable[[dict[str, Any]], None]:
    """A change of one value of a content."""

    def change(content: Any) -> None:
        for step in path[:-1]:
            content = content[step]
        content[path[-1]] = to

    return change


def first(*path: str | int, to: object) -> Callable[[dict[str, Any]], None]:
    return set_at("duels", 0, "answers", 0, *path, to=to)


WRONG: Mapping[str, Callable[[dict[str, Any]], object]] = {
    "content.code_version": set_at("code_version", to=3),
    "content.surprise": set_at("surprise", to=1),
    "content.duels": lambda content: content.pop("duels"),
    "content.models[0].maker": lambda content: content["models"][0].pop("maker"),
    "content.models[1].id": set_at("models", 1, "id", to="two words"),
    "content.models[0].display_name": set_at("models", 0, "display_name", to=" "),
    "content.models[0].openness": set_at("models", 0, "openness", to="ajar"),
    "content.models[0].endpoint_id": set_at("models", 0, "endpoint_id", to="nowhere"),
    "content.models[0].aliases[0]": set_at("models", 0, "aliases", to=[None]),
    "content.models[0].is_measured": set_at("models", 0, "is_measured", to=1),
    "content.models[0].total_params_b": set_at("models", 0, "total_params_b", to=[9, 8]),
    "content.models[0].price.source": set_at("models", 0, "price", "source", to=None),
    "content.endpoints[0].pue": set_at("endpoints", 0, "pue", to=[1]),
    "content.endpoints[0].base_url": set_at("endpoints", 0, "base_url", to="https://elsewhere.example"),
    "content.duels[0].prompt": set_at("duels", 0, "prompt", to="\n"),
    "content.duels[0].locale": set_at("duels", 0, "locale", to="de"),
    "content.duels[0].theme": set_at("duels", 0, "theme", to="<b>"),
    "content.duels[0].id": set_at("duels", 0, "id", to="0" * 32),
    f"{ANSWER}.answer.model_id": first("answer", "model_id", to="stranger"),
    f"{ANSWER}.answer.text": first("answer", "text", to="nul\x00"),
    f"{ANSWER}.answer.reasoning": first("answer", "reasoning", to="x" * 400_001),
    f"{ANSWER}.answer.status": first("answer", "status", to="perfect"),
    f"{ANSWER}.answer.usage.output_tokens": first("answer", "usage", "output_tokens", to=-1),
    f"{ANSWER}.answer.usage.input_tokens": first("answer", "usage", "input_tokens", to=1.5),
    f"{ANSWER}.answer.duration_s": first("answer", "duration_s", to=-0.5),
    f"{ANSWER}.answer.first_token_s": first("answer", "first_token_s", to="soon"),
    f"{ANSWER}.recorded_at": first("recorded_at", to="2026-03-14T12:00:00"),
    f"{ANSWER}.footprint.inputs.computed_at": first(
        "footprint", "inputs", "computed_at", to="0001-01-01T00:00:00+14:00"
    ),
    f"{ANSWER}.footprint.inputs.model_id": first("footprint", "inputs", "model_id", to="big"),
    f"{ANSWER}.footprint.inputs.reading.gross_wh": first("footprint", "inputs", "reading", "gross_wh", to=-1),
    f"{ANSWER}.footprint.values.grade": first("footprint", "values", "grade", to="Z"),
    f"{ANSWER}.footprint.values.no_figure_reason": first("footprint", "values", "no_figure_reason", to="because"),
    f"{ANSWER}.footprint.values.luck": first("footprint", "values", "raw", "luck", to=[1, 2]),
    f"{ANSWER}.footprint.values.raw.energy_wh": first("footprint", "values", "raw", "energy_wh", to=[-2, -1]),
    f"{ANSWER}.footprint.values.displayed.energy_wh": first(
        "footprint", "values", "displayed", "energy_wh", to={"low": 2, "central": 1, "high": 3}
    ),
}


@pytest.mark.parametrize("place", WRONG)
def test_a_field_that_is_missing_or_impossible_is_named_by_its_path(place: str) -> None:
    with pytest.raises(RecordingFieldWrong) as caught:
        read(rewritten(SMALL_FILE, WRONG[place]))
    assert (caught.value.place, caught.value.file) == (place, FILE)


def test_a_number_beyond_all_numbers_is_refused() -> None:
    with pytest.raises(RecordingError):
        read(SMALL_FILE.replace(b'"duration_s":0.3333333333333333', b'"duration_s":1e999'))


@pytest.mark.parametrize(
    ("doubled", "place"),
    [
        (replace(recording(duel("a", "b")), endpoints=(HOST, HOST)), "content.endpoints[1]"),
        (replace(recording(duel("a", "b")), models=(model("a"), model("b"), model("a"))), "content.models[2]"),
        (recording(duel("a", "b"), duel("a", "b")), "content.duels[1]"),
        (recording(duel("a", "b", "a")), "content.duels[0].answers[2]"),
    ],
)
def test_an_id_that_comes_twice_is_refused_where_it_does(doubled: Recording, place: str) -> None:
    with pytest.raises(RecordingDoubled) as caught:
        read(write_recording(doubled))
    assert caught.value.place == place


@pytest.mark.parametrize("status", [one for one in AnswerStatus if one not in ("complete", "capped")])
def test_an_answer_that_did_not_come_to_its_end_is_refused(status: AnswerStatus) -> None:
    broken = replace(answer_of("b"), answer=replace(answer_of("b").answer, status=status))
    with pytest.raises(RecordingIncomplete) as caught:
        read(write_recording(recording(duel_of("Bonjour ?", "fr", None, [answer_of("a"), broken]))))
    assert caught.value.place == "content.duels[0].answers[1]"


def test_an_answer_without_a_word_and_a_duel_of_one_are_incomplete() -> None:
    silent = duel_of("Bonjour ?", "fr", None, [answer_of("a"), answer_of("b", text=" \n")])
    alone = duel("a")
    for one in (silent, alone):
        with pytest.raises(RecordingIncomplete):
            read(write_recording(recording(one)))
    assert read_recording(write_recording(recording(alone)), file=FILE, least_answers=1).duels == (alone,)


def test_half_characters_and_nul_do_not_reach_the_file() -> None:
    odd = duel_of("Bonjour\x00 \ud800 ?", "fr", None, [answer_of("a", text="\udc00oui\x00"), answer_of("b")])
    assert (odd.prompt, odd.answers[0].answer.text) == ("Bonjour ? ?", "?oui")
    assert read(write_recording(recording(odd))).duels == (odd,)
