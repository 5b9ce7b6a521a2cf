"""The catalogue: which models can be drawn, and which endpoint serves each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from arena.domain.budget import Price
from arena.domain.quantity import Range


class Openness(StrEnum):
    """How open a model is."""

    OPEN_WEIGHTS = "open-weights"
    FULLY_OPEN = "fully-open"
    CLOSED = "closed"


class Reasoning(StrEnum):
    """Whether a model thinks before it answers."""

    NO = "no"
    YES = "yes"
    HYBRID = "hybrid"


class EndpointKind(StrEnum):
    """What kind of server an endpoint is; decides what may be said about its footprint."""

    HOSTED = "hosted"
    LOCAL = "local"  # a model server on this machine or network: a measure or no number
    DEMO = "demo"  # scripted answers: an illustration for a nominal size


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server that speaks chat completions. ``key_env`` names a variable and never holds a key.

    ``zone`` is an ISO 3166 alpha-3 code (or WOR, EEE) known to EcoLogits, None where unknown; ``pue`` has no
    unit; ``wue_l_per_kwh`` is water used on site.
    """

    id: str
    name: str
    base_url: str
    kind: EndpointKind = EndpointKind.HOSTED
    key_env: str | None = None
    zone: str | None = None
    pue: Range | None = None
    wue_l_per_kwh: Range | None = None
    source: str = ""
    max_parallel: int = 8


@dataclass(frozen=True, slots=True)
class Model:
    """A catalogue entry. Parameters are in billions; ``released`` is ``YYYY-MM``."""

    id: str
    wire_name: str
    endpoint_id: str
    display_name: str
    maker: str
    openness: Openness
    licence: str = ""
    released: str = ""
    total_params_b: Range | None = None
    active_params_b: Range | None = None
    params_source: str = ""
    quantization_bits: int = 16
    reasoning: Reasoning = Reasoning.NO
    context_tokens: int | None = None
    tokens_per_s: Range | None = None
    first_token_s: Range | None = None
    is_measured: bool = False  # the same model was measured by ML.ENERGY: grade B
    aliases: tuple[str, ...] = ()  # other names it gives itself, masked before the reveal
    price: Price | None = None  # None where no public price in euros is known
    description: Mapping[str, str] = field(default_factory=dict)  # by locale: fr, en


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Endpoints and models by id."""

    endpoints: Mapping[str, Endpoint]
    models: Mapping[str, Model]
    version: str = ""  # sha256 of the file it came from, first 12 characters

    def endpoint_of(self, model_id: str) -> Endpoint:
        """The endpoint that serves a model. Raises KeyError."""
        return self.endpoints[self.models[model_id].endpoint_id]

    def model_or_stranger(self, model_id: str) -> Model:
        """A model, or just its id when the catalogue lost it since the battle (a local server, an edit)."""
        stranger = Model(model_id, model_id, "", model_id, "", Openness.OPEN_WEIGHTS)
        return self.models.get(model_id, stranger)


SHORTEST_MASKED_NAME = 3  # shorter ones would blank ordinary syllables


def weights_of(model: Model) -> str:
    """What two entries share when two hosts serve the same weights: maker and display name."""
    return f"{model.maker} {model.display_name}".casefold()


def names_to_mask(catalogue: Catalogue) -> frozenset[str]:
    """Every name by which an answer could betray its model or its host, each once, of at least 3 characters."""
    names = {name.strip() for model in catalogue.models.values() for name in _names_of(model)}
    names |= {endpoint.name.strip() for endpoint in catalogue.endpoints.values()}
    return frozenset(name for name in names if len(name) >= SHORTEST_MASKED_NAME)


def _names_of(model: Model) -> tuple[str, ...]:
    last_part = model.wire_name.rpartition("/")[2]
    return (model.display_name, model.maker, model.wire_name, last_part, *model.aliases)
