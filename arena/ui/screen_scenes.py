"""The scenes of the screen: for each step of a round the pages that it has, and what stands on each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from arena.domain.battle import BlindBattle
from arena.domain.round import OPEN_DURING, BallotKind, Step
from arena.services.live_room import RoomView
from arena.services.room_address import without_scheme
from arena.ui.equivalent_cards import EquivalentsOf
from arena.ui.footprint_cards import comparison
from arena.ui.qr import code_spelled, qr_svg
from arena.ui.report_rounds import date_words
from arena.ui.screen_answers import answer_pages, answers, question, question_pages
from arena.ui.screen_figures import basis, everyday, figures
from arena.ui.screen_flow import flow
from arena.ui.screen_names import names
from arena.ui.screen_votes import bets, factors, live_count, options, results
from arena.ui.text import Text, without_orphans

LONG_ADDRESS = 50  # characters: beyond it, two large lines do not hold it
Draw = Callable[[], Markup]  # a page, made only when it is shown
_REMINDED = (Step.BET, Step.ANSWERS, Step.VOTE, Step.CLOSED, Step.SECOND_CHOICE)  # the others need the room
_KINDS = {step: kind for kind, step in OPEN_DURING.items()}


@dataclass(frozen=True, slots=True)
class Scene:
    """What is on the wall: ``html``, and which page of how many it is, from 0. Another ``key`` is another scene."""

    html: Markup
    key: str
    page: int = 0
    pages: int = 1


def step_of(view: RoomView) -> Step:
    """Where the room is; without a round people join."""
    one = view.state.round
    return Step.WAITING if one is None or view.battle is None or not view.battle.turns else one.step


def asked_at(step: Step) -> BallotKind | None:
    """What people may say at a step."""
    return _KINDS.get(step)


class Scenes:
    """One language's scenes."""

    def __init__(self, text: Text, equivalents_of: EquivalentsOf) -> None:
        self._text = text
        self._equivalents_of = equivalents_of

    def scene(self, view: RoomView, address: str) -> Scene:
        """What a view looks like. ``address`` is what phones open; nothing else on the screen comes from outside."""
        room, step = view.state.room, step_of(view)
        if room.is_black:
            black = Markup('<div class="black" role="img" aria-label="{}"></div>').format(self._text("screen.black"))
            return Scene(black, "black")
        pages = self._pages(view, address)
        page = min(room.page, len(pages) - 1)
        round_id = view.state.round.id if view.state.round else ""
        html = self._framed(view, step, pages[page](), page, len(pages))
        return Scene(html, f"{round_id}.{step}.{page}.{room.is_open}", page, len(pages))

    def _pages(self, view: RoomView, address: str) -> list[Draw]:
        """The pages of a step."""
        battle, step = view.battle, step_of(view)
        if battle is None or step is Step.WAITING:
            return [lambda: self._waiting(view, address)]
        makers: Mapping[Step, Callable[[], list[Draw]]] = {
            Step.PROMPT: lambda: self._question(battle),
            Step.BET: lambda: [lambda: self._bet(view, address)],
            Step.ANSWERS: lambda: self._answers(battle),
            Step.VOTE: lambda: [lambda: self._vote(view, address)],
            Step.CLOSED: lambda: [lambda: results(self._text, view.tally, are_hidden=view.state.room.hides_results)],
            Step.FOOTPRINTS: lambda: self._footprints(view),
            Step.SECOND_CHOICE: lambda: [lambda: self._second_choice(view)],
            Step.NAMES: lambda: self._names(view),
            Step.DEBATE: lambda: self._debate(view),
        }
        return makers[step]()

    # -- the steps ----------------------------------------------------------------------------

    def _waiting(self, view: RoomView, address: str) -> Markup:
        text = self._text
        title = Markup('<h1 class="title" dir="auto">{}</h1>').format(without_orphans(view.event.settings.title))
        if not view.state.room.is_open:
            return Markup('<div class="closed">{}<p class="lead">{}</p></div>').format(title, text("screen.closed"))
        return Markup(
            '<div class="join"><div class="way-in">{qr}</div><div>{title}<p>{how}</p>'
            '<p class="address {length}">{address}</p>'
            '<p class="soft">{label}</p><p class="spelled">{code}</p></div></div>{connected}'
        ).format(
            qr=self._qr(address),
            title=title,
            how=text("screen.join"),
            length="long" if len(address) > LONG_ADDRESS else "",
            address=_breakable(without_scheme(address)),
            label=text("screen.join.code"),
            code=code_spelled(view.event.code),
            connected="" if view.state.room.hides_counts else Markup('<p class="connected" data-fill="connected"></p>'),
        )

    def _qr(self, address: str) -> Markup:
        return qr_svg(address, title=self._text("screen.qr", address=address))

    def _question(self, battle: BlindBattle) -> list[Draw]:
        pages = question_pages(battle.turns[0].prompt)
        heading = self._text("room.step.prompt")
        return [partial(question, pages, number, heading) for number in range(len(pages))]

    def _answers(self, battle: BlindBattle) -> list[Draw]:
        return [partial(answers, self._text, battle, page) for page in answer_pages(battle)]

    def _ask(self, heading: str, choices: Markup, view: RoomView, late: Markup) -> Markup:
        """A question, what can be answered to it, how many have, and the way in for who comes late."""
        count = Markup("") if view.state.room.hides_counts else live_count()
        return Markup('<h1 class="title">{}</h1>{}<div class="tally">{}{}</div>').format(heading, choices, count, late)

    def _late(self, view: RoomView, address: str) -> Markup:
        return Markup(
            '<div class="late"><div class="way-in">{}</div><p><span class="soft">{}</span><br>{}</p></div>'
        ).format(self._qr(address), self._text("screen.late"), code_spelled(view.event.code))

    def _bet(self, view: RoomView, address: str) -> Markup:
        return self._ask(self._text("screen.bet"), factors(self._text), view, self._late(view, address))

    def _vote(self, view: RoomView, address: str) -> Markup:
        return self._ask(self._text("vote.question"), options(self._text), view, self._late(view, address))

    def _footprints(self, view: RoomView) -> list[Draw]:
        reveal, one = view.footprints, view.state.round
        if reveal is None or one is None:
            return [Markup]
        pages: list[Draw] = [lambda: figures(self._text, reveal)]
        if one.has_bet:
            pages.append(lambda: bets(self._text, view.tally, reveal.comparison))
        things = everyday(self._text, reveal, self._equivalents_of)
        if things is not None:
            pages.append(lambda: things)
        pages.append(lambda: basis(self._text, reveal))
        return pages

    def _second_choice(self, view: RoomView) -> Markup:
        known = Markup("")
        if view.footprints is not None:
            known = Markup('<p class="reminded">{}</p>').format(comparison(self._text, view.footprints))
        return self._ask(self._text("second.question"), options(self._text), view, known)

    def _names(self, view: RoomView) -> list[Draw]:
        revealed = view.names
        if revealed is None:
            return [Markup]
        return [lambda: names(self._text, revealed), lambda: flow(self._text, view.tally.flow)]

    def _debate(self, view: RoomView) -> list[Draw]:
        pages = [lambda: self._debated(view)]
        if view.state.round is not None and view.state.round.skips_names:
            pages.append(lambda: flow(self._text, view.tally.flow))
        return pages

    def _debated(self, view: RoomView) -> Markup:
        heading, asked = self._text("room.step.debate"), view.question
        if asked is None:
            return Markup('<h1 class="sole">{}</h1>').format(heading)
        size, words = question_pages(asked.words[self._text.locale])[0]
        return Markup(
            '<h1 class="kicker">{}</h1><blockquote class="question {}"><div>{}</div></blockquote>'
            '<p class="caption">{}</p>'
        ).format(heading, size, words, asked.why[self._text.locale])

    # -- around them --------------------------------------------------------------------------

    def _framed(self, view: RoomView, step: Step, body: Markup, page: int, pages: int) -> Markup:
        """The question as a reminder above, how the answers came to be and the number of the page below."""
        is_numbered = pages > 1 and step is not Step.ANSWERS  # those count the pages of each answer
        number = self._text("screen.page", number=page + 1, count=pages) if is_numbered else ""
        return Markup(
            '<section class="scene at-{step}">{reminder}<div class="body">{body}</div>'
            '<p class="foot"><span>{origin}</span><span class="pages">{number}</span></p></section>'
        ).format(
            step=step.value,
            reminder=self._reminder(view, step),
            body=body,
            origin=" · ".join(self._origins(view, step)),
            number=number,
        )

    def _reminder(self, view: RoomView, step: Step) -> Markup:
        if view.battle is None or step not in _REMINDED:
            return Markup("")
        words = " ".join(view.battle.turns[0].prompt.split())
        return Markup('<p class="reminder" dir="auto">{}</p>').format(words)

    def _origins(self, view: RoomView, step: Step) -> list[str]:
        """That answers were recorded, or written beforehand: said wherever something of them is shown."""
        one, battle, text = view.state.round, view.battle, self._text
        if one is None or battle is None or not step.has_come_to(Step.ANSWERS):
            return []
        said = []
        if one.recorded_at is not None:
            said.append(text("screen.recorded", date=date_words(text, one.recorded_at.date())))
        if battle.is_demo:
            said.append(text("screen.demo"))
        return said


def _breakable(address: str) -> Markup:
    """An address that is too long for its line ends it after a slash rather than anywhere."""
    return Markup("/<wbr>").join(address.split("/"))
