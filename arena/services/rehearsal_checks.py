"""What a rehearsal looks at beside its phones: models, disk, address, and rooms that were left open."""

import asyncio
import logging
import time

import httpx

from arena.domain.catalogue import Model
from arena.domain.event import Event, allowed_in
from arena.domain.lan import base_url_of
from arena.domain.rehearsal import Detail, Finding, is_trial, judge_disk, judge_models, judge_rooms
from arena.domain.round import BallotKind, Round, Step
from arena.errors import ArenaError, EndpointSilent, StorageError
from arena.providers.chat import Patience
from arena.services.check import ask_two_words
from arena.services.front_door import FrontDoor, Opening
from arena.services.line_up import LineUp
from arena.services.observing import Observer
from arena.services.organisers import Access
from arena.storage.stores import Stores

logger = logging.getLogger(__name__)
_PATIENCE = Patience(connect_s=5.0, first_word_s=15.0, silence_s=10.0, whole_answer_s=20.0)
_WRITES = 5
_LEFT_OPEN = frozenset(Step) - {Step.WAITING, Step.DEBATE}  # a round that is ready, or over, waits for nobody


async def check_models(
    client: httpx.AsyncClient, line_up: LineUp, observer: Observer, event: Event, *, limit_s: float, recorded: int
) -> Finding:
    """Two words from each model that the event allows, as many at a time as their endpoints allow.

    Scripted ones are not asked: they always answer. A model that needs longer than ``limit_s`` is silent.
    """
    if line_up.is_demo:
        return judge_models((), (), is_demo=True, recorded=recorded)
    allowed = {one.model_id for one in allowed_in(event, line_up.candidates)}
    models = [model for model in line_up.models if model.id in allowed]
    faults = await asyncio.gather(*(_fault_of(client, line_up, observer, model, limit_s) for model in models))
    found = list(zip(models, faults, strict=True))
    answered = [model.display_name for model, fault in found if fault is None]
    failed = [Detail(model.display_name, fault) for model, fault in found if fault is not None]
    return judge_models(answered, failed, recorded=recorded)


async def _fault_of(
    client: httpx.AsyncClient, line_up: LineUp, observer: Observer, model: Model, limit_s: float
) -> str | None:
    """The text key of what went wrong, None when the model answered."""
    try:
        endpoint = line_up.catalogue.endpoint_of(model.id)
        async with asyncio.timeout(limit_s), line_up.place_at(model.id), observer.around(endpoint):
            return (await ask_two_words(client, line_up, model.id, _PATIENCE)).error_key
    except TimeoutError:
        return EndpointSilent.key
    except Exception:  # a fault of ours on one model must not end the rehearsal of all
        logger.exception("the check of %s failed", model.id)
        return ArenaError.key


async def check_disk(stores: Stores, event: Event, *, least_free_bytes: int) -> Finding:
    """Where the database lies, and some writes into an event that will be thrown away."""
    return await asyncio.to_thread(_check_disk, stores, event, least_free_bytes)


def _check_disk(stores: Stores, event: Event, least_free_bytes: int) -> Finding:
    disk, times = stores.disk.look(), []
    try:
        for number in range(_WRITES):
            began = time.monotonic()
            stores.events.join(event.id, f"rehearsal-{number}", event.created_at)
            times.append(time.monotonic() - began)
    except StorageError as error:
        logger.warning("a rehearsal could not write: %s", error)
        times = []
    return judge_disk(disk, times, least_free_bytes=least_free_bytes)


def own_address(door: FrontDoor, served_at: Opening | None) -> str:
    """Where this machine itself finds the arena; ``served_at`` is where it was just asked, for want of a door."""
    own = next(iter(door.openings), served_at)
    if own is None:
        return ""
    if own.is_everywhere:
        return base_url_of("::1" if ":" in own.ip else "127.0.0.1", own.port)
    return own.base_url


def check_rooms(stores: Stores, access: Access, event_id: str) -> Finding:
    """Rooms and rounds that are open from before; of a room that one may not see only that there is one. Blocks."""
    others = [one for one in stores.rooms.open_rooms() if one != event_id and not is_trial(one)]
    named = [Detail(stores.events.get(one).settings.title if access.may_see(one) else "") for one in others]
    own = stores.rooms.state(event_id).round
    return judge_rooms(named, f"room.step.{own.step}" if own is not None and own.step in _LEFT_OPEN else None)


def is_anybody_voting(stores: Stores) -> bool:
    """Whether an open room is being asked something now: phones there must not wait for a rehearsal. Blocks."""
    for event_id in stores.rooms.open_rooms():
        one = stores.rooms.state(event_id).round
        if one is not None and not is_trial(event_id) and _takes_ballots(one) and stores.events.get(event_id).is_open:
            return True
    return False


def _takes_ballots(one: Round) -> bool:
    return any(one.takes(kind) for kind in BallotKind)
