"""The rows of each dataset, made from whole battles: raw values, not fit to leave yet."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from arena.domain.ballot import Source, is_hand
from arena.domain.battle import Answer, Battle, Turn
from arena.domain.dataset import INPUT, METER, Dataset, cells_of
from arena.domain.provenance import FootprintValues, StoredFootprint
from arena.domain.reflection import Reflections
from arena.domain.room import is_of_room
from arena.domain.round_record import RoundRecord
from arena.domain.side import Side
from arena.domain.vote import Outcome, Quality, Reaction, Vote

Row = Mapping[str, object]  # by column; a column that is absent is empty
# The words of lmsys/chatbot_arena_conversations.
_WINNERS = {
    Outcome.A: "model_a",
    Outcome.B: "model_b",
    Outcome.BOTH_GOOD: "tie",
    Outcome.BOTH_BAD: "tie (bothbad)",
}
_LANGUAGES = {"fr": "French", "en": "English"}


@dataclass(frozen=True, slots=True)
class Voice:
    """All that one person said and saw of one battle."""

    vote: Vote | None = None
    reactions: Mapping[Side, Reaction] = field(default_factory=dict)
    reflections: Reflections = field(default_factory=Reflections)
    footprints_at: datetime | None = None
    names_at: datetime | None = None

    @property
    def says_anything(self) -> bool:
        """Whether there is more than what was seen. In a room one may bet or choose again without a vote."""
        return bool(self.vote or self.reactions or self.reflections != Reflections())


@dataclass(frozen=True, slots=True)
class BattleRecord:
    """A battle with all that hangs on it, by visitor and by turn index and side; the first footprint was shown.

    ``round`` is None for a battle that is no round of a room.
    """

    battle: Battle
    catalogue_version: str
    code_version: str
    is_purged: bool
    voices: Mapping[str, Voice]
    footprints: Mapping[tuple[int, Side], Sequence[StoredFootprint]]
    round: RoundRecord | None = None


def rows_of(dataset: Dataset, record: BattleRecord) -> Iterator[Row]:
    """The rows that one battle gives."""
    return _MAKERS[dataset](record)


def _turns(record: BattleRecord) -> Iterator[Row]:
    battle, rematch = record.battle, record.battle.rematch
    votes = Counter(voice.vote.outcome for voice in record.voices.values() if voice.vote)
    of_battle = {
        **_battle_cells(record),
        "visitor_id": None if is_of_room(battle.visitor_id) else battle.visitor_id,
        "battle_started_at": battle.created_at,
        "theme": battle.theme,
        "rematch_kind": rematch and rematch.kind,
        "rematch_kept_side": rematch and rematch.kept_side,
        "rematch_origin_id": rematch and rematch.origin_id,
        **{f"votes_{outcome}": votes[outcome] for outcome in Outcome},
        "votes_by_hands": sum(is_hand(who) for who, voice in record.voices.items() if voice.vote),
        "round_number": record.round and record.round.number,
        "recorded_at": battle.recorded_at,
        "catalogue_version": record.catalogue_version,
        "code_version": record.code_version,
    }
    for turn in battle.turns:
        statuses = {f"status_{side}": answer.status for side, answer in turn.answers.items()}
        yield of_battle | statuses | {"turn_index": turn.index, "asked_at": turn.created_at, "prompt": turn.prompt}


def _votes(record: BattleRecord) -> Iterator[Row]:
    of_battle = {**_battle_cells(record), "is_rematch": record.battle.rematch is not None}
    for visitor_id, voice in sorted(record.voices.items()):
        if not voice.says_anything:
            continue
        yield {
            **of_battle,
            "visitor_id": visitor_id,
            "is_starter": visitor_id == record.battle.visitor_id,
            "source": Source.HANDS if is_hand(visitor_id) else Source.PHONE,
            **_round_cells(record.round, visitor_id),
            **_vote_cells(voice),
            **_reflection_cells(voice.reflections),
            **{f"liked_{side}": reaction.liked for side, reaction in voice.reactions.items()},
            **_quality_cells(voice, ""),
        }


def _answers(record: BattleRecord) -> Iterator[Row]:
    for turn in record.battle.turns:
        for side, answer in turn.answers.items():
            footprints = record.footprints.get((turn.index, side), ())
            shown = _footprint_cells(footprints[0]) if footprints else {}
            yield _answer_cells(record, turn, side, answer) | shown | {"methods": len(footprints)}


def _footprints(record: BattleRecord) -> Iterator[Row]:
    for turn in record.battle.turns:
        for side in turn.answers:
            for number, footprint in enumerate(record.footprints.get((turn.index, side), ())):
                yield _place(record, turn, side) | _footprint_cells(footprint) | {"is_shown": number == 0}


def _rounds(record: BattleRecord) -> Iterator[Row]:
    one = record.round
    if one is None:
        return
    for noted in one.steps:
        yield {
            "event_id": record.battle.event_id,
            "battle_id": record.battle.id,
            "round_number": one.number,
            "step_number": noted.number,
            "step": noted.step,
            "step_at": noted.at,
            "is_undone": noted.is_undone,
            "has_bet": one.has_bet,
            "is_streamed": one.is_streamed,
            "skips_names": one.skips_names,
        }


def _comparia(record: BattleRecord) -> Iterator[Row]:
    battle = record.battle
    for visitor_id, vote in _voters(record):
        chosen = Side(vote.outcome) if vote.outcome in (Outcome.A, Outcome.B) else None
        yield {
            "id": f"{battle.id}:{visitor_id}",
            "timestamp": vote.created_at,
            **{f"model_{side}_name": model_id for side, model_id in battle.models.items()},
            "model_pair_name": json.dumps(sorted(battle.models.values()), ensure_ascii=False),
            "chosen_model_name": chosen and battle.models[chosen],
            "opening_msg": battle.turns[0].prompt if battle.turns else None,
            "both_equal": chosen is None,
            **{f"conversation_{side}": _dialogue(battle, side) for side in Side},
            "conv_turns": len(battle.turns),
            "selected_category": battle.theme,
            "is_unedited_prompt": battle.theme is not None,
            "conversation_pair_id": battle.id,
            "visitor_id": visitor_id,
            **_quality_cells(record.voices[visitor_id], "conv_"),
        }


def _lmarena(record: BattleRecord) -> Iterator[Row]:
    battle = record.battle
    for visitor_id, vote in _voters(record):
        yield {
            "question_id": battle.id,
            **{f"model_{side}": model_id for side, model_id in battle.models.items()},
            "winner": _WINNERS[vote.outcome],
            "judge": visitor_id,
            "turn": len(battle.turns),
            "anony": battle.is_blind,
            "language": _LANGUAGES.get(battle.locale, battle.locale),
            "tstamp": vote.created_at,
        }


_MAKERS: Mapping[Dataset, Callable[[BattleRecord], Iterator[Row]]] = {
    Dataset.TURNS: _turns,
    Dataset.VOTES: _votes,
    Dataset.ANSWERS: _answers,
    Dataset.FOOTPRINTS: _footprints,
    Dataset.ROUNDS: _rounds,
    Dataset.COMPARIA: _comparia,
    Dataset.LMARENA: _lmarena,
}


def _voters(record: BattleRecord) -> Iterator[tuple[str, Vote]]:
    """People, each with a secret ballot: in the tables of others a raised hand could not be told from them."""
    voices = sorted(record.voices.items())
    return ((visitor_id, voice.vote) for visitor_id, voice in voices if voice.vote and not is_hand(visitor_id))


def _round_cells(one: RoundRecord | None, visitor_id: str) -> dict[str, object]:
    return {} if one is None else {"round_number": one.number, "read_first": one.seats.get(visitor_id)}


def _dialogue(battle: Battle, side: Side) -> list[tuple[str, str]]:
    said: list[tuple[str, str]] = []
    for turn in battle.turns:
        said.append(("user", turn.prompt))
        if side in turn.answers:
            said.append(("assistant", turn.answers[side].text))
    return said


def _battle_cells(record: BattleRecord) -> dict[str, object]:
    battle = record.battle
    return {
        "event_id": battle.event_id,
        "battle_id": battle.id,
        "locale": battle.locale,
        "mode": battle.mode,
        "is_blind": battle.is_blind,
        "is_demo": battle.is_demo,
        "is_purged": record.is_purged,
        **{f"model_{side}": model_id for side, model_id in battle.models.items()},
    }


def _vote_cells(voice: Voice) -> dict[str, object]:
    seen = {"footprints_seen_at": voice.footprints_at, "names_seen_at": voice.names_at}
    if voice.vote is None:
        return dict(seen)
    return {
        "vote": voice.vote.outcome,
        "voted_at": voice.vote.created_at,
        "vote_changed_at": voice.vote.changed_at,
        "comment": voice.vote.comment,
        **seen,
    }


def _reflection_cells(said: Reflections) -> dict[str, object]:
    cells: dict[str, object] = {"need": said.need}
    if said.second_choice is not None:
        cells["second_choice"] = said.second_choice.outcome
        cells["second_choice_is_skipped"] = said.second_choice.outcome is None
        cells["second_choice_at"] = said.second_choice.created_at
    if said.bet is not None:
        cells |= {"bet_factor": said.bet.factor, "bet_side": said.bet.more, "bet_at": said.bet.created_at}
    return cells


def _quality_cells(voice: Voice, prefix: str) -> dict[str, object]:
    """True or false for the sides that this person reacted to, empty for the others."""
    return {
        f"{prefix}{quality}_{side}": quality in reaction.qualities
        for side, reaction in voice.reactions.items()
        for quality in Quality
    }


def _place(record: BattleRecord, turn: Turn, side: Side) -> dict[str, object]:
    battle = record.battle
    return {
        "event_id": battle.event_id,
        "battle_id": battle.id,
        "turn_index": turn.index,
        "side": side,
        "is_demo": battle.is_demo,
    }


def _answer_cells(record: BattleRecord, turn: Turn, side: Side, answer: Answer) -> dict[str, object]:
    rematch = record.battle.rematch
    return {
        **_place(record, turn, side),
        "model_id": answer.model_id,
        "status": answer.status,
        "error_key": answer.error_key,
        **cells_of(answer.usage, ""),
        "token_source": answer.token_source,
        "first_token_s": answer.first_token_s,
        "duration_s": answer.duration_s,
        "self_named": answer.self_named,
        "replaced_model_id": answer.replaced and answer.replaced.model_id,
        "replaced_error_key": answer.replaced and answer.replaced.error_key,
        "is_kept": record.battle.recorded_at is not None
        or (rematch is not None and rematch.kept_side is side and turn.index == 0),
        "is_purged": record.is_purged,
        "text": answer.text,
        "reasoning": answer.reasoning,
    }


def _footprint_cells(footprint: StoredFootprint) -> dict[str, object]:
    inputs, values = footprint
    reading = {} if inputs.reading is None else cells_of(inputs.reading, METER)
    return {
        "footprint_method": values.method,
        "footprint_grade": values.grade,
        "footprint_no_figure_reason": values.no_figure_reason,
        **cells_of(inputs, INPUT),
        **reading,
        **_figure_cells(values),
    }


def _figure_cells(values: FootprintValues) -> dict[str, object]:
    cells: dict[str, object] = {}
    for quantity, span in values.raw.items():
        cells |= {f"{INPUT}{quantity}_raw_low": span.low, f"{INPUT}{quantity}_raw_high": span.high}
    for quantity, band in values.displayed.items():
        cells |= cells_of(band, f"{INPUT}{quantity}_")
    return cells
