"""Keeps footprints: the inputs of each computation for ever, its values beside them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col, delete, select

from arena.domain.battle import TokenSource
from arena.domain.provenance import Band, FootprintInputs, FootprintValues, StoredFootprint
from arena.domain.quantity import Range
from arena.domain.side import Side
from arena.errors import BattleNotFound
from arena.storage.rows import (
    AnswerRow,
    FootprintFigureRow,
    FootprintInputRow,
    FootprintResultRow,
    TurnRow,
)
from arena.storage.transactions import insert_into, reading, writing

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
            if not _write_inputs(session, answer_id, values.method, inputs):
                return
            session.add(_to_result_row(answer_id, values))
            session.flush()  # the figures point to the result
            session.add_all(_to_figure_rows(answer_id, values))

    def forget(self, battle_id: str, turn_index: int, side: Side) -> None:
        """Remove what was made of an answer that has been written again. Raises BattleNotFound."""
        with writing(self._engine) as session:
            answer_id = _find_answer(session, battle_id, turn_index, side)
            session.exec(delete(FootprintInputRow).where(col(FootprintInputRow.answer_id) == answer_id))

    def of_battle(self, battle_id: str) -> Mapping[tuple[int, Side], StoredFootprint]:
        """The latest footprint of each answer, by turn index and side; empty for an unknown battle."""
        query = (
            select(TurnRow.index, AnswerRow.side, FootprintInputRow, FootprintResultRow)
            .join(AnswerRow, col(AnswerRow.turn_id) == TurnRow.id)
            .join(FootprintInputRow, col(FootprintInputRow.answer_id) == AnswerRow.id)
            .join(
                FootprintResultRow,
                (col(FootprintResultRow.answer_id) == FootprintInputRow.answer_id)
                & (col(FootprintResultRow.method) == FootprintInputRow.method),
            )
            .where(TurnRow.battle_id == battle_id)
            .order_by(col(FootprintInputRow.computed_at), col(FootprintInputRow.method))
        )
        with reading(self._engine) as session:
            rows = session.exec(query).all()
            figures = _read_figures(session, battle_id)  # after the rows: what came meanwhile is ignored
            return {
                (index, Side(side)): StoredFootprint(
                    _to_inputs(inputs), _to_values(result, figures[result.answer_id, result.method])
                )
                for index, side, inputs, result in rows  # the latest overwrites
            }


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


def _write_inputs(session: Session, answer_id: int, method: str, inputs: FootprintInputs) -> bool:
    """Whether the inputs are new; of two writers at once only one is told so."""
    statement = insert_into(session, FootprintInputRow).values(
        answer_id=answer_id, method=method, **_input_columns(inputs)
    )
    written = statement.on_conflict_do_nothing().returning(col(FootprintInputRow.answer_id))
    return session.exec(written).first() is not None


def _input_columns(inputs: FootprintInputs) -> dict[str, Any]:
    columns = {name: getattr(inputs, name) for name in PLAIN}
    columns["token_source"] = inputs.token_source.value
    for name in RANGES:
        value: Range | None = getattr(inputs, name)
        columns[f"{name}_low"] = value and value.low
        columns[f"{name}_high"] = value and value.high
    return columns


def _to_inputs(row: FootprintInputRow) -> FootprintInputs:
    ranges: dict[str, Any] = {
        name: _to_range(getattr(row, f"{name}_low"), getattr(row, f"{name}_high")) for name in RANGES
    }
    plain = {name: getattr(row, name) for name in PLAIN}
    return FootprintInputs(token_source=TokenSource(row.token_source), **plain, **ranges)


def _to_range(low: float | None, high: float | None) -> Range | None:
    return None if low is None or high is None else Range(low, high)


def _to_result_row(answer_id: int, values: FootprintValues) -> FootprintResultRow:
    return FootprintResultRow(
        answer_id=answer_id,
        method=values.method,
        grade=values.grade,
        no_figure_reason=values.no_figure_reason,
    )


def _to_figure_rows(answer_id: int, values: FootprintValues) -> list[FootprintFigureRow]:
    """One row for each quantity that has a raw range, a displayed band or both."""
    rows = []
    for quantity in {**values.raw, **values.displayed}:
        raw, band = values.raw.get(quantity), values.displayed.get(quantity)
        row = FootprintFigureRow(answer_id=answer_id, method=values.method, quantity=quantity)
        if raw is not None:
            row.raw_low, row.raw_high = raw.low, raw.high
        if band is not None:
            row.low, row.central, row.high = band.low, band.central, band.high
        rows.append(row)
    return rows


def _read_figures(session: Session, battle_id: str) -> Mapping[tuple[int, str], list[FootprintFigureRow]]:
    """The figures of all answers of a battle, by answer and method."""
    query = (
        select(FootprintFigureRow)
        .join(AnswerRow, col(AnswerRow.id) == FootprintFigureRow.answer_id)
        .join(TurnRow)
        .where(TurnRow.battle_id == battle_id)
    )
    figures: dict[tuple[int, str], list[FootprintFigureRow]] = defaultdict(list)
    for figure in session.exec(query):
        figures[figure.answer_id, figure.method].append(figure)
    return figures


def _to_values(row: FootprintResultRow, figures: Iterable[FootprintFigureRow]) -> FootprintValues:
    raw: dict[str, Range] = {}
    displayed: dict[str, Band] = {}
    for figure in figures:
        if figure.raw_low is not None and figure.raw_high is not None:
            raw[figure.quantity] = Range(figure.raw_low, figure.raw_high)
        if figure.low is not None and figure.central is not None and figure.high is not None:
            displayed[figure.quantity] = Band(figure.low, figure.central, figure.high)
    return FootprintValues(row.method, row.grade, row.no_figure_reason, raw, displayed)
