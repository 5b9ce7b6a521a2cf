"""The search for model servers on this machine: Ollama, LM Studio, llama.cpp, vLLM on their usual ports."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import httpx
import orjson

from arena.domain.catalogue import Endpoint, EndpointKind, Model, Openness, Reasoning
from arena.domain.quantity import Range
from arena.providers.endpoint_faults import HTTPX_ERRORS

MAX_BODY_BYTES = 4_000_000  # Ollama's details quote the licence and the template
MAX_PARALLEL_DETAILS = 8

_NOT_A_CHAT_MODEL = re.compile(r"embed|rerank|(^|[/:_-])bge-|whisper")
_BITS = re.compile(r"(?:^|[^a-z])(?:i?q|mxfp|nvfp|fp|bf|f|nf|int|w)(\d{1,2})(?:[^0-9]|$)|(\d)-?bit", re.I)
_BILLIONS = re.compile(r"([\d.]+)\s*([MBT])", re.I)
_SCALE = {"M": 1e-3, "B": 1.0, "T": 1e3}


class LocalDialect(StrEnum):
    """How a server lists its models."""

    OLLAMA = "ollama"  # GET /api/tags, POST /api/show
    OPENAI = "openai"  # GET /v1/models


@dataclass(frozen=True, slots=True)
class LocalCandidate:
    """A place where a model server may listen. ``slug`` becomes part of the ids of its models."""

    slug: str
    name: str
    root_url: str
    dialect: LocalDialect = LocalDialect.OPENAI


@dataclass(frozen=True, slots=True)
class LocalFinds:
    """The servers that answered and the chat models they offer."""

    endpoints: tuple[Endpoint, ...] = ()
    models: tuple[Model, ...] = ()


DEFAULT_CANDIDATES = (
    LocalCandidate("ollama", "Ollama", "http://127.0.0.1:11434", LocalDialect.OLLAMA),
    LocalCandidate("lm-studio", "LM Studio", "http://127.0.0.1:1234"),
    LocalCandidate("llama-cpp", "llama.cpp", "http://127.0.0.1:8080"),
    LocalCandidate("vllm", "vLLM", "http://127.0.0.1:8000"),
)


async def find_local_servers(
    client: httpx.AsyncClient,
    candidates: Sequence[LocalCandidate] = DEFAULT_CANDIDATES,
    timeout_s: float = 0.4,
) -> LocalFinds:
    """Ask every candidate for its models, all at once; what does not answer like a model server is left out.

    ``timeout_s`` bounds each single request. Never raises for what a server does.
    """
    probe = _Probe(client, timeout_s)
    found = await asyncio.gather(*(_models_at(probe, candidate) for candidate in candidates))
    pairs = [(candidate, models) for candidate, models in zip(candidates, found, strict=True) if models]
    return LocalFinds(
        endpoints=tuple(_endpoint_of(candidate) for candidate, _ in pairs),
        models=tuple(model for candidate, models in pairs for model in _with_own_ids(models)),
    )


@dataclass(frozen=True, slots=True)
class _Probe:
    """Requests to a server that may be anything at all."""

    client: httpx.AsyncClient
    timeout_s: float

    async def object_at(self, url: str, question: object | None = None) -> Mapping[str, Any]:
        """The JSON object that a GET (or a POST of ``question``) brings; empty for anything else."""
        try:
            async with asyncio.timeout(self.timeout_s):
                value = orjson.loads(await self._body_at(url, question))
        except (TimeoutError, orjson.JSONDecodeError, *HTTPX_ERRORS):
            return {}
        return value if isinstance(value, dict) else {}

    async def _body_at(self, url: str, question: object | None) -> bytes:
        method, content = ("GET", None) if question is None else ("POST", orjson.dumps(question))
        body = b""
        async with self.client.stream(method, url, content=content, follow_redirects=False) as response:
            if response.status_code != 200:
                return b""
            async for data in response.aiter_bytes():
                body += data
                if len(body) > MAX_BODY_BYTES:
                    return b""
        return body


async def _models_at(probe: _Probe, candidate: LocalCandidate) -> list[Model]:
    if candidate.dialect is LocalDialect.OLLAMA:
        return await _ollama_models(probe, candidate)
    listing = await probe.object_at(f"{candidate.root_url}/v1/models")
    # The demo endpoint of the arena recites: it is no local model.
    entries = [entry for entry in _entries(listing, "data", "id") if entry.get("owned_by") != "demo"]
    return [_openai_model(candidate, entry) for entry in entries]


async def _ollama_models(probe: _Probe, candidate: LocalCandidate) -> list[Model]:
    listing = await probe.object_at(f"{candidate.root_url}/api/tags")
    # A remote host means that Ollama only passes the prompt on: nothing runs on this machine.
    entries = [entry for entry in _entries(listing, "models", "name") if not entry.get("remote_host")]
    gate = asyncio.Semaphore(MAX_PARALLEL_DETAILS)

    async def shown(entry: Mapping[str, Any]) -> Mapping[str, Any]:
        async with gate:
            return await probe.object_at(f"{candidate.root_url}/api/show", {"model": entry["name"]})

    details = await asyncio.gather(*(shown(entry) for entry in entries))
    pairs = zip(entries, details, strict=True)
    return [_ollama_model(candidate, entry, show) for entry, show in pairs if _can_chat(show)]


def _entries(listing: Mapping[str, Any], field: str, name_field: str) -> list[Mapping[str, Any]]:
    """The entries of a list of models that have a name and can chat, as far as the name tells."""
    entries = listing.get(field)
    if not isinstance(entries, list):
        return []
    named = [entry for entry in entries if isinstance(entry, dict) and _text(entry.get(name_field))]
    return [entry for entry in named if not _NOT_A_CHAT_MODEL.search(entry[name_field].lower())]


def _can_chat(show: Mapping[str, Any]) -> bool:
    """Older Ollamas name no capabilities: then only the name can tell."""
    capabilities = show.get("capabilities")
    return not isinstance(capabilities, list) or not capabilities or "completion" in capabilities


def _ollama_model(candidate: LocalCandidate, entry: Mapping[str, Any], show: Mapping[str, Any]) -> Model:
    info = _mapping(show.get("model_info"))
    details = {**_mapping(entry.get("details")), **_mapping(show.get("details"))}
    architecture = _text(info.get("general.architecture"))
    exact = _parameters_b(info.get("general.parameter_count"))
    total = exact or _parameters_b(_text(details.get("parameter_size")))
    # An architecture without experts uses all of its parameters for each token.
    is_dense = exact is not None and f"{architecture}.expert_count" not in info
    capabilities = show.get("capabilities")
    thinks = isinstance(capabilities, list) and "thinking" in capabilities
    return replace(
        _bare_model(candidate, entry["name"]),
        total_params_b=total,
        active_params_b=total if is_dense else None,
        params_source="/api/show" if total else "",
        quantization_bits=_bits(_text(details.get("quantization_level")) or entry["name"]),
        reasoning=Reasoning.HYBRID if thinks else Reasoning.NO,
        context_tokens=_positive(info.get(f"{architecture}.context_length")),
    )


def _openai_model(candidate: LocalCandidate, entry: Mapping[str, Any]) -> Model:
    meta = _mapping(entry.get("meta"))  # llama.cpp; vLLM gives max_model_len
    total = _parameters_b(meta.get("n_params"))
    return replace(
        _bare_model(candidate, entry["id"]),
        total_params_b=total,
        params_source="/v1/models" if total else "",
        quantization_bits=_bits(entry["id"]),
        context_tokens=_positive(entry.get("max_model_len")) or _positive(meta.get("n_ctx_train")),
    )


def _bare_model(candidate: LocalCandidate, wire_name: str) -> Model:
    # llama.cpp names a model after its file: the folder is nobody's business.
    shown_name = re.split(r"[/\\]", wire_name)[-1] if wire_name.endswith(".gguf") else wire_name
    return Model(
        id=f"local/{candidate.slug}/{_slug(shown_name)}",
        wire_name=wire_name,
        endpoint_id=f"local/{candidate.slug}",
        display_name=shown_name,
        maker="",
        openness=Openness.OPEN_WEIGHTS,
    )


def _endpoint_of(candidate: LocalCandidate) -> Endpoint:
    return Endpoint(
        id=f"local/{candidate.slug}",
        name=candidate.name,
        base_url=f"{candidate.root_url}/v1",
        kind=EndpointKind.LOCAL,
    )


def _with_own_ids(models: Sequence[Model]) -> list[Model]:
    """The models with a number behind each id that another model of the server already has."""
    seen: dict[str, int] = {}
    named = []
    for model in models:
        seen[model.id] = seen.get(model.id, 0) + 1
        times = seen[model.id]
        named.append(model if times == 1 else replace(model, id=f"{model.id}-{times}"))
    return named


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9.]+", "-", name.lower().removesuffix(".gguf")).strip("-.") or "model"


def _bits(quantization: str) -> int:
    """Bits of a weight: 4 for ``Q4_K_M``; 16, unquantised, when the text does not say."""
    match = _BITS.search(quantization)
    bits = int(match[1] or match[2]) if match else 16
    return bits if 1 <= bits <= 32 else 16


def _parameters_b(value: object) -> Range | None:
    """Billions of parameters from a count (``8030261248``) or a size (``"8.0B"``)."""
    if isinstance(value, str):
        match = _BILLIONS.fullmatch(value.strip())
        return _range(float(match[1]) * _SCALE[match[2].upper()]) if match else None
    count = _positive(value)
    return _range(count / 1e9) if count else None


def _range(billions: float) -> Range | None:
    return Range.exactly(billions) if billions > 0 else None


def _positive(value: object) -> int | None:
    return value if type(value) is int and value > 0 else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
