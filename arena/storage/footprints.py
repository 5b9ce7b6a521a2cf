"""Keeps footprints: the inputs of each computation for ever, its values beside them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import Engine, Row, Select, inspect, literal
from sqlmodel import Session, col, delete, select
from sqlmodel.sql.expression import SelectOfScalar

from arena.domain.battle import TokenSource
from arena.domain.provenance import QUANTITIES, Band, FootprintInputs, FootprintValues, MeterReading, StoredFootprint
from arena.domain.quantity import Range
from arena.domain.side import Side
from arena.errors import BattleNotFound
from arena.storage.rows import (
    AnswerRow,
    FootprintFigureRow,
    FootprintInputRow,
    FootprintResultRow,
    MeterReadingRow,
    TurnRow,
)
from arena.storage.transactions import (
    columns_of,
    dialect_of,
    insert_for,
    insert_into,
    reading,
    run,
    table_of,
    writing,
)

# Fields stored as they are; a range is stored as two columns, name_low and name_high.
PLAIN = (
    "model_id",
    "openness",
    "is_measured",
    "endpoint_kind",
    "output_tokens",
    "latency_s",
    "first_token_s",
    "zone",
    "quantization_bits",
    "batch_size",
    "mix_gwp_kg_per_kwh",
    "mix_adpe_kg_per_kwh",
    "mix_pe_mj_per_kwh",
    "mix_wue_l_per_kwh",
    "ecologits_version",
    "ecologits_data_sha256",
    "catalogue_version",
    "bands_version",
    "equivalents_version",
    "code_version",
    "computed_at",
)
RANGES = ("total_params_b", "active_params_b", "tokens_per_s", "pue", "wue_l_per_kwh")
COPIED = (MeterReadingRow, FootprintInputRow, FootprintResultRow, FootprintFigureRow)  # each before what points to it


class AnswerFootprints(NamedTuple):
    """What was made of one answer, the first computed first; ``answer_id`` is its place in a walk through all."""

    answer_id: int
    footprints: Sequence[StoredFootprint]


class FootprintStore:
    """Each method is one transaction. Every one raises StorageError when the database refuses."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def save(
        self, battle_id: str, turn_index: int, side: Side, inputs: FootprintInputs, values: FootprintValues
    ) -> None:
        """Write what one method made of one answer. Raises BattleNotFound.

        The first result of a method stays: the same method again changes nothing.
        """
        with writing(self._engine) as session:
            answer_id = _find_answer(session, battle_id, turn_index, side)
            write_footprint(session, answer_id, StoredFootprint(inputs, values))

    def add(self, computed: Mapping[int, StoredFootprint]) -> int:
        """Write what a method made of answers, by their ids, all or nothing; how many had no row of it before.

        What is there already stays, whatever its values. Answers that were erased meanwhile are left out.
        """
        with writing(self._engine) as session:
            return sum(
                write_footprint(session, answer_id, computed[answer_id]) for answer_id in _hold(session, computed)
            )

    def copy(self, battle_id: str, side: Side, *, to_battle_id: str, to_side: Side) -> None:
        """Write what was made of an answer of a first turn for the same answer, kept in another battle.

        Raises BattleNotFound. What is there already stays.
        """
        with writing(self._engine) as session:
            source = _find_answer(session, battle_id, 0, side)
            target = _find_answer(session, to_battle_id, 0, to_side)
            for row in COPIED:
                columns = [column for column in inspect(row).columns if column.name != "answer_id"]
                rows = select(literal(target), *columns).where(col(row.answer_id) == source)
                copied = insert_into(session, row).from_select(["answer_id", *(one.name for one in columns)], rows)
                session.exec(copied.on_conflict_do_nothing())

    def of_battle(self, battle_id: str) -> Mapping[tuple[int, Side], StoredFootprint]:
        """The footprint that is shown of each answer, by turn index and side; empty for an unknown battle.

        Of several methods it is the one computed first: people saw it, and what they saw does not change under
        them. What later methods say is in ``history``.
        """
        with reading(self._engine) as session:
            return {key: every[0] for key, every in _read_history(session, battle_id).items() if every}

    def history(self, battle_id: str) -> Mapping[tuple[int, Side], Sequence[StoredFootprint]]:
        """What every method made of each answer, by turn index and side in their order, the first computed first.

        An answer without a footprint is there too. Raises BattleNotFound.
        """
        with reading(self._engine) as session:
            history = _read_history(session, battle_id)
        if not history:
            raise BattleNotFound(f"no battle {battle_id!r}")
        return history

    def page(self, *, after: int = 0, limit: int = 500, since: datetime | None = None) -> Sequence[AnswerFootprints]:
        """The next answers that have footprints, by their ids; ``since`` keeps those asked for from then on."""
        query = (
            select(FootprintInputRow.answer_id)
            .where(FootprintInputRow.answer_id > after)
            .distinct()
            .order_by(col(FootprintInputRow.answer_id))
            .limit(limit)
        )
        if since is not None:
            asked = select(AnswerRow.id).join(TurnRow).where(TurnRow.created_at >= since)
            query = query.where(col(FootprintInputRow.answer_id).in_(asked))
        with reading(self._engine) as session:
            ids = session.exec(query).all()
            found = read_footprints(session, select(col(AnswerRow.id)).where(col(AnswerRow.id).in_(ids)))
        return [AnswerFootprints(answer_id, found.get(answer_id, ())) for answer_id in ids]


def read_footprints(
    session: Session, answers: SelectOfScalar[int | None], *, quantities: Sequence[str] = QUANTITIES
) -> Mapping[int, Sequence[StoredFootprint]]:
    """What was made of the answers that a query names, by their ids, the first computed first."""
    return _Questions(answers, quantities).read(session, {})


class _Questions:
    """What is asked to read the footprints of the answers that a query names; put together once where that stays."""

    def __init__(self, answers: Select[Any] | SelectOfScalar[int | None], quantities: Sequence[str]) -> None:
        self._inputs = (
            columns_of(FootprintInputRow, FootprintResultRow.grade, FootprintResultRow.no_figure_reason)
            .join(
                FootprintResultRow,
                (col(FootprintResultRow.answer_id) == FootprintInputRow.answer_id)
                & (col(FootprintResultRow.method) == FootprintInputRow.method),
            )
            .where(col(FootprintInputRow.answer_id).in_(answers))
            .order_by(col(FootprintInputRow.computed_at), col(FootprintInputRow.method))
        )
        self._meters = columns_of(MeterReadingRow).where(col(MeterReadingRow.answer_id).in_(answers))
        self._figures = columns_of(FootprintFigureRow).where(
            col(FootprintFigureRow.answer_id).in_(answers), col(FootprintFigureRow.quantity).in_(quantities)
        )

    def read(self, session: Session, values: Mapping[str, Any]) -> Mapping[int, Sequence[StoredFootprint]]:
        """By the ids of the answers; ``values`` are what the query leaves open."""
        rows = run(session, self._inputs, values).all()
        readings = {row.answer_id: _to_reading(row) for row in run(session, self._meters, values)}
        figures: dict[tuple[int, str], list[Row[Any]]] = defaultdict(list)
        for figure in run(session, self._figures, values):  # after the rows: what came meanwhile is ignored
            figures[figure.answer_id, figure.method].append(figure)
        found: dict[int, list[StoredFootprint]] = defaultdict(list)
        for row in rows:
            made = _to_values(row, figures[row.answer_id, row.method])
            found[row.answer_id].append(StoredFootprint(_to_inputs(row, readings.get(row.answer_id)), made))
        return found


_ANSWER, _TURN = table_of(AnswerRow), table_of(TurnRow)
_PLACES = (
    sa.select(_ANSWER.c.id, _TURN.c.index, _ANSWER.c.side)
    .join(_TURN, _TURN.c.id == _ANSWER.c.turn_id)
    .where(_TURN.c.battle_id == sa.bindparam("battle_id"))
    .order_by(_TURN.c.index, _ANSWER.c.side)
)
_OF_BATTLE = _Questions(
    sa.select(_ANSWER.c.id)
    .join(_TURN, _TURN.c.id == _ANSWER.c.turn_id)
    .where(_TURN.c.battle_id == sa.bindparam("battle_id")),
    QUANTITIES,
)


def _read_history(session: Session, battle_id: str) -> Mapping[tuple[int, Side], Sequence[StoredFootprint]]:
    this = {"battle_id": battle_id}
    places: list[tuple[int, int, str]] = [tuple(row) for row in run(session, _PLACES, this)]
    found = _OF_BATTLE.read(session, this)
    return {(index, Side(side)): found.get(answer_id, ()) for answer_id, index, side in places}


def _find_answer(session: Session, battle_id: str, turn_index: int, side: Side) -> int:
    query = (
        select(AnswerRow.id)
        .join(TurnRow)
        .where(TurnRow.battle_id == battle_id, TurnRow.index == turn_index, col(AnswerRow.side) == side.value)
    )
    answer_id = session.exec(query).first()
    if answer_id is None:
        raise BattleNotFound(f"no answer {side} in turn {turn_index} of battle {battle_id!r}")
    return answer_id


def _hold(session: Session, answer_ids: Iterable[int]) -> Sequence[int]:
    """Those of the answers that still exist, and go on to until the transaction ends; SQLite has locked the file."""
    query = select(AnswerRow.id).where(col(AnswerRow.id).in_(list(answer_ids))).order_by(col(AnswerRow.id))
    found = session.exec(query.with_for_update(read=True, key_share=True)).all()
    return [answer_id for answer_id in found if answer_id is not None]


def forget_footprints(session: Session, answer_id: int) -> None:
    """Remove what was made of an answer that has been written again."""
    for row in (MeterReadingRow, FootprintInputRow):
        session.exec(delete(row).where(col(row.answer_id) == answer_id))


def write_footprint(session: Session, answer_id: int, footprint: StoredFootprint) -> bool:
    """Whether its method had no row for the answer before; else nothing is written."""
    inputs, values = footprint
    if not _write_inputs(session, answer_id, values.method, inputs):
        return False
    _write_reading(session, answer_id, inputs.reading)
    made = {"answer_id": answer_id, "method": values.method}
    run(session, _NEW_RESULT, {**made, "grade": values.grade, "no_figure_reason": values.no_figure_reason})
    if figures := [{**made, **figure} for figure in _figure_columns(values)]:
        run(session, _NEW_FIGURES, figures)
    return True


_NEW_RESULT, _NEW_FIGURES = sa.insert(table_of(FootprintResultRow)), sa.insert(table_of(FootprintFigureRow))


@cache
def _new_inputs(dialect: str) -> sa.Insert:
    """Writes inputs unless there are any, and says whether it did."""
    return insert_for(dialect, FootprintInputRow).on_conflict_do_nothing().returning(sa.literal(1))


def _write_inputs(session: Session, answer_id: int, method: str, inputs: FootprintInputs) -> bool:
    """Whether the inputs are new; of two writers at once only one is told so."""
    columns = {"answer_id": answer_id, "method": method, **_input_columns(inputs)}
    return run(session, _new_inputs(dialect_of(session)), columns).first() is not None


def _write_reading(session: Session, answer_id: int, reading: MeterReading | None) -> None:
    """An answer is measured once: whatever method uses its reading, it is the same."""
    if reading is not None:
        statement = insert_into(session, MeterReadingRow).values(answer_id=answer_id, **asdict(reading))
        session.exec(statement.on_conflict_do_nothing())


def _input_columns(inputs: FootprintInputs) -> dict[str, Any]:
    columns = {name: getattr(inputs, name) for name in PLAIN}
    columns["token_source"] = inputs.token_source.value
    for name in RANGES:
        value: Range | None = getattr(inputs, name)
        columns[f"{name}_low"] = value and value.low
        columns[f"{name}_high"] = value and value.high
    return columns


def _to_inputs(row: Row[Any], reading: MeterReading | None) -> FootprintInputs:
    ranges: dict[str, Any] = {
        name: _to_range(getattr(row, f"{name}_low"), getattr(row, f"{name}_high")) for name in RANGES
    }
    plain = {name: getattr(row, name) for name in PLAIN}
    return FootprintInputs(token_source=TokenSource(row.token_source), reading=reading, **plain, **ranges)


def _to_reading(row: Row[Any]) -> MeterReading:
    return MeterReading(row.meter, row.gross_wh, row.idle_w, row.net_wh, row.window_s)


def _to_range(low: float | None, high: float | None) -> Range | None:
    return None if low is None or high is None else Range(low, high)


def _figure_columns(values: FootprintValues) -> Iterator[dict[str, Any]]:
    """One row for each quantity that has a raw range, a displayed band or both."""
    for quantity in {**values.raw, **values.displayed}:
        raw, band = values.raw.get(quantity), values.displayed.get(quantity)
        yield {
            "quantity": quantity,
            "raw_low": raw and raw.low,
            "raw_high": raw and raw.high,
            "low": band and band.low,
            "central": band and band.central,
            "high": band and band.high,
        }


def _to_values(row: Row[Any], figures: Iterable[Row[Any]]) -> FootprintValues:
    raw: dict[str, Range] = {}
    displayed: dict[str, Band] = {}
    for figure in figures:
        if figure.raw_low is not None and figure.raw_high is not None:
            raw[figure.quantity] = Range(figure.raw_low, figure.raw_high)
        if figure.low is not None and figure.central is not None and figure.high is not None:
            displayed[figure.quantity] = Band(figure.low, figure.central, figure.high)
    return FootprintValues(row.method, row.grade, row.no_figure_reason, raw, displayed)
