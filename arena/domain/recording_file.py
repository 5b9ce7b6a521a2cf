"""The file of recorded duels: one JSON document that is refused unless every byte is as it was written.

::

    {"format":"cafe-ia-arena/recorded-duels","version":1,"sha256":"…","content":{…}}

It is UTF-8 without a line end, its four members stand in this order, and ``content`` is in canonical form: keys
sorted, no spaces, characters as they are and not escaped where JSON does not ask for it, decimals as Python writes
them. ``sha256`` is that of the canonical content, in hexadecimal. It protects against damage and careless edits; it
is no signature. A file is named ``*.duels.json``.

``content`` holds the fields listed in ``FIELDS``, no more and no fewer: code and catalogue versions, the endpoints
and models that the answers came from, and the duels. Sizes are in billions of parameters, times in seconds, energies in
Wh, moments ISO 8601 in UTC, a range is ``[low, high]``, what was not known is null. Addresses, keys and prices paid are
not in it. The version changes when ``FIELDS`` does, or the meaning of a field.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from typing import Any, NoReturn

from arena.domain.battle import Answer, Usage
from arena.domain.budget import Price
from arena.domain.catalogue import Endpoint, Model
from arena.domain.data_node import LOCALES
from arena.domain.footprint import Grade, NoFigure
from arena.domain.plain_form import FieldFault, PlainForm
from arena.domain.provenance import (
    QUANTITIES,
    Band,
    FootprintInputs,
    FootprintValues,
    MeterReading,
    StoredFootprint,
)
from arena.domain.recording import LEAST_ANSWERS, WHOLE, RecordedAnswer, RecordedDuel, Recording
from arena.errors.recordings import (
    NotARecording,
    RecordingDamaged,
    RecordingDoubled,
    RecordingFieldWrong,
    RecordingForeign,
    RecordingIncomplete,
    RecordingTooBig,
)

SUFFIX = ".duels.json"
FORMAT = "cafe-ia-arena/recorded-duels"
VERSION = 1
MOST_BYTES = 20_000_000  # a duel of four answers takes about 20 kB

FIELDS: dict[type, tuple[str, ...]] = {
    Recording: ("code_version", "catalogue_version", "endpoints", "models", "duels"),
    RecordedDuel: ("id", "prompt", "locale", "theme", "answers"),
    RecordedAnswer: ("answer", "footprint", "recorded_at", "model_version", "energy_per_token_wh"),
    Answer: (
        "model_id",
        "status",
        "text",
        "reasoning",
        "usage",
        "token_source",
        "first_token_s",
        "duration_s",
        "self_named",
    ),
    Usage: ("input_tokens", "output_tokens", "reasoning_tokens"),
    StoredFootprint: ("inputs", "values"),
    FootprintInputs: tuple(one.name for one in fields(FootprintInputs)),
    FootprintValues: ("method", "grade", "no_figure_reason", "raw", "displayed"),
    MeterReading: ("meter", "gross_wh", "idle_w", "net_wh", "window_s"),
    Band: ("low", "central", "high"),
    Endpoint: ("id", "name", "kind", "zone", "pue", "wue_l_per_kwh", "source"),
    Model: tuple(one.name for one in fields(Model)),
    Price: ("input_eur_per_mtok", "output_eur_per_mtok", "source", "date"),
}
FORM = PlainForm(FIELDS, {Endpoint: {"base_url": ""}})

_HEAD = f'{{"format":"{FORMAT}",'
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,199}")
THEME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def duel_of(prompt: str, locale: str, theme: str | None, answers: Iterable[RecordedAnswer]) -> RecordedDuel:
    """A recorded duel with the id that its content gives it. Texts lose what no file and no database can hold."""
    bare = RecordedDuel("", _plain(prompt), locale, theme, tuple(map(_bare, answers)))
    return replace(bare, id=digest_of(bare))


def digest_of(duel: RecordedDuel) -> str:
    """The id of a duel: it rests on all but the names of the models, which may be others elsewhere."""
    nameless = tuple(replace(renamed(one, ""), model_version=None) for one in duel.answers)
    form = FORM.encode(RecordedDuel, replace(duel, id="", answers=nameless))
    return hashlib.sha256(_canonical(form)).hexdigest()[:32]


def renamed(recorded: RecordedAnswer, model_id: str) -> RecordedAnswer:
    """The same answer by a model of another id."""
    kept = recorded.footprint
    if kept is not None:
        kept = StoredFootprint(replace(kept.inputs, model_id=model_id), kept.values)
    return replace(recorded, answer=replace(recorded.answer, model_id=model_id), footprint=kept)


def write_recording(recording: Recording) -> bytes:
    """The bytes of the file."""
    content = _canonical(FORM.encode(Recording, recording))
    digest = hashlib.sha256(content).hexdigest()
    return f'{_HEAD}"version":{VERSION},"sha256":"{digest}","content":'.encode() + content + b"}"


def read_recording(data: bytes, *, file: str, least_answers: int = LEAST_ANSWERS) -> Recording:
    """The recording that a file holds: all of it or nothing. ``file`` is its name in errors, which say where and what.

    Raises a RecordingError: RecordingTooBig, NotARecording, RecordingForeign, RecordingDamaged, RecordingFieldWrong,
    RecordingDoubled or RecordingIncomplete.
    """
    content = _content_of(data, file)
    try:
        recording: Recording = FORM.decode(Recording, content, "content")
        for fault in _faults(recording):
            raise fault
    except FieldFault as fault:
        raise RecordingFieldWrong(fault.reason, file=file, place=fault.place) from None
    _refuse_doubles(recording, file)
    _refuse_incomplete(recording, file, least_answers)
    return recording


def _bare(recorded: RecordedAnswer) -> RecordedAnswer:
    """The answer as a file holds it: whoever plays it pays nothing, and nobody was replaced."""
    answer = recorded.answer
    text, reasoning = _plain(answer.text), _plain(answer.reasoning)
    return replace(
        recorded,
        answer=replace(answer, text=text, reasoning=reasoning, error_key=None, replaced=None, cost_eur=None),
    )


def _plain(text: str) -> str:
    """The text without half surrogate pairs and NUL characters."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "")


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _content_of(data: bytes, file: str) -> Any:
    """The content of an undamaged file."""
    if len(data) > MOST_BYTES:
        raise RecordingTooBig(file=file, limit=MOST_BYTES // 1_000_000)
    try:
        document = json.loads(data.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        if data.startswith(_HEAD.encode()):
            raise RecordingDamaged("damaged or cut short", file=file) from None
        raise NotARecording("not a file of recorded duels", file=file) from None
    if type(document) is not dict or document.get("format") != FORMAT:
        raise NotARecording("not a file of recorded duels", file=file)
    _check_version(document.get("version"), file)
    if not _is_untouched(document, data):
        raise RecordingDamaged("damaged or edited: its checksum does not fit its content", file=file)
    return document["content"]


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _check_version(version: object, file: str) -> None:
    if type(version) is not int:
        raise RecordingFieldWrong("expected a whole number", file=file, place="version")
    if version != VERSION:
        raise RecordingForeign(version, VERSION, file=file)


def _is_untouched(document: dict[str, Any], data: bytes) -> bool:
    """Whether the checksum fits, and the bytes are the only ones that say the same."""
    try:
        content = _canonical(document.get("content"))
    except (ValueError, RecursionError):  # half surrogate pairs, or too deep
        return False
    digest = hashlib.sha256(content).hexdigest()
    return data == f'{_HEAD}"version":{VERSION},"sha256":"{digest}","content":'.encode() + content + b"}"


def _faults(recording: Recording) -> Iterator[FieldFault]:
    """What each field alone allows and all of them together do not."""
    endpoints = {one.id for one in recording.endpoints}
    models = {one.id for one in recording.models}
    for index, endpoint in enumerate(recording.endpoints):
        yield from _faults_of_id(endpoint.id, f"content.endpoints[{index}].id")
    for index, model in enumerate(recording.models):
        place = f"content.models[{index}]"
        yield from _faults_of_id(model.id, f"{place}.id")
        if not model.display_name.strip():
            yield FieldFault(f"{place}.display_name", "empty")
        if model.endpoint_id not in endpoints:
            yield FieldFault(f"{place}.endpoint_id", "no endpoint of that id")
    for index, duel in enumerate(recording.duels):
        yield from _faults_of_duel(duel, models, f"content.duels[{index}]")


def _faults_of_id(given: str, place: str) -> Iterator[FieldFault]:
    if not _ID.fullmatch(given):
        yield FieldFault(place, "expected an id without spaces")


def _faults_of_duel(duel: RecordedDuel, models: set[str], place: str) -> Iterator[FieldFault]:
    if not duel.prompt.strip():
        yield FieldFault(f"{place}.prompt", "empty")
    if duel.locale not in LOCALES:
        yield FieldFault(f"{place}.locale", f"expected one of {', '.join(LOCALES)}")
    if duel.theme is not None and not THEME.fullmatch(duel.theme):
        yield FieldFault(f"{place}.theme", "expected an id in small letters")
    for index, recorded in enumerate(duel.answers):
        yield from _faults_of_answer(recorded, models, f"{place}.answers[{index}]")
    if duel.id != digest_of(duel):
        yield FieldFault(f"{place}.id", "not the digest of the duel")


def _faults_of_answer(recorded: RecordedAnswer, models: set[str], place: str) -> Iterator[FieldFault]:
    answer, kept = recorded.answer, recorded.footprint
    if answer.model_id not in models:
        yield FieldFault(f"{place}.answer.model_id", "no model of that id")
    amounts = {
        "answer.first_token_s": answer.first_token_s,
        "answer.duration_s": answer.duration_s,
        "energy_per_token_wh": recorded.energy_per_token_wh,
        **{f"answer.usage.{name}": getattr(answer.usage, name) for name in FIELDS[Usage]},
    }
    for name, amount in amounts.items():
        if amount is not None and amount < 0:
            yield FieldFault(f"{place}.{name}", "below 0")
    if kept is not None:
        if kept.inputs.model_id != answer.model_id:
            yield FieldFault(f"{place}.footprint.inputs.model_id", "of another model than the answer")
        yield from _faults_of_reading(kept.inputs.reading, f"{place}.footprint.inputs.reading")
        yield from _faults_of_values(kept.values, f"{place}.footprint.values")


def _faults_of_reading(reading: MeterReading | None, place: str) -> Iterator[FieldFault]:
    for name in ("gross_wh", "idle_w", "net_wh", "window_s"):
        if reading is not None and getattr(reading, name) < 0:
            yield FieldFault(f"{place}.{name}", "below 0")


def _faults_of_values(values: FootprintValues, place: str) -> Iterator[FieldFault]:
    if values.grade not in list(Grade):
        yield FieldFault(f"{place}.grade", f"expected one of {', '.join(Grade)}")
    if values.no_figure_reason is not None and values.no_figure_reason not in list(NoFigure):
        yield FieldFault(f"{place}.no_figure_reason", "unknown reason")
    for name in (*values.raw, *values.displayed):
        if name not in QUANTITIES:
            yield FieldFault(f"{place}.{name[:40]}", "unknown quantity")
    for name, span in values.raw.items():
        if span.low < 0:
            yield FieldFault(f"{place}.raw.{name}", "below 0")
    for name, band in values.displayed.items():
        if not 0 <= band.low <= band.central <= band.high:
            yield FieldFault(f"{place}.displayed.{name}", "low, central and high are not in order")


def _refuse_doubles(recording: Recording, file: str) -> None:
    ids = {
        "content.endpoints": [one.id for one in recording.endpoints],
        "content.models": [one.id for one in recording.models],
        "content.duels": [one.id for one in recording.duels],
        **{
            f"content.duels[{index}].answers": [one.answer.model_id for one in duel.answers]
            for index, duel in enumerate(recording.duels)
        },
    }
    for place, given in ids.items():
        seen: set[str] = set()
        for index, one in enumerate(given):
            if one in seen:
                raise RecordingDoubled("the same id a second time", file=file, place=f"{place}[{index}]")
            seen.add(one)


def _refuse_incomplete(recording: Recording, file: str, least_answers: int) -> None:
    for number, duel in enumerate(recording.duels):
        place = f"content.duels[{number}].answers"
        for index, recorded in enumerate(duel.answers):
            if recorded.answer.status not in WHOLE or not recorded.answer.text.strip():
                raise RecordingIncomplete("this answer is not complete", file=file, place=f"{place}[{index}]")
        if len(duel.answers) < least_answers:
            raise RecordingIncomplete(f"fewer than {least_answers} answers", file=file, place=place)
