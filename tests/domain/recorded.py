"""Recordings to write, to read and to damage."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from arena.domain.battle import Answer, AnswerStatus
from arena.domain.budget import Price
from arena.domain.catalogue import Endpoint, Model, Openness, Reasoning
from arena.domain.provenance import MeterReading, StoredFootprint
from arena.domain.quantity import Range
from arena.domain.recording import RecordedAnswer, RecordedDuel, Recording
from arena.domain.recording_file import duel_of, write_recording
from tests.storage.making import NOON, WRITTEN, make_inputs, make_values

FILE = "café.duels.json"
HOST = Endpoint(
    "host", "Xylofer Hosting", "", zone="FRA", pue=Range(1.1, 1.2), wue_l_per_kwh=Range(0, 1), source="test"
)


def model(model_id: str, **changes: Any) -> Model:
    """A descriptor with something in most of its fields."""
    whole = Model(
        id=model_id,
        wire_name=f"brumaire/{model_id}",
        endpoint_id="host",
        display_name=f"Xylofer {model_id}",
        maker="Maison Brumaire",
        openness=Openness.OPEN_WEIGHTS,
        total_params_b=Range(8, 9),
        active_params_b=Range.exactly(8),
        reasoning=Reasoning.HYBRID,
        aliases=("Xylo",),
        price=Price(0.1, 0.3, "invented", "2026-01"),
        description={"fr": "Inventé.", "en": "Invented."},
    )
    return replace(whole, **changes)


def answer_of(model_id: str, energy_wh: float | None = 0.001, **changes: Any) -> RecordedAnswer:
    """A whole answer; ``changes`` are those of the answer itself."""
    answer: Answer = replace(WRITTEN, model_id=model_id, replaced=None, status=AnswerStatus.COMPLETE, **changes)
    inputs = replace(make_inputs(), model_id=model_id, reading=MeterReading("rapl", 1.5, 3.0, 1.25, 300.0))
    return RecordedAnswer(answer, StoredFootprint(inputs, make_values()), NOON, f"{model_id}-2026-03", energy_wh)


def duel(*models: str, prompt: str = "Pourquoi le ciel est-il bleu ?", theme: str | None = "science") -> RecordedDuel:
    """A duel of these models."""
    return duel_of(prompt, "fr", theme, [answer_of(model_id) for model_id in models])


def recording(*duels: RecordedDuel) -> Recording:
    """A recording that holds what its duels need."""
    ids = dict.fromkeys(one.answer.model_id for each in duels for one in each.answers)
    return Recording("0.1.0", "c0ffee", (HOST,), tuple(map(model, ids)), duels)


def rewritten(data: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    """The file after a change of its content by somebody who knows how to compute the checksum again."""
    document = json.loads(data)
    change(document["content"])
    content = json.dumps(document["content"], sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    head = f'{{"format":"{document["format"]}","version":{document["version"]},"sha256":"'
    return f'{head}{hashlib.sha256(content).hexdigest()}","content":'.encode() + content + b"}"


SMALL_FILE = write_recording(recording(duel("small", "big")))
