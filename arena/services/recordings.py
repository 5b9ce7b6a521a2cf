"""The recorded duels that this arena can play: from files named at the start, and from those added since."""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from pathlib import Path

from arena import __version__
from arena.domain.recorded_models import pack, settle
from arena.domain.recording import BlindDuel, RecordedDuel, Recording
from arena.domain.recording_file import read_recording, write_recording
from arena.errors import FootprintError
from arena.errors.recordings import RecordedDuelNotFound, RecordingError, RecordingFieldWrong
from arena.services.footprints import FootprintService
from arena.services.line_up import LineUp
from arena.storage.recordings import RecordingShelf, read_file

logger = logging.getLogger(__name__)


class Recordings:
    """Duels by id, in the order in which they came. Their models join the line-up's catalogue as strangers.

    Without a shelf nothing that is added outlives the process.
    """

    def __init__(self, line_up: LineUp, footprints: FootprintService, shelf: RecordingShelf | None = None) -> None:
        self._line_up = line_up
        self._footprints = footprints
        self._shelf = shelf
        self._duels: dict[str, RecordedDuel] = {}

    def open(self, recordings: Iterable[Recording]) -> None:
        """Take recordings that were read before, then what is kept on the shelf; blocks.

        A kept file that is damaged by now is left out and logged: it must not stop the start.
        """
        for recording in recordings:
            self._take(recording)
        for path in self._shelf.files() if self._shelf else ():
            try:
                self._take(read_checked(path, self._footprints))
            except RecordingError as error:
                logger.error("a kept recording is left out: %s", error)

    def all(self) -> Sequence[RecordedDuel]:
        """Every duel."""
        return tuple(self._duels.values())

    def listing(self) -> Sequence[BlindDuel]:
        """What may be told of every duel before its names."""
        return tuple(duel.blind() for duel in self._duels.values())

    def duel(self, duel_id: str) -> RecordedDuel:
        """One duel. Raises RecordedDuelNotFound."""
        duel = self._duels.get(duel_id)
        if duel is None:
            raise RecordedDuelNotFound
        return duel

    async def add(self, data: bytes, *, file: str) -> Sequence[BlindDuel]:
        """Take the content of a file, all of it or nothing, and keep it for the next start; the duels that are new.

        ``file`` is its name in errors and nowhere else. Raises RecordingError, and StorageError when it cannot
        be kept.
        """
        recording = await asyncio.to_thread(_checked, data, file, self._footprints)
        if self._shelf is not None and self._is_news(recording):
            await asyncio.to_thread(self._shelf.keep, data)
        return tuple(duel.blind() for duel in self._take(recording))

    async def keep(self, duel: RecordedDuel) -> Sequence[BlindDuel]:
        """Add a duel that was recorded here. Raises StorageError."""
        return await self.add(self._packed([duel]), file="")

    def _packed(self, duels: Sequence[RecordedDuel]) -> bytes:
        catalogue = self._line_up.catalogue
        packed = pack(duels, catalogue, code_version=__version__, catalogue_version=catalogue.version)
        return write_recording(packed)

    def _is_news(self, recording: Recording) -> bool:
        return any(duel.id not in self._duels for duel in recording.duels)

    def _take(self, recording: Recording) -> Sequence[RecordedDuel]:
        """The duels that were not here yet, which are here now."""
        settled = settle(recording, self._line_up.catalogue)
        self._line_up.welcome(settled.endpoints, settled.models)
        new = [duel for duel in settled.duels if duel.id not in self._duels]
        self._duels.update({duel.id: duel for duel in new})
        return new


def read_checked(path: Path, footprints: FootprintService) -> Recording:
    """The recording of a file, which this version can play and weigh; blocks. Raises RecordingError."""
    return _checked(read_file(path), path.name, footprints)


def _checked(data: bytes, file: str, footprints: FootprintService) -> Recording:
    recording = read_recording(data, file=file)
    _check_figures(recording, file, footprints)
    return recording


def _check_figures(recording: Recording, file: str, footprints: FootprintService) -> None:
    """Compute once whatever a page will compute from it: what is impossible is refused now, not before a room."""
    place = ""
    try:
        for index, model in enumerate(recording.models):
            place = f"content.models[{index}]"
            footprints.energy_per_token_wh(model)
        for number, duel in enumerate(recording.duels):
            for index, recorded in enumerate(duel.answers):
                place = f"content.duels[{number}].answers[{index}].footprint.inputs"
                if recorded.footprint is not None:
                    footprints.estimate(recorded.footprint.inputs)
                    footprints.harmonised(recorded.footprint.inputs)
    except FootprintError as error:
        raise RecordingFieldWrong(f"{error.argument}: {error.reason}", file=file, place=place) from error
