"""The words between the duel and a model endpoint: one request, a stream of events."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from arena.domain.battle import Usage

Role: TypeAlias = Literal["system", "user", "assistant"]
FinishReason: TypeAlias = Literal["stop", "length", "content_filter", "unknown"]


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of a conversation."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True, repr=False)
class ChatRequest:
    """What to ask of an endpoint. Its repr never shows the key."""

    base_url: str
    wire_name: str
    messages: tuple[ChatMessage, ...]
    max_tokens: int
    api_key: str | None = None

    def __repr__(self) -> str:
        return f"ChatRequest({self.wire_name!r} at {self.base_url!r}, {len(self.messages)} messages)"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for an endpoint, in seconds."""

    connect_s: float = 5.0
    first_word_s: float = 30.0
    silence_s: float = 20.0
    whole_answer_s: float = 180.0


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """A piece of what the model thinks before it answers."""

    text: str


@dataclass(frozen=True, slots=True)
class UsageReport:
    """The endpoint's own token counts."""

    usage: Usage


@dataclass(frozen=True, slots=True)
class Finished:
    """The last event of every stream that ended well.

    ``served_as`` is the name under which the endpoint answered, None where it gave none: two ends are alike
    whatever it is.
    """

    reason: FinishReason
    served_as: str | None = field(default=None, compare=False)


ChatEvent: TypeAlias = TextDelta | ReasoningDelta | UsageReport | Finished
