"""The way in, on the desk: which address phones open, its QR code, and what to try when they cannot."""

from urllib.parse import urlsplit

from markupsafe import Markup

from arena.domain.lan import LanAddress, base_url_of
from arena.services.desk_views import DeskView
from arena.services.room_door import is_loopback
from arena.ui.desk_buttons import button
from arena.ui.kit_page import KIT_PATH
from arena.ui.problems import problem_words
from arena.ui.qr import code_spelled, qr_svg
from arena.ui.reading_parts import joined, paragraphs
from arena.ui.rehearsal_page import REHEARSAL_PATH
from arena.ui.text import Text


def door(desk: DeskView, text: Text, here: str) -> Markup:
    """``here`` is where the desk itself was opened: the address to begin with when the machine knows no better."""
    room, event = desk.view.state.room, desk.view.event
    form = _form(desk, text, here)
    if not event.is_open:
        return Markup("<h2>{}</h2>{}").format(text("desk.door.heading"), paragraphs([text("desk.door.event")]))
    if not room.is_open:
        return Markup("<h2>{}</h2>{}{}").format(text("desk.door.heading"), form, _papers(desk, text))
    problems = _problems(desk, text, room.base_url or here)
    return Markup(
        '{problems}<details id="way-in"{is_open}><summary><h2>{heading}</h2></summary>{shown}'
        '<details id="door-change"><summary>{change}</summary>{form}</details><div class="row">{close}</div>{papers}'
        "</details>"
    ).format(
        papers=_papers(desk, text),
        problems=problems,
        is_open=Markup(" open") if desk.view.state.round is None else "",
        heading=text("desk.door.heading"),
        shown=_shown(desk, text, room.base_url or here),
        change=text("desk.door.change"),
        form=form,
        close=button(text("desk.close"), "close", id="close", confirm=text("desk.sure.close")),
    )


def _papers(desk: DeskView, text: Text) -> Markup:
    """What is worth opening before people come: a rehearsal, and what to print."""
    event_id, sheet = desk.view.event.id, desk.view.state.room.sheet_id
    rehearsal = REHEARSAL_PATH.format(locale=text.locale, event_id=event_id)
    kit = KIT_PATH.format(locale=text.locale, event_id=event_id) + (f"?sheet={sheet}" if sheet else "")
    link = Markup('<a href="{}" target="_blank" rel="noopener">{}</a>')
    links = (link.format(rehearsal, text("rehearsal.panel.open")), link.format(kit, text("kit.panel.open")))
    return Markup('<ul class="papers">{}</ul>').format(joined(Markup("<li>{}</li>").format(one) for one in links))


def _shown(desk: DeskView, text: Text, base_url: str) -> Markup:
    """The address as it is on the screen."""
    code = desk.view.event.code
    address = f"{base_url}/e/{code}"
    return Markup(
        '<div class="way-in">{qr}<div><p>{to_open} <strong class="address">{address}</strong></p>'
        '<p>{with_code} <strong class="code">{code}</strong></p></div></div><p class="soft">{help}</p>'
    ).format(
        qr=qr_svg(address, title=text("desk.door.qr", address=address)),
        to_open=text("desk.door.open"),
        address=address,
        with_code=text("state.code"),
        code=code_spelled(code),
        help=text("desk.door.help"),
    )


def _problems(desk: DeskView, text: Text, base_url: str) -> Markup:
    """Why phones may stand before a closed door."""
    problems = []
    if desk.door.refusal is not None:
        problems.append(problem_words(text, desk.door.refusal))
    if is_loopback(base_url):
        problems.append(text("desk.door.loopback"))
    return joined(Markup('<p class="problem">{}</p>').format(words) for words in problems)


def _form(desk: DeskView, text: Text, here: str) -> Markup:
    """The addresses of this machine to choose from, and a field to correct what was chosen."""
    room, port = desk.view.state.room, desk.door.port or urlsplit(here).port
    offers = [(base_url_of(one.ip, port), one) for one in desk.door.addresses]
    chosen = room.base_url or (offers[0][0] if offers else here)
    choices = joined(
        _choice(number, url, one, text, is_chosen=url == chosen) for number, (url, one) in enumerate(offers)
    )
    found = Markup("<fieldset><legend>{}</legend>{}</fieldset>").format(text("desk.door.found"), choices)
    is_open = room.is_open
    alone = button(text("desk.door.alone"), "open", id="open-alone")
    return Markup(
        '<form id="door-form" data-form="open">{found}<label for="address">{label}</label>'
        '<p class="soft" id="address-help">{help}</p>'
        '<input id="address" type="text" name="address" value="{chosen}" inputmode="url" autocomplete="off"'
        ' autocapitalize="none" spellcheck="false" maxlength="300" aria-describedby="address-help">'
        '<button id="open-room" class="{look}" type="submit">{open}</button>{alone}</form>'
    ).format(
        found=found if offers else paragraphs([text("desk.door.none")]),
        label=text("desk.door.label"),
        help=text("desk.door.label.help"),
        chosen=chosen,
        look="" if is_open else "big",
        open=text("desk.door.move" if is_open else "desk.next.open"),
        alone="" if is_open else alone,
    )


def _choice(number: int, url: str, address: LanAddress, text: Text, *, is_chosen: bool) -> Markup:
    adapter = text("desk.door.virtual", name=address.adapter) if address.is_virtual else address.adapter
    return Markup(
        '<label class="choice"><input type="radio" name="found" id="found-{number}" value="{url}" data-into="address"'
        "{checked}><span>{url} <small>{adapter}</small></span></label>"
    ).format(number=number, url=url, checked=Markup(" checked") if is_chosen else "", adapter=adapter)
