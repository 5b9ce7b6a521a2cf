"""Votes, reactions, reveals and views: what a visitor does with a battle, and nobody else."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

import pytest

from arena.domain.battle import AnswerStatus, RevealStage, TokenSource
from arena.domain.footprint import ComparisonKind
from arena.domain.mix_choice import MixChoice
from arena.domain.pairing import PairingMode
from arena.domain.provenance import FootprintInputs, StoredFootprint
from arena.domain.side import Side
from arena.domain.vote import Outcome, Quality
from arena.errors import (
    BattleBusy,
    BattleClosed,
    BattleNotFound,
    FigureFixed,
    FootprintsUnseen,
    InvalidChoice,
    PromptRejected,
    VoteMissing,
)
from arena.services.battles import Battles, BattleView
from arena.services.estimator import METHOD
from tests.services.conftest import OpenHouse
from tests.services.house import ANNE, BIG1, BRUNO, PAIR, SMALL1, House, errors_of, footprint_service, line_up_of
from tests.services.upstream import DENIED, Held, InTurn, drops_after, says

FOOTPRINTS, NAMES = RevealStage.FOOTPRINTS, RevealStage.NAMES


async def reveal_all(house: House, battle_id: str) -> BattleView:
    battles = house.arena.battles
    await battles.vote(ANNE, battle_id, "a")
    await battles.reveal_footprints(ANNE, battle_id)
    await battles.choose_again(ANNE, battle_id, None)
    return await battles.view(ANNE, battle_id)


class TestVote:
    async def test_a_vote_is_on_disk_when_it_is_acknowledged(self, house: House) -> None:
        battle_id = await house.play()
        await house.arena.battles.vote(ANNE, battle_id, "both_bad", "Deux réponses trop longues.")
        assert await house.rows("SELECT battle_id, visitor_id, outcome, comment FROM vote") == [
            (battle_id, ANNE, "both_bad", "Deux réponses trop longues.")
        ]

    async def test_a_vote_sent_many_times_is_one_vote(self, house: House) -> None:
        battle_id = await house.play()
        votes = (house.arena.battles.vote(ANNE, battle_id, "a") for _ in range(10))
        assert await errors_of(*votes) == []
        assert await house.rows("SELECT outcome, changed_at FROM vote") == [("a", None)]

    async def test_a_vote_can_be_changed_until_the_reveal(self, house: House) -> None:
        battles, battle_id = house.arena.battles, await house.play()
        for outcome in ("a", "both_good", "b"):
            await battles.vote(ANNE, battle_id, outcome)
        await battles.reveal_footprints(ANNE, battle_id)
        with pytest.raises(BattleClosed):
            await battles.vote(ANNE, battle_id, "a")
        vote = (await battles.view(ANNE, battle_id)).opinion.vote
        assert vote is not None
        assert vote.outcome is Outcome.B

    async def test_a_vote_is_refused_while_an_answer_is_written(self, house_with: OpenHouse) -> None:
        held = Held(before=["Bonjour "])
        house = await house_with(small1=held)
        battle_id = await house.begin()
        await house.until_stored(battle_id, "big1", lambda answer: answer.status.is_over)
        with pytest.raises(BattleBusy):
            await house.arena.battles.vote(ANNE, battle_id, "a")
        held.opened.set()
        await house.ended(battle_id)
        await house.arena.battles.vote(ANNE, battle_id, "a")

    async def test_a_vote_is_refused_while_a_follow_up_or_a_retry_runs(self, house_with: OpenHouse) -> None:
        held = Held()
        small1 = InTurn(says("Oui."), held)
        house = await house_with(big1=InTurn(says("Un."), drops_after("De"), Held()), small1=small1)
        battle_id = await house.play()
        await house.arena.duel.follow_up(ANNE, battle_id, "Encore ?")
        with pytest.raises(BattleBusy):
            await house.arena.battles.vote(ANNE, battle_id, "a")
        held.opened.set()
        battle = await house.ended(battle_id)
        side = next(side for side in Side if battle.models[side] == "big1")
        await house.arena.duel.retry(ANNE, battle_id, side)
        with pytest.raises(BattleBusy):
            await house.arena.battles.vote(ANNE, battle_id, "a")

    async def test_a_battle_with_a_silent_side_cannot_be_voted_on(self, house_with: OpenHouse) -> None:
        house = await house_with(big1=DENIED)
        battle_id = await house.play()
        with pytest.raises(BattleBusy):
            await house.arena.battles.vote(ANNE, battle_id, "a")
        assert await house.rows("SELECT count(*) FROM vote") == [(0,)]

    @pytest.mark.parametrize("outcome", ["", "A", "tie", "a; DROP TABLE vote"])
    async def test_an_outcome_outside_the_vocabulary_is_refused(self, house: House, outcome: str) -> None:
        with pytest.raises(InvalidChoice):
            await house.arena.battles.vote(ANNE, await house.play(), outcome)

    async def test_a_comment_is_kept_changed_and_removed(self, house: House) -> None:
        battles, battle_id = house.arena.battles, await house.play()

        async def comment_after(outcome: str, comment: str | None) -> str:
            await battles.vote(ANNE, battle_id, outcome, comment)
            vote = (await battles.view(ANNE, battle_id)).opinion.vote
            assert vote is not None
            return vote.comment

        assert await comment_after("a", "  Plus clair. ") == "Plus clair."
        assert await comment_after("b", None) == "Plus clair."
        assert await comment_after("b", "Plus court.") == "Plus court."
        assert await comment_after("b", " ") == ""

    @pytest.mark.parametrize("comment", ["x" * 501, "Écrivez à jean.dupont@exemple.fr", "Appelez le 06 12 34 56 78"])
    async def test_a_comment_that_breaks_a_rule_refuses_the_vote(self, house: House, comment: str) -> None:
        battle_id = await house.play()
        with pytest.raises(PromptRejected):
            await house.arena.battles.vote(ANNE, battle_id, "a", comment)
        assert await house.rows("SELECT count(*) FROM vote") == [(0,)]


class TestReactions:
    async def test_a_reaction_is_kept_by_side_and_replaced(self, house: House) -> None:
        battles, battle_id = house.arena.battles, await house.play()
        await battles.react(ANNE, battle_id, "a", True, ["useful", "clear_formatting"])
        await battles.react(ANNE, battle_id, "b", False, ["incorrect"])
        await battles.react(ANNE, battle_id, "b", None, [])
        reactions = (await battles.view(ANNE, battle_id)).opinion.reactions
        assert (reactions[Side.A].liked, reactions[Side.A].qualities) == (
            True,
            frozenset({Quality.USEFUL, Quality.CLEAR_FORMATTING}),
        )
        assert (reactions[Side.B].liked, reactions[Side.B].qualities) == (None, frozenset())

    @pytest.mark.parametrize(("side", "tags"), [("c", []), ("", []), ("a", ["nice"]), ("a", [""])])
    async def test_words_outside_the_vocabulary_are_refused(self, house: House, side: str, tags: list[str]) -> None:
        with pytest.raises(InvalidChoice):
            await house.arena.battles.react(ANNE, await house.play(), side, True, tags)

    async def test_a_reaction_after_the_reveal_is_refused(self, house: House) -> None:
        battle_id = await house.play()
        await house.arena.battles.vote(ANNE, battle_id, "a")
        await house.arena.battles.reveal_footprints(ANNE, battle_id)
        with pytest.raises(BattleClosed):
            await house.arena.battles.react(ANNE, battle_id, "a", True, [])


class TestReveal:
    async def test_it_goes_from_vote_to_footprints_to_names(self, house: House) -> None:
        battles, battle_id = house.arena.battles, await house.play()
        with pytest.raises(VoteMissing):
            await battles.reveal_footprints(ANNE, battle_id)
        await battles.vote(ANNE, battle_id, "a")
        with pytest.raises(FootprintsUnseen):
            await battles.choose_again(ANNE, battle_id, "a")
        assert (await battles.reveal_footprints(ANNE, battle_id)).battle.stage is FOOTPRINTS
        assert (await battles.choose_again(ANNE, battle_id, None)).battle.stage is NAMES
        assert (await battles.reveal_footprints(ANNE, battle_id)).battle.stage is NAMES

    async def test_each_stage_shows_what_belongs_to_it(self, house_with: OpenHouse) -> None:
        house = await house_with(default=says("Je suis Xylofer Small1.", tokens=300))
        battles, battle_id = house.arena.battles, await house.play()
        blind = await battles.view(ANNE, battle_id)
        await battles.vote(ANNE, battle_id, "a")
        voted = await battles.view(ANNE, battle_id)
        assert (blind.footprints, blind.names, voted.footprints, voted.names) == (None, None, None, None)
        await battles.reveal_footprints(ANNE, battle_id)
        costs = await battles.view(ANNE, battle_id)
        assert costs.footprints is not None
        assert costs.names is None
        for view in (blind, voted, costs):
            assert "xylofer" not in repr(view.battle).lower()
        await battles.choose_again(ANNE, battle_id, None)
        named = await battles.view(ANNE, battle_id)
        assert named.names is not None
        assert {model.id: model for model in named.names.models.values()} == {"small1": SMALL1, "big1": BIG1}
        assert {endpoint.id for endpoint in named.names.endpoints.values() if endpoint} == {"xylofer"}
        assert named.battle.turns[0].answers[Side.A].text == "Je suis Xylofer Small1."
        battle = await house.stored(battle_id)
        for side in Side:
            assert named.names.models[side].id == battle.turns[0].answers[side].model_id

    async def test_a_model_that_left_the_catalogue_is_shown_by_its_id(self, house: House) -> None:
        battle_id = await house.play()
        await reveal_all(house, battle_id)
        later = line_up_of([BIG1], house.upstream.base_url)
        battles = Battles(house.stores, house.arena.duel, house.arena.events, footprint_service(), later)
        names = (await battles.view(ANNE, battle_id)).names
        assert names is not None
        assert {model.display_name for model in names.models.values()} == {"small1", "Xylofer Big1"}
        assert None in names.endpoints.values()


class TestFootprints:
    async def test_each_ended_answer_has_a_figure_with_its_provenance(self, house_with: OpenHouse) -> None:
        house = await house_with(small1=says("Court.", tokens=40), big1=drops_after("Il ", "était "))
        battle_id = await house.play()
        stored = await house.footprints(battle_id)
        assert len(stored) == 2
        battle = await house.stored(battle_id)
        for (turn, side), (inputs, values) in stored.items():
            answer = battle.turns[turn].answers[side]
            self.check_provenance(inputs, answer.model_id)
            assert inputs.output_tokens == answer.usage.output_tokens
            assert inputs.token_source is answer.token_source
            assert inputs.latency_s == answer.duration_s
            assert (values.method, values.no_figure_reason) == (METHOD, None)
            assert values == footprint_service().recompute(inputs, values.method)
        sources = {inputs.model_id: inputs.token_source for inputs, _ in stored.values()}
        assert sources == {"small1": TokenSource.REPORTED, "big1": TokenSource.ESTIMATED}

    @staticmethod
    def check_provenance(inputs: FootprintInputs, model_id: str) -> None:
        model = {one.id: one for one in PAIR}[model_id]
        assert (inputs.model_id, inputs.zone, inputs.endpoint_kind) == (model_id, "FRA", "hosted")
        assert (inputs.total_params_b, inputs.active_params_b) == (model.total_params_b, model.active_params_b)
        assert (inputs.catalogue_version, inputs.ecologits_version) == ("cafe", "0.11.3")
        assert inputs.bands_version
        assert inputs.equivalents_version
        assert inputs.code_version
        assert inputs.mix_gwp_kg_per_kwh
        assert len(inputs.ecologits_data_sha256) == 64

    async def test_the_battle_itself_says_by_which_catalogue_and_code_it_was_made(self, house: House) -> None:
        await house.play()
        ((catalogue, code),) = await house.rows("SELECT catalogue_version, code_version FROM battle")
        assert (catalogue, bool(code)) == ("cafe", True)

    async def test_a_failed_answer_has_no_figure_and_the_other_has(self, house_with: OpenHouse) -> None:
        house = await house_with(big1=DENIED)
        battle_id = await house.play()
        battle = await house.stored(battle_id)
        ((_, side),) = await house.footprints(battle_id)
        assert battle.turns[0].answers[side].status is AnswerStatus.COMPLETE

    async def test_the_reveal_compares_the_sides_over_all_turns(self, house_with: OpenHouse) -> None:
        house = await house_with(small1=says("P.", tokens=100), big1=says("G.", tokens=100))
        battle_id = await house.play()
        await house.arena.duel.follow_up(ANNE, battle_id, "Encore ?")
        battle = await house.ended(battle_id)
        reveal = (await reveal_all(house, battle_id)).footprints
        assert reveal is not None
        assert reveal.comparison is not None
        big = next(side for side in Side if battle.models[side] == "big1")
        assert (reveal.comparison.kind, reveal.comparison.more) == (ComparisonKind.TIMES_MORE, big)
        for side in Side:
            assert [inputs.output_tokens for inputs in reveal.inputs[side]] == [100, 100]
            turns = [(await house.footprints(battle_id))[index, side].values for index in range(2)]
            total = sum(values.displayed["energy_wh"].central for values in turns)
            assert reveal.sides[side].displayed["energy_wh"].central == pytest.approx(total)

    async def test_a_figure_that_a_dead_process_left_out_is_made_at_the_reveal(self, house: House) -> None:
        battle_id = await house.play()
        before = await house.footprints(battle_id)
        answer = (await house.ended(battle_id)).turns[0].answers[Side.A]
        save = partial(house.stores.battles.save_answer, is_again=True)
        await asyncio.to_thread(save, battle_id, 0, Side.A, answer)
        assert len(await house.footprints(battle_id)) == 1
        reveal = (await reveal_all(house, battle_id)).footprints
        assert reveal is not None
        assert reveal.sides[Side.A] == before[0, Side.A].values


class TestMix:
    async def test_another_mix_is_shown_and_nothing_that_is_stored_changes(self, house: House) -> None:
        battles, battle_id = house.arena.battles, await house.play()
        with pytest.raises(FootprintsUnseen):
            await battles.view_in_mix(ANNE, battle_id, "usa")
        home = (await reveal_all(house, battle_id)).footprints
        before = await house.footprints(battle_id)
        world = (await battles.view_in_mix(ANNE, battle_id, "world")).footprints
        assert home is not None
        assert world is not None
        assert (home.mix, world.mix) == (MixChoice.HOSTED, MixChoice.WORLD)
        assert (world.comparison, world.lengths) == (home.comparison, home.lengths)
        for side in Side:
            was, now = home.sides[side].displayed, world.sides[side].displayed
            assert (now["energy_wh"], now["gwp_embodied_g"]) == (was["energy_wh"], was["gwp_embodied_g"])
            assert now["gwp_usage_g"].central > 5 * was["gwp_usage_g"].central
            assert {"adpe_ug", "pe_kj"} & set(now) == set()
        hosted = (await battles.view_in_mix(ANNE, battle_id, "hosted")).footprints
        france = (await battles.view_in_mix(ANNE, battle_id, "france")).footprints
        assert hosted == home
        assert france is not None
        assert france.sides == home.sides, "this house stands in France"
        assert await house.footprints(battle_id) == before

    async def test_a_mix_that_is_not_offered_is_refused(self, house: House) -> None:
        battle_id = await house.play()
        await reveal_all(house, battle_id)
        for mix in ("", "FRA", "mars"):
            with pytest.raises(InvalidChoice):
                await house.arena.battles.view_in_mix(ANNE, battle_id, mix)

    async def test_a_figure_of_an_earlier_method_stays_as_it_is(self, house: House) -> None:
        battle_id = await house.play()
        stored = (await house.footprints(battle_id))[0, Side.A]
        earlier = replace(stored.values, method="ecologits-0.10/v0")
        answer = (await house.ended(battle_id)).turns[0].answers[Side.A]
        save = partial(
            house.stores.battles.save_answer, footprint=StoredFootprint(stored.inputs, earlier), is_again=True
        )
        await asyncio.to_thread(save, battle_id, 0, Side.A, answer)
        reveal = (await reveal_all(house, battle_id)).footprints
        assert reveal is not None
        assert not reveal.may_change_mix
        assert reveal.sides[Side.A].displayed == earlier.displayed
        with pytest.raises(FigureFixed):
            await house.arena.battles.view_in_mix(ANNE, battle_id, "usa")


class TestVisitors:
    async def test_a_stranger_is_refused_everywhere(self, house: House) -> None:
        battle_id = await house.play()
        battles, duel = house.arena.battles, house.arena.duel
        await battles.vote(ANNE, battle_id, "a")
        requests: list[Callable[[], Awaitable[object]]] = [
            lambda: battles.view(BRUNO, battle_id),
            lambda: battles.vote(BRUNO, battle_id, "b"),
            lambda: battles.react(BRUNO, battle_id, "a", True, []),
            lambda: battles.reveal_footprints(BRUNO, battle_id),
            lambda: battles.view_in_mix(BRUNO, battle_id, "usa"),
            lambda: battles.leave(BRUNO, battle_id),
            lambda: duel.follow_up(BRUNO, battle_id, "Encore ?"),
            lambda: duel.retry(BRUNO, battle_id, Side.A),
            lambda: anext(duel.watch(BRUNO, battle_id)),
        ]
        for request in requests:
            with pytest.raises(BattleNotFound):
                await request()
        assert await house.rows("SELECT visitor_id, outcome FROM vote") == [(ANNE, "a")]
        assert await battles.current(BRUNO) is None

    async def test_the_current_battle_is_the_latest_until_it_is_left(self, house: House) -> None:
        battles = house.arena.battles
        assert await battles.current(ANNE) is None
        await house.play()
        second = await house.play()
        current = await battles.current(ANNE)
        assert current is not None
        assert current.battle.id == second
        await battles.leave(ANNE, second)
        assert await battles.current(ANNE) is None
        assert (await battles.view(ANNE, second)).battle.id == second

    async def test_a_visitor_is_new_until_the_first_battle(self, house: House) -> None:
        battles = house.arena.battles
        assert await battles.is_new(ANNE)
        battle_id = await house.play()
        await battles.leave(ANNE, battle_id)
        assert not await battles.is_new(ANNE)
        assert await battles.is_new(BRUNO)

    async def test_a_running_battle_is_current_and_not_over(self, house_with: OpenHouse) -> None:
        house = await house_with(default=Held())
        battle_id = await house.begin()
        current = await house.arena.battles.current(ANNE)
        assert current is not None
        assert (current.battle.id, current.battle.is_over) == (battle_id, False)


@pytest.mark.parametrize("value", [mode.value for mode in PairingMode])
def test_a_mode_is_read_from_its_word(value: str) -> None:
    assert Battles.mode(value).value == value


@pytest.mark.parametrize("value", ["", "RANDOM", "biggest"])
def test_an_unknown_mode_is_refused(value: str) -> None:
    with pytest.raises(InvalidChoice):
        Battles.mode(value)
