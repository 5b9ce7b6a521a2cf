"""The question of a room's debate: chosen by rules from its own results, once the round is there."""

from arena.domain.round import Step
from tests.services.house import House
from tests.services.test_rooms import ORDER, open_desk


async def test_a_room_debates_one_question_and_sees_it_no_sooner(house: House) -> None:
    desk = await open_desk(house)
    await desk.ask()
    for step in ORDER:
        view = await desk.go(step)
        assert (view.question is not None) is (step is Step.DEBATE)
    assert view.question is not None
    assert set(view.question.words) == {"fr", "en"}


async def test_it_is_the_first_that_the_report_would_print(house: House) -> None:
    desk = await open_desk(house)
    await desk.ask()
    await desk.go(*ORDER[:3])
    for number in range(6):
        await desk.vote(f"person-{number}", "both_bad")
    view = await desk.go(*ORDER[3:])
    handout = await house.arena.reports.of(desk.event_id)
    assert handout is not None
    assert view.question == handout.questions[0]
