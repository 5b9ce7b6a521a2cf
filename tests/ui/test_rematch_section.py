"""What the section says: offers with their reasons, and results in plain words without praise."""

import html

import gradio as gr
import pytest

from arena.domain.battle import RevealStage
from arena.domain.rematch import Refusal, RematchKind
from arena.domain.rematch_result import Noticed, RematchResult, Saving, SavingKind
from arena.domain.side import Side
from arena.services.arena import Arena
from arena.services.battles import BattleView
from arena.ui.guard import Updates
from arena.ui.rematch_section import RematchSection
from arena.ui.text import LOCALES, load_text
from tests.ui.viewing import view_at

SMALLER, SHORTER = RematchKind
SAVINGS = (None, Saving(SavingKind.LESS, 2000), Saving(SavingKind.MORE, 4), Saving(SavingKind.SAME_ORDER))


def no_arena() -> Arena:
    raise AssertionError("rendering needs no service")


def section_in(locale: str) -> RematchSection:
    section = RematchSection(no_arena, load_text(locale), lambda _view: {})
    with gr.Blocks():
        section.lay_out()
    return section


def view_with(
    offers: dict[RematchKind, Refusal | None] | None = None, rematch: RematchResult | None = None
) -> BattleView:
    return view_at(RevealStage.NAMES, offers=offers or {}, rematch=rematch)


def words_of(section: RematchSection, updates: Updates) -> str:
    parts = [section.result, section.intro, *section.reasons.values()]
    return html.unescape(" ".join(str(updates[part]) for part in parts))


def shown(section: RematchSection, updates: Updates) -> dict[RematchKind, bool]:
    """Whether the style sheet shows each button: it looks at the line above."""
    return {kind: "data-offered" in updates[reason] for kind, reason in section.reasons.items()}


@pytest.mark.parametrize("locale", LOCALES)
def test_nothing_is_said_where_nothing_is_offered(locale: str) -> None:
    section = section_in(locale)
    for view in (None, view_with()):
        updates = section.render(view)
        assert set(updates) == set(section.parts)
        assert words_of(section, updates).strip() == ""
        assert not any(shown(section, updates).values())


@pytest.mark.parametrize("locale", LOCALES)
def test_each_rematch_is_explained_or_its_absence_is(locale: str) -> None:
    section = section_in(locale)
    for refusal in Refusal:
        updates = section.render(view_with({SMALLER: refusal, SHORTER: None}))
        assert shown(section, updates) == {SMALLER: False, SHORTER: True}
        assert load_text(locale)(refusal) in words_of(section, updates)
        assert "80" in words_of(section, updates)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", RematchKind)
@pytest.mark.parametrize("said", Noticed)
@pytest.mark.parametrize("saving", SAVINGS)
def test_a_result_says_what_was_noticed_and_what_may_be_said_of_the_energy(
    locale: str, kind: RematchKind, said: Noticed, saving: Saving | None
) -> None:
    section, text = section_in(locale), load_text(locale)
    result = RematchResult(kind, Side.B, said, saving, is_over_limit=False)
    words = words_of(section, section.render(view_with(rematch=result)))
    assert text("rematch.result.kept", side="B") in words
    assert text(f"rematch.result.{said}") in words
    factor = {2000: "2\u202f000" if locale == "fr" else "2,000", 4: "4"}.get(saving.factor or 0 if saving else 0, "")
    key = saving.kind if saving else "none"
    assert text(f"rematch.saving.{key}", factor=factor) in words
    assert text("rematch.result.over_limit", words=80) not in words


@pytest.mark.parametrize("locale", LOCALES)
def test_a_limit_that_was_not_kept_to_is_said(locale: str) -> None:
    section = section_in(locale)
    result = RematchResult(SHORTER, Side.A, Noticed.ENOUGH, None, is_over_limit=True)
    words = words_of(section, section.render(view_with(rematch=result)))
    assert load_text(locale)("rematch.result.over_limit", words=80) in words
