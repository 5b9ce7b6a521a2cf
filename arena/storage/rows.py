"""The tables. Rows stay inside this package: everyone else gets domain objects.

There is no column for an address, a browser or a name of a person, and there must never be one.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from arena.domain.ballot import Source
from arena.domain.battle import AnswerStatus, TokenSource
from arena.domain.pairing import PairingMode
from arena.domain.provenance import QUANTITIES
from arena.domain.reflection import BET_FACTORS, Need
from arena.domain.rematch import RematchKind
from arena.domain.side import Side
from arena.domain.vote import Outcome, Quality
from arena.storage.budget_rows import SpentRow
from arena.storage.census_rows import CensusChangeRow, CensusPlaceRow, CensusRow
from arena.storage.columns import KeyText, StoredText, UtcDateTime, one_of
from arena.storage.event_rows import (
    EventModelRow,
    EventRow,
    ExportKeyRow,
    OrganiserLinkRow,
    ParticipantRow,
    SigningKeyRow,
)
from arena.storage.room_rows import ProposalRow, RoomRow, RoundRow, RoundStepRow, SeatRow
from arena.storage.table import TableRow

__all__ = [  # all tables are known here
    "CensusChangeRow",
    "CensusPlaceRow",
    "CensusRow",
    "EventModelRow",
    "EventRow",
    "ExportKeyRow",
    "OrganiserLinkRow",
    "ParticipantRow",
    "ProposalRow",
    "RoomRow",
    "RoundRow",
    "RoundStepRow",
    "SeatRow",
    "SigningKeyRow",
    "SpentRow",
    "TableRow",
]


class BattleRow(TableRow, table=True):
    """A battle, and the versions it was fought under."""

    __tablename__ = "battle"
    __table_args__ = (
        one_of("mode", PairingMode),
        Index(None, "visitor_id", "created_at"),  # latest battle of a visitor
        Index(None, "is_blind", "is_demo"),  # pair counts
        Index(None, "event_id", "created_at"),  # battles of an event
        Index(None, "created_at"),  # battles of all events
    )

    id: str = Field(sa_type=KeyText, primary_key=True)
    visitor_id: str = Field(sa_type=StoredText)
    created_at: datetime = Field(sa_type=UtcDateTime)
    locale: str = Field(sa_type=StoredText)
    mode: str = Field(sa_type=StoredText)
    is_blind: bool
    is_demo: bool
    catalogue_version: str = Field(sa_type=StoredText)
    code_version: str = Field(sa_type=StoredText)
    left_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # put aside by its visitor
    event_id: str | None = Field(default=None, sa_type=KeyText, foreign_key="event.id", ondelete="CASCADE")
    theme: str | None = Field(default=None, sa_type=StoredText)  # of the suggestion that was its first prompt
    purged_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # its texts are gone
    recorded_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # its answers are older than itself


class BattleSideRow(TableRow, table=True):
    """Which model sits on which side; side A is the answer shown first."""

    __tablename__ = "battle_side"
    __table_args__ = (
        one_of("side", Side),
        Index(None, "battle_id", "side", "model_id"),  # pair counts without a visit to the table
    )

    battle_id: str = Field(sa_type=KeyText, primary_key=True, foreign_key="battle.id", ondelete="CASCADE")
    side: str = Field(sa_type=StoredText, primary_key=True)
    model_id: str = Field(sa_type=StoredText)


class TurnRow(TableRow, table=True):
    """One prompt of a battle."""

    __tablename__ = "turn"
    __table_args__ = (
        UniqueConstraint("battle_id", "index"),
        CheckConstraint('"index" >= 0', name="index"),
        Index(
            "ix_turn_hidden",
            "battle_id",
            sqlite_where=text("hidden_at IS NOT NULL"),
            postgresql_where=text("hidden_at IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    battle_id: str = Field(sa_type=KeyText, foreign_key="battle.id", ondelete="CASCADE")
    index: int
    prompt: str = Field(sa_type=StoredText)
    created_at: datetime = Field(sa_type=UtcDateTime)
    hidden_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # by an organiser: in no view, in no export


class AnswerRow(TableRow, table=True):
    """What one side answered in one turn. A failure is a status and a key, never a text."""

    __tablename__ = "answer"
    __table_args__ = (
        UniqueConstraint("turn_id", "side"),
        one_of("side", Side),
        one_of("status", AnswerStatus),
        one_of("token_source", TokenSource),
        Index(
            "ix_answer_self_named", "turn_id", sqlite_where=text("self_named = 1"), postgresql_where=text("self_named")
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    turn_id: int = Field(foreign_key="turn.id", ondelete="CASCADE")
    side: str = Field(sa_type=StoredText)
    model_id: str = Field(sa_type=StoredText)
    status: str = Field(sa_type=StoredText)
    input_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None
    token_source: str | None = Field(default=None, sa_type=StoredText)
    error_key: str | None = Field(default=None, sa_type=StoredText)
    first_token_s: float | None = None
    duration_s: float | None = None
    self_named: bool = False
    replaced_model_id: str | None = Field(default=None, sa_type=StoredText)
    replaced_error_key: str | None = Field(default=None, sa_type=StoredText)
    text: str = Field(default="", sa_type=StoredText)
    reasoning: str = Field(default="", sa_type=StoredText)
    cost_eur: float | None = None  # NULL is unknown; while it is written, the most it may cost


class VoteRow(TableRow, table=True):
    """One visitor's blind vote on one battle: the key says that there is only one."""

    __tablename__ = "vote"
    __table_args__ = (
        one_of("outcome", Outcome),
        one_of("source", Source),
        # all the votes of a visitor, without a visit to the table
        Index(None, "visitor_id", "battle_id", "outcome", "source"),
    )

    battle_id: str = Field(sa_type=KeyText, primary_key=True, foreign_key="battle.id", ondelete="CASCADE")
    visitor_id: str = Field(sa_type=StoredText, primary_key=True)
    outcome: str = Field(sa_type=StoredText)
    comment: str = Field(default="", sa_type=StoredText)
    created_at: datetime = Field(sa_type=UtcDateTime)
    changed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    source: str = Field(default=Source.PHONE.value, sa_type=StoredText)  # of raised hands each is one, of nobody known


class PairTallyRow(TableRow, table=True):
    """How many votes there are of a kind on a pair; kept by triggers, see ``arena.storage.pair_tally``."""

    __tablename__ = "pair_tally"
    __table_args__ = (one_of("kind", ("ranked", "named", "demo", "rematch", "hands")), one_of("outcome", Outcome))

    kind: str = Field(sa_type=StoredText, primary_key=True)
    locale: str = Field(sa_type=StoredText, primary_key=True)
    mode: str = Field(sa_type=StoredText, primary_key=True)
    model_a: str = Field(sa_type=StoredText, primary_key=True)
    model_b: str = Field(sa_type=StoredText, primary_key=True)
    outcome: str = Field(sa_type=StoredText, primary_key=True)
    votes: int


class ReactionRow(TableRow, table=True):
    """One visitor's like or dislike of one side."""

    __tablename__ = "reaction"
    __table_args__ = (UniqueConstraint("battle_id", "visitor_id", "side"), one_of("side", Side))

    id: int | None = Field(default=None, primary_key=True)
    battle_id: str = Field(sa_type=KeyText, foreign_key="battle.id", ondelete="CASCADE")
    visitor_id: str = Field(sa_type=StoredText)
    side: str = Field(sa_type=StoredText)
    liked: bool | None = None


class ReactionQualityRow(TableRow, table=True):
    """One quality tag of a reaction."""

    __tablename__ = "reaction_quality"
    __table_args__ = (one_of("quality", Quality),)

    reaction_id: int = Field(primary_key=True, foreign_key="reaction.id", ondelete="CASCADE")
    quality: str = Field(sa_type=StoredText, primary_key=True)


class RevealRow(TableRow, table=True):
    """What one visitor was shown of a battle, and when. No row: still blind."""

    __tablename__ = "reveal"

    battle_id: str = Field(sa_type=KeyText, primary_key=True, foreign_key="battle.id", ondelete="CASCADE")
    visitor_id: str = Field(sa_type=StoredText, primary_key=True)
    footprints_at: datetime = Field(sa_type=UtcDateTime)
    names_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class BetRow(TableRow, table=True):
    """One visitor's guess before the footprints; side NULL: about the same, or only the gap was asked for."""

    __tablename__ = "bet"
    __table_args__ = (
        one_of("side", Side),
        CheckConstraint(f"factor IN ({', '.join(map(str, BET_FACTORS))})", name="factor"),
        CheckConstraint("factor <> 1 OR side IS NULL", name="side_of_factor"),
    )

    battle_id: str = Field(sa_type=KeyText, primary_key=True, foreign_key="battle.id", ondelete="CASCADE")
    visitor_id: str = Field(sa_type=StoredText, primary_key=True)
    side: str | None = Field(default=None, sa_type=StoredText)
    factor: int
    created_at: datetime = Field(sa_type=UtcDateTime)


class SecondChoiceRow(TableRow, table=True):
    """One visitor's choice knowing the footprints; NULL was skipped. Apart from the vote, on purpose."""

    __tablename__ = "second_choice"
    __table_args__ = (one_of("outcome", Outcome), one_of("source", Source))

    battle_id: str = Field(sa_type=KeyText, primary_key=True, foreign_key="battle.id", ondelete="CASCADE")
    visitor_id: str = Field(sa_type=StoredText, primary_key=True)
    outcome: str | None = Field(default=None, sa_type=StoredText)
    created_at: datetime = Field(sa_type=UtcDateTime)
    source: str = Field(default=Source.PHONE.value, sa_type=StoredText)


class NeedRow(TableRow, table=True):
    """Whether one visitor could have done without an AI for this battle's question."""

    __tablename__ = "need"
    __table_args__ = (one_of("answer", Need),)

    battle_id: str = Field(sa_type=KeyText, primary_key=True, foreign_key="battle.id", ondelete="CASCADE")
    visitor_id: str = Field(sa_type=StoredText, primary_key=True)
    answer: str = Field(sa_type=StoredText)
    created_at: datetime = Field(sa_type=UtcDateTime)


class RematchRow(TableRow, table=True):
    """A battle that shows an answer of an earlier one again; see ``arena.domain.rematch``."""

    __tablename__ = "rematch"
    __table_args__ = (
        ForeignKeyConstraint(["origin_id"], ["battle.id"], name="fk_rematch_battle_origin", ondelete="SET NULL"),
        one_of("kind", RematchKind),
        one_of("kept_side", Side),
        Index(None, "origin_id"),
    )

    battle_id: str = Field(sa_type=KeyText, primary_key=True, foreign_key="battle.id", ondelete="CASCADE")
    origin_id: str | None = Field(default=None, sa_type=KeyText)
    kind: str = Field(sa_type=StoredText)
    kept_side: str = Field(sa_type=StoredText)


class MeterReadingRow(TableRow, table=True):
    """What a counter of this machine read while an answer was written; see ``MeterReading``."""

    __tablename__ = "meter_reading"

    answer_id: int = Field(primary_key=True, foreign_key="answer.id", ondelete="CASCADE")
    meter: str = Field(sa_type=StoredText)
    gross_wh: float
    idle_w: float
    net_wh: float
    window_s: float


class FootprintInputRow(TableRow, table=True):
    """What one method was given for one answer: kept for ever, so that it can be computed again."""

    __tablename__ = "footprint_input"
    __table_args__ = (one_of("token_source", TokenSource),)

    answer_id: int = Field(primary_key=True, foreign_key="answer.id", ondelete="CASCADE")
    method: str = Field(sa_type=StoredText, primary_key=True)
    computed_at: datetime = Field(sa_type=UtcDateTime)
    model_id: str = Field(sa_type=StoredText)
    openness: str = Field(sa_type=StoredText)
    is_measured: bool
    endpoint_kind: str = Field(sa_type=StoredText)
    total_params_b_low: float | None = None
    total_params_b_high: float | None = None
    active_params_b_low: float | None = None
    active_params_b_high: float | None = None
    output_tokens: int
    token_source: str = Field(sa_type=StoredText)
    latency_s: float | None = None
    first_token_s: float | None = None
    tokens_per_s_low: float | None = None
    tokens_per_s_high: float | None = None
    zone: str | None = Field(default=None, sa_type=StoredText)
    pue_low: float | None = None
    pue_high: float | None = None
    wue_l_per_kwh_low: float | None = None
    wue_l_per_kwh_high: float | None = None
    quantization_bits: int
    batch_size: int
    mix_gwp_kg_per_kwh: float | None = None
    mix_adpe_kg_per_kwh: float | None = None
    mix_pe_mj_per_kwh: float | None = None
    mix_wue_l_per_kwh: float | None = None
    ecologits_version: str = Field(sa_type=StoredText)
    ecologits_data_sha256: str = Field(sa_type=StoredText)
    catalogue_version: str = Field(sa_type=StoredText)
    bands_version: str = Field(sa_type=StoredText)
    equivalents_version: str = Field(sa_type=StoredText)
    code_version: str = Field(sa_type=StoredText)


class FootprintResultRow(TableRow, table=True):
    """What one method concluded for one answer. Another method adds a row and never replaces this one."""

    __tablename__ = "footprint_result"
    __table_args__ = (
        ForeignKeyConstraint(
            ["answer_id", "method"],
            ["footprint_input.answer_id", "footprint_input.method"],
            ondelete="CASCADE",
        ),
    )

    answer_id: int = Field(primary_key=True)
    method: str = Field(sa_type=StoredText, primary_key=True)
    grade: str = Field(sa_type=StoredText)
    no_figure_reason: str | None = Field(default=None, sa_type=StoredText)


class FootprintFigureRow(TableRow, table=True):
    """One quantity of a result: the estimator's range and the displayed band. Its name has the unit."""

    __tablename__ = "footprint_figure"
    __table_args__ = (
        ForeignKeyConstraint(
            ["answer_id", "method"],
            ["footprint_result.answer_id", "footprint_result.method"],
            ondelete="CASCADE",
        ),
        one_of("quantity", QUANTITIES),
    )

    answer_id: int = Field(primary_key=True)
    method: str = Field(sa_type=StoredText, primary_key=True)
    quantity: str = Field(sa_type=StoredText, primary_key=True)
    raw_low: float | None = None
    raw_high: float | None = None
    low: float | None = None
    central: float | None = None
    high: float | None = None
