"""All the stores of one database."""

from dataclasses import dataclass

from sqlalchemy import Engine

from arena.storage.battles import BattleStore
from arena.storage.footprints import FootprintStore
from arena.storage.reflections import ReflectionStore
from arena.storage.standings import StandingStore
from arena.storage.visitors import VisitorStore


@dataclass(frozen=True, slots=True)
class Stores:
    """Where battles, footprints and reflections on them are kept, and what is read of all or erased of a visitor."""

    battles: BattleStore
    footprints: FootprintStore
    reflections: ReflectionStore
    standings: StandingStore
    visitors: VisitorStore


def stores_of(engine: Engine, *, catalogue_version: str) -> Stores:
    """The stores on one engine; the version is written into each new battle."""
    return Stores(
        BattleStore(engine, catalogue_version=catalogue_version),
        FootprintStore(engine),
        ReflectionStore(engine),
        StandingStore(engine),
        VisitorStore(engine),
    )
