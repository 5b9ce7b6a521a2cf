"""A dataset: which tables an organiser can take away, column by column, and how each column is written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import NoneType
from typing import Any, get_args, get_type_hints

from arena.domain.battle import TokenSource
from arena.domain.provenance import QUANTITIES, FootprintInputs, MeterReading
from arena.domain.quantity import Range
from arena.domain.side import Side
from arena.domain.vote import Outcome, Quality

LEAST_PEOPLE = 5  # a file about fewer people says too much about each of them
FOUND = "_has_personal_data"


class Dataset(StrEnum):
    """What a row is: the first five are ours, the last two have the columns of others."""

    TURNS = "turns"  # one prompt of a battle
    VOTES = "votes"  # what one person said of one battle
    ANSWERS = "answers"  # one answer, with the footprint that was shown of it
    FOOTPRINTS = "footprints"  # one method's computation for one answer
    ROUNDS = "rounds"  # one step of a round of a room
    COMPARIA = "comparia"  # one vote, as in compar:IA's votes
    LMARENA = "lmarena"  # one vote, as in Chatbot Arena's conversations

    @property
    def is_own(self) -> bool:
        return self not in (Dataset.COMPARIA, Dataset.LMARENA)


OWN_DATASETS = tuple(dataset for dataset in Dataset if dataset.is_own)


class Format(StrEnum):
    """How a table is written."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


def formats_of(dataset: Dataset) -> tuple[Format, ...]:
    """The formats of a dataset: what has the columns of others is written as CSV only."""
    return tuple(Format) if dataset.is_own else (Format.CSV,)


class Kind(StrEnum):
    """What a column holds, which decides how it is made fit to leave; see ``arena.domain.publishing``."""

    EVENT = "event"  # ids, exchanged for random ones
    BATTLE = "battle"
    VISITOR = "visitor"
    VOTE = "vote"  # of a battle and a visitor together
    CODE = "code"  # a word of a vocabulary, a model id, a version
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    MOMENT = "moment"  # UTC, rounded down to the minute
    EPOCH = "epoch"  # the same in seconds since 1970
    WORDS = "words"  # what a person or a model wrote
    DIALOGUE = "dialogue"  # pairs of role and words
    FOUND = "found"  # whether the words beside it held personal data


_TYPES = {
    Kind.INTEGER: "integer",
    Kind.NUMBER: "number",
    Kind.EPOCH: "number",
    Kind.BOOLEAN: "boolean",
    Kind.FOUND: "boolean",
    Kind.MOMENT: "time",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column. The meaning and the unit of its name stand in codebook.yaml."""

    name: str
    kind: Kind

    @property
    def type(self) -> str:
        """``text``, ``integer``, ``number``, ``boolean`` or ``time``."""
        return _TYPES.get(self.kind, "text")


Columns = tuple[Column, ...]
_PLAIN = {
    str: Kind.CODE,
    TokenSource: Kind.CODE,
    int: Kind.INTEGER,
    float: Kind.NUMBER,
    bool: Kind.BOOLEAN,
    datetime: Kind.MOMENT,
}


def _of_kind(kind: Kind, *names: str) -> Columns:
    return tuple(Column(name, kind) for name in names)


def _words(*names: str) -> Columns:
    return tuple(part for name in names for part in (Column(name, Kind.WORDS), Column(name + FOUND, Kind.FOUND)))


def each_side(*patterns: str) -> list[str]:
    """``model_{side}`` as ``model_a`` and ``model_b``."""
    return [pattern.format(side=side) for pattern in patterns for side in Side]


def _of_fields(record: type[Any], prefix: str) -> Iterator[Column]:
    """A column a field, two for a range: a field that is added to the provenance is exported at once."""
    for name, hint in get_type_hints(record).items():
        plain = next(option for option in (get_args(hint) or (hint,)) if option is not NoneType)
        if plain is Range:
            yield from _of_kind(Kind.NUMBER, f"{prefix}{name}_low", f"{prefix}{name}_high")
        elif plain in _PLAIN:
            yield Column(f"{prefix}{name}", _PLAIN[plain])


def cells_of(record: object, prefix: str) -> dict[str, object]:
    """The values of such a record under the names of its columns."""
    cells: dict[str, object] = {}
    for name in get_type_hints(type(record)):
        value = getattr(record, name)
        if isinstance(value, Range):
            cells |= {f"{prefix}{name}_low": value.low, f"{prefix}{name}_high": value.high}
        else:
            cells[f"{prefix}{name}"] = value
    return cells


INPUT, METER = "footprint_", "meter_"
_BAND = ("raw_low", "raw_high", "low", "central", "high")
_BATTLE: Columns = (Column("event_id", Kind.EVENT), Column("battle_id", Kind.BATTLE))
_PLACE: Columns = (
    *_BATTLE,
    Column("turn_index", Kind.INTEGER),
    Column("side", Kind.CODE),
    Column("is_demo", Kind.BOOLEAN),
)
_FOOTPRINT: Columns = (
    *_of_kind(Kind.CODE, "footprint_method", "footprint_grade", "footprint_no_figure_reason"),
    *_of_fields(FootprintInputs, INPUT),
    *_of_fields(MeterReading, METER),
    *_of_kind(Kind.NUMBER, *(f"{INPUT}{quantity}_{end}" for quantity in QUANTITIES for end in _BAND)),
)
_TURNS: Columns = (
    *_BATTLE,
    Column("turn_index", Kind.INTEGER),
    Column("visitor_id", Kind.VISITOR),
    *_of_kind(Kind.MOMENT, "battle_started_at", "asked_at"),
    *_of_kind(Kind.CODE, "locale", "mode", "theme"),
    *_of_kind(Kind.BOOLEAN, "is_blind", "is_demo"),
    *_of_kind(Kind.CODE, "rematch_kind", "rematch_kept_side"),
    Column("rematch_origin_id", Kind.BATTLE),
    *_of_kind(Kind.CODE, *each_side("model_{side}", "status_{side}")),
    *_of_kind(Kind.INTEGER, *(f"votes_{outcome}" for outcome in Outcome), "votes_by_hands"),
    Column("round_number", Kind.INTEGER),
    Column("recorded_at", Kind.MOMENT),
    *_of_kind(Kind.CODE, "catalogue_version", "code_version"),
    Column("is_purged", Kind.BOOLEAN),
    *_words("prompt"),
)
_VOTES: Columns = (
    *_BATTLE,
    Column("visitor_id", Kind.VISITOR),
    Column("is_starter", Kind.BOOLEAN),
    Column("source", Kind.CODE),
    Column("round_number", Kind.INTEGER),
    Column("read_first", Kind.CODE),
    *_of_kind(Kind.CODE, "locale", "mode"),
    *_of_kind(Kind.BOOLEAN, "is_blind", "is_demo", "is_rematch"),
    *_of_kind(Kind.CODE, *each_side("model_{side}"), "vote"),
    *_of_kind(Kind.MOMENT, "voted_at", "vote_changed_at", "footprints_seen_at", "names_seen_at"),
    Column("second_choice", Kind.CODE),
    Column("second_choice_is_skipped", Kind.BOOLEAN),
    Column("second_choice_at", Kind.MOMENT),
    Column("bet_factor", Kind.INTEGER),
    Column("bet_side", Kind.CODE),
    Column("bet_at", Kind.MOMENT),
    Column("need", Kind.CODE),
    *_of_kind(Kind.BOOLEAN, *each_side("liked_{side}", *(f"{quality}_{{side}}" for quality in Quality))),
    Column("is_purged", Kind.BOOLEAN),
    *_words("comment"),
)
_ANSWERS: Columns = (
    *_PLACE,
    *_of_kind(Kind.CODE, "model_id", "status", "error_key"),
    *_of_kind(Kind.INTEGER, "input_tokens", "output_tokens", "reasoning_tokens"),
    Column("token_source", Kind.CODE),
    *_of_kind(Kind.NUMBER, "first_token_s", "duration_s"),
    Column("self_named", Kind.BOOLEAN),
    *_of_kind(Kind.CODE, "replaced_model_id", "replaced_error_key"),
    *_of_kind(Kind.BOOLEAN, "is_kept", "is_purged"),
    *_words("text", "reasoning"),
    Column("methods", Kind.INTEGER),
    *_FOOTPRINT,
)
_ROUNDS: Columns = (
    *_BATTLE,
    *_of_kind(Kind.INTEGER, "round_number", "step_number"),
    Column("step", Kind.CODE),
    Column("step_at", Kind.MOMENT),
    *_of_kind(Kind.BOOLEAN, "is_undone", "has_bet", "is_streamed", "skips_names"),
)
# Names of columns: ministere-culture/comparia-votes, as its own exporter lists them (betagouv/ComparIA, 2025).
_COMPARIA: Columns = (
    Column("id", Kind.VOTE),
    Column("timestamp", Kind.MOMENT),
    *_of_kind(Kind.CODE, *each_side("model_{side}_name"), "model_pair_name", "chosen_model_name"),
    Column("opening_msg", Kind.WORDS),
    Column("both_equal", Kind.BOOLEAN),
    *_of_kind(Kind.DIALOGUE, *each_side("conversation_{side}")),
    Column("conv_turns", Kind.INTEGER),
    Column("selected_category", Kind.CODE),
    Column("is_unedited_prompt", Kind.BOOLEAN),
    Column("conversation_pair_id", Kind.BATTLE),
    Column("session_hash", Kind.CODE),
    Column("visitor_id", Kind.VISITOR),
    *_of_kind(Kind.WORDS, *each_side("conv_comments_{side}")),
    *_of_kind(Kind.BOOLEAN, *each_side(*(f"conv_{quality}_{{side}}" for quality in Quality))),
    *_of_kind(Kind.WORDS, *each_side("system_prompt_{side}")),
)
# Names of columns: lmsys/chatbot_arena_conversations (2023), without the conversations and their moderation.
_LMARENA: Columns = (
    Column("question_id", Kind.BATTLE),
    *_of_kind(Kind.CODE, *each_side("model_{side}"), "winner"),
    Column("judge", Kind.VISITOR),
    Column("turn", Kind.INTEGER),
    Column("anony", Kind.BOOLEAN),
    Column("language", Kind.CODE),
    Column("tstamp", Kind.EPOCH),
)
SCHEMAS: Mapping[Dataset, Columns] = {
    Dataset.TURNS: _TURNS,
    Dataset.VOTES: _VOTES,
    Dataset.ANSWERS: _ANSWERS,
    Dataset.FOOTPRINTS: (*_PLACE, Column("is_shown", Kind.BOOLEAN), *_FOOTPRINT),
    Dataset.ROUNDS: _ROUNDS,
    Dataset.COMPARIA: _COMPARIA,
    Dataset.LMARENA: _LMARENA,
}
