"""All the stores of one database."""

from dataclasses import dataclass

from sqlalchemy import Engine

from arena.storage.battles import BattleStore
from arena.storage.footprints import FootprintStore
from arena.storage.reflections import ReflectionStore
from arena.storage.reports import ReportStore
from arena.storage.retention import RetentionStore
from arena.storage.visitors import VisitorStore


@dataclass(frozen=True, slots=True)
class Stores:
    """Where battles, footprints and reflections are kept; what is erased by visitor or in time; results by event."""

    battles: BattleStore
    footprints: FootprintStore
    reflections: ReflectionStore
    visitors: VisitorStore
    retention: RetentionStore
    reports: ReportStore


def stores_of(engine: Engine, *, catalogue_version: str) -> Stores:
    """The stores on one engine; the version is written into each new battle."""
    return Stores(
        BattleStore(engine, catalogue_version=catalogue_version),
        FootprintStore(engine),
        ReflectionStore(engine),
        VisitorStore(engine),
        RetentionStore(engine),
        ReportStore(engine),
    )
