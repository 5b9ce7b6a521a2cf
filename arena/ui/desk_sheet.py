"""The run sheet on the desk: choose one, follow it, give it some time more."""

from collections.abc import Sequence

from markupsafe import Markup

from arena.domain.run_sheet import RunSheet
from arena.services.desk_views import DeskView
from arena.ui.desk_buttons import button
from arena.ui.reading_parts import joined
from arena.ui.run_sheet_cards import RunSheetCards
from arena.ui.text import Text

_MORE_S = (60, 300)


def sheet(desk: DeskView, text: Text) -> Markup:
    """Where the sheet is; the page counts the seconds down by itself."""
    return Markup("") if desk.sheet is None else RunSheetCards(text).desk(desk.sheet.sheet, desk.sheet.progress)


def sheet_buttons(desk: DeskView, text: Text, sheets: Sequence[RunSheet]) -> Markup:
    """More time, or the end of a sheet under way; the choice of one otherwise."""
    if desk.sheet is None:
        choices = joined(button(one.name[text.locale], "sheet", id=f"sheet-{one.id}", sheet=one.id) for one in sheets)
        return Markup('<h2>{}</h2><p>{}</p><div class="row">{}</div>').format(
            text("run_sheet.heading"), text("desk.sheet.choose"), choices
        )
    more = [
        button(text("desk.sheet.more", minutes=seconds // 60), "extend", id=f"extend-{seconds}", seconds=seconds)
        for seconds in _MORE_S
        if not desk.sheet.sheet.is_loop
    ]
    end = button(text("desk.sheet.end"), "sheet", id="sheet-end", confirm=text("desk.sure.sheet"), sheet="")
    return Markup('<div class="row">{}</div>').format(joined([*more, end]))
