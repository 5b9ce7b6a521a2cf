"""Parts of phones, rendered once for all phones that show the same."""

from arena.domain.room import RoomState
from arena.domain.side import Side
from arena.services.live_room import RoomView
from arena.ui.phone_figures import EquivalentsOf
from arena.ui.phone_parts import phone_parts
from arena.ui.room_following import Parts
from arena.ui.text import Text

_MOST_ROOMS = 8  # whose parts are kept; some 100 kB each


class PhoneFragments:
    """Keeps the parts of the latest view of some rooms, by language and by which answer comes first."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[RoomState, dict[tuple[str, Side], Parts]]] = {}

    def of(self, view: RoomView, text: Text, first: Side, found: EquivalentsOf) -> Parts:
        """The parts of a view. Each reading of a room makes a new state, while counts alone keep it."""
        state, rendered = self._kept.get(view.event.id, (None, {}))
        if state is not view.state:
            rendered = self._begin(view)
        key = text.locale, first
        if key not in rendered:
            rendered[key] = phone_parts(view, text, first, found)
        return rendered[key]

    def _begin(self, view: RoomView) -> dict[tuple[str, Side], Parts]:
        self._kept.pop(view.event.id, None)
        while len(self._kept) >= _MOST_ROOMS:
            self._kept.pop(next(iter(self._kept)))
        fresh: dict[tuple[str, Side], Parts] = {}
        self._kept[view.event.id] = view.state, fresh
        return fresh
