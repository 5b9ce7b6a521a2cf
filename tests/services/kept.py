"""Battles with footprints in a database, on SQLite and PostgreSQL, and methods to compute them again."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Engine

from arena.domain.footprint import Bands, Grade, Margin
from arena.domain.provenance import FootprintInputs, StoredFootprint
from arena.domain.side import Side
from arena.services.footprints import FootprintService
from arena.storage.battles import BattleStore
from arena.storage.engine import open_engine, upgrade
from arena.storage.footprints import FootprintStore
from arena.storage.rows import TableRow
from tests.services.house import footprint_service
from tests.storage.making import NOON, make_battle, make_inputs

V2 = "ecologits-0.11.3/v2"
Dump = frozenset[tuple[object, ...]]


@contextmanager
def database_at(url: str) -> Iterator[Engine]:
    """Its tables, made."""
    engine = open_engine(url)
    upgrade(engine)
    try:
        yield engine
    finally:
        engine.dispose()


def inputs_of(model_id: str = "small-model", **changes: object) -> FootprintInputs:
    """Possible inputs, as an answer stores them."""
    return replace(make_inputs(), model_id=model_id, **changes)  # type: ignore[arg-type]


def keep(
    engine: Engine,
    *sides: FootprintInputs | StoredFootprint,
    battle: int = 0,
    created_at: datetime = NOON,
    service: FootprintService | None = None,
) -> str:
    """A battle whose answers, A then B, have footprints by the current method, or as they are given."""
    battle_id = f"{battle:032x}"
    turn = replace(make_battle().turns[0], created_at=created_at)
    store = BattleStore(engine, catalogue_version="c0ffee")
    store.create_battle(make_battle(battle_id, created_at=created_at, turns=(turn,)))
    for side, one in zip(Side, sides, strict=False):
        if isinstance(one, FootprintInputs):
            one = StoredFootprint(one, (service or footprint_service()).estimate(one))
        FootprintStore(engine).save(battle_id, 0, side, *one)
    return battle_id


def service_named(method: str = V2, **changes: object) -> FootprintService:
    """A method of another name, with other bands."""
    current = footprint_service()
    bands: Bands = replace(current.bands, version="2", **changes)  # type: ignore[arg-type]
    return FootprintService(bands, current.equivalents, method=method)


def stricter() -> FootprintService:
    """Checked up to 8.5 billion parameters only, and with wider bands."""
    margins = {**footprint_service().bands.margins, Grade.C_MINUS: Margin(10, 5)}
    return service_named(calibrated_up_to_total_b=8.5, margins=margins)


def dump(engine: Engine) -> Dump:
    """Every row of every table, with the name of its table."""
    with engine.connect() as connection:
        return frozenset(
            (table.name, *row)
            for table in TableRow.metadata.sorted_tables
            for row in connection.execute(table.select())
        )
