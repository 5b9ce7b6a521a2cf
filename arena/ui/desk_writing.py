"""How far the answers are while the room waits, without a word of them; and what to do about one that does not come."""

from markupsafe import Markup

from arena.domain.side import Side
from arena.services.desk_views import DeskView
from arena.services.writing_progress import SideProgress
from arena.ui.desk_buttons import button
from arena.ui.reading_parts import joined
from arena.ui.text import Text


def writing(desk: DeskView, text: Text) -> Markup:
    """Nothing once both are there and whole."""
    if not desk.writing:
        return Markup("")
    sides = joined(_side(side, progress, text) for side, progress in desk.writing.items())
    way_out = Markup("")
    if desk.recorded and any(progress.needs_help for progress in desk.writing.values()):
        swap = button(text("desk.swap"), "swap", id="swap", look="strong")
        way_out = Markup('<div class="row">{}</div><p class="soft">{}</p>').format(swap, text("desk.swap.help"))
    return Markup('<h2>{}</h2><ul class="writing">{}</ul>{}').format(text("desk.writing"), sides, way_out)


def _side(side: Side, progress: SideProgress, text: Text) -> Markup:
    letter = side.upper()
    lines = [text(f"desk.writing.{_state(progress)}", side=letter, words=progress.words, seconds=progress.elapsed_s)]
    if not progress.needs_help:
        return Markup("<li><p>{}</p></li>").format(lines[0])
    if progress.is_broken:
        lines.append(text("desk.writing.broken.help"))
    help_ = button(text("desk.replace", side=letter), "replace", id=f"replace-{side}", look="strong", side=side.value)
    return Markup('<li class="problem">{}<div class="row">{}</div></li>').format(
        joined(Markup("<p>{}</p>").format(line) for line in lines), help_
    )


def _state(progress: SideProgress) -> str:
    if progress.is_broken:
        return "broken" if progress.words else "failed"
    if progress.is_over:
        return "over"
    if progress.needs_help:
        return "hangs"
    return "words" if progress.words else "waits"
