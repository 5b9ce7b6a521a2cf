"""The scenes of the screen as fragments: what each step shows, and what it must not."""

import re
from dataclasses import replace
from typing import Any

import pytest

from arena.domain.ballot import Tally
from arena.domain.battle import AnswerStatus
from arena.domain.catalogue import EndpointKind
from arena.domain.round import BallotKind, Step
from arena.domain.side import Side
from arena.domain.vote import Outcome
from arena.services.live_room import Counts, RoomView
from arena.ui.room_screen import screen_data
from arena.ui.screen_answers import WHOLE
from arena.ui.screen_markdown import written
from arena.ui.screen_words import pages_of
from arena.ui.text import load_text
from tests.ui.reveals import HOSTILE, NOW, inputs, model, view_of, words_of
from tests.ui.screen_views import ADDRESS, BIG, HOST, LONG, PROMPT, SHORT, SMALL, STEPS, battle, room_view, scene_of

NAMES = (SMALL.display_name, SMALL.maker, BIG.display_name, BIG.maker, HOST.name)


def all_pages(view: RoomView, locale: str = "fr") -> list[str]:
    """The HTML of each page of a view."""
    room = view.state.room
    count = scene_of(view, locale).pages
    views = [replace(view, state=replace(view.state, room=replace(room, page=page))) for page in range(count)]
    return [str(scene_of(one, locale).html) for one in views]


def said(view: RoomView, locale: str = "fr") -> str:
    return words_of(" ".join(all_pages(view, locale)))


@pytest.mark.parametrize("locale", ["fr", "en"])
@pytest.mark.parametrize("step", STEPS)
def test_each_step_has_a_heading_and_its_own_words(step: Step, locale: str) -> None:
    for html in all_pages(room_view(step), locale):
        assert html.count("<h1") == 1
        assert f"at-{step}" in html


@pytest.mark.parametrize("step", [step for step in STEPS if not step.has_come_to(Step.NAMES)])
def test_nothing_names_a_model_before_the_names(step: Step) -> None:
    assert not [name for name in NAMES for html in all_pages(room_view(step)) if name in html]


def test_the_names_are_shown_when_they_are_to_be() -> None:
    words = said(room_view(Step.NAMES))
    assert [name for name in NAMES if name not in words] == []
    assert "3,2 milliards de paramètres" in words
    assert "poids ouverts, Apache 2.0" in words


@pytest.mark.parametrize("step", STEPS)
def test_hostile_text_is_text(step: Step) -> None:
    view = room_view(step, battle=battle((HOSTILE, f"`{HOSTILE}`\n\n{HOSTILE}"), prompt=HOSTILE))
    settings = replace(view.event.settings, title=HOSTILE)
    view = replace(view, event=replace(view.event, settings=settings))
    assert "<script" not in "".join(all_pages(view))


def test_waiting_shows_the_way_in_and_not_the_question() -> None:
    scene = scene_of(room_view(Step.WAITING))
    words = words_of(str(scene.html))
    assert "192.168.1.20:7860/ e/ K7QX2M" in words
    assert "K7Q\u00a0X2M" in scene.html
    assert f'aria-label="Code QR qui ouvre {ADDRESS}"' in scene.html
    assert PROMPT not in words


def test_a_corrected_address_is_another_scene() -> None:
    view = room_view(Step.WAITING)
    assert scene_of(view).html != scene_of(view, address="https://salle.example/e/K7QX2M").html


def test_a_room_that_is_not_open_shows_no_way_in() -> None:
    html = scene_of(room_view(Step.WAITING, room={"is_open": False})).html
    assert "<svg" not in html
    assert "pas ouverte" in html


def test_black_is_black_and_nothing_else() -> None:
    scene = scene_of(room_view(Step.CLOSED, room={"is_black": True}))
    assert scene.html == '<div class="black" role="img" aria-label="Écran noir"></div>'


def test_counts_change_without_the_scene_and_can_be_hidden() -> None:
    text, view = load_text("fr"), room_view(Step.VOTE)
    later = replace(view, counts=Counts(1, {BallotKind.VOTE: 1}))
    assert scene_of(later).html == scene_of(view).html
    fills = screen_data(later, scene_of(later), text)["fills"]
    assert fills == {"count": "1", "said": "vote", "connected": "sur 1 connecté"}
    assert screen_data(view, scene_of(view), text)["fills"]["said"] == "votes"
    hidden = room_view(Step.VOTE, room={"hides_counts": True})
    assert "data-fill" not in scene_of(hidden).html
    assert screen_data(hidden, scene_of(hidden), text)["fills"] == {}


def test_results_have_counts_shares_intervals_and_say_what_came_from_hands() -> None:
    words = said(room_view(Step.CLOSED))
    assert "12 29 % entre 18 et 44 %" in words
    assert "41 votes · dont 12 à main levée" in words


@pytest.mark.parametrize(
    ("room", "tally", "expected"),
    [
        ({"hides_results": True}, None, "Résultats masqués"),
        ({}, Tally(votes={Outcome.A: 3, Outcome.B: 1}), "4 votes"),
        ({}, Tally(), "0 vote"),
    ],
)
def test_results_of_few_people_or_hidden_ones_are_not_broken_down(
    room: dict[str, Any], tally: Tally | None, expected: str
) -> None:
    view = room_view(Step.CLOSED, room=room)
    view = view if tally is None else replace(view, tally=tally)
    assert expected in said(view)
    assert "result " not in "".join(all_pages(view))


def test_footprints_are_ranges_with_unit_scope_and_source_and_the_bets_beside_them() -> None:
    figures, bets, everyday, basis = map(words_of, all_pages(room_view(Step.FOOTPRINTS)))
    assert "La réponse B a demandé environ 20 fois plus d’énergie" in figures
    assert re.search(r"\d+ – \d+ mWh", figures)
    assert "Compté :" in figures
    assert "EcoLogits" in figures
    assert "supposé" in figures
    assert "L’estimation : B × 20." in bets
    assert "14" in bets
    assert "ampoule" in everyday
    assert "Source" in everyday
    assert "confiance C" in basis


def test_bets_of_few_people_are_only_counted() -> None:
    bets = words_of(all_pages(room_view(Step.FOOTPRINTS, tally=Tally(bets={1: 2, 100: 1})))[1])
    assert "3 paris" in bets
    assert "100" not in bets


def test_without_figures_the_reason_is_said() -> None:
    local = inputs(model(8), kind=EndpointKind.LOCAL)
    view = room_view(Step.FOOTPRINTS, footprints=view_of({Side.A: local, Side.B: inputs(SMALL)}).footprints)
    words = said(view)
    assert "Réponse A · Pas de chiffre. Ce modèle tourne sur une machine locale" in words
    assert "Sans deux chiffres comparables" in words


def test_the_flow_has_its_numbers_in_words_and_in_a_table() -> None:
    words = said(room_view(Step.NAMES))
    assert "11 personnes sur 39 ont changé d’avis : 17 à 44 %" in words
    assert "(+8)" in words
    assert "(−8)" in words
    assert "Vote à l’aveugle A est meilleure" in words


def test_the_flow_of_few_people_is_not_shown() -> None:
    view = room_view(Step.NAMES, tally=Tally(flow={(Outcome.A, Outcome.B): 4}))
    assert "Moins de cinq personnes" in said(view)
    assert "<path" not in all_pages(view)[1]


def test_a_round_without_names_shows_its_flow_with_the_debate() -> None:
    assert scene_of(room_view(Step.DEBATE)).pages == 1
    view = room_view(Step.DEBATE, one={"skips_names": True})
    assert "ont changé d’avis" in said(view)
    assert not [name for name in NAMES if name in said(view)]


@pytest.mark.parametrize("step", STEPS)
def test_recorded_and_scripted_answers_are_labelled_from_the_answers_on(step: Step) -> None:
    view = room_view(step, one={"recorded_at": NOW}, battle=replace(battle(), is_demo=True))
    for html in all_pages(view):
        assert ("Duel enregistré le 25 novembre 2026" in html) is step.has_come_to(Step.ANSWERS)
        assert ("écrites d’avance" in html) is step.has_come_to(Step.ANSWERS)


def test_short_answers_stand_side_by_side_and_long_ones_follow_each_other() -> None:
    assert len(all_pages(room_view(Step.ANSWERS, battle=battle((SHORT, SHORT))))) == 1
    pages = all_pages(room_view(Step.ANSWERS, battle=battle((LONG, SHORT))))
    sides = [re.findall(r'said side-(\w)"', html) for html in pages]
    assert sides == [*[["a"]] * (len(pages) - 1), ["b"]]
    assert "1/3" in pages[0]
    assert len({len(re.findall(r"<li|<p", html)) for html in pages}) > 1


def test_a_page_beyond_the_last_is_the_last() -> None:
    view = room_view(Step.ANSWERS, room={"page": 99})
    scene = scene_of(view)
    assert (scene.page, scene.pages) == (3, 4)
    assert "side-b" in scene.html


def test_answers_that_grow_show_the_end_of_each() -> None:
    view = room_view(Step.ANSWERS, battle=battle((LONG, LONG[:90]), status=AnswerStatus.STREAMING))
    (html,) = all_pages(view)
    assert "Trois idées" not in html
    assert "Le ciel paraît" in html
    assert "longueur d’onde." in words_of(html)


def test_an_answer_that_broke_off_says_so_and_never_whose_host_it_was() -> None:
    broken = battle((SHORT, SHORT), status=AnswerStatus.TRUNCATED, error_key="error.endpoint.quota")
    words = said(room_view(Step.ANSWERS, battle=broken))
    assert "Réponse A interrompue." in words
    assert load_text("fr")("error.endpoint") in words


def test_nothing_of_an_answer_is_lost_between_its_pages() -> None:
    words = words_of(" ".join(pages_of(written(LONG), WHOLE)))
    for expected in (
        "Trois idées",
        "2. Les molécules",
        "• Le violet",
        "Rouge · Longueur d’onde 700 nm",
        "loi de Rayleigh",
    ):
        assert expected in words


def test_a_list_keeps_its_numbers_over_pages() -> None:
    items = "\n".join(f"1. Point numéro {number} de la liste" for number in range(1, 31))
    pages = pages_of(written(items), WHOLE)
    assert len(pages) > 1
    markers = re.findall(r'class="marker">(\d+)\.<', "".join(pages))
    assert markers == [str(number) for number in range(1, 31)]
