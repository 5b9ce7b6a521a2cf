"""Fragments of the page as escaped HTML."""

from collections.abc import Mapping

from markupsafe import Markup

from arena.domain.battle import AnswerStatus, RevealStage
from arena.domain.side import Side
from arena.domain.suggestions import Suggestions
from arena.services.battles import BattleView
from arena.ui.phase import phase_of
from arena.ui.reading import PRIVACY, READING_PLACES, reading_links
from arena.ui.text import Text

_RETRIED = (AnswerStatus.FAILED, AnswerStatus.TRUNCATED)


def header(text: Text, *, title: str = "page.heading", tagline: str = "page.tagline", place: str = "") -> str:
    """Heading, one line of what this is, the other language, and the place where the page speaks.

    ``title`` and ``tagline`` are keys, ``place`` begins the address: of another page than the participant's.
    """
    other = "en" if text.locale == "fr" else "fr"
    return Markup(
        '<header class="masthead">'
        '<div><h1>{title}</h1><p class="tagline">{tagline}</p></div>'
        '<a class="language" href="/{place}{other}/" lang="{other}" hreflang="{other}">{language}</a>'
        "</header>"
        '<div id="announcer" class="unseen" role="status" aria-live="polite"></div>'
    ).format(
        title=text(title),
        tagline=text(tagline),
        place=place,
        other=other,
        language=text("page.other_language"),
    )


def consent(text: Text) -> str:
    """The consent line, at most 80 words, shown until the first battle; the rest is one link away."""
    return Markup('<p class="consent">{} <a href="/{}/{}">{}</a></p>').format(
        text("consent"), text.locale, PRIVACY, text("consent.more")
    )


def notice(words: str) -> str:
    """Something everybody should know, quietly."""
    return Markup('<p class="notice">{}</p>').format(words)


def problem(words: str) -> str:
    """What went wrong, announced at once."""
    return Markup('<p class="problem" role="alert">{}</p>').format(words)


def section_heading(words: str, anchor: str) -> str:
    """The heading of a section; the focus can be moved to it."""
    return Markup('<h2 id="{}">{}</h2>').format(anchor, words)


def suggestions(text: Text, offered: Suggestions) -> str:
    """Themes that unfold into prompts; a prompt fills the box and sends nothing."""
    themes = Markup("").join(
        Markup('<details name="themes"><summary>{}</summary><ul>{}</ul></details>').format(
            theme.title[text.locale],
            Markup("").join(
                Markup('<li><button type="button" data-suggestion="{}">{}</button></li>').format(
                    item.id, item.text[text.locale]
                )
                for item in offered.of_theme(theme.id)
            ),
        )
        for theme in offered.themes
    )
    heading = Markup('<h2 class="quiet">{}</h2>').format(text("suggestions.heading"))
    return heading + Markup('<div class="themes">{}</div>').format(themes)


def battle_heading(text: Text) -> str:
    """The prompt that both models got, and on a phone the way from A to B."""
    return Markup(
        '<h2 id="battle-heading">{heading}</h2>'
        '<p class="asked" id="asked-first"></p>'
        '<nav class="jump" aria-label="{jump}"><a href="#answer-a">{a}</a><a href="#answer-b">{b}</a></nav>'
    ).format(
        heading=text("battle.heading"),
        jump=text("battle.jump"),
        a=text("side.answer", side="A"),
        b=text("side.answer", side="B"),
    )


def letter(side: Side) -> Markup:
    """The disc that tells A from B at a glance; words beside it say the same."""
    return Markup('<span class="letter" aria-hidden="true">{}</span>').format(side.upper())


def answer_shell(text: Text, side: Side) -> str:
    """Where the page's script writes one side's answers; the same for every battle."""
    return Markup(
        '<article class="answer" id="answer-{side}" aria-labelledby="answer-{side}-title">'
        '<h3 id="answer-{side}-title">{letter}{title}</h3>'
        "<div data-turns></div></article>"
    ).format(side=side.value, letter=letter(side), title=text("side.answer", side=side.upper()))


def control(text: Text, view: BattleView | None, *, focus: str = "") -> str:
    """What the script needs to know: phase, battle, which stream to watch, what may be retried."""
    data: Mapping[str, str] = {"phase": phase_of(view), "focus": focus}
    if view:
        battle = view.battle
        unmasked = battle.stage is RevealStage.NAMES and _changes_when_unmasked(view)
        data = {
            **data,
            "battle": battle.id,
            "url": f"/watch/{text.locale}/{battle.id}",
            "stream": f"{battle.id}.{len(battle.turns)}.{int(unmasked)}",
            "retry": " ".join(_retried(view)),
            "continue": "yes" if view.may_continue else "",
        }
    attributes = Markup(" ").join(Markup('data-{}="{}"').format(name, value) for name, value in data.items())
    return Markup("<div {}></div>").format(attributes)


def _retried(view: BattleView) -> list[Side]:
    """The sides whose last answer may be asked for again."""
    if view.opinion.vote or view.battle.is_purged:
        return []
    return [side for side, answer in view.battle.turns[-1].answers.items() if answer.status in _RETRIED]


def _changes_when_unmasked(view: BattleView) -> bool:
    """Whether the answers read otherwise once names and links are real."""
    answers = [answer for turn in view.battle.turns for answer in turn.answers.values()]
    return any(answer.self_named or "](" in answer.text for answer in answers)


def vote_state(text: Text, view: BattleView) -> str:
    """Whether the vote is recorded and until when it can be changed."""
    if view.opinion.vote is None:
        return ""
    key = "vote.recorded" if view.battle.stage is RevealStage.BLIND else "vote.final"
    words = text(key, choice=text(f"vote.{view.opinion.vote.outcome}"))
    return Markup('<p class="recorded" role="status">{}</p>').format(words)


def footer(text: Text, places: tuple[str, ...] = READING_PLACES) -> str:
    """Who is behind this, what is not kept, and what there is to read."""
    return Markup(
        '<footer class="colophon"><nav aria-label="{pages}"><ul>{links}</ul></nav><p>{words}</p></footer>'
    ).format(pages=text("reading.pages"), links=reading_links(text, places=places), words=text("page.footer"))
