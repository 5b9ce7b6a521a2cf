"""A prompt that was asked, as its organiser may see it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AskedPrompt:
    """One prompt of a battle: its place, its words, when it was asked. Nobody is named."""

    battle_id: str
    turn_index: int
    prompt: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PromptPage:
    """Some prompts, newest first, and whether there are more."""

    prompts: tuple[AskedPrompt, ...] = ()
    has_more: bool = False
