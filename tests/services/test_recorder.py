"""The recorder: what it asks, what it keeps of an answer, and what it makes of a battle that took place."""

from dataclasses import replace

import pytest

from arena.domain.battle import AnswerStatus, TokenSource, Usage
from arena.domain.footprint import NoFigure
from arena.domain.recorded_models import pack
from arena.domain.recording import RecordedDuel
from arena.domain.recording_file import read_recording, write_recording
from arena.domain.side import Side
from arena.errors.recordings import RecordingIncomplete
from arena.services.recorder import Heard
from tests.providers.fake_server import DONE, delta, finish, streaming, usage, word
from tests.services.conftest import OpenHouse
from tests.services.house import BIG1, KEY, PROMPT, SMALL1, House
from tests.services.upstream import DENIED, Endless, InTurn, drops_after, says

MODELS = ("small1", "big1")
NAMED = streaming(
    (
        b'data: {"model": "small1-2026-03", "choices": [{"index": 0, "delta": {"content": "Bleu."}}]}\n\n',
        finish(),
        usage(prompt_tokens=9, completion_tokens=4),
        DONE,
    )
)


async def recorded(house: House) -> RecordedDuel:
    return await house.arena.recorder.record(PROMPT, MODELS, "fr", theme="science")


async def test_both_models_are_asked_as_in_a_battle(house_with: OpenHouse) -> None:
    house = await house_with(small1=says("Bleu."), big1=says("Le ciel est bleu."))
    duel = await recorded(house)
    assert (duel.prompt, duel.locale, duel.theme) == (PROMPT, "fr", "science")
    assert [(one.answer.model_id, one.answer.text) for one in duel.answers] == [
        ("small1", "Bleu."),
        ("big1", "Le ciel est bleu."),
    ]
    assert house.upstream.messages("small1") == house.upstream.messages("big1") == [("user", PROMPT)]
    asked = house.upstream.requests["small1"][0]
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    await house.play()
    assert house.upstream.requests["small1"][1].json == asked.json, "a battle asks otherwise"


async def test_an_answer_is_kept_with_all_that_a_reveal_needs(house_with: OpenHouse) -> None:
    house = await house_with(
        small1=NAMED, big1=streaming((delta(reasoning_content="Hm."), word("Bleu."), finish(), DONE))
    )
    small, big = (await recorded(house)).answers
    assert (small.model_version, big.model_version) == ("small1-2026-03", None)
    assert (small.answer.usage, small.answer.token_source) == (Usage(9, 4), TokenSource.REPORTED)
    assert (big.answer.reasoning, big.answer.token_source) == ("Hm.", TokenSource.ESTIMATED)
    assert 0 < (small.answer.first_token_s or 0) <= (small.answer.duration_s or 0)
    assert small.footprint is not None
    assert big.footprint is not None
    assert small.footprint.inputs.output_tokens == 4
    assert small.footprint.values == house.arena.footprints.estimate(small.footprint.inputs)
    assert big.footprint.values.displayed["energy_wh"].central > small.footprint.values.displayed["energy_wh"].central
    assert (big.energy_per_token_wh or 0) > 3 * (small.energy_per_token_wh or 0) > 0


async def test_a_recorded_duel_goes_through_a_file_unchanged(house: House) -> None:
    duel = await recorded(house)
    packed = pack([duel], house.arena.line_up.catalogue, code_version="1", catalogue_version="cafe")
    assert read_recording(write_recording(packed), file="").duels == (duel,)


async def test_a_model_that_fails_is_asked_once_more(house_with: OpenHouse) -> None:
    house = await house_with(
        small1=InTurn(DENIED, says("Bleu.")), big1=InTurn(drops_after("Le ciel"), says("Le ciel."))
    )
    assert [one.answer.text for one in (await recorded(house)).answers] == ["Bleu.", "Le ciel."]
    assert [house.upstream.count(name) for name in MODELS] == [2, 2]


async def test_whoever_fails_twice_is_told_and_one_answer_is_no_duel(house_with: OpenHouse) -> None:
    house = await house_with(small1=DENIED)
    told: list[Heard] = []
    heard = await house.arena.recorder.ask(PROMPT, MODELS, told.append)
    assert [(one.model_id, one.error_key) for one in heard] == [
        ("small1", "error.endpoint.access_denied"),
        ("big1", None),
    ]
    assert {one.model_id for one in told} == set(MODELS)
    assert house.upstream.count("small1") == 2
    with pytest.raises(RecordingIncomplete):
        await recorded(house)


async def test_an_answer_at_its_cap_is_whole_and_one_that_a_filter_cut_is_not(house_with: OpenHouse) -> None:
    capped = streaming((word("Le ciel"), finish("length"), DONE))
    cut = streaming((word("Le ciel"), finish("content_filter"), DONE))
    house = await house_with(small1=capped, big1=cut)
    small, big = await house.arena.recorder.ask(PROMPT, MODELS)
    assert small.recorded is not None
    assert small.recorded.answer.status is AnswerStatus.CAPPED
    assert (big.recorded, big.error_key) == (None, "error.endpoint.filtered")


async def test_a_model_without_a_known_size_has_an_answer_and_no_number(house_with: OpenHouse) -> None:
    house = await house_with(models=(SMALL1, replace(BIG1, total_params_b=None, active_params_b=None)))
    _, big = (await recorded(house)).answers
    assert big.footprint is not None
    assert big.footprint.values.no_figure_reason == NoFigure.UNKNOWN_SIZE
    assert big.energy_per_token_wh is None


async def test_a_battle_that_took_place_becomes_a_recorded_duel_and_nobody_is_asked_again(house: House) -> None:
    battle_id = await house.play()
    battle, stored = await house.stored(battle_id), await house.footprints(battle_id)
    duel = house.arena.recorder.recording_of(battle, stored)
    assert [one.answer.model_id for one in duel.answers] == [battle.models[side] for side in Side]
    assert [one.answer.text for one in duel.answers] == [battle.turns[0].answers[side].text for side in Side]
    assert [one.footprint for one in duel.answers] == [stored[0, side] for side in Side]
    assert all(one.recorded_at == battle.turns[0].created_at for one in duel.answers)
    assert [house.upstream.count(name) for name in MODELS] == [1, 1]
    assert all(one.answer.cost_eur is None and one.answer.replaced is None for one in duel.answers)


async def test_a_battle_that_is_being_written_or_failed_cannot_be_recorded(house_with: OpenHouse) -> None:
    house = await house_with(small1=Endless(), big1=DENIED)
    battle_id = await house.begin()
    with pytest.raises(RecordingIncomplete):
        house.arena.recorder.recording_of(await house.stored(battle_id), {})
    await house.arena.duel.stop("anne", battle_id)
    with pytest.raises(RecordingIncomplete):
        house.arena.recorder.recording_of(await house.ended(battle_id), {})
