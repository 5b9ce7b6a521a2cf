"""A mix choice: on whose electricity an answer's servers are supposed to run."""

from enum import StrEnum

from arena.domain.estimate import WORLD_ZONE


class MixChoice(StrEnum):
    """What the mix switch offers. It moves CO2e and water of use, never energy nor the making of servers."""

    HOSTED = "hosted"  # where the answer was made, as it was first computed
    FRANCE = "france"
    WORLD = "world"
    USA = "usa"

    @property
    def zone(self) -> str | None:
        """The electricity zone, None for the one that each answer has."""
        return _ZONES.get(self)


_ZONES = {MixChoice.FRANCE: "FRA", MixChoice.WORLD: WORLD_ZONE, MixChoice.USA: "USA"}
