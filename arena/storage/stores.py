"""All the stores of one database."""

from dataclasses import dataclass

from sqlalchemy import Engine

from arena.storage.battles import BattleStore
from arena.storage.events import EventStore
from arena.storage.footprints import FootprintStore
from arena.storage.organisers import OrganiserStore
from arena.storage.reflections import ReflectionStore
from arena.storage.visitors import VisitorStore


@dataclass(frozen=True, slots=True)
class Stores:
    """Where battles, footprints and reflections on them are kept, what is read or erased by visitor, and events."""

    battles: BattleStore
    footprints: FootprintStore
    reflections: ReflectionStore
    visitors: VisitorStore
    events: EventStore
    organisers: OrganiserStore


def stores_of(engine: Engine, *, catalogue_version: str) -> Stores:
    """The stores on one engine; the version is written into each new battle."""
    return Stores(
        BattleStore(engine, catalogue_version=catalogue_version),
        FootprintStore(engine),
        ReflectionStore(engine),
        VisitorStore(engine),
        EventStore(engine),
        OrganiserStore(engine),
    )
