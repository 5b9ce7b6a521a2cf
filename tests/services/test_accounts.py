"""The account of an answer: what was observed goes into it, a failure has none, a second attempt replaces it."""

from collections.abc import Mapping

from sqlalchemy import Engine

from arena.domain.battle import Answer, AnswerStatus, TokenSource, Usage
from arena.domain.catalogue import EndpointKind
from arena.domain.footprint import NoFigure
from arena.domain.provenance import MeterReading, StoredFootprint
from arena.domain.side import Side
from arena.services.accounts import Accounts
from arena.services.observing import Observation
from arena.storage.battles import BattleStore
from arena.storage.footprints import FootprintStore
from tests.services.house import PAIR, footprint_service, line_up_of
from tests.storage.making import make_battle

READING = MeterReading("nvml", gross_wh=0.3, idle_w=20.0, net_wh=0.25, window_s=9.0)
SAID = Answer(
    "small1",
    status=AnswerStatus.COMPLETE,
    text="Bonjour.",
    usage=Usage(output_tokens=100),
    token_source=TokenSource.REPORTED,
    duration_s=3.0,
)


class Book:
    """A battle whose side A has an account."""

    def __init__(self, engine: Engine, kind: EndpointKind = EndpointKind.HOSTED) -> None:
        self.battles = BattleStore(engine, catalogue_version="cafe")
        self.id = make_battle(models=("small1", "big1")).id
        self.battles.create_battle(make_battle(models=("small1", "big1")))
        line_up = line_up_of(PAIR, "http://127.0.0.1:9/v1", kind=kind)
        self.accounts = Accounts(FootprintStore(engine), footprint_service(), line_up)

    def write(self, answer: Answer = SAID, observed: Observation | None = None, *, is_again: bool = False) -> None:
        cost = self.accounts.footprint_of(answer, observed)
        self.battles.save_answer(self.id, 0, Side.A, answer, cost, is_again=is_again)

    @property
    def stored(self) -> Mapping[tuple[int, Side], StoredFootprint]:
        return self.accounts.store.of_battle(self.id)


def test_the_load_that_was_observed_is_what_is_computed_with(engine: Engine) -> None:
    book = Book(engine)
    book.write(observed=Observation(batch_size=5))
    inputs, values = book.stored[0, Side.A]
    assert inputs.batch_size == 5
    assert values == footprint_service().estimate(inputs)


def test_without_a_load_the_generic_one_is_assumed(engine: Engine) -> None:
    book = Book(engine)
    book.write(observed=Observation())
    assert book.stored[0, Side.A].inputs.batch_size == footprint_service().bands.generic_host.batch_size


def test_a_reading_makes_the_figure(engine: Engine) -> None:
    book = Book(engine, EndpointKind.LOCAL)
    book.write(observed=Observation(reading=READING))
    inputs, values = book.stored[0, Side.A]
    assert (inputs.reading, values.grade) == (READING, "A")


def test_why_there_is_no_reading_is_kept(engine: Engine) -> None:
    book = Book(engine, EndpointKind.LOCAL)
    book.write(observed=Observation(no_figure=NoFigure.METER_FAILED))
    assert book.stored[0, Side.A].values.no_figure_reason == NoFigure.METER_FAILED


def test_a_failure_has_no_account(engine: Engine) -> None:
    book = Book(engine)
    book.write(Answer("small1", status=AnswerStatus.FAILED, error_key="error.endpoint"))
    assert book.stored == {}


def test_a_second_attempt_takes_the_place_of_the_first_with_its_reading(engine: Engine) -> None:
    book = Book(engine, EndpointKind.LOCAL)
    book.write(observed=Observation(reading=READING))
    book.write(observed=Observation(no_figure=NoFigure.METER_FAILED), is_again=True)
    inputs, values = book.stored[0, Side.A]
    assert (inputs.reading, values.no_figure_reason) == (None, NoFigure.METER_FAILED)


def test_what_a_dead_process_left_out_is_made_up_for(engine: Engine) -> None:
    book = Book(engine)
    book.battles.save_answer(book.id, 0, Side.A, SAID)
    found = book.accounts.of_battle(book.battles.get_battle(book.id))
    assert set(found) == {(0, Side.A)}
    assert found[0, Side.A].inputs.output_tokens == 100
