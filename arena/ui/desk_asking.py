"""The form by which the organiser asks: own words, a suggestion, and how the round goes. It keeps what is typed."""

from collections.abc import Sequence

from markupsafe import Markup

from arena.domain.pairing import PairingMode
from arena.domain.recording import BlindDuel
from arena.domain.suggestions import Suggestions, Theme
from arena.ui.reading_parts import joined
from arena.ui.text import Text


def asking(text: Text, suggestions: Suggestions, modes: Sequence[PairingMode]) -> Markup:
    """``modes`` are those that the event's models allow, the one to begin with first."""
    themes = joined(_theme(text, suggestions, theme) for theme in suggestions.themes)
    return Markup(
        '<details id="ask" hidden><summary><h2>{heading}</h2></summary><form id="ask-form" data-form="ask">'
        '<label for="prompt">{label}</label><textarea id="prompt" name="prompt" rows="3" maxlength="2000"></textarea>'
        '<div class="themes" role="group" aria-label="{suggested}"><p>{suggested}</p>{themes}</div>{options}'
        '<button id="ask-now" class="big" type="submit">{ask}</button></form><div data-part="recorded"></div></details>'
    ).format(
        heading=text("desk.ask"),
        label=text("desk.ask.label"),
        suggested=text("desk.ask.suggested"),
        themes=themes,
        options=_options(text, modes),
        ask=text("desk.ask.send"),
    )


def recorded(duels: Sequence[BlindDuel], text: Text) -> Markup:
    """The duels that were recorded, to be played with no network; nothing without any."""
    if not duels:
        return Markup("")
    items = joined(
        Markup(
            '<li><p><q dir="auto">{said}</q></p><p class="soft">{day}</p>'
            '<button type="button" id="play-{id}" data-play="{id}">{play}</button></li>'
        ).format(
            said=duel.prompt,
            day=text("desk.recorded", day=text("page.day", day=duel.recorded_at)),
            id=duel.id,
            play=text("desk.play"),
        )
        for duel in duels
    )
    return Markup('<details id="recorded"><summary>{}</summary><ul class="queue">{}</ul></details>').format(
        text("desk.play.heading", count=len(duels)), items
    )


def _theme(text: Text, suggestions: Suggestions, theme: Theme) -> Markup:
    offers = joined(
        Markup('<li><button type="button" id="suggestion-{}" data-fill="prompt">{}</button></li>').format(
            one.id, one.text[text.locale]
        )
        for one in suggestions.of_theme(theme.id)
    )
    return Markup('<details id="theme-{}"><summary>{}</summary><ul>{}</ul></details>').format(
        theme.id, theme.title[text.locale], offers
    )


def _options(text: Text, modes: Sequence[PairingMode]) -> Markup:
    pairing = joined(_radio("mode", mode.value, text(f"mode.{mode}"), is_chosen=mode is modes[0]) for mode in modes)
    showing = joined(
        _radio("is_streamed", value, text(f"desk.ask.{words}"), is_chosen=value == "")
        for value, words in (("", "complete"), ("yes", "streamed"))
    )
    return Markup(
        "<fieldset><legend>{pair}</legend>{pairing}</fieldset><fieldset><legend>{how}</legend>{showing}</fieldset>"
        '<label class="choice"><input type="checkbox" id="has_bet" name="has_bet" value="yes">'
        "<span>{bet}</span></label>"
    ).format(
        pair=text("mode.label"),
        pairing=pairing,
        how=text("desk.ask.how"),
        showing=showing,
        bet=text("desk.ask.bet"),
    )


def _radio(name: str, value: str, words: str, *, is_chosen: bool) -> Markup:
    return Markup('<label class="choice"><input type="radio" name="{}" value="{}"{}><span>{}</span></label>').format(
        name, value, Markup(" checked") if is_chosen else "", words
    )
