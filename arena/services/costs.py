"""What answers cost, in euros: tokens times the price that the catalogue knows now."""

from collections.abc import Callable
from dataclasses import dataclass

from arena.domain.battle import Answer, Battle
from arena.domain.catalogue import Catalogue
from arena.domain.event import Event, answer_cap
from arena.domain.side import Side


@dataclass(frozen=True, slots=True)
class Costs:
    """Prices of a catalogue; None wherever one is not known. ``battle`` holds the turns before the prompt."""

    catalogue: Catalogue
    estimate_tokens: Callable[[str], int]
    max_answer_tokens: int

    def most(self, battle: Battle, side: Side, prompt: str, event: Event | None) -> float | None:
        """The most that the next answer of a side may cost, as far as the length of what it reads can be guessed."""
        price = self.catalogue.model_or_stranger(battle.models[side]).price
        if price is None:
            return None
        return price.cost_eur(self._read(battle, side, prompt), answer_cap(event, self.max_answer_tokens))

    def of(self, answer: Answer, battle: Battle, side: Side, prompt: str) -> float | None:
        """What an answer cost, from the tokens reported or else estimated; None for one that produced none."""
        price = self.catalogue.model_or_stranger(answer.model_id).price
        if price is None or answer.token_source is None:
            return None
        given = answer.usage.input_tokens
        read = self._read(battle, side, prompt) if given is None else given
        return price.cost_eur(read, answer.usage.output_tokens or 0)

    def _read(self, battle: Battle, side: Side, prompt: str) -> int:
        """About how many tokens a side is given to read: turns that it failed are not sent again."""
        earlier = [(turn.prompt, turn.answers[side].text) for turn in battle.turns if turn.answers[side].text]
        return sum(map(self.estimate_tokens, [text for pair in earlier for text in pair] + [prompt]))
