"""Battles, votes and footprints to put into a store."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

from arena.domain.battle import Answer, AnswerStatus, Battle, Replacement, TokenSource, Turn, Usage
from arena.domain.pairing import PairingMode
from arena.domain.provenance import QUANTITIES, Band, FootprintInputs, FootprintValues
from arena.domain.quantity import Range
from arena.domain.side import Side
from arena.domain.vote import Outcome, Vote
from arena.errors import ArenaError

NOON = datetime(2026, 3, 14, 12, 0, 0, 123456, tzinfo=UTC)
VISITOR = "visitor-1"
BATTLE = "0123456789abcdef0123456789abcdef"

WRITTEN = Answer(
    model_id="small-model",
    status=AnswerStatus.CAPPED,
    text="L'été, « déjà » 🌞\n",
    reasoning="Let me think.",
    usage=Usage(input_tokens=12, output_tokens=345, reasoning_tokens=40),
    token_source=TokenSource.REPORTED,
    first_token_s=0.1,
    duration_s=1 / 3,
    self_named=True,
    replaced=Replacement("broken-model", "error.endpoint.silent"),
)
FAILED = Answer(model_id="big-model", status=AnswerStatus.FAILED, error_key="error.endpoint.unreachable")


def at(seconds: float) -> datetime:
    """A moment, counted from the noon of the tests."""
    return NOON + timedelta(seconds=seconds)


def all_at_once(count: int, act: Callable[[int], object]) -> list[object]:
    """Run ``act`` on that many threads that start together; what each returned or raised."""
    start = Barrier(count)

    def run(number: int) -> object:
        start.wait()
        try:
            return act(number)
        except ArenaError as error:
            return error

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(run, range(count)))


def make_turn(index: int = 0, *, prompt: str = "Pourquoi le ciel est-il bleu ?") -> Turn:
    answers = {Side.A: Answer("small-model"), Side.B: Answer("big-model")}
    return Turn(index=index, prompt=prompt, created_at=at(index), answers=answers)


def make_battle(
    battle_id: str = BATTLE,
    *,
    visitor_id: str = VISITOR,
    models: tuple[str, str] = ("small-model", "big-model"),
    created_at: datetime = NOON,
    is_blind: bool = True,
    is_demo: bool = False,
    turns: tuple[Turn, ...] | None = None,
) -> Battle:
    return Battle(
        id=battle_id,
        visitor_id=visitor_id,
        created_at=created_at,
        locale="fr",
        mode=PairingMode.RANDOM if is_blind else PairingMode.CHOOSE,
        is_blind=is_blind,
        is_demo=is_demo,
        models=dict(zip(Side, models, strict=True)),
        turns=(make_turn(),) if turns is None else turns,
    )


def make_vote(
    outcome: Outcome = Outcome.A, *, battle_id: str = BATTLE, visitor_id: str = VISITOR, comment: str = ""
) -> Vote:
    return Vote(battle_id, visitor_id, outcome, comment)


def make_inputs(*, computed_at: datetime = NOON) -> FootprintInputs:
    return FootprintInputs(
        model_id="small-model",
        total_params_b=Range.exactly(8.03),
        active_params_b=Range(1 / 3, 8.03),
        output_tokens=345,
        token_source=TokenSource.ESTIMATED,
        latency_s=3.25,
        first_token_s=0.1,
        tokens_per_s=Range(40.0, 120.0),
        zone="FRA",
        pue=Range(1.09, 1.14),
        wue_l_per_kwh=Range(0.13, 0.99),
        quantization_bits=16,
        batch_size=64,
        mix_gwp_kg_per_kwh=0.0414,
        mix_adpe_kg_per_kwh=4.86e-08,
        mix_pe_mj_per_kwh=11.3,
        mix_wue_l_per_kwh=3.67,
        ecologits_version="0.11.3",
        ecologits_data_sha256="ab" * 32,
        catalogue_version="c0ffee",
        bands_version="1",
        equivalents_version="2",
        code_version="0.1.0",
        openness="open-weights",
        is_measured=True,
        endpoint_kind="hosted",
        computed_at=computed_at,
    )


def make_values(method: str = "ecologits-0.11.3/1", *, factor: float = 1.0) -> FootprintValues:
    return FootprintValues(
        method=method,
        grade="B",
        no_figure_reason=None,
        raw={name: Range(0.1 * factor, 0.3 * factor) for name in QUANTITIES},
        displayed={name: Band(0.05 * factor, 0.17 * factor, 0.6 * factor) for name in QUANTITIES},
    )
