"""A mapping that grows and forgets nothing: any thread may read it meanwhile."""

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

V = TypeVar("V")


class Growing(Mapping[str, V], Generic[V]):
    """What is there stays as it is; ``grow`` adds what is not. Whoever iterates sees the entries of one moment."""

    def __init__(self, items: Mapping[str, V]) -> None:
        self._items = dict(items)

    def grow(self, items: Mapping[str, V]) -> None:
        """Add the entries whose keys are new."""
        new = {key: value for key, value in items.items() if key not in self._items}
        self._items = {**self._items, **new}  # another dictionary: who iterates over the old one is not disturbed

    def __getitem__(self, key: str) -> V:
        return self._items[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        return f"Growing({self._items!r})"
