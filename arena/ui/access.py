"""How a request says who organises: the name of the cookie, and who reads it."""

from collections.abc import Awaitable, Callable

from arena.services.arena import Arena
from arena.services.organisers import Access

ORGANISER_COOKIE = "arena_organiser"
AccessOf = Callable[[str | None], Awaitable[Access]]  # by the organiser's cookie


def access_in(arena: Callable[[], Arena]) -> AccessOf:
    """What the arena says, asked anew for each request: a revoked link stops at once."""

    async def access_of(cookie: str | None) -> Access:
        return await arena().organisers.events_of(cookie)

    return access_of
