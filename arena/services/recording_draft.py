"""A recording that grows answer by answer: what came is on the disk before the next one is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from arena import __version__
from arena.domain.catalogue import Catalogue
from arena.domain.recorded_models import pack, settle
from arena.domain.recording import LEAST_ANSWERS, RecordedAnswer, RecordedDuel
from arena.domain.recording_file import duel_of, read_recording, write_recording
from arena.services.recording_prompts import PromptToRecord
from arena.storage.recordings import read_file, write_whole


@dataclass(slots=True)
class RecordingDraft:
    """The answers to each prompt so far. ``out`` is written at the end, a file of the same name and ``.part`` before.

    Each method blocks. Answers by a model of which something else was known when they came count as another's.
    """

    out: Path
    catalogue: Catalogue
    _answers: dict[PromptToRecord, list[RecordedAnswer]] = field(default_factory=dict)

    @property
    def part(self) -> Path:
        """Where everything is until all is there."""
        return self.out.with_name(f"{self.out.name}.part")

    def resume(self) -> int:
        """Take what earlier runs left; how many answers that is. Raises RecordingError for another kind of file."""
        for path in (self.out, self.part):
            if path.exists():
                recording = read_recording(read_file(path), file=path.name, least_answers=1)
                settled = settle(recording, self.catalogue)
                endpoints = {**self.catalogue.endpoints, **{one.id: one for one in settled.endpoints}}
                models = {**self.catalogue.models, **{one.id: one for one in settled.models}}
                self.catalogue = replace(self.catalogue, endpoints=endpoints, models=models)
                for duel in settled.duels:
                    self._take(duel)
        return sum(map(len, self._answers.values()))

    def missing(self, prompt: PromptToRecord, models: Sequence[str]) -> list[str]:
        """The models that have not answered yet."""
        there = {one.answer.model_id for one in self._answers.get(prompt, ())}
        return [model_id for model_id in models if model_id not in there]

    def add(self, prompt: PromptToRecord, recorded: RecordedAnswer) -> None:
        """Keep an answer. Raises StorageError."""
        self._answers.setdefault(prompt, []).append(recorded)
        write_whole(self.part, self._written(self._duels(least=1)))

    def finish(self, models: Sequence[str]) -> Sequence[RecordedDuel]:
        """Write the duels that have two answers or more; what is left over stays in the other file.

        The answers of a duel stand in the order of ``models``. Raises StorageError.
        """
        place = {model_id: index for index, model_id in enumerate(models)}
        for answers in self._answers.values():
            answers.sort(key=lambda one: place.get(one.answer.model_id, len(place)))
        duels = self._duels(least=LEAST_ANSWERS)
        if duels:
            write_whole(self.out, self._written(duels))
        if len(duels) == len(self._answers):
            self.part.unlink(missing_ok=True)
        return duels

    def _take(self, duel: RecordedDuel) -> None:
        prompt = PromptToRecord(duel.prompt, duel.locale, duel.theme)
        missing = self.missing(prompt, [one.answer.model_id for one in duel.answers])
        known = self._answers.setdefault(prompt, [])
        known += [one for one in duel.answers if one.answer.model_id in missing]

    def _duels(self, *, least: int) -> Sequence[RecordedDuel]:
        return [
            duel_of(asked.prompt, asked.locale, asked.theme, answers)
            for asked, answers in self._answers.items()
            if len(answers) >= least
        ]

    def _written(self, duels: Sequence[RecordedDuel]) -> bytes:
        versions = {"code_version": __version__, "catalogue_version": self.catalogue.version}
        return write_recording(pack(duels, self.catalogue, **versions))
