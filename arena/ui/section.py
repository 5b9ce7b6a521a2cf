"""A section of the participant's page: a part with components, listeners and a rendering of its own."""

from collections.abc import Callable
from typing import Any, Protocol

from arena.services.battles import BattleView
from arena.ui.guard import Guard, Updates
from arena.ui.layout import Parts

ShowBattle = Callable[[BattleView], Updates]  # all that the page shows of a battle


class Section(Protocol):
    """What the page asks of a section. Built once a language, like the page."""

    @property
    def parts(self) -> list[Any]:
        """The components that ``render`` sets."""

    def lay_out(self) -> None:
        """Make its components inside the current Blocks, in reading order."""

    def connect(self, on: Guard, page: Parts) -> None:
        """Attach its listeners, with ``DIRECT`` and ``page.problem`` among the outputs of each."""

    def render(self, view: BattleView | None) -> Updates:
        """What a view of a battle sets in it; None is a page without a battle."""
