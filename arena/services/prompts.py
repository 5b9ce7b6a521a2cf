"""The rules a prompt must pass before it is sent anywhere."""

from dataclasses import dataclass

from arena.domain.personal_data import find_personal_data
from arena.errors import PromptRejected


@dataclass(frozen=True, slots=True)
class PromptRules:
    """Length in characters; free text is also searched for personal data."""

    max_chars: int = 2000

    def checked(self, text: str) -> str:
        """The prompt, trimmed. Raises PromptRejected: empty, too long, or personal data (which kinds)."""
        trimmed = text.replace("\x00", "").strip()
        if not trimmed:
            raise PromptRejected("error.prompt.empty")
        if len(trimmed) > self.max_chars:
            raise PromptRejected("error.prompt.too_long", length=len(trimmed), limit=self.max_chars)
        if findings := find_personal_data(trimmed):
            raise PromptRejected(f"error.prompt.{findings[0].kind}")
        return trimmed
