"""Wrong codes, counted for each visitor and for a while: a room shares one address, so never by address."""

from collections import OrderedDict

from arena.errors import TooManyTries

MOST_VISITORS = 5_000  # the longest silent are forgotten first: about 1 MB at most


class Tries:
    """In memory only: a restart forgives everybody."""

    def __init__(self, *, most: int = 5, window_s: float = 600.0, most_visitors: int = MOST_VISITORS) -> None:
        self._most = most
        self._window_s = window_s
        self._most_visitors = most_visitors
        self._taken: OrderedDict[str, list[float]] = OrderedDict()

    def take(self, visitor_id: str, now_s: float) -> None:
        """Count one try, before it is known to be wrong: a hundred at once count too. Raises TooManyTries."""
        recent = [at for at in self._taken.pop(visitor_id, []) if at > now_s - self._window_s]
        self._taken[visitor_id] = recent
        if len(recent) >= self._most:
            raise TooManyTries(recent[0] + self._window_s - now_s)
        recent.append(now_s)
        if len(self._taken) > self._most_visitors:
            self._taken.popitem(last=False)

    def give_back(self, visitor_id: str) -> None:
        """The last try was right: it does not count."""
        if self._taken.get(visitor_id):
            self._taken[visitor_id].pop()
