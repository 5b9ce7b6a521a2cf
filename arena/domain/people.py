"""People: who stands behind the visitors of a database, where not every visitor is a person of their own."""

from collections.abc import Iterable

from arena.domain.ballot import hand_of_vote
from arena.domain.room import is_of_room


def person_behind(visitor_id: str) -> str | None:
    """The person whom a visitor stands for; None for a room, which starts battles and is nobody.

    Raised hands are the same people in every vote of an event and at every second choice, as far as is known: so
    many people are in a room as hands were raised at most.
    """
    return None if is_of_room(visitor_id) else hand_of_vote(visitor_id)


def people_behind(visitor_ids: Iterable[str]) -> frozenset[str]:
    """All of them, each once."""
    return frozenset(one for one in map(person_behind, visitor_ids) if one is not None)
