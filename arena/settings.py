"""The settings of the program; the only reader of the environment."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Settings(BaseSettings):
    """Every setting with its default; each can be given as ``ARENA_<NAME>``. Times in seconds."""

    model_config = SettingsConfigDict(env_prefix="ARENA_", env_ignore_empty=True, extra="ignore", frozen=True)

    database_url: str | None = None
    """SQLAlchemy URL; by default a SQLite file in the user's data folder."""
    catalogue: Path | None = None
    """The catalogue file; by default models.yaml of the current folder, else the shipped one."""
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 7860
    default_locale: Literal["fr", "en"] = "fr"
    find_local_servers: bool = True
    """Look for model servers on their usual loopback ports at start."""
    measure: Literal["auto", "never"] = "auto"
    """Measure local answers with the energy counter of this machine, one at a time: where there is one, or never."""
    demo: Literal["auto", "always", "never"] = "auto"
    """Scripted demo models: only when fewer than two others are available, always, or never."""
    demo_speed: Annotated[float, Field(gt=0)] = 1.0
    max_answer_tokens: Annotated[int, Field(ge=16, le=32_000)] = 1000
    max_turns: Annotated[int, Field(ge=1, le=50)] = 6
    max_prompt_chars: Annotated[int, Field(ge=100, le=100_000)] = 2000
    max_battles_per_hour: Annotated[int, Field(ge=1, le=10_000)] = 30
    """Battles that one visitor may start within an hour, rematches included."""
    failures_to_pause: Annotated[int, Field(ge=1, le=100)] = 3
    """A model that fails so often in a row leaves the draw until a probe succeeds."""
    first_pause_s: Annotated[float, Field(gt=0)] = 30.0
    longest_pause_s: Annotated[float, Field(gt=0)] = 600.0
    """Each probe that fails doubles the pause, up to this."""
    slow_first_token_s: Annotated[float, Field(gt=0)] = 5.0
    """Above this median a model is shown as slow to organisers."""
    watcher_grace_s: Annotated[float, Field(gt=0)] = 15.0
    silence_s: Annotated[float, Field(gt=0)] = 20.0
    whole_answer_s: Annotated[float, Field(gt=0)] = 180.0
    need_question: Literal["after", "before", "never"] = "after"
    """When people are asked whether they could have done without an AI: after the footprints, before sending, never."""
    retention_days: Annotated[int, Field(ge=0, le=3650)] = 30
    """Days after which the texts of a battle outside of any event are emptied; events have a delay of their own."""
    contact: str = ""
    """Whom people may write to about their data, as the privacy page says it: a name, an address; or nobody."""
    open_event: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{6}$")] | None = None
    """The code of the event of those who typed none, while it is open."""
    deployer_secret: Annotated[SecretStr, Field(min_length=32)] | None = None
    """Opens every event and makes new ones on the organisers' page; without it, only the command line does."""
    recorded: Annotated[tuple[Path, ...], NoDecode] = ()
    """Files of recorded duels to play, separated as in ``PATH``."""
    public_leaderboard: bool = False
    """Show the leaderboard of all votes to everybody, at /fr/leaderboard and /en/leaderboard."""
    secure_cookie: bool = False
    """Send the cookies over https only; set it behind a TLS proxy."""

    @field_validator("recorded", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """One text with several paths, as a variable holds them."""
        return [part for part in value.split(os.pathsep) if part] if isinstance(value, str) else value


def environment() -> Mapping[str, str]:
    """The process environment, for the keys that the catalogue names."""
    return os.environ
