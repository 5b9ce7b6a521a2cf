"""The models of recorded duels beside a catalogue: known ones are shared, others join it as strangers.

A stranger has no address and no key. It can be named, described, masked and weighed, and never asked.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from arena.domain.catalogue import Catalogue, Endpoint, Model
from arena.domain.recording import RecordedDuel, Recording
from arena.domain.recording_file import FORM, renamed

Item = TypeVar("Item", Endpoint, Model)


@dataclass(frozen=True, slots=True)
class Settled:
    """A recording fitted to a catalogue: the strangers to add, and the duels with the ids that hold there."""

    endpoints: tuple[Endpoint, ...]
    models: tuple[Model, ...]
    duels: tuple[RecordedDuel, ...]


def descriptor_of(endpoint: Endpoint) -> Endpoint:
    """What a recording says of an endpoint: all but how to reach it."""
    return Endpoint(
        id=endpoint.id,
        name=endpoint.name,
        base_url="",
        kind=endpoint.kind,
        zone=endpoint.zone,
        pue=endpoint.pue,
        wue_l_per_kwh=endpoint.wue_l_per_kwh,
        source=endpoint.source,
    )


def pack(
    duels: Iterable[RecordedDuel], catalogue: Catalogue, *, code_version: str, catalogue_version: str
) -> Recording:
    """The duels with the descriptors of their models. Raises KeyError for a model that the catalogue does not have."""
    duels = tuple(duels)
    ids = dict.fromkeys(one.answer.model_id for duel in duels for one in duel.answers)
    models = tuple(catalogue.models[model_id] for model_id in ids)
    endpoints = {model.endpoint_id: descriptor_of(catalogue.endpoints[model.endpoint_id]) for model in models}
    return Recording(code_version, catalogue_version, tuple(endpoints.values()), models, duels)


def settle(recording: Recording, catalogue: Catalogue) -> Settled:
    """Fit a recording to a catalogue, in which nothing is replaced.

    An entry that the catalogue has, the same in every field, is that one. Where the catalogue has another under the
    same id, the recorded one gets an id of its own, always the same for the same content.
    """
    known = {key: descriptor_of(endpoint) for key, endpoint in catalogue.endpoints.items()}
    endpoints = {one.id: _fitted(descriptor_of(one), known) for one in recording.endpoints}
    moved = [replace(one, endpoint_id=endpoints[one.endpoint_id].id) for one in recording.models]
    models = {one.id: _fitted(one, catalogue.models) for one in moved}
    return Settled(
        tuple(one for one in endpoints.values() if one.id not in catalogue.endpoints),
        tuple(one for one in models.values() if one.id not in catalogue.models),
        tuple(_moved(duel, models) for duel in recording.duels),
    )


def _fitted(item: Item, known: Mapping[str, Item]) -> Item:
    if known.get(item.id, item) == item:
        return item
    plain = json.dumps(FORM.encode(type(item), item), sort_keys=True)
    return replace(item, id=f"{item.id}:{hashlib.sha256(plain.encode()).hexdigest()[:8]}")


def _moved(duel: RecordedDuel, models: Mapping[str, Model]) -> RecordedDuel:
    answers = tuple(renamed(one, models[one.answer.model_id].id) for one in duel.answers)
    return replace(duel, answers=answers)
