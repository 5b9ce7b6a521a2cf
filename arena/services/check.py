"""Asks every available model for two words, to know before the room does which of them work."""

import asyncio
import time
from dataclasses import dataclass

import httpx

from arena.errors import EndpointError
from arena.providers.chat import ChatMessage, Patience, ReasoningDelta, TextDelta, UsageReport
from arena.providers.openai_chat import stream_chat
from arena.services.line_up import LineUp

_QUESTION = (ChatMessage("user", "Réponds par deux mots seulement : bonjour monde."),)
_MAX_TOKENS = 300  # a model that thinks first needs room for it
_PATIENCE = Patience(connect_s=5.0, first_word_s=30.0, silence_s=20.0, whole_answer_s=60.0)


@dataclass(frozen=True, slots=True)
class ModelCheck:
    """How one model did: ``error_key`` is None when it answered. Times in seconds."""

    model_id: str
    endpoint_id: str
    error_key: str | None
    first_token_s: float | None = None
    tokens_per_s: float | None = None
    reports_usage: bool = False


async def check_models(client: httpx.AsyncClient, line_up: LineUp) -> tuple[ModelCheck, ...]:
    """Check all available models, as many at a time as their endpoints allow."""
    checks = await asyncio.gather(*(_check(client, line_up, m.id) for m in line_up.models))
    return tuple(checks)


async def _check(client: httpx.AsyncClient, line_up: LineUp, model_id: str) -> ModelCheck:
    async with line_up.place_at(model_id):
        return await ask_two_words(client, line_up, model_id, _PATIENCE)


async def ask_two_words(client: httpx.AsyncClient, line_up: LineUp, model_id: str, patience: Patience) -> ModelCheck:
    """Ask one model, whose place at its endpoint the caller has."""
    endpoint_id = line_up.catalogue.models[model_id].endpoint_id
    started = time.monotonic()
    first: float | None = None
    pieces, output_tokens = 0, None
    try:
        request = line_up.request(model_id, _QUESTION, _MAX_TOKENS)
        async for event in stream_chat(client, request, patience):
            match event:
                case TextDelta() | ReasoningDelta():
                    first = first or time.monotonic() - started
                    pieces += 1
                case UsageReport(usage):
                    output_tokens = usage.output_tokens
    except EndpointError as error:
        return ModelCheck(model_id, endpoint_id, error.key)
    writing_s = time.monotonic() - started - (first or 0)
    tokens = output_tokens or pieces
    return ModelCheck(
        model_id,
        endpoint_id,
        error_key=None,
        first_token_s=first,
        tokens_per_s=tokens / writing_s if writing_s > 0 else None,
        reports_usage=output_tokens is not None,
    )
