"""The arena's services put together, and what is found out about the models at start."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import httpx

from arena.domain.catalogue import Catalogue, EndpointKind, names_to_mask
from arena.domain.event_form import FormLimits
from arena.domain.health import HealthRules
from arena.providers.client import answers
from arena.providers.demo_endpoint import run_demo_endpoint
from arena.providers.local_servers import DEFAULT_CANDIDATES, LocalCandidate, find_local_servers
from arena.services.battles import Battles
from arena.services.budgets import Budgets
from arena.services.catalogues import available_models, merged, with_endpoint_url
from arena.services.costs import Costs
from arena.services.dashboards import Dashboards
from arena.services.datasets import Datasets
from arena.services.duel import Duel, DuelRules
from arena.services.events import EventRules, Events
from arena.services.footprints import FootprintService
from arena.services.front_door import FrontDoor
from arena.services.health import Health
from arena.services.instructions import load_instructions
from arena.services.leaderboards import Leaderboards
from arena.services.line_up import LineUp
from arena.services.observing import Observer
from arena.services.organisers import Organisers
from arena.services.probing import Prober
from arena.services.prompts import PromptRules
from arena.services.recorder import Recorder
from arena.services.recordings import Recordings
from arena.services.rehearsal import Rehearsals
from arena.services.reports import Reports, load_leaflets
from arena.services.room_recordings import RoomRecordings
from arena.services.rooms import Rooms
from arena.services.shared_duel import SharedDuel
from arena.services.suggestions import load_suggestions
from arena.services.summaries import Summaries
from arena.services.writing import BattleWriter, WritingRules
from arena.storage.stores import Stores

logger = logging.getLogger(__name__)
DEMO_ENDPOINT = "demo"


@dataclass(frozen=True, slots=True)
class Arena:
    """What a page or a command may call."""

    line_up: LineUp
    duel: Duel
    battles: Battles
    footprints: FootprintService
    summaries: Summaries
    health: Health
    budgets: Budgets
    prober: Prober
    leaderboards: Leaderboards
    reports: Reports
    datasets: Datasets
    dashboards: Dashboards
    events: Events
    organisers: Organisers
    rooms: Rooms
    front_door: FrontDoor
    recordings: Recordings
    recorder: Recorder
    room_recordings: RoomRecordings
    rehearsals: Rehearsals


@dataclass(frozen=True, slots=True)
class StartRules:
    """What decides which models are available at start."""

    demo: str = "auto"  # auto, always, never
    demo_speed: float = 1.0
    find_local_servers: bool = True
    local_candidates: tuple[LocalCandidate, ...] = DEFAULT_CANDIDATES


@asynccontextmanager
async def open_line_up(
    catalogue: Catalogue,
    client: httpx.AsyncClient,
    footprints: FootprintService,
    keys: Mapping[str, str],
    rules: StartRules,
) -> AsyncIterator[LineUp]:
    """Find out which models answer, and serve the demo endpoint for as long as it is needed."""
    async with AsyncExitStack() as stack:
        if rules.find_local_servers:
            finds = await find_local_servers(client, rules.local_candidates)
            catalogue = merged(catalogue, finds.endpoints, finds.models)
        answering = await _answering(catalogue, client)
        models = available_models(catalogue, keys, answering)
        if _needs_demo(len(models), rules.demo):
            url = await stack.enter_async_context(run_demo_endpoint(speed=rules.demo_speed))
            catalogue = with_endpoint_url(catalogue, DEMO_ENDPOINT, url)
            demo = available_models(catalogue, {}, frozenset({DEMO_ENDPOINT}))
            models = (*models, *demo) if rules.demo == "always" else demo
        logger.info("%d models available", len(models))
        yield LineUp(
            catalogue,
            models,
            names_to_mask(catalogue),
            {model.id: footprints.energy_per_token_wh(model) for model in models},
            keys,
        )


def _needs_demo(available: int, demo: str) -> bool:
    return demo == "always" or (demo == "auto" and available < 2)


async def _answering(catalogue: Catalogue, client: httpx.AsyncClient) -> frozenset[str]:
    """Which endpoints that need no key answer at all."""
    keyless = [
        endpoint
        for endpoint in catalogue.endpoints.values()
        if endpoint.key_env is None and endpoint.kind is not EndpointKind.DEMO
    ]
    there = await asyncio.gather(*(answers(client, e.base_url) for e in keyless))
    return frozenset(e.id for e, ok in zip(keyless, there, strict=True) if ok)


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything that the deployer may set about duels and events."""

    duel: DuelRules
    writing: WritingRules
    prompts: PromptRules
    health: HealthRules = field(default_factory=HealthRules)
    events: EventRules = field(default_factory=EventRules)


@dataclass(frozen=True, slots=True)
class _Common:
    """What several services share."""

    rng: random.Random
    observer: Observer
    health: Health
    costs: Costs
    budgets: Budgets
    events: Events


def assemble(
    client: httpx.AsyncClient,
    stores: Stores,
    line_up: LineUp,
    footprints: FootprintService,
    rules: Rules,
    observer: Observer | None = None,
    front_door: FrontDoor | None = None,
    recordings: Recordings | None = None,
) -> Arena:
    """Put the services together.

    Without an observer nothing is measured, without a door none can be opened, without recordings none is kept.
    """
    common = _Common(
        rng=random.SystemRandom(),
        observer=observer or Observer(client),
        health=Health(line_up, rules.health),
        costs=Costs(line_up.catalogue, footprints.estimate_tokens, rules.writing.max_answer_tokens),
        budgets=Budgets(stores, rules.duel.max_battles_per_hour),
        events=open_events(stores, line_up.catalogue, rules),
    )
    duel = _open_duel(client, stores, line_up, footprints, rules, common)
    battles = Battles(stores, duel, common.events, footprints, line_up)
    shared = SharedDuel(duel, stores, line_up, common.health, rules.prompts, common.rng)
    reports = Reports(stores.reports, footprints, load_leaflets(load_suggestions()))
    front_door = front_door or FrontDoor()
    rooms = Rooms(stores, common.events, duel, shared, battles, reports, common.rng, rules.prompts, front_door)
    recordings = recordings or Recordings(line_up, footprints)
    recorder = Recorder(client, line_up, footprints, common.observer, rules.writing)
    return Arena(
        line_up=line_up,
        duel=duel,
        battles=battles,
        footprints=footprints,
        summaries=Summaries(stores, duel, footprints, line_up.catalogue),
        health=common.health,
        budgets=common.budgets,
        prober=Prober(client, line_up, common.observer, common.health),
        leaderboards=Leaderboards(stores.standings, footprints, line_up.catalogue),
        reports=reports,
        datasets=Datasets(stores.datasets),
        dashboards=Dashboards(stores, footprints, line_up.catalogue, duel.is_running),
        events=common.events,
        organisers=Organisers(stores, deployer_secret=rules.events.deployer_secret),
        rooms=rooms,
        front_door=front_door,
        recordings=recordings,
        recorder=recorder,
        room_recordings=RoomRecordings(stores, rooms, shared, recordings, recorder, common.rng),
        rehearsals=Rehearsals(
            client, stores, common.events, rooms, shared, line_up, common.observer, front_door, recordings
        ),
    )


def _open_duel(
    client: httpx.AsyncClient,
    stores: Stores,
    line_up: LineUp,
    footprints: FootprintService,
    rules: Rules,
    common: _Common,
) -> Duel:
    writer = BattleWriter(
        client=client,
        stores=stores,
        line_up=line_up,
        footprints=footprints,
        instructions=load_instructions(),
        observer=common.observer,
        health=common.health,
        costs=common.costs,
        rules=rules.writing,
        rng=common.rng,
    )
    return Duel(
        writer=writer,
        stores=stores,
        line_up=line_up,
        footprints=footprints,
        health=common.health,
        budgets=common.budgets,
        costs=common.costs,
        prompts=rules.prompts,
        events=common.events,
        rules=rules.duel,
        rng=common.rng,
    )


def open_events(stores: Stores, catalogue: Catalogue, rules: Rules) -> Events:
    """The events of a database, which may allow any model of the catalogue."""
    limits = FormLimits(catalogue.models.keys(), rules.writing.max_answer_tokens)
    return Events(stores, load_suggestions(), limits, open_code=rules.events.open_code)
