"""The byte stream of a chat completion, cut into lines and decoded into JSON values.

Why not httpx's ``aiter_lines`` or the decoder of httpx-sse: both work on text, so every chunk is decoded to
``str`` and split there (httpx also at U+2028 and U+0085, which may stand inside a JSON string), and orjson
wants bytes again. Line ends are single bytes that never occur inside a UTF-8 character, so the bytes can be
cut first and no character is ever torn.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import orjson

from arena.errors import MalformedReply

MAX_LINE_BYTES = 1_000_000
_BOM = b"\xef\xbb\xbf"
_DONE = b"[DONE]"
_QUIET_FIELDS = frozenset({b"event", b"id", b"retry"})
_BLANKS = re.compile(r"\s*")
_DECODER = json.JSONDecoder()


class LineSplitter:
    """Bytes in, whole lines out. A line ends at LF, CR or CRLF, wherever the chunks were cut."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._held_bytes = 0
        self._after_cr = False

    def feed(self, chunk: bytes) -> list[bytes]:
        """The lines that this chunk completes, without their ends. Raises MalformedReply."""
        if self._after_cr and chunk:
            chunk = chunk.removeprefix(b"\n")
            self._after_cr = False
        if not chunk:
            return []
        lines = chunk.splitlines()
        if len(lines[0]) + self._held_bytes > MAX_LINE_BYTES:
            raise MalformedReply("a line is too long")
        if chunk.endswith((b"\n", b"\r")):
            self._after_cr = chunk.endswith(b"\r")
            return self._completed(lines)
        rest = lines.pop()
        complete = self._completed(lines) if lines else []
        self._pieces.append(rest)
        self._held_bytes += len(rest)
        return complete

    def rest(self) -> bytes:
        """The last line, when the stream ended without a line end."""
        return b"".join(self._pieces)

    def _completed(self, lines: list[bytes]) -> list[bytes]:
        if self._pieces:
            lines[0] = b"".join((*self._pieces, lines[0]))
            self._pieces.clear()
            self._held_bytes = 0
        return lines


class ChunkDecoder:
    """Bytes in, JSON values out: of server-sent events, or of a plain JSON body.

    A ``data`` line that is JSON by itself is handed over at once, without waiting for the empty line after
    it: some servers forget that line. Raises MalformedReply.
    """

    def __init__(self) -> None:
        self.is_done = False  # [DONE] was read; whatever follows is ignored
        self.is_strange = False  # a line belonged to no protocol known here
        self._splitter = LineSplitter()
        self._held: list[bytes] = []
        self._held_bytes = 0
        self._has_begun = False
        self.is_body = False  # a plain JSON body instead of events

    def feed(self, chunk: bytes) -> Iterator[Any]:
        """The values that this chunk completes."""
        for line in self._splitter.feed(chunk):
            if self.is_done:
                return
            if line.startswith(b"data:") and not self._held:
                try:
                    value = orjson.loads(line[5:])
                except orjson.JSONDecodeError:
                    yield from self._uncommon(line)
                else:
                    self._has_begun = True
                    yield value
            else:
                yield from self._uncommon(line)

    def finish(self) -> Iterator[Any]:
        """What was held when the stream ended. Half a last line is a broken stream, not a malformed one."""
        rest = self._splitter.rest()
        if self.is_done:
            return
        if not (rest.removeprefix(_BOM).startswith(b"data:") and _is_half(rest.partition(b":")[2])):
            yield from self.feed(b"\n")
        yield from self._dispatch()

    def _uncommon(self, line: bytes) -> Iterator[Any]:
        if not self._has_begun:
            line = self._begin(line)
        if self.is_body:
            self._hold(line)
        elif not line:
            yield from self._dispatch()
        elif not line.startswith(b":"):
            yield from self._field(line)

    def _begin(self, line: bytes) -> bytes:
        """The first line that says something tells what kind of body this is."""
        line = line.removeprefix(_BOM)
        start = line.lstrip()[:1]
        if start == b"<":
            raise MalformedReply("a page instead of a chat completion")
        self._has_begun = bool(start)
        self.is_body = start in (b"{", b"[")
        return line

    def _field(self, line: bytes) -> Iterator[Any]:
        name, _, value = line.partition(b":")
        if name == b"data" and value.strip() == _DONE:
            yield from self._dispatch()
            self.is_done = True
        elif name == b"data":
            self._hold(value)
        elif name == b"error":  # llama.cpp names the field after what it carries
            self._hold(b'{"error":' + value + b"}")
            yield from self._dispatch()
        elif name not in _QUIET_FIELDS:
            self.is_strange = True

    def _hold(self, value: bytes) -> None:
        self._held.append(value)
        self._held_bytes += len(value) + 1
        if self._held_bytes > MAX_LINE_BYTES:
            raise MalformedReply("an event is too long")

    def _dispatch(self) -> Iterator[Any]:
        payload = b"\n".join(self._held).strip()
        self._held.clear()
        self._held_bytes = 0
        if not payload:
            return
        try:
            values = [orjson.loads(payload)]
        except orjson.JSONDecodeError:
            values = _decoded_leniently(payload)
        yield from values


def _is_half(payload: bytes) -> bool:
    try:
        orjson.loads(payload)
    except orjson.JSONDecodeError:
        return payload.strip() != _DONE
    return False


def _decoded_leniently(payload: bytes) -> list[Any]:
    """Read what orjson rightly refuses: values in a row, NaN, bytes outside UTF-8, half surrogate pairs."""
    text = payload.decode("utf-8", "replace")
    values = []
    index = 0
    try:
        while index < len(text):
            value, end = _DECODER.raw_decode(text, index)
            values.append(_mended(value))
            blanks = _BLANKS.match(text, end)
            index = blanks.end() if blanks else end
    except (ValueError, RecursionError):  # RecursionError: ten thousand brackets
        raise MalformedReply("not JSON") from None
    return values


def _mended(value: Any) -> Any:
    """The same value with half surrogate pairs replaced, since no database and no page can encode them."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list):
        return [_mended(item) for item in value]
    if isinstance(value, dict):
        return {key: _mended(item) for key, item in value.items()}
    return value
