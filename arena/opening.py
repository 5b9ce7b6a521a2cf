"""The composition without pages: settings in, an open arena out. Commands use it as the pages do."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime

from arena.domain.catalogue import Catalogue
from arena.domain.event import plain_code
from arena.domain.health import HealthRules
from arena.domain.recording import Recording
from arena.providers.chat import Patience
from arena.providers.client import open_client
from arena.services.arena import Arena, Rules, StartRules, assemble, open_line_up
from arena.services.catalogues import default_catalogue_path, load_catalogue
from arena.services.duel import DuelRules
from arena.services.events import EventRules
from arena.services.footprints import FootprintService
from arena.services.front_door import FrontDoor
from arena.services.observing import Observer, look_around
from arena.services.privacy import Practice
from arena.services.prompts import PromptRules
from arena.services.recordings import Recordings, read_checked
from arena.services.retention import Retention, purging
from arena.services.writing import WritingRules
from arena.settings import Settings, environment
from arena.storage.engine import default_database_url, folder_of, open_engine, open_existing, upgrade
from arena.storage.recordings import RecordingShelf
from arena.storage.retention import RetentionStore
from arena.storage.stores import Stores, stores_of

logger = logging.getLogger(__name__)


def catalogue_of(settings: Settings, footprints: FootprintService) -> Catalogue:
    """The catalogue that the settings name. Raises CatalogueError with line and field."""
    path = settings.catalogue or default_catalogue_path()
    return load_catalogue(path, footprints.known_zones())


def recordings_of(settings: Settings, footprints: FootprintService) -> tuple[Recording, ...]:
    """The recordings that the settings name; blocks. Raises RecordingError with the file, the place and the reason."""
    return tuple(read_checked(path, footprints) for path in settings.recorded)


def database_url_of(settings: Settings) -> str:
    """Where battles are kept."""
    return settings.database_url or default_database_url()


def check_database(settings: Settings) -> None:
    """Open the database once, so that a mistake shows before anything listens. Raises StorageError."""
    open_engine(database_url_of(settings)).dispose()


@contextmanager
def open_stores(settings: Settings, *, may_make: bool = False) -> Iterator[Stores]:
    """What is kept, for a command that starts no battle, with its tables up to date.

    A database that does not exist is made only for a command that ``may_make`` one. Raises StorageError.
    """
    engine = (open_engine if may_make else open_existing)(database_url_of(settings))
    try:
        upgrade(engine)
        yield stores_of(engine, catalogue_version="")
    finally:
        engine.dispose()


def rules_of(settings: Settings) -> Rules:
    """What the deployer may set about duels and events."""
    patience = Patience(
        first_word_s=max(settings.silence_s, 30.0),
        silence_s=settings.silence_s,
        whole_answer_s=settings.whole_answer_s,
    )
    return Rules(
        duel=DuelRules(
            max_turns=settings.max_turns,
            max_battles_per_hour=settings.max_battles_per_hour,
            watcher_grace_s=settings.watcher_grace_s,
        ),
        writing=WritingRules(max_answer_tokens=settings.max_answer_tokens, patience=patience),
        prompts=PromptRules(settings.max_prompt_chars),
        health=HealthRules(
            failures_to_pause=settings.failures_to_pause,
            first_pause_s=settings.first_pause_s,
            longest_pause_s=max(settings.longest_pause_s, settings.first_pause_s),
            slow_first_token_s=settings.slow_first_token_s,
        ),
        events=EventRules(
            open_code=settings.open_event,
            deployer_secret=settings.deployer_secret.get_secret_value() if settings.deployer_secret else None,
        ),
    )


def start_rules_of(settings: Settings) -> StartRules:
    """What decides which models are available."""
    return StartRules(settings.demo, settings.demo_speed, settings.find_local_servers)


def practice_of(settings: Settings) -> Practice:
    """What the privacy page and the register say of this organiser."""
    return Practice(settings.retention_days, settings.contact)


def retention_of(settings: Settings, store: RetentionStore) -> Retention:
    """How long texts are kept, with the clock of this machine."""
    return Retention(store, days_outside=settings.retention_days, now=lambda: datetime.now(UTC))


def _warn_of_open_event(settings: Settings, stores: Stores) -> None:
    code = plain_code(settings.open_event or "")
    if settings.open_event and (code is None or stores.events.by_code(code) is None):
        logger.warning("ARENA_OPEN_EVENT: no event has the code %s", settings.open_event)


@asynccontextmanager
async def open_arena(
    settings: Settings, catalogue: Catalogue, footprints: FootprintService, front_door: FrontDoor | None = None
) -> AsyncIterator[Arena]:
    """Open the database and the client, find the models; close all of it in order."""
    engine = await asyncio.to_thread(open_engine, database_url_of(settings))
    try:
        await asyncio.to_thread(upgrade, engine)
        stores = stores_of(engine, catalogue_version=catalogue.version)
        await asyncio.to_thread(_warn_of_open_event, settings, stores)
        interrupted = await asyncio.to_thread(stores.battles.close_interrupted)
        if interrupted:
            logger.warning("%d answers were interrupted by the last stop", interrupted)
        start = start_rules_of(settings)
        async with (
            open_client() as client,
            open_line_up(catalogue, client, footprints, environment(), start) as line_up,
        ):
            shelf = RecordingShelf(folder_of(database_url_of(settings)) / "recordings")
            recordings = Recordings(line_up, footprints, shelf)
            await asyncio.to_thread(recordings.open, await asyncio.to_thread(recordings_of, settings, footprints))
            observer = Observer(client, await look_around(client, line_up, measure=settings.measure))
            rules = rules_of(settings)
            arena = assemble(client, stores, line_up, footprints, rules, observer, front_door, recordings)
            await arena.rehearsals.clear()
            await arena.rooms.door.reopen()
            async with (
                purging(retention_of(settings, stores.retention)),
                arena.prober.running(),
                arena.dashboards.counting(),
            ):
                try:
                    yield arena
                finally:
                    await arena.rehearsals.close()
                    await arena.rooms.views.close()
                    await arena.duel.close()
    finally:
        await asyncio.to_thread(engine.dispose)
