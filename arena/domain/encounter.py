"""An encounter: one visitor's meeting with a battle."""

from dataclasses import dataclass, field

from arena.domain.battle import Battle, RevealStage
from arena.domain.reflection import Reflections
from arena.domain.vote import Opinion


@dataclass(frozen=True, slots=True)
class Encounter:
    """A battle with what one visitor has said and been shown of it.

    ``opinion`` is blind and may enter a ranking; ``reflections`` on the footprints never do.
    """

    battle: Battle
    stage: RevealStage
    opinion: Opinion
    reflections: Reflections = field(default_factory=Reflections)
