"""The recordings of an arena: what joins, what is refused whole, and what a restart finds."""

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from arena.domain.catalogue import EndpointKind
from arena.domain.provenance import StoredFootprint
from arena.domain.quantity import Range
from arena.domain.quintile import Quintile
from arena.domain.recording import RecordedDuel, Recording
from arena.domain.recording_file import duel_of, write_recording
from arena.errors import ModelUnknown, StorageError
from arena.errors.recordings import (
    RecordedDuelNotFound,
    RecordingDamaged,
    RecordingFieldWrong,
    RecordingUnreadable,
)
from arena.providers.chat import ChatMessage
from arena.services.growing import Growing
from arena.services.line_up import LineUp
from arena.services.recordings import Recordings, read_checked
from arena.storage.recordings import RecordingShelf, read_file
from tests.domain.recorded import FILE, answer_of, duel, model, recording
from tests.services.house import BIG1, SMALL1, footprint_service, line_up_of

TALL = recording(duel("tall", "wide"))


def line_up() -> LineUp:
    return line_up_of((SMALL1, BIG1), "https://host.invalid/v1")


def opened(folder: Path, *recordings: Recording, among: LineUp | None = None) -> Recordings:
    """The recordings of an arena that starts."""
    kept = Recordings(among or line_up(), footprint_service(), RecordingShelf(folder / "recordings"))
    kept.open(recordings)
    return kept


async def test_a_file_that_is_added_is_there_at_once_and_after_a_restart(tmp_path: Path) -> None:
    recordings = opened(tmp_path)
    assert (recordings.all(), recordings.listing()) == ((), ())
    new = await recordings.add(write_recording(TALL), file=FILE)
    assert new == recordings.listing() == (TALL.duels[0].blind(),)
    assert opened(tmp_path).all() == recordings.all() == TALL.duels
    assert recordings.duel(TALL.duels[0].id) == TALL.duels[0]


async def test_the_same_duels_a_second_time_add_nothing(tmp_path: Path) -> None:
    recordings = opened(tmp_path, TALL)
    assert await recordings.add(write_recording(TALL), file=FILE) == ()
    assert len(recordings.all()) == 1
    assert not (tmp_path / "recordings").exists(), "what the start brings needs no copy"


async def test_a_refused_file_changes_nothing(tmp_path: Path) -> None:
    recordings = opened(tmp_path)
    with pytest.raises(RecordingDamaged):
        await recordings.add(write_recording(TALL).replace(b"bleu", b"vert"), file=FILE)
    assert recordings.all() == ()
    assert RecordingShelf(tmp_path / "recordings").files() == []


async def test_a_file_that_cannot_be_kept_is_not_played_either(tmp_path: Path) -> None:
    (tmp_path / "recordings").write_text("in the way", encoding="utf-8")
    recordings = opened(tmp_path)
    with pytest.raises(StorageError):
        await recordings.add(write_recording(TALL), file=FILE)
    assert recordings.all() == ()


@pytest.mark.parametrize(
    "impossible",
    [{"output_tokens": -5}, {"zone": "XXX", "reading": None}, {"total_params_b": Range.exactly(-1), "reading": None}],
)
async def test_figures_that_cannot_be_computed_are_refused_before_a_room_sees_them(
    tmp_path: Path, impossible: dict[str, object]
) -> None:
    sound = answer_of("wide")
    assert sound.footprint is not None
    inputs = replace(sound.footprint.inputs, **impossible)  # type: ignore[arg-type]
    wrong = replace(sound, footprint=StoredFootprint(inputs, sound.footprint.values))
    kept = recording(duel_of("Bonjour ?", "fr", None, [answer_of("tall"), wrong]))
    with pytest.raises(RecordingFieldWrong) as caught:
        await opened(tmp_path).add(write_recording(kept), file=FILE)
    assert caught.value.place == "content.duels[0].answers[1].footprint.inputs"


async def test_a_model_of_an_impossible_size_is_refused(tmp_path: Path) -> None:
    kept = replace(TALL, models=(model("tall", total_params_b=Range(-1, 2)), model("wide")))
    with pytest.raises(RecordingFieldWrong, match=r"content\.models\[0\]"):
        await opened(tmp_path).add(write_recording(kept), file=FILE)


def test_a_kept_file_that_was_damaged_since_does_not_stop_the_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    RecordingShelf(tmp_path / "recordings").keep(write_recording(TALL))
    damaged = RecordingShelf(tmp_path / "recordings").keep(write_recording(recording(duel("a", "b", prompt="Et ?"))))
    damaged.write_bytes(damaged.read_bytes()[:-100])
    with caplog.at_level(logging.ERROR):
        assert opened(tmp_path).all() == TALL.duels
    assert damaged.name in caplog.text


def test_an_unknown_duel_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(RecordedDuelNotFound):
        opened(tmp_path, TALL).duel("0" * 32)


def test_a_file_that_is_not_there_is_called_unreadable(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.duels.json", tmp_path):
        with pytest.raises(RecordingUnreadable, match=path.name):
            read_checked(path, footprint_service())


def files_below(folder: Path) -> list[bytes]:
    """What the files of recordings in a folder hold."""
    return [path.read_bytes() for path in folder.rglob("*.duels.json")]


async def test_a_kept_duel_is_a_file_that_another_arena_takes(tmp_path: Path) -> None:
    own: RecordedDuel = duel("small1", "big1")
    await opened(tmp_path).keep(own)
    (data,) = files_below(tmp_path)
    there = opened(tmp_path / "there")
    await there.add(data, file=FILE)
    assert there.all() == (own,)


async def test_a_duel_that_was_recorded_here_is_kept(tmp_path: Path) -> None:
    own: RecordedDuel = duel("small1", "big1")
    recordings = opened(tmp_path)
    assert await recordings.keep(own) == (own.blind(),)
    assert opened(tmp_path).all() == (own,)


# Strangers in the line-up


def test_recorded_models_have_names_sizes_and_masks_and_are_never_drawn(tmp_path: Path) -> None:
    among = line_up()
    before, held = among.candidates, among.catalogue
    opened(tmp_path, TALL, among=among)
    assert among.candidates == before
    assert held.models["tall"].display_name == "Xylofer tall", "whoever holds the catalogue sees them"
    assert among.kind_of("tall") is EndpointKind.HOSTED
    assert {"Xylofer tall", "brumaire/tall"} <= among.names
    assert "Xylofer tall" not in among.mask.apply("Bonjour, ici Xylofer tall !").text


def test_recorded_models_have_their_place_among_the_others(tmp_path: Path) -> None:
    names, among = "abcde", line_up()
    sizes = {name: Range.exactly(10**power) for power, name in enumerate(names)}
    models = tuple(model(name, total_params_b=size, active_params_b=size) for name, size in sizes.items())
    opened(tmp_path, replace(recording(duel(*names)), models=models), among=among)
    quintiles = among.quintiles(footprint_service())
    assert all(isinstance(quintiles[name], Quintile) for name in names)
    assert quintiles["a"] != quintiles["e"]


def test_a_recorded_model_cannot_be_asked(tmp_path: Path) -> None:
    among = line_up()
    opened(tmp_path, TALL, among=among)
    with pytest.raises(ModelUnknown):
        among.request("tall", (ChatMessage("user", "Bonjour"),), 50)


def test_a_model_of_the_catalogue_is_never_replaced(tmp_path: Path) -> None:
    among = line_up()
    recordings = opened(tmp_path, recording(duel("small1", "big1")), among=among)
    assert among.catalogue.models["small1"] == SMALL1
    own_ids = [one.answer.model_id for one in recordings.all()[0].answers]
    assert all(key.startswith(("small1:", "big1:")) for key in own_ids)
    assert [among.catalogue.models[key].display_name for key in own_ids] == ["Xylofer small1", "Xylofer big1"]
    again = opened(tmp_path / "again", recording(duel("small1", "big1")))
    assert again.all() == recordings.all(), "the ids are the same at the next start"


def test_a_mapping_may_grow_while_somebody_reads_it() -> None:
    growing = Growing({"a": 1})
    reading = iter(growing.items())
    assert next(reading) == ("a", 1)
    growing.grow({"a": 9, "b": 2})
    assert list(reading) == []
    assert dict(growing) == {"a": 1, "b": 2}


def test_more_bytes_than_a_recording_has_are_not_read() -> None:
    endless = Path("/dev/zero")
    if not endless.exists():
        pytest.skip("this system has no endless file")
    with pytest.raises(Exception, match="larger than"):
        read_file(endless)
