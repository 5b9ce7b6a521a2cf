"""Loads the catalogue of models, says which can be used now and adds what was found on the machine."""

import hashlib
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from arena.domain.budget import Price
from arena.domain.catalogue import Catalogue, Endpoint, EndpointKind, Model, Openness, Reasoning
from arena.domain.estimate import PUE_LIMITS, QUANTIZATION_BITS, WUE_LIMITS
from arena.domain.quantity import Range
from arena.errors import CatalogueError
from arena.services.catalogue_yaml import Fields, Problems, read_document

Item = TypeVar("Item", Endpoint, Model)

FILE_NAME = "models.yaml"
LOCALES = ("fr", "en")
DEFAULT_MAX_PARALLEL = 8
FIRST_TOKEN_LIMITS = Range(0, 600)  # seconds
PRICE_LIMITS = Range(0, 10_000)  # euros a million tokens

_ID = r"[A-Za-z0-9][A-Za-z0-9._:/-]*"
_KEY_VARIABLE = r"[A-Z][A-Z0-9_]*"
_MONTH = r"\d{4}-(0[1-9]|1[0-2])"


def default_catalogue_path() -> Path:
    """``models.yaml`` of the current folder, else the packaged copy, else the one of the checkout."""
    here = Path(FILE_NAME)
    packaged = Path(str(resources.files("arena.data").joinpath(FILE_NAME)))
    checkout = Path(str(resources.files("arena"))).parent / FILE_NAME
    return next((path for path in (here, packaged) if path.is_file()), checkout)


def load_catalogue(path: Path, known_zones: AbstractSet[str]) -> Catalogue:
    """Read and check a catalogue file.

    ``known_zones`` are the electricity zones an estimate can be made for. Raises CatalogueError, which lists
    every problem with its line and field.
    """
    node, content = read_document(path)
    problems = Problems(path.name)
    top = Fields(node, "", problems)
    top.require("endpoints", "models")
    endpoints = _endpoints(top, known_zones)
    models = _unique((_model(fields, endpoints), fields) for fields in top.each("models"))
    top.finish()
    problems.raise_if_any()
    return Catalogue(endpoints, models, version=hashlib.sha256(content).hexdigest()[:12])


def _unique(items: Iterable[tuple[Item, Fields]]) -> dict[str, Item]:
    unique: dict[str, Item] = {}
    for item, fields in items:
        if item.id in unique:
            fields.complain("id", "used twice")
        unique.setdefault(item.id, item)
    return unique


def _endpoints(top: Fields, known_zones: AbstractSet[str]) -> dict[str, Endpoint]:
    hosted = [(_endpoint(fields, known_zones, None), fields) for fields in top.each("endpoints")]
    local = [(_endpoint(fields, known_zones, EndpointKind.LOCAL), fields) for fields in top.each("local")]
    return _unique([*hosted, *local])


def _endpoint(fields: Fields, known_zones: AbstractSet[str], kind: EndpointKind | None) -> Endpoint:
    kind = kind or fields.word("kind", EndpointKind, EndpointKind.HOSTED)
    fields.require("id", "name", "base_url")
    if kind is not EndpointKind.LOCAL:  # a local server gets a measure or no number
        fields.require("pue", "wue_l_per_kwh", "source")
    endpoint = Endpoint(
        id=fields.text("id", _ID, "an id without spaces"),
        name=fields.text("name"),
        base_url=_base_url(fields, kind),
        kind=kind,
        key_env=_key_variable(fields),
        zone=_zone(fields, known_zones),
        pue=fields.span("pue", within=PUE_LIMITS),
        wue_l_per_kwh=fields.span("wue_l_per_kwh", within=WUE_LIMITS),
        source=fields.text("source"),
        max_parallel=_max_parallel(fields),
    )
    fields.finish()
    return endpoint


def _base_url(fields: Fields, kind: EndpointKind) -> str:
    """The address without its last slash. Never repeated in an error: it could hold a password."""
    url = fields.text("base_url")
    reason = _url_problem(url, kind) if url else None
    if reason:
        fields.complain("base_url", reason)
    return url.rstrip("/")


def _url_problem(url: str, kind: EndpointKind) -> str | None:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 0) >= 0
    except ValueError:
        usable = False
    if not usable or any(character.isspace() for character in url):
        return "expected an address such as https://host/v1"
    if parts.username or parts.password or parts.query or parts.fragment:
        return "must be an address alone, with no password, ? or #"
    if kind is EndpointKind.HOSTED and parts.scheme != "https":
        return "a hosted endpoint needs https: its key would travel in clear"
    return None


def _key_variable(fields: Fields) -> str | None:
    """The name of the variable that holds the key. A refused value is never repeated: it may be the key."""
    wanted = "the NAME of an environment variable (capitals, digits, _), never a key (value not shown)"
    return fields.text("key_env", _KEY_VARIABLE, wanted) or None


def _zone(fields: Fields, known_zones: AbstractSet[str]) -> str | None:
    zone = fields.text("zone") or None
    if zone is not None and zone not in known_zones:
        fields.complain("zone", "unknown zone: expected a capital three-letter code such as FRA, or null")
        return None
    return zone


def _max_parallel(fields: Fields) -> int:
    limits = fields.fields("limits")
    if limits is None:
        return DEFAULT_MAX_PARALLEL
    number = limits.whole("max_parallel")
    limits.finish()
    return number or DEFAULT_MAX_PARALLEL


def _model(fields: Fields, endpoints: Mapping[str, Endpoint]) -> Model:
    fields.require("id", "wire_name", "endpoint", "display_name", "maker", "openness", "description")
    openness = fields.word("openness", Openness, Openness.CLOSED)
    total, active = _parameters(fields, openness)
    model = Model(
        id=fields.text("id", _ID, "an id without spaces"),
        wire_name=fields.text("wire_name"),
        endpoint_id=_endpoint_id(fields, endpoints),
        display_name=fields.text("display_name"),
        maker=fields.text("maker"),
        openness=openness,
        licence=fields.text("licence"),
        released=fields.text("released", _MONTH, "a month such as 2025-12"),
        total_params_b=total,
        active_params_b=active,
        params_source=fields.text("params_source"),
        quantization_bits=fields.whole("quantization_bits", allowed=QUANTIZATION_BITS) or 16,
        reasoning=fields.word("reasoning", Reasoning, Reasoning.NO),
        context_tokens=fields.whole("context_tokens"),
        tokens_per_s=fields.span("tokens_per_s"),
        first_token_s=fields.span("first_token_s", within=FIRST_TOKEN_LIMITS),
        is_measured=fields.flag("is_measured"),
        aliases=fields.texts("aliases"),
        price=_price(fields),
        description=_description(fields),
    )
    fields.finish()
    return model


def _endpoint_id(fields: Fields, endpoints: Mapping[str, Endpoint]) -> str:
    endpoint_id = fields.text("endpoint")
    if endpoint_id and endpoint_id not in endpoints:
        fields.complain("endpoint", f"no endpoint of that id; there are {', '.join(sorted(endpoints))}")
    return endpoint_id


def _parameters(fields: Fields, openness: Openness) -> tuple[Range | None, Range | None]:
    """Total and active parameters in billions: both or neither, with their source."""
    names = ("total_params_b", "active_params_b")
    if openness is not Openness.CLOSED or any(fields.has(name) for name in names):
        fields.require(*names, "params_source")
    total, active = fields.span("total_params_b"), fields.span("active_params_b")
    if total and active and (active.low > total.low or active.high > total.high):
        fields.complain("active_params_b", "more active parameters than parameters in total")
    return total, active


def _price(fields: Fields) -> Price | None:
    """Euros only: a price in another currency is left out, or every sum would hide a rate."""
    price = fields.fields("price_eur_per_mtok")
    if price is None:
        return None
    price.require("input", "output", "source", "date")
    amounts = {name: price.span(name, within=PRICE_LIMITS) for name in ("input", "output")}
    source, date = price.text("source"), price.text("date", _MONTH, "a month such as 2025-12")
    price.finish()
    for name, amount in amounts.items():
        if amount is not None and not amount.is_exact:
            price.complain(name, "expected one number")
    known = [amount.low for amount in amounts.values() if amount is not None]
    return Price(known[0], known[1], source, date) if len(known) == len(amounts) else None


def _description(fields: Fields) -> dict[str, str]:
    texts = fields.fields("description")
    if texts is None:
        return {}
    texts.require(*LOCALES)
    description = {locale: texts.text(locale) for locale in LOCALES}
    texts.finish()
    return description


def available_models(
    catalogue: Catalogue, environment: Mapping[str, str], answering: AbstractSet[str]
) -> tuple[Model, ...]:
    """The models that can be asked now, in the order of the file.

    An endpoint with a key needs its variable set in ``environment``; one without is available when its id is
    in ``answering``, the ids of the endpoints that answered a probe.
    """
    usable = {
        endpoint.id
        for endpoint in catalogue.endpoints.values()
        if (environment.get(endpoint.key_env, "").strip() if endpoint.key_env else endpoint.id in answering)
    }
    return tuple(model for model in catalogue.models.values() if model.endpoint_id in usable)


def with_endpoint_url(catalogue: Catalogue, endpoint_id: str, base_url: str) -> Catalogue:
    """The same catalogue with another address for one endpoint. Raises KeyError for an unknown id."""
    endpoint = replace(catalogue.endpoints[endpoint_id], base_url=base_url.rstrip("/"))
    return replace(catalogue, endpoints={**catalogue.endpoints, endpoint_id: endpoint})


def merged(catalogue: Catalogue, endpoints: Iterable[Endpoint], models: Iterable[Model]) -> Catalogue:
    """The catalogue and what was found beside it (local servers). What is already there wins.

    A found model is a duplicate when its id is taken or its endpoint already serves that wire name. Raises
    CatalogueError when a model names an endpoint that neither side has.
    """
    all_endpoints = {**{endpoint.id: endpoint for endpoint in endpoints}, **catalogue.endpoints}
    all_models = dict(catalogue.models)
    served = {(model.endpoint_id, model.wire_name) for model in all_models.values()}
    for model in models:
        if model.endpoint_id not in all_endpoints:
            raise CatalogueError("no endpoint of that id", field=f"{model.id}: endpoint")
        if model.id not in all_models and (model.endpoint_id, model.wire_name) not in served:
            all_models[model.id] = model
            served.add((model.endpoint_id, model.wire_name))
    return replace(catalogue, endpoints=all_endpoints, models=all_models)


def without_demo(catalogue: Catalogue) -> Catalogue:
    """The catalogue without its scripted models."""
    endpoints = {
        key: endpoint for key, endpoint in catalogue.endpoints.items() if endpoint.kind is not EndpointKind.DEMO
    }
    models = {key: model for key, model in catalogue.models.items() if model.endpoint_id in endpoints}
    return replace(catalogue, endpoints=endpoints, models=models)
