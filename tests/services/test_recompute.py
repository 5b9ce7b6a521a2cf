"""A recomputation: new rows beside the old ones, what they change, and nothing twice."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from arena.domain.footprint import NoFigure
from arena.domain.provenance import FootprintValues, MeterReading, StoredFootprint
from arena.domain.quantity import Range
from arena.domain.side import Side
from arena.errors import FootprintError, StorageError
from arena.services.estimator import METHOD
from arena.services.footprints import FootprintService
from arena.services.recompute import Methods, Recomputation, recompute_all, says_the_same
from arena.storage.footprints import FootprintStore
from tests.services.house import footprint_service
from tests.services.kept import V2, dump, inputs_of, keep, service_named, stricter
from tests.storage.making import NOON, all_at_once, at, make_values

SIZE_9 = Range.exactly(9.0)
UNKNOWN = {"total_params_b": None, "active_params_b": None}
READING = MeterReading("nvml", gross_wh=0.3, idle_w=20.0, net_wh=0.25, window_s=9.0)


def again(
    engine: Engine, service: FootprintService | None = None, *, page: int = 500, **options: object
) -> Recomputation:
    return recompute_all(
        FootprintStore(engine),
        service or stricter(),
        now=at(3600),
        page=page,
        **options,  # type: ignore[arg-type]
    )


def fill(engine: Engine) -> None:
    """Four battles an hour apart: of a model of 8 and of one of 9 billion parameters."""
    for number in range(4):
        moment = NOON + timedelta(hours=number)
        nine = inputs_of("big-model", total_params_b=SIZE_9, active_params_b=SIZE_9, output_tokens=100 * (number + 1))
        keep(engine, inputs_of(), nine, battle=number, created_at=moment)


@pytest.mark.parametrize("page", [1, 3, 8, 500])
def test_a_new_method_is_written_beside_and_the_old_rows_stay_as_they_were(engine: Engine, page: int) -> None:
    fill(engine)
    before = dump(engine)
    done = again(engine, page=page)
    after = dump(engine)
    assert (done.method, done.answers, done.written, done.already_there) == (V2, 8, 8, 0)
    assert before < after
    told = "census_change"  # dashboards count these battles anew
    assert {row[0] for row in after - before} - {told} == {"footprint_input", "footprint_result", "footprint_figure"}


def test_a_second_run_writes_nothing(engine: Engine) -> None:
    fill(engine)
    first, kept = again(engine), dump(engine)
    second = again(engine)
    assert (second.written, second.already_there) == (0, 8)
    assert second.models == first.models
    assert dump(engine) == kept


def test_the_current_method_finds_its_own_rows_and_writes_nothing(engine: Engine) -> None:
    fill(engine)
    before = dump(engine)
    done = again(engine, footprint_service())
    assert (done.method, done.written, done.already_there, done.unlike) == (METHOD, 0, 8, 0)
    assert dump(engine) == before


def test_the_difference_is_told_by_model(engine: Engine) -> None:
    fill(engine)
    big, small = again(engine).models
    assert (big.model_id, big.answers, big.regraded) == ("big-model", 4, 4)
    assert (small.model_id, small.answers, small.regraded) == ("small-model", 4, 0)
    assert big.ratio == small.ratio == 1
    assert (big.figures_won, big.figures_lost) == (0, 0)


def test_the_median_of_what_another_method_said_stands_before(engine: Engine) -> None:
    for number, factor in enumerate((1.0, 2.0, 30.0)):
        old = StoredFootprint(inputs_of(), make_values("ecologits-0.10/v0", factor=factor))
        keep(engine, old, battle=number)
    (change,) = again(engine, footprint_service()).models
    after = footprint_service().estimate(inputs_of()).displayed["energy_wh"].central
    assert change.before_wh == pytest.approx(0.34)
    assert change.after_wh == pytest.approx(after)
    assert change.ratio == pytest.approx(after / 0.34)


def test_figures_that_are_won_or_lost_are_counted_apart(engine: Engine) -> None:
    nothing = FootprintValues("ecologits-0.10/v0", "E", NoFigure.UNKNOWN_SIZE.value, {}, {})
    old = make_values("ecologits-0.10/v0")
    keep(engine, StoredFootprint(inputs_of(), nothing), StoredFootprint(inputs_of("big-model", **UNKNOWN), old))
    lost, won = again(engine, footprint_service()).models
    assert (won.model_id, won.figures_won, won.figures_lost, won.before_wh, won.after_wh) == (
        *("small-model", 1, 0),
        *(None, None),
    )
    assert (lost.figures_won, lost.figures_lost, lost.ratio) == (0, 1, None)
    assert (won.regraded, lost.regraded) == (1, 1)


def test_only_what_was_asked_for_since_is_computed(engine: Engine) -> None:
    fill(engine)
    done = again(engine, since=NOON + timedelta(hours=2))
    assert (done.answers, done.written) == (4, 4)
    whole = again(engine)
    assert (whole.answers, whole.written, whole.already_there) == (8, 4, 4)


def test_people_go_on_seeing_what_was_computed_first(engine: Engine) -> None:
    battle_id = keep(engine, inputs_of(total_params_b=SIZE_9, active_params_b=SIZE_9))
    again(engine)
    store = FootprintStore(engine)
    assert store.of_battle(battle_id)[0, Side.A].values.method == METHOD
    first, later = store.history(battle_id)[0, Side.A]
    assert (later.values.method, later.values.grade, first.values.grade) == (V2, "C-", "B")
    assert (later.inputs.bands_version, later.inputs.computed_at) == ("2", at(3600))
    assert replace(later.inputs, bands_version="", code_version="", computed_at=NOON) == replace(
        first.inputs,
        bands_version="",
        code_version="",
        computed_at=NOON,
        ecologits_data_sha256=later.inputs.ecologits_data_sha256,
    )


def test_a_clock_that_went_backwards_puts_no_row_before_the_first(engine: Engine) -> None:
    battle_id = keep(engine, inputs_of(computed_at=at(9999)))
    again(engine)
    first, later = FootprintStore(engine).history(battle_id)[0, Side.A]
    assert (first.values.method, later.values.method) == (METHOD, V2)


class PowerCut(Exception):
    """The end of a process, in the middle."""


class CutStore(FootprintStore):
    """A store whose process ends after a number of pages were written."""

    pages_left = 2

    def add(self, computed: Mapping[int, StoredFootprint]) -> int:
        if not self.pages_left:
            raise PowerCut
        self.pages_left -= 1
        return super().add(computed)


def test_an_interrupted_run_is_continued_by_the_next(engine: Engine) -> None:
    fill(engine)
    before = dump(engine)
    with pytest.raises(PowerCut):
        recompute_all(CutStore(engine), stricter(), now=at(3600), page=3)
    assert before < dump(engine)
    done = again(engine)
    assert (done.already_there, done.written) == (6, 2)
    assert before < dump(engine)


def test_two_runs_at_once_write_each_row_once(engine: Engine) -> None:
    fill(engine)
    done = all_at_once(2, lambda _number: again(engine, page=2))
    assert all(isinstance(one, Recomputation) for one in done), done
    assert sum(one.written for one in done if isinstance(one, Recomputation)) == 8


def test_a_row_that_the_method_would_not_make_again_stops_the_run(engine: Engine) -> None:
    keep(engine, StoredFootprint(inputs_of(), make_values(V2)), inputs_of("big-model"))
    before = dump(engine)
    done = again(engine)
    assert (done.unlike, done.written) == (1, 0)
    assert dump(engine) == before


def test_impossible_stored_inputs_are_left_out_with_the_reason(engine: Engine) -> None:
    keep(engine, StoredFootprint(inputs_of(output_tokens=-1), make_values()), inputs_of("big-model"))
    done = again(engine)
    assert (done.refused, done.written, done.answers) == (1, 1, 2)
    assert "output_tokens=-1" in done.why_refused


@pytest.mark.parametrize("reason", [NoFigure.LOCAL, NoFigure.ELSEWHERE, NoFigure.METER_FAILED])
def test_why_a_local_answer_has_no_figure_is_kept(engine: Engine, reason: NoFigure) -> None:
    local = inputs_of(endpoint_kind="local")
    values = FootprintValues(METHOD, "E", reason.value, {}, {})
    battle_id = keep(engine, StoredFootprint(local, values))
    assert again(engine, footprint_service()).unlike == 0
    assert again(engine).written == 1
    rows = FootprintStore(engine).history(battle_id)[0, Side.A]
    assert [row.values.no_figure_reason for row in rows] == [reason, reason]


def test_a_measure_is_a_method_of_its_own_that_no_estimate_joins(engine: Engine) -> None:
    battle_id = keep(engine, inputs_of(endpoint_kind="local", reading=READING))
    before = dump(engine)
    done = again(engine)
    assert (done.already_there, done.written, done.unlike) == (1, 0, 0)
    assert dump(engine) == before
    assert FootprintStore(engine).of_battle(battle_id)[0, Side.A].values.grade == "A"


def test_measured_answers_of_a_model_are_told_apart(engine: Engine) -> None:
    keep(engine, inputs_of(), inputs_of(endpoint_kind="local", reading=READING))
    estimated, measured = again(engine).models
    assert (estimated.model_id, measured.model_id) == ("small-model", "small-model")
    assert (estimated.is_measured, measured.is_measured) == (False, True)
    assert (estimated.answers, measured.answers, measured.after_wh) == (1, 1, READING.gross_wh)


def test_an_empty_database_gives_an_empty_account(engine: Engine) -> None:
    done = again(engine)
    assert (done.answers, done.written, list(done.models)) == (0, 0, [])


def test_a_database_that_is_gone_is_an_error_of_ours(engine: Engine) -> None:
    fill(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE footprint_figure RENAME TO away")
    try:
        with pytest.raises(StorageError):
            again(engine)
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE away RENAME TO footprint_figure")


@pytest.mark.parametrize("unknown", ["ecologits-9/v9", "", "measured-nvml/v1", METHOD.upper()])
def test_an_unknown_method_is_refused_with_those_that_are_known(unknown: str) -> None:
    methods = Methods(footprint_service(), stricter())
    with pytest.raises(FootprintError) as refused:
        methods.named(unknown)
    assert (refused.value.argument, refused.value.value) == ("method", unknown)
    assert METHOD in refused.value.reason
    assert V2 in refused.value.reason


def test_methods_are_found_by_name_and_by_what_they_made() -> None:
    current, other = footprint_service(), service_named()
    methods = Methods(current, other)
    assert (methods.named(None), methods.named(METHOD), methods.named(V2)) == (current, current, other)
    inputs, measured = inputs_of(), inputs_of(reading=READING)
    assert methods.of(StoredFootprint(inputs, current.estimate(inputs))) is current
    assert methods.of(StoredFootprint(inputs, other.estimate(inputs))) is other
    assert methods.of(StoredFootprint(measured, other.estimate(measured))) is current
    assert methods.of(StoredFootprint(inputs, make_values("gone/v0"))) is None


def test_two_computations_agree_but_for_the_last_bits() -> None:
    one = make_values()
    assert says_the_same(one, make_values(factor=1 + 1e-12))
    assert says_the_same(one, make_values("another name"))
    assert not says_the_same(one, make_values(factor=1.001))
    assert not says_the_same(one, replace(one, grade="C"))
    assert not says_the_same(one, replace(one, no_figure_reason=NoFigure.LOCAL.value))
    assert not says_the_same(one, replace(one, displayed={}))
