"""The models that can be drawn now, with what it takes to ask them."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

from arena.domain.catalogue import Catalogue, Endpoint, EndpointKind, Model, names_to_mask, weights_of
from arena.domain.masking import NameMask
from arena.domain.pairing import Candidate
from arena.domain.quintile import NoQuintile, Quintile
from arena.errors import ModelUnknown
from arena.providers.chat import ChatMessage, ChatRequest
from arena.services.footprints import FootprintService
from arena.services.growing import Growing


class LineUp:
    """Available models, keys and places at their endpoints. Keys never leave it but in a request.

    Its catalogue grows when strangers join: models of recorded duels, which have names and sizes and can neither
    be drawn nor asked. Whoever holds the catalogue sees them; ``mask`` hides their names from then on, so that it is
    asked for anew each time.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        models: tuple[Model, ...],
        names: frozenset[str],
        energy_per_token_wh: Mapping[str, float | None],
        keys: Mapping[str, str],
    ) -> None:
        self._endpoints, self._models = Growing(catalogue.endpoints), Growing(catalogue.models)
        self.catalogue = replace(catalogue, endpoints=self._endpoints, models=self._models)
        self.models = models
        self.names = names
        self.mask = NameMask(names)
        self.candidates = tuple(Candidate(m.id, energy_per_token_wh.get(m.id), weights_of(m)) for m in models)
        self.is_demo = bool(models) and all(self.kind_of(m.id) is EndpointKind.DEMO for m in models)
        self._keys = keys
        self._places = {
            endpoint.id: asyncio.Semaphore(endpoint.max_parallel) for endpoint in catalogue.endpoints.values()
        }

    def welcome(self, endpoints: Iterable[Endpoint], models: Iterable[Model]) -> None:
        """Let strangers join the catalogue; what is there under the same id stays."""
        strangers = Catalogue({one.id: one for one in endpoints}, {one.id: one for one in models})
        self._endpoints.grow(strangers.endpoints)  # first: a model is never there without its endpoint
        self._models.grow(strangers.models)
        self.names |= names_to_mask(strangers)
        self.mask = NameMask(self.names)

    def kind_of(self, model_id: str) -> EndpointKind:
        """What kind of server a model runs on."""
        return self.catalogue.endpoint_of(model_id).kind

    def quintiles(self, footprints: FootprintService) -> Mapping[str, Quintile | NoQuintile]:
        """Where each model of the catalogue stands by energy per token: scripted ones among scripted ones."""
        scripted = {key for key in self.catalogue.models if self.kind_of(key) is EndpointKind.DEMO}
        models = self.catalogue.models.items()
        return {
            **footprints.quintiles(model for key, model in models if key not in scripted),
            **footprints.quintiles(model for key, model in models if key in scripted),
        }

    def request(self, model_id: str, messages: tuple[ChatMessage, ...], max_tokens: int) -> ChatRequest:
        """The request that asks a model, with its endpoint's key. Raises ModelUnknown for one that only joined."""
        model = self.catalogue.models[model_id]
        endpoint = self.catalogue.endpoint_of(model_id)
        if endpoint.id not in self._places:
            raise ModelUnknown("known from a recording: nobody can be asked")
        return ChatRequest(
            base_url=endpoint.base_url,
            wire_name=model.wire_name,
            messages=messages,
            max_tokens=max_tokens,
            api_key=self._keys.get(endpoint.key_env) if endpoint.key_env else None,
        )

    @asynccontextmanager
    async def place_at(self, model_id: str) -> AsyncIterator[None]:
        """Wait for one of the places that an endpoint offers at a time."""
        async with self._places[self.catalogue.models[model_id].endpoint_id]:
            yield
