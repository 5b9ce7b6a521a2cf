"""Thirteen invented events, from nobody to a full hall.

``python -m tests.ui.synthetic_events`` writes their reports anew. The numbers are made by
arithmetic, not by chance, so that a report never changes by itself.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from arena.domain.ballot import hand
from arena.domain.battle import TokenSource
from arena.domain.event_results import EventResults, HeldBattle, Voice
from arena.domain.provenance import FootprintInputs, FootprintValues, MeterReading, StoredFootprint
from arena.domain.quantity import Range
from arena.domain.reflection import Need, SecondChoice
from arena.domain.room import visitor_of_room
from arena.domain.round import BallotKind
from arena.domain.side import Side
from arena.domain.summary import PastAnswer
from arena.domain.vote import Outcome
from arena.services.reports import load_leaflets
from arena.services.suggestions import load_suggestions
from arena.ui.report_cards import ReportCards
from arena.ui.text import load_text
from tests.services.house import footprint_service
from tests.storage.making import NOON, make_inputs

FOLDER = Path(__file__).parent.parent / "data" / "reports"
HELD_ON = date(2026, 3, 14)
SUGGESTIONS = load_suggestions()
ASKED: tuple[tuple[str | None, str], ...] = (
    *((item.theme_id, item.text["fr"]) for item in SUGGESTIONS.items[::3]),
    (None, "Comment fonctionne une horloge comtoise ?"),
    (None, "Qui a dessiné <b>ce pont</b> & pourquoi ?"),
    (None, "Écrivez à anne.martin@exemple.fr pour moi"),  # never quoted
    (None, "Raconte l’histoire de notre bibliothèque, de sa fondation à nos jours, " + "sans rien oublier, " * 12),
)
VARIED = (Outcome.A, Outcome.B, Outcome.BOTH_GOOD, Outcome.A, Outcome.BOTH_BAD, Outcome.B, Outcome.A)
CALM = (None, None, Outcome.B, None, None, Outcome.A, None, None, Outcome.BOTH_GOOD)  # None: as in the vote
SMALL, BIG = Range.exactly(8), Range.exactly(70)


def footprint(size_b: Range | None = SMALL, tokens: int = 380, **changes: object) -> StoredFootprint:
    """What the method makes of an answer of that size and length."""
    inputs: FootprintInputs = replace(
        make_inputs(),
        total_params_b=size_b,
        active_params_b=size_b,
        output_tokens=tokens,
        token_source=TokenSource.REPORTED,
        **changes,  # type: ignore[arg-type]
    )
    return StoredFootprint(inputs, footprint_service().estimate(inputs))


def answers(number: int, **changes: object) -> tuple[PastAnswer, ...]:
    """A small model on A and a big one on B; every third battle has two of the same order."""
    sizes = {Side.A: SMALL, Side.B: SMALL if number % 3 == 2 else BIG}
    tokens = {Side.A: 300 + 7 * number, Side.B: 420 + 5 * number}
    return tuple(PastAnswer(0, side, footprint(sizes[side], tokens[side], **changes)) for side in Side)


def battles(
    people: int,
    *,
    votes: Sequence[Outcome] = VARIED,
    seconds: Sequence[Outcome | None] = CALM,
    asked: Sequence[tuple[str | None, str]] = ASKED,
    **changes: object,
) -> Iterator[HeldBattle]:
    """One battle a person; one person in six skips the second choice."""
    for number in range(people):
        vote, theme_and_prompt = votes[number % len(votes)], asked[(number * number) % len(asked)]
        second = SecondChoice(None if number % 6 == 5 else seconds[number % len(seconds)] or vote)
        need = (Need.YES, Need.NO, Need.NO, Need.UNKNOWN)[number % 4]
        yield HeldBattle(
            id=f"{number:032x}",
            visitor_id=f"visitor-{number}",
            created_at=NOON + timedelta(minutes=number),
            prompt=theme_and_prompt[1],
            theme=theme_and_prompt[0],
            is_blind=True,
            voices=(Voice(f"visitor-{number}", vote, second, need),),
            answers=answers(number, **changes),
            more=None if number % 3 == 2 else Side.B,
        )


def shared(people: int, votes: Sequence[Outcome]) -> HeldBattle:
    """One battle that many voted on."""
    first = next(battles(1))
    voices = tuple(Voice(f"visitor-{number}", votes[number % len(votes)]) for number in range(people))
    prompt = "Faut-il éteindre l’éclairage public la nuit dans notre commune ?"
    return replace(first, id="f" * 32, prompt=prompt, theme="debat", voices=voices)


def round_of(number: int, prompt: str, voices: Sequence[Voice], *, hands: int = 0, **changes: object) -> HeldBattle:
    """A round of the room, with as many hands at the second choice as at the vote."""
    raised = [Voice(hand("e1", BallotKind.VOTE, place), VARIED[place % len(VARIED)]) for place in range(hands)]
    again = [(hand("e1", BallotKind.SECOND_CHOICE, place), VARIED[place % 3]) for place in range(hands)]
    battle = replace(
        next(battles(1)),
        id=f"{number:031x}m",
        visitor_id=visitor_of_room("e1"),
        created_at=NOON + timedelta(hours=2, minutes=number),
        prompt=prompt,
        theme=None,
        voices=(*voices, *raised),
        round_number=number,
        seconds_alone=tuple(again),
    )
    return replace(battle, **changes)  # type: ignore[arg-type]


def three_rounds() -> EventResults:
    """With phones and hands; with a recorded duel; with few people, of whom one voted too late."""
    phones = [voice for one in battles(18) for voice in one.voices]
    recorded_at = NOON - timedelta(days=40)
    held = (
        round_of(1, "Faut-il éteindre l’éclairage public la nuit ?", phones, hands=6),
        round_of(2, "Écrivez à anne.martin@exemple.fr", phones[:9], recorded_at=recorded_at),
        round_of(3, "Pourquoi le ciel est-il bleu ?", phones[:3], is_blind=False),
    )
    return event("Trois manches", held)


def rematch(number: int) -> HeldBattle:
    """A battle in which the answer of side A was kept."""
    battle = next(battles(1))
    return replace(battle, id=f"{number:031x}r", kept_side=Side.A, more=Side.B)


def event(
    title: str, held: Sequence[HeldBattle], *, demo: int = 0, place: str = "Médiathèque de Saint-Rémy"
) -> EventResults:
    return EventResults("e" * 32, title, place, HELD_ON, tuple(held), demo)


def measured() -> StoredFootprint:
    """An answer of a local machine with a counter."""
    reading = MeterReading("nvml", gross_wh=1.4, idle_w=20.0, net_wh=1.1, window_s=52.0)
    inputs = replace(footprint().inputs, endpoint_kind="local", reading=reading)
    return StoredFootprint(inputs, footprint_service().estimate(inputs))


def no_figures(held: HeldBattle) -> HeldBattle:
    none = FootprintValues("ecologits-0.11.3/1", "E", "footprint.none.local", {}, {})
    kept = [replace(one, footprint=StoredFootprint(make_inputs(), none)) for one in held.answers]
    return replace(held, answers=tuple(kept), more=None)


def purged(held: HeldBattle) -> HeldBattle:
    return replace(held, prompt="", is_purged=True)


def _thirty() -> EventResults:
    held = [*battles(30), shared(24, VARIED), rematch(1), rematch(2)]
    held[0] = replace(held[0], answers=(PastAnswer(0, Side.A, measured()), *held[0].answers[1:]), more=None)
    return event("L’IA au quotidien : qu’en pense-t-on ici ?", held, demo=6)


EVENTS: Mapping[str, EventResults] = {
    "nobody": event("Une salle <vide> & calme", (), demo=2, place=""),
    "one_person": event("Un rendez-vous", list(battles(1))),
    "four_people": event("Quatre à table", list(battles(4))),
    "five_people": event("Cinq à table", list(battles(5))),
    "thirty_people": _thirty(),
    "hundred_people": event(
        "Grande soirée à la salle des fêtes : intelligence artificielle, énergie et libertés, un débat ouvert à tous",
        [*battles(100), shared(100, VARIED[:3])],
        place="Salle des fêtes de Villeneuve-sur-Lot et de ses environs",
    ),
    "all_ties": event("Tout se vaut", list(battles(20, votes=[Outcome.BOTH_GOOD], seconds=[None]))),
    "all_switched": event("Volte-face", list(battles(24, votes=[Outcome.B], seconds=[Outcome.A]))),
    "nobody_switched": event("Droit dans ses bottes", list(battles(24, seconds=[None]))),
    "no_figure": event("Machine locale sans compteur", [no_figures(one) for one in battles(12)]),
    "supposed_sizes": event("Modèles fermés", list(battles(12, openness="closed"))),
    "three_rounds": three_rounds(),
    "purged": event("Il y a longtemps", [purged(one) for one in battles(16)]),
}
IN_ENGLISH = ("four_people", "thirty_people", "three_rounds")


def golden_name(name: str, locale: str) -> str:
    return f"{name}.{locale}.html"


def article(name: str, locale: str) -> str:
    """The report of one of these events, a tag a line, so that a difference can be read."""
    themes = {theme.id: theme.title[locale] for theme in SUGGESTIONS.themes}
    cards = ReportCards(load_text(locale), themes, footprint_service().equivalent)
    handout = load_leaflets(SUGGESTIONS).handout(EVENTS[name])
    return str(cards.article(handout)).replace("><", ">\n<") + "\n"


def every_golden() -> Iterator[tuple[str, str]]:
    yield from ((name, "fr") for name in EVENTS)
    yield from ((name, "en") for name in IN_ENGLISH)


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for one, tongue in every_golden():
        (FOLDER / golden_name(one, tongue)).write_text(article(one, tongue), encoding="utf-8")
