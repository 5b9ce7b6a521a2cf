"""Again with less, with requests alone: the rematch is as blind as any battle."""

import html

import pytest

from tests.e2e.page_client import PageClient, problem_of
from tests.e2e.scripts import NAMES
from tests.e2e.test_battle_over_http import found_in
from tests.serving import Application, ScriptedModels

FLARN = "wibble/flarn"


def reveal_all(page: PageClient, vote: str) -> str:
    """Vote and look at everything; what the last reply shows."""
    assert problem_of(page.call("vote", page.battle_id, vote)) == ""
    page.call("footprints", page.battle_id, vote, "")
    return html.unescape(page.call("names", page.battle_id, vote).text)


def side_of(application: Application, battle_id: str, model_id: str) -> str:
    query = "select side from battle_side where battle_id=? and model_id=?"
    ((side,),) = application.rows(query, battle_id, model_id)
    return str(side)


@pytest.mark.parametrize("kind", ["smaller", "shorter"])
@pytest.mark.parametrize("behaviour", ["names", "plain"])
def test_nothing_in_a_rematch_says_who_writes_or_which_answer_was_kept(
    scripted: Application, models: ScriptedModels, kind: str, behaviour: str
) -> None:
    with PageClient(scripted) as page:
        origin_id = page.start(f"Bonjour [{behaviour}] {kind}")
        page.watch()
        shown = reveal_all(page, side_of(scripted, origin_id, FLARN))
        assert "Flarn Large" in shown
        mark, asked = len(page.heard), len(models.requests)
        battle_id = page.rematch(kind)
        assert page.watch()[-1]["over"] is True
        assert len(models.requests) == asked + 1
        page.call("load")
        page.call("show", battle_id)
        for call in (("follow_up", battle_id, "et alors ?"), ("retry_a", battle_id), ("retry_b", battle_id)):
            assert problem_of(page.call(*call)).startswith("Ce duel est clos")
        page.call("vote", battle_id, "both_good")
        page.call("footprints", battle_id, "both_good", "un commentaire")
        page.watch()
        page.call("load")
        heard = page.heard_since(mark)
        ((kept_side, lighter),) = scripted.rows(
            "select kept_side, model_id from rematch join battle_side using (battle_id)"
            " where battle_id=? and side != kept_side",
            battle_id,
        )
        result = html.unescape(page.call("names", battle_id, "both_good").text)
    assert found_in(NAMES, heard) == []
    assert [word for word in (origin_id, FLARN, str(lighter), "kept", "gardée") if word in heard] == []
    assert f"La réponse {kept_side.upper()} vient du premier duel" in result
    assert (lighter == FLARN) is (kind == "shorter")


def test_the_visitors_prompt_is_shown_and_stored_without_the_instruction(
    scripted: Application, models: ScriptedModels
) -> None:
    with PageClient(scripted, "en") as page:
        origin_id = page.start("Hello [plain]")
        page.watch()
        reveal_all(page, side_of(scripted, origin_id, FLARN))
        battle_id = page.rematch("shorter")
        messages = page.watch()
    assert models.requests[-1].json["messages"][-1]["content"] == "Hello [plain]\n\nAnswer in at most 80 words."
    assert messages[0]["turns"] == [[0, "Hello [plain]"]]
    assert scripted.rows("select prompt from turn where battle_id=?", battle_id) == [("Hello [plain]",)]


def test_a_rematch_waits_for_the_names_and_cannot_be_played_again(scripted: Application) -> None:
    with PageClient(scripted) as page:
        origin_id = page.start("Bonjour [plain] encore")
        page.watch()
        refused = "Ce choix n’existe pas."
        assert problem_of(page.call("rematch_shorter", origin_id)) == refused
        reveal_all(page, side_of(scripted, origin_id, "quux/zorblax-9"))
        assert problem_of(page.call("rematch_smaller", origin_id)) == refused
        page.rematch("shorter")
        page.watch()
        shown = reveal_all(page, "both_bad")
        assert "aucune des deux réponses ne vous a convenu" in shown
        assert "Rejouer" not in shown
        assert problem_of(page.call("rematch_shorter", page.battle_id)) == refused


@pytest.mark.parametrize("kind", ["smaller", "shorter"])
def test_the_demonstration_can_be_played_again_with_less(demo: Application, kind: str) -> None:
    with PageClient(demo) as page:
        origin_id = page.start("Pourquoi le ciel est-il bleu ?", "choose", ("demo/cascade", "demo/ecluse"))
        page.watch()
        shown = reveal_all(page, side_of(demo, origin_id, "demo/ecluse"))
        assert "Rejouer en 80 mots au plus" in html.unescape(page.get("/fr/config").text)
        assert "La même demande, au plus petit modèle disponible." in shown
        battle_id = page.rematch(kind)
        page.watch()
        kept = side_of(demo, battle_id, "demo/ecluse") if kind == "smaller" else "a"
        result = reveal_all(page, kept)
    assert "fois moins d’énergie, à serveurs comparables" in result
    query = "select count(*) from footprint_input, answer, turn where answer.id=answer_id and turn.id=turn_id"
    assert demo.rows(f"{query} and battle_id=?", battle_id) == [(2,)]
