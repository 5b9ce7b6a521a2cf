"""The buttons of the desk as HTML: what each presses, by which key, and what is asked before."""

from collections.abc import Mapping
from typing import Any

import orjson
from markupsafe import Markup

_BUTTON = Markup('<button type="button" id="{id}" data-press="{press}" data-sends="{sends}"{more}>{words}</button>')


def button(
    words: str,
    press: str,
    *,
    id: str,
    look: str = "",
    key: str = "",
    confirm: str = "",
    is_on: bool | None = None,
    is_ready: bool = True,
    **sends: Any,
) -> Markup:
    """One press of PRESSES with what it ``sends``; ``id`` brings the focus back when the page changes around it.

    ``key`` is the name of a key as browsers give it, or several with spaces between; ``confirm`` is asked first, in
    the page. ``is_on`` makes it a switch. One that is not ready stays reachable and does nothing.
    """
    marks: Mapping[str, str] = {
        "class": look,
        "data-key": key,
        "aria-keyshortcuts": key,
        "data-confirm": confirm,
        "aria-pressed": "" if is_on is None else str(is_on).lower(),
        "aria-disabled": "" if is_ready else "true",
    }
    more = Markup("").join(Markup(' {}="{}"').format(name, value) for name, value in marks.items() if value)
    return _BUTTON.format(id=id, press=press, sends=orjson.dumps(sends).decode(), more=more, words=words)


def switch(words: str, name: str, *, is_on: bool, key: str = "") -> Markup:
    """A switch of what is set of the room, see ``Room``."""
    return button(words, "set", id=f"set-{name}", look="switch", key=key, is_on=is_on, name=name, value=not is_on)
