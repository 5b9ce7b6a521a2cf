"""The instructions that the arena adds to a visitor's prompt, where it asks for less."""

from collections.abc import Mapping
from dataclasses import dataclass

from arena.data import read_shipped
from arena.domain.battle import Battle
from arena.domain.data_node import DataNode
from arena.domain.rematch import SHORT_WORDS, RematchKind

FILE = "instructions.yaml"


@dataclass(frozen=True, slots=True)
class Instructions:
    """Sentences by locale; ``{words}`` in ``shorter`` is the limit."""

    shorter: Mapping[str, str]

    def prompt_of(self, battle: Battle, prompt: str) -> str:
        """The prompt as the models of a battle are sent it."""
        if battle.rematch is None or battle.rematch.kind is not RematchKind.SHORTER:
            return prompt
        return f"{prompt}\n\n{self.shorter[battle.locale].format(words=SHORT_WORDS)}"


def load_instructions() -> Instructions:
    """The packaged sentences. Raises CatalogueError when the file is wrong."""
    return Instructions(DataNode(read_shipped(FILE), FILE).at("shorter").texts())
