"""Dataclasses as plain JSON values and back, by an explicit list of their fields."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from arena.domain.quantity import Range

MOST_CHARACTERS = 400_000  # of one text
MOST_ENTRIES = 10_000  # of one list or mapping
LARGEST_WHOLE = 10**12


class FieldFault(Exception):
    """A value does not fit its field; ``place`` is the path to it."""

    def __init__(self, place: str, reason: str) -> None:
        self.place = place
        self.reason = reason
        super().__init__(f"{place}: {reason}")


@dataclass(frozen=True, slots=True)
class PlainForm:
    """Which fields of which types are written, all of them and no others.

    ``fields`` names them by type; fields that are not named take the value in ``filled``, or else their default.
    A field may be a text, a number, a flag, a moment, a word of a vocabulary, a ``Range`` (``[low, high]``), another
    type of the list, a tuple or a mapping by text of these, or None where its type says so.
    """

    fields: Mapping[type, tuple[str, ...]]
    filled: Mapping[type, Mapping[str, object]] = field(default_factory=dict)

    def encode(self, kind: Any, value: Any) -> Any:
        """The JSON value of a value whose type is ``kind``. Decimals stay decimals, even whole ones."""
        if value is None:
            return None
        kind, _ = _without_none(kind)
        origin = get_origin(kind)
        if origin is tuple:
            return [self.encode(get_args(kind)[0], item) for item in value]
        if origin is Mapping:
            return {key: self.encode(get_args(kind)[1], item) for key, item in value.items()}
        if kind in self.fields:
            hints = _hints(kind)
            return {name: self.encode(hints[name], getattr(value, name)) for name in self.fields[kind]}
        return _encode_plain(kind, value)

    def decode(self, kind: Any, value: Any, place: str) -> Any:
        """The value of type ``kind`` that a JSON value stands for. Raises FieldFault with the path."""
        kind, may_be_none = _without_none(kind)
        if value is None:
            if may_be_none:
                return None
            raise FieldFault(place, "missing")
        origin = get_origin(kind)
        if origin is tuple:
            items = _sized(value, list, place)
            return tuple(self.decode(get_args(kind)[0], one, f"{place}[{index}]") for index, one in enumerate(items))
        if origin is Mapping:
            named = _sized(value, dict, place)
            return {key: self.decode(get_args(kind)[1], one, f"{place}.{key[:40]}") for key, one in named.items()}
        if kind in self.fields:
            return self._decode_fields(kind, value, place)
        return _decode_plain(kind, value, place)

    def _decode_fields(self, kind: Any, value: Any, place: str) -> Any:
        given, names = _sized(value, dict, place), self.fields[kind]
        if unknown := sorted(set(given) - set(names)):
            raise FieldFault(f"{place}.{unknown[0][:40]}", "unknown field")
        if missing := [name for name in names if name not in given]:
            raise FieldFault(f"{place}.{missing[0]}", "missing")
        hints = _hints(kind)
        fields = {name: self.decode(hints[name], given[name], f"{place}.{name}") for name in names}
        return kind(**fields, **self.filled.get(kind, {}))


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _without_none(kind: Any) -> tuple[Any, bool]:
    """The type, and whether it may be None."""
    if get_origin(kind) not in (Union, UnionType):
        return kind, False
    (only,) = (one for one in get_args(kind) if one is not type(None))
    return only, True


def _encode_plain(kind: Any, value: Any) -> Any:
    if kind is Range:
        return [float(value.low), float(value.high)]
    if kind is float:
        return float(value)
    if kind is datetime:
        return value.astimezone(UTC).isoformat()
    return str(value) if issubclass(kind, str) else value


def _decode_plain(kind: Any, value: Any, place: str) -> Any:
    if kind is Range:
        return _range(value, place)
    if kind is float:
        return _decimal(value, place)
    if kind is int:
        return _whole(value, place)
    if kind is bool:
        return _of_type(value, bool, place)
    text: str = _text(value, place)
    if kind is datetime:
        return _moment(text, place)
    return _word(kind, text, place) if issubclass(kind, StrEnum) else text


def _of_type(value: Any, kind: type, place: str) -> Any:
    if type(value) is not kind:
        names = {list: "a list", dict: "an object", str: "a text", bool: "true or false"}
        raise FieldFault(place, f"expected {names[kind]}")
    return value


def _sized(value: Any, kind: type, place: str) -> Any:
    if len(_of_type(value, kind, place)) > MOST_ENTRIES:
        raise FieldFault(place, f"more than {MOST_ENTRIES} entries")
    return value


def _text(value: Any, place: str) -> str:
    text: str = _of_type(value, str, place)
    if len(text) > MOST_CHARACTERS:
        raise FieldFault(place, f"more than {MOST_CHARACTERS} characters")
    if "\x00" in text:  # which PostgreSQL cannot keep
        raise FieldFault(place, "not plain text")
    return text


def _decimal(value: Any, place: str) -> float:
    if type(value) not in (int, float) or not abs(value) <= LARGEST_WHOLE or not math.isfinite(value):
        raise FieldFault(place, "expected a number")
    return float(value)


def _whole(value: Any, place: str) -> int:
    if type(value) is not int or abs(value) > LARGEST_WHOLE:
        raise FieldFault(place, "expected a whole number")
    return value


def _range(value: Any, place: str) -> Range:
    ends = _of_type(value, list, place)
    if len(ends) != 2:
        raise FieldFault(place, "expected [low, high]")
    try:
        return Range(*(_decimal(end, place) for end in ends))
    except ValueError as error:
        raise FieldFault(place, str(error)) from None


def _moment(text: str, place: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.utcoffset() is None:
        raise FieldFault(place, "expected a moment with its offset")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise FieldFault(place, "expected a moment of our times") from None


def _word(vocabulary: type[StrEnum], text: str, place: str) -> StrEnum:
    try:
        return vocabulary(text)
    except ValueError:
        raise FieldFault(place, f"expected one of {', '.join(vocabulary)}") from None
