"""An arena that opens with recordings: what it can play, and what it still can after a restart."""

from pathlib import Path

import pytest

from arena.domain.recording_file import write_recording
from arena.errors.recordings import RecordingUnreadable
from arena.settings import Settings
from arena.storage.engine import default_database_url, folder_of
from tests.domain.recorded import FILE, SMALL_FILE, duel, recording
from tests.test_opening import opened, settings_in


def written(folder: Path, data: bytes = SMALL_FILE) -> Path:
    path = folder / "soir.duels.json"
    path.write_bytes(data)
    return path


async def test_the_recordings_of_the_settings_can_be_played_and_their_models_stay_hidden(tmp_path: Path) -> None:
    async with opened(settings_in(tmp_path, recorded=(written(tmp_path),))) as arena:
        (told,) = arena.recordings.listing()
        assert (told.prompt, told.answers) == ("Pourquoi le ciel est-il bleu ?", 2)
        names = [one.answer.model_id for one in arena.recordings.duel(told.id).answers]
        assert names == ["small", "big"]
        assert not {"small", "big"} & {model.id for model in arena.line_up.models}
        assert "Brumaire" not in arena.duel.mask.apply("Je suis de la Maison Brumaire.").text


async def test_what_was_added_is_there_after_a_restart_and_beside_the_database(tmp_path: Path) -> None:
    other = write_recording(recording(duel("small", "big", prompt="Et la mer ?")))
    async with opened(settings_in(tmp_path)) as arena:
        await arena.recordings.add(other, file=FILE)
    assert [path.read_bytes() for path in (tmp_path / "recordings").iterdir()] == [other]
    async with opened(settings_in(tmp_path, recorded=(written(tmp_path),))) as arena:
        assert [one.prompt for one in arena.recordings.listing()] == ["Pourquoi le ciel est-il bleu ?", "Et la mer ?"]


async def test_a_demo_duel_recorded_here_is_played_with_the_models_of_the_catalogue(tmp_path: Path) -> None:
    async with opened(settings_in(tmp_path)) as arena:
        two = [model.id for model in arena.line_up.models[:2]]
        made = await arena.recorder.record("Bonjour ?", two, "fr")
        await arena.recordings.keep(made)
        before = len(arena.line_up.catalogue.models)
    async with opened(settings_in(tmp_path)) as arena:
        assert arena.recordings.all() == (made,)
        assert len(arena.line_up.catalogue.models) == before


async def test_an_arena_does_not_open_without_a_recording_that_it_was_told_of(tmp_path: Path) -> None:
    with pytest.raises(RecordingUnreadable):
        async with opened(settings_in(tmp_path, recorded=(tmp_path / "absent.duels.json",))):
            pass


def test_several_files_may_be_named_in_one_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARENA_RECORDED", "/a/b.duels.json:c.duels.json")
    assert Settings().recorded == (Path("/a/b.duels.json"), Path("c.duels.json"))
    monkeypatch.setenv("ARENA_RECORDED", "")
    assert Settings().recorded == ()


def test_files_are_kept_beside_a_database_file_and_else_in_the_users_folder() -> None:
    assert folder_of("sqlite:////srv/arena/arena.db") == Path("/srv/arena")
    users = folder_of(default_database_url())
    assert folder_of("postgresql://anne@host/arena") == folder_of("sqlite://") == users
