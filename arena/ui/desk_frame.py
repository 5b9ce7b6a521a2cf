"""The frame of the desk: what stands still around the parts that follow the room."""

from markupsafe import Markup

from arena.domain.event import Event
from arena.ui.desk_buttons import button
from arena.ui.reading_parts import joined
from arena.ui.text import LOCALES, Text

_KEYS = ("space", "enter", "arrows", "pages", "black", "undo", "escape", "help")

_FRAME = Markup(
    '<a class="skip" href="#next-part">{skip}</a>'
    '<header class="top"><h1 dir="auto">{title}</h1>'
    '<p class="light" role="status"><span class="on">{connected}</span><span class="off">{lost}</span>'
    '<span class="gone">{gone}</span></p>'
    '<nav aria-label="{places}"><a href="/screen/{locale}/{code}" target="_blank" rel="noopener">{screen}</a>'
    '<a href="/organise/{locale}/">{organise}</a>'
    '<a href="/desk/{other}/{event}" lang="{other}" hreflang="{other}">{language}</a></nav></header>'
    '<main data-event="{event}" data-offline="{offline}" data-moved="{moved}" data-leaves="{leaves}">'
    '<p id="said" role="status"></p>'
    '<div class="columns"><div class="first"><div data-part="status" class="status"></div>'
    '<section aria-labelledby="now-heading" class="present"><div data-part="now"></div>'
    '<div id="next-part" data-part="next" tabindex="-1"></div><p class="key-line">{key_line}</p>'
    '<div data-part="pages"></div><div data-part="ways"></div></section>'
    '<section data-part="writing"></section>{asking}<section data-part="hands"></section>'
    '<section data-part="read"></section><section data-part="door"></section></div>'
    '<div class="second"><div data-part="sheet"></div><section data-part="sheet-buttons"></section>'
    '<section data-part="switches"></section><section data-part="proposals"></section>{second_desk}{keys}</div></div>'
    '</main><dialog id="sure" aria-labelledby="sure-words"><p id="sure-words"></p><div class="row">'
    '<button type="button" id="sure-yes" class="strong">{yes}</button>'
    '<button type="button" id="sure-no">{no}</button></div></dialog>'
)


def frame(event: Event, text: Text, asking: Markup) -> Markup:
    """The page without anything that depends on the room; ``asking`` is the form that keeps what is typed."""
    return _FRAME.format(
        skip=text("desk.skip"),
        title=event.settings.title,
        connected=text("desk.connection.on"),
        gone=text("desk.connection.gone"),
        lost=text("desk.connection.off"),
        places=text("desk.places"),
        locale=text.locale,
        code=event.code,
        screen=text("desk.to.screen"),
        organise=text("desk.to.organise"),
        other=next(locale for locale in LOCALES if locale != text.locale),
        event=event.id,
        language=text("page.other_language"),
        offline=text("desk.offline"),
        moved=text("desk.moved"),
        leaves=text("desk.sure.leave"),
        asking=asking,
        second_desk=_second_desk(text),
        keys=_keys(text),
        key_line=text("desk.keys.line"),
        yes=text("desk.sure.yes"),
        no=text("desk.sure.no"),
    )


def _second_desk(text: Text) -> Markup:
    """A link for somebody who helps; its secret is put here once, by the script."""
    return Markup(
        '<section><h2>{heading}</h2><p>{help}</p><div class="row">{make}</div>'
        '<div id="made-link" hidden><p>{once}</p><div id="made-qr"></div>'
        '<p><label for="made-address">{label}</label><input id="made-address" type="text" readonly></p>'
        '<button type="button" id="copy-link" data-copied="{copied}">{copy}</button></div></section>'
    ).format(
        heading=text("desk.second"),
        help=text("desk.second.help"),
        make=button(text("desk.second.make"), "link", id="make-link", label=text("desk.second")),
        once=text("desk.second.once"),
        label=text("desk.second.address"),
        copy=text("desk.second.copy"),
        copied=text("desk.second.copied"),
    )


def _keys(text: Text) -> Markup:
    """What each key does, and the way to switch them off (WCAG 2.1.4)."""
    rows = joined(
        Markup("<div><dt><kbd>{}</kbd></dt><dd>{}</dd></div>").format(
            text(f"desk.key.{name}"), text(f"desk.key.{name}.does")
        )
        for name in _KEYS
    )
    return Markup(
        '<details id="keys"><summary><h2>{heading}</h2></summary><dl>{rows}</dl>'
        '<label class="choice"><input type="checkbox" id="keys-on" checked><span>{on}</span></label></details>'
    ).format(heading=text("desk.keys"), rows=rows, on=text("desk.keys.on"))
