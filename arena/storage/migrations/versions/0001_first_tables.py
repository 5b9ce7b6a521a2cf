"""The first tables: battles, opinions, reveals and footprints."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    _make_battles()
    _make_answers()
    _make_votes()
    _make_reactions()
    _make_footprint_inputs()
    _make_footprint_results()


def downgrade() -> None:
    """Newest first, so that no table loses the one it points to."""
    footprints = ("footprint_figure", "footprint_result", "footprint_input")
    opinions = ("reaction_quality", "reaction", "reveal", "vote")
    for table in (*footprints, *opinions, "answer", "turn", "battle_side", "battle"):
        op.drop_table(table)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _integer(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _flag(name: str, *, nullable: bool = False) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=nullable)


def _numbers(*names: str) -> list[sa.Column[float]]:
    return [sa.Column(name, sa.Float(), nullable=True) for name in names]


def _of_battle(table: str) -> tuple[sa.Column[str], sa.ForeignKeyConstraint]:
    key = sa.ForeignKeyConstraint(["battle_id"], ["battle.id"], name=f"fk_{table}_battle", ondelete="CASCADE")
    return sa.Column("battle_id", sa.String(32), nullable=False), key


def _make_battles() -> None:
    modes = "mode IN ('random', 'small_vs_big', 'small_only', 'choose')"
    op.create_table(
        "battle",
        sa.Column("id", sa.String(32), nullable=False),
        _text("visitor_id"),
        _moment("created_at"),
        _text("locale"),
        _text("mode"),
        _flag("is_blind"),
        _flag("is_demo"),
        _text("catalogue_version"),
        _text("code_version"),
        _moment("left_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_battle"),
        sa.CheckConstraint(modes, name=op.f("ck_battle_mode")),
    )
    op.create_index("ix_battle_visitor_id_created_at", "battle", ["visitor_id", "created_at"])
    op.create_index("ix_battle_is_blind_is_demo", "battle", ["is_blind", "is_demo"])
    op.create_table(
        "battle_side",
        *_of_battle("battle_side"),
        _text("side"),
        _text("model_id"),
        sa.PrimaryKeyConstraint("battle_id", "side", name="pk_battle_side"),
        sa.CheckConstraint("side IN ('a', 'b')", name=op.f("ck_battle_side_side")),
    )
    pair = ["battle_id", "side", "model_id"]
    op.create_index("ix_battle_side_battle_id_side_model_id", "battle_side", pair)


def _make_answers() -> None:
    statuses = "'pending', 'streaming', 'complete', 'capped', 'truncated', 'stopped', 'failed'"
    sources = "token_source IN ('reported', 'estimated')"
    op.create_table(
        "turn",
        _integer("id"),
        *_of_battle("turn"),
        _integer("index"),
        _text("prompt"),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_turn"),
        sa.UniqueConstraint("battle_id", "index", name="uq_turn_battle_id_index"),
        sa.CheckConstraint('"index" >= 0', name=op.f("ck_turn_index")),
    )
    op.create_table(
        "answer",
        _integer("id"),
        _integer("turn_id"),
        _text("side"),
        _text("model_id"),
        _text("status"),
        _integer("input_tokens", nullable=True),
        _integer("output_tokens", nullable=True),
        _integer("reasoning_tokens", nullable=True),
        _text("token_source", nullable=True),
        _text("error_key", nullable=True),
        *_numbers("first_token_s", "duration_s"),
        _flag("self_named"),
        _text("replaced_model_id", nullable=True),
        _text("replaced_error_key", nullable=True),
        _text("text"),
        _text("reasoning"),
        sa.PrimaryKeyConstraint("id", name="pk_answer"),
        sa.UniqueConstraint("turn_id", "side", name="uq_answer_turn_id_side"),
        sa.ForeignKeyConstraint(["turn_id"], ["turn.id"], name="fk_answer_turn", ondelete="CASCADE"),
        sa.CheckConstraint("side IN ('a', 'b')", name=op.f("ck_answer_side")),
        sa.CheckConstraint(f"status IN ({statuses})", name=op.f("ck_answer_status")),
        sa.CheckConstraint(sources, name=op.f("ck_answer_token_source")),
    )


def _make_votes() -> None:
    outcomes = "outcome IN ('a', 'both_good', 'both_bad', 'b')"
    op.create_table(
        "vote",
        *_of_battle("vote"),
        _text("visitor_id"),
        _text("outcome"),
        _text("comment"),
        _moment("created_at"),
        _moment("changed_at", nullable=True),
        sa.PrimaryKeyConstraint("battle_id", "visitor_id", name="pk_vote"),
        sa.CheckConstraint(outcomes, name=op.f("ck_vote_outcome")),
    )
    op.create_table(
        "reveal",
        *_of_battle("reveal"),
        _text("visitor_id"),
        _moment("footprints_at"),
        _moment("names_at", nullable=True),
        sa.PrimaryKeyConstraint("battle_id", "visitor_id", name="pk_reveal"),
    )


def _make_reactions() -> None:
    good = "'useful', 'complete', 'creative', 'clear_formatting'"
    bad = "'incorrect', 'superficial', 'instructions_not_followed'"
    op.create_table(
        "reaction",
        _integer("id"),
        *_of_battle("reaction"),
        _text("visitor_id"),
        _text("side"),
        _flag("liked", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_reaction"),
        sa.UniqueConstraint("battle_id", "visitor_id", "side", name="uq_reaction_battle_id_visitor_id_side"),
        sa.CheckConstraint("side IN ('a', 'b')", name=op.f("ck_reaction_side")),
    )
    op.create_table(
        "reaction_quality",
        _integer("reaction_id"),
        _text("quality"),
        sa.PrimaryKeyConstraint("reaction_id", "quality", name="pk_reaction_quality"),
        sa.ForeignKeyConstraint(
            ["reaction_id"], ["reaction.id"], name="fk_reaction_quality_reaction", ondelete="CASCADE"
        ),
        sa.CheckConstraint(f"quality IN ({good}, {bad})", name=op.f("ck_reaction_quality_quality")),
    )


def _make_footprint_inputs() -> None:
    sources = "token_source IN ('reported', 'estimated')"
    op.create_table(
        "footprint_input",
        _integer("answer_id"),
        _text("method"),
        _moment("computed_at"),
        _text("model_id"),
        _text("openness"),
        _flag("is_measured"),
        _text("endpoint_kind"),
        *_numbers("total_params_b_low", "total_params_b_high"),
        *_numbers("active_params_b_low", "active_params_b_high"),
        _integer("output_tokens"),
        _text("token_source"),
        *_numbers("latency_s", "first_token_s", "tokens_per_s_low", "tokens_per_s_high"),
        _text("zone", nullable=True),
        *_numbers("pue_low", "pue_high", "wue_l_per_kwh_low", "wue_l_per_kwh_high"),
        _integer("quantization_bits"),
        _integer("batch_size"),
        *_numbers("mix_gwp_kg_per_kwh", "mix_adpe_kg_per_kwh", "mix_pe_mj_per_kwh", "mix_wue_l_per_kwh"),
        _text("ecologits_version"),
        _text("ecologits_data_sha256"),
        _text("catalogue_version"),
        _text("bands_version"),
        _text("equivalents_version"),
        _text("code_version"),
        sa.PrimaryKeyConstraint("answer_id", "method", name="pk_footprint_input"),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], name="fk_footprint_input_answer", ondelete="CASCADE"),
        sa.CheckConstraint(sources, name=op.f("ck_footprint_input_token_source")),
    )


def _make_footprint_results() -> None:
    quantities = "'energy_wh', 'gwp_usage_g', 'gwp_embodied_g', 'gwp_g', 'water_ml', 'adpe_ug', 'pe_kj'"
    op.create_table(
        "footprint_result",
        _integer("answer_id"),
        _text("method"),
        _text("grade"),
        _text("no_figure_reason", nullable=True),
        sa.PrimaryKeyConstraint("answer_id", "method", name="pk_footprint_result"),
        sa.ForeignKeyConstraint(
            ["answer_id", "method"],
            ["footprint_input.answer_id", "footprint_input.method"],
            name="fk_footprint_result_footprint_input",
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "footprint_figure",
        _integer("answer_id"),
        _text("method"),
        _text("quantity"),
        *_numbers("raw_low", "raw_high", "low", "central", "high"),
        sa.PrimaryKeyConstraint("answer_id", "method", "quantity", name="pk_footprint_figure"),
        sa.ForeignKeyConstraint(
            ["answer_id", "method"],
            ["footprint_result.answer_id", "footprint_result.method"],
            name="fk_footprint_figure_footprint_result",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint(f"quantity IN ({quantities})", name=op.f("ck_footprint_figure_quantity")),
    )
