"""School mode in words that a nine-year-old can read: what is kept of a child, and whom to ask."""

from markupsafe import Markup

from arena.domain.event import Event
from arena.ui.reading_parts import bullets
from arena.ui.text import Text

_LINES = ("machines", "choice", "name", "number", "write", "until", "erase", "ask")


def school_lines(text: Text, event: Event) -> tuple[str, ...]:
    """The sentences of the notice, in reading order."""
    day = text("page.day", day=event.settings.texts_kept_until)
    return tuple(
        text(f"school.notice.{line}", day=day) if line == "until" else text(f"school.notice.{line}") for line in _LINES
    )


def school_notice(text: Text, event: Event | None) -> Markup:
    """The notice under its heading; nothing outside of an event in school mode."""
    if event is None or not event.is_school:
        return Markup("")
    return Markup(
        '<section class="school" aria-labelledby="school-notice"><h2 id="school-notice">{}</h2>{}</section>'
    ).format(text("school.notice.heading"), bullets(school_lines(text, event)))
