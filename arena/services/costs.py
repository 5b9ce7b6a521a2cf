"""What answers cost, in euros: tokens times the price that the catalogue knows now."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from arena.domain.battle import Answer
from arena.domain.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Costs:
    """Prices of a catalogue; None wherever one is not known."""

    catalogue: Catalogue
    estimate_tokens: Callable[[str], int]
    max_answer_tokens: int

    def most(self, model_id: str, conversation: Sequence[str]) -> float | None:
        """The most that the next answer to a conversation may cost, as far as its length can be guessed."""
        price = self.catalogue.model_or_stranger(model_id).price
        return price and price.cost_eur(self._estimated(conversation), self.max_answer_tokens)

    def of(self, answer: Answer, conversation: Sequence[str]) -> float | None:
        """What an answer cost, from the tokens reported or else estimated; None for one that produced none."""
        price = self.catalogue.model_or_stranger(answer.model_id).price
        if price is None or answer.token_source is None:
            return None
        given = answer.usage.input_tokens
        return price.cost_eur(
            self._estimated(conversation) if given is None else given, answer.usage.output_tokens or 0
        )

    def _estimated(self, conversation: Sequence[str]) -> int:
        return sum(map(self.estimate_tokens, conversation))
