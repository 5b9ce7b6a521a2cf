"""The explanation of a battle's footprints for a terminal: indented lines, one value each."""

from collections.abc import Iterator, Mapping
from typing import Any

_GRADES = {
    "A": "measured by a counter of the machine that answered",
    "B": "open weights, this model was measured by ML.ENERGY, zone known",
    "C": "open weights, host or load unknown",
    "C-": "open weights, larger than what EcoLogits was checked against",
    "D": "closed, size not published: a supposition",
}
_REASONS = {
    "footprint.none.local": "no number: a local model without a counter",
    "footprint.none.elsewhere": "no number: a local model on another machine, whose counter cannot be read from here",
    "footprint.none.meter_failed": "no number: the counter gave nothing for this answer",
    "footprint.none.unknown_size": "no number: size unknown",
    "footprint.none.no_zone": "no number: electricity mix unknown",
    "footprint.none.no_tokens": "no number: nothing was produced",
}
_AGAIN = {
    "same": "the same values",
    "different": "OTHER VALUES than those stored",
    "not_held": "this version no longer holds the method: neither steps nor margins can be shown",
}


def explanation_lines(explanation: Mapping[str, Any]) -> Iterator[str]:
    """Everything that ``explain`` found, for people."""
    yield f"Battle {explanation['battle']}"
    for answer in explanation["answers"]:
        yield ""
        model = answer["model"] or "no footprint was computed"
        yield f"Turn {answer['turn']}, answer {answer['side'].upper()}: {model}"
        for row in answer["history"]:
            yield from _row(row)


def _row(row: Mapping[str, Any]) -> Iterator[str]:
    shown = "shown to people" if row["is_shown"] else "kept beside, not shown"
    yield f"  {row['method']}, computed {row['computed_at']} ({shown})"
    grade, margin = dict(row["grade"]), row["margin"]
    letter, reason = grade.pop("grade"), grade.pop("no_figure_reason")
    sections = {
        "arguments": row["arguments"],
        "reading of the counter": row["reading"],
        "steps": row["steps"],
        "raw result": {
            key: f"{_words([value['low'], value['high']])} {value['unit']}" for key, value in row["raw"].items()
        },
        f"grade {letter}: {_REASONS.get(reason, reason) if reason else _GRADES.get(letter, letter)}": grade,
        "band around the raw result": margin,
        "displayed": {key: _band(value) for key, value in row["displayed"].items()},
        "versions": row["versions"],
    }
    for title, values in sections.items():
        if values:
            yield f"    {title}"
            yield from _values(values)
    yield f"    computed again now: {_AGAIN.get(row['again'], row['again'])}"


def _values(values: Mapping[str, Any]) -> Iterator[str]:
    width = max(map(len, values))
    for name, value in values.items():
        yield f"      {name:{width}}  {_words(value)}"


def _words(value: Any) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.6g}"
        case [low, high]:
            return _words(low) if low == high else f"{_words(low)} to {_words(high)}"
        case {"divide_low_by": low, "multiply_high_by": high}:
            return f"divided by {low:g}, times {high:g}"
    return str(value)


def _band(value: Mapping[str, Any]) -> str:
    numbers = " / ".join(_words(value[end]) for end in ("low", "central", "high"))
    return f"{value['text']['en']}  ({numbers} {value['unit']})"
