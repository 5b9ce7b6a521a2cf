"""The reply to one chat completion, without any HTTP: bytes in, chat events out."""

from collections.abc import Iterator
from typing import Any

from arena.domain.battle import Usage
from arena.errors import ContentFiltered, EmptyAnswer, MalformedReply, ServerFault, StreamDropped
from arena.providers.chat import ChatEvent, Finished, FinishReason, ReasoningDelta, TextDelta, UsageReport
from arena.providers.endpoint_faults import fault_of_error_object
from arena.providers.sse import ChunkDecoder
from arena.providers.think_tags import Piece, ThinkSplitter

MAX_TOKEN_COUNT = 1_000_000_000  # more than any context: a server's mistake
MAX_NAME = 200  # characters of a model's name
_REASONS: dict[str, FinishReason] = {
    "stop": "stop",
    "eos": "stop",
    "eos_token": "stop",
    "end_turn": "stop",
    "stop_sequence": "stop",
    "length": "length",
    "max_tokens": "length",
    "model_length": "length",  # Mistral
    "content_filter": "content_filter",
    "safety": "content_filter",
}


class ReplyReader:
    """Reads one reply, streamed or whole. Raises EndpointError.

    An endpoint that ignores ``max_tokens`` is cut: after 1.2 times as many deltas (and 20), since a delta is
    seldom less than a token, or after 8 characters for each token, twice the usual four.
    """

    def __init__(self, max_tokens: int) -> None:
        self.has_words = False  # text or reasoning has come
        self.is_cut = False  # more came than was asked for; read no further
        self._decoder = ChunkDecoder()
        self._splitter = ThinkSplitter()
        self._deltas_left = int(max_tokens * 1.2) + 20
        self._characters_left = max_tokens * 8
        self._has_text = False
        self._has_chunks = False
        self._reason: FinishReason | None = None
        self._usage: Usage | None = None
        self._served_as: str | None = None

    @property
    def is_done(self) -> bool:
        """Whether the endpoint said that nothing follows."""
        return self._decoder.is_done

    @property
    def has_ended(self) -> bool:
        """Whether the answer is known to be whole; its usage may still follow."""
        return self._decoder.is_done or self._reason is not None

    def feed(self, data: bytes) -> Iterator[ChatEvent]:
        """The events that these bytes complete; those before a fault come before it is raised."""
        for value in self._decoder.feed(data):
            yield from self._read(value)
            if self.is_cut:
                return

    def finish(self) -> Iterator[ChatEvent]:
        """The last events, once the stream is over: usage if it was reported, then Finished, or the fault."""
        if not self.is_cut:
            for value in self._decoder.finish():
                yield from self._read(value)
        yield from self._events_of(self._splitter.finish())
        if self._usage is not None:
            yield UsageReport(self._usage)
        yield Finished(self._verdict(), self._served_as)

    def _verdict(self) -> FinishReason:
        if self._reason == "content_filter" and not self._has_text:
            raise ContentFiltered("no text before the filter")
        if self._decoder.is_strange and not self._has_chunks:
            raise MalformedReply("not a chat completion")
        if self.has_words and not (self.has_ended or self.is_cut):
            raise StreamDropped("closed before the end")
        if not self._has_text:
            raise EmptyAnswer("no text")
        return "length" if self.is_cut else self._reason or "unknown"

    def _read(self, value: Any) -> list[ChatEvent]:
        """The events of one chunk; a list holds several chunks."""
        if type(value) is not dict:
            if not isinstance(value, list):
                raise MalformedReply("a chunk is not an object")
            return [event for item in value for event in self._read(_an_object(item))]
        if value.get("error") or value.get("object") == "error":
            raise fault_of_error_object(value.get("error") or value)
        self._has_chunks = True
        self._note_usage(value)
        if self._served_as is None:
            self._served_as = _name_of(value.get("model"))
        choices = value.get("choices")
        if not choices:
            return self._check_known(value)
        if not isinstance(choices, list):
            raise MalformedReply("choices is not a list")
        return self._read_choice(_an_object(choices[0]))

    def _check_known(self, value: dict[str, Any]) -> list[ChatEvent]:
        """No choices: the usage at the end, or a keep-alive; as the whole body, another protocol."""
        if self._decoder.is_body and "choices" not in value:
            raise MalformedReply("not a chat completion")
        return []

    def _read_choice(self, choice: dict[str, Any]) -> list[ChatEvent]:
        if choice.get("index"):
            return []  # one answer was asked for: it has index 0
        delta = choice.get("delta") or choice.get("message")
        events = self._read_delta(_an_object(delta)) if delta else []
        reason = choice.get("finish_reason")
        if reason:
            self._note_reason(reason)
        return events

    def _read_delta(self, delta: dict[str, Any]) -> list[ChatEvent]:
        events: list[ChatEvent] = []
        thought = delta.get("reasoning_content") or delta.get("reasoning")
        content = delta.get("content")
        if type(content) is not str and content:
            thinking, content = _text_of_parts(content)
            thought = thought or thinking
        if thought:
            events += self._events_of([Piece(self._within_budget(thought), is_reasoning=True)])
        if content:
            text = self._within_budget(content)
            if self._splitter.is_in_answer and self._has_text:
                return [*events, TextDelta(text)] if text else events
            events += self._events_of(self._splitter.feed(text))
        return events

    def _events_of(self, pieces: list[Piece]) -> list[ChatEvent]:
        events: list[ChatEvent] = []
        for text, is_reasoning in pieces:
            if not text:
                continue
            self.has_words = self.has_words or not text.isspace()
            self._has_text = self._has_text or not (is_reasoning or text.isspace())
            events.append(ReasoningDelta(text) if is_reasoning else TextDelta(text))
        return events

    def _within_budget(self, text: Any) -> str:
        """The text, or as much of it as may still come."""
        if not isinstance(text, str):
            raise MalformedReply("content is not text")
        self._deltas_left -= 1
        allowed = max(self._characters_left, 0) if self._deltas_left >= 0 else 0
        self.is_cut = self.is_cut or len(text) > allowed
        self._characters_left -= len(text)
        return text if len(text) <= allowed else text[:allowed]

    def _note_reason(self, reason: Any) -> None:
        if reason == "error":  # Mistral, OpenRouter
            raise ServerFault("the endpoint gave up")
        if reason != "null":
            self._reason = _REASONS.get(str(reason).lower(), "unknown")

    def _note_usage(self, value: dict[str, Any]) -> None:
        usage = value.get("usage")
        if not usage and "x_groq" in value:
            groq = value["x_groq"]
            usage = groq.get("usage") if isinstance(groq, dict) else None
        if usage and isinstance(usage, dict):
            self._usage = _usage_of(usage) or self._usage


def _name_of(model: Any) -> str | None:
    """What a server calls the model that answers, which may tell its version."""
    return model.strip()[:MAX_NAME] or None if isinstance(model, str) else None


def _an_object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise MalformedReply("an object was expected")
    return value


def _text_of_parts(parts: Any) -> tuple[str, str]:
    """Thinking and text of content given as parts; Mistral nests a list of parts in a thinking part."""
    if not isinstance(parts, list):
        raise MalformedReply("content is not text")
    thinking, text = "", ""
    for part in parts:
        nested = _an_object(part).get("thinking")
        if isinstance(nested, list):
            thinking += _text_of_parts(nested)[1]
        elif isinstance(nested, str):
            thinking += nested
        elif isinstance(part.get("text"), str):
            text += part["text"]
    return thinking, text


def _usage_of(usage: dict[str, Any]) -> Usage | None:
    """Token counts, each None unless it makes sense; None when none does."""
    given, written = _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens"))
    details = usage.get("completion_tokens_details")
    thought = _count(details.get("reasoning_tokens")) if isinstance(details, dict) else None
    if given is not None and written is not None and thought:
        # xAI counts the thinking apart from the completion; the sum gives it away.
        written += thought if usage.get("total_tokens") == given + written + thought else 0
    if thought is not None and written is not None and thought > written:
        thought = None
    known = (given, written, thought)
    return None if known == (None, None, None) else Usage(*known)


def _count(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value <= MAX_TOKEN_COUNT else None
