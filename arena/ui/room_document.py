"""The document around a page of a room: nothing but its own parts, which a script keeps up to date."""

from markupsafe import Markup
from starlette.responses import HTMLResponse

from arena.ui.assets import OwnAssets
from arena.ui.reading import NEVER_KEPT
from arena.ui.text import Text

_DOCUMENT = Markup(
    "<!doctype html>"
    '<html lang="{locale}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="color-scheme" content="light dark"><title>{title}</title>{links}</head>'
    '<body class="room" data-role="{role}" data-follow="{follow}">{body}</body></html>'
)


def room_document(
    own: OwnAssets, text: Text, *, role: str, title: str, follow: str, body: Markup, assets: tuple[str, ...]
) -> HTMLResponse:
    """A page that follows the stream at ``follow``; ``assets`` are its own files after those that all rooms share.

    The script fills the elements of ``body`` that have a ``data-part``.
    """
    document = _DOCUMENT.format(
        locale=text.locale,
        title=title,
        links=own.links("icon.svg", "style.css", "dark.css", "room.css", "room.js", *assets),
        role=role,
        follow=follow,
        body=body,
    )
    return HTMLResponse(document, headers={"Cache-Control": NEVER_KEPT})
