"""What can be wrong with a file of recorded duels; the words of each are in the locale files.

RecordingError (a RequestError: whoever offered the file can be told)
├── RecordingUnreadable   the file cannot be opened
├── NotARecording         another kind of file
├── RecordingTooBig       larger than any recording may be
├── RecordingForeign      a format version that this version does not read (which)
├── RecordingDamaged      cut short, damaged or edited: the checksum is another
├── RecordingFieldWrong   a field is missing, unknown or impossible (its path)
├── RecordingDoubled      the same id twice (where)
├── RecordingIncomplete   an answer that did not come to its end, or fewer than two (where)
└── RecordedDuelNotFound  no recorded duel of that id
"""

from arena.errors.tree import RequestError


class RecordingError(RequestError):
    """Names the file, the place in it where there is one, and the reason. Nothing of the file was taken."""

    key = "error.recording"

    def __init__(self, reason: str, *, file: str, place: str = "", **values: object) -> None:
        self.reason = reason
        self.file = file
        self.place = place
        self.values = {"file": file, "place": place, **values}
        super().__init__(": ".join(part for part in (file, place, reason) if part))


class RecordingUnreadable(RecordingError):
    """No such file, or one that may not be read."""

    key = "error.recording.unreadable"


class NotARecording(RecordingError):
    """Not JSON, or not the JSON of recorded duels."""

    key = "error.recording.other_file"


class RecordingTooBig(RecordingError):
    """More bytes than a recording may have; ``limit`` is in megabytes."""

    key = "error.recording.too_big"

    def __init__(self, *, file: str, limit: int) -> None:
        super().__init__(f"larger than {limit} MB", file=file, limit=limit)


class RecordingForeign(RecordingError):
    """A recording in another version of the format, which is named."""

    key = "error.recording.foreign"

    def __init__(self, version: int, own: int, *, file: str) -> None:
        self.version = version
        super().__init__(
            f"format version {version}, but this arena reads version {own} only", file=file, version=version, own=own
        )


class RecordingDamaged(RecordingError):
    """Not the bytes that were written once."""

    key = "error.recording.damaged"


class RecordingFieldWrong(RecordingError):
    """A field of an undamaged file that this version cannot take; ``place`` is its path."""

    key = "error.recording.field"


class RecordingDoubled(RecordingError):
    """Two entries with the same id; ``place`` is the second."""

    key = "error.recording.doubled"


class RecordingIncomplete(RecordingError):
    """A duel needs two answers, each of which came to its end."""

    key = "error.recording.incomplete"


class RecordedDuelNotFound(RequestError):
    """No recorded duel of that id is here."""

    key = "error.recording.not_found"
