"""The budget of an event and the price of an answer: what may be spent, what was, what is left."""

from dataclasses import dataclass

TOKENS_OF_A_PRICE = 1_000_000
ANSWERS_OF_A_BATTLE = 2


@dataclass(frozen=True, slots=True)
class Price:
    """What a host asks for a million tokens, in euros without tax, as known in the month ``date`` (``YYYY-MM``)."""

    input_eur_per_mtok: float
    output_eur_per_mtok: float
    source: str
    date: str

    def cost_eur(self, input_tokens: int, output_tokens: int) -> float:
        """What so many tokens cost."""
        spent = input_tokens * self.input_eur_per_mtok + output_tokens * self.output_eur_per_mtok
        return spent / TOKENS_OF_A_PRICE


@dataclass(frozen=True, slots=True)
class Spending:
    """Answers, and euros where the price is known; ``unpriced`` of the answers have no known cost.

    An answer that is being written counts with the most it may cost.
    """

    answers: int = 0
    cost_eur: float = 0.0
    unpriced: int = 0

    def __add__(self, other: "Spending") -> "Spending":
        return Spending(self.answers + other.answers, self.cost_eur + other.cost_eur, self.unpriced + other.unpriced)


@dataclass(frozen=True, slots=True)
class Budget:
    """What an event may spend; None is no limit."""

    max_answers: int | None = None
    max_cost_eur: float | None = None

    def allows(self, spending: Spending) -> bool:
        """Whether so much may be spent. What has no known price cannot exceed a limit in euros."""
        within_answers = self.max_answers is None or spending.answers <= self.max_answers
        return within_answers and (self.max_cost_eur is None or spending.cost_eur <= self.max_cost_eur)


@dataclass(frozen=True, slots=True)
class Balance:
    """The budget of an event beside what it spent."""

    budget: Budget
    spent: Spending

    @property
    def is_spent(self) -> bool:
        """Whether not even a battle that costs nothing could begin."""
        next_battle = Spending(ANSWERS_OF_A_BATTLE)
        return self.euros_left == 0 or not self.budget.allows(self.spent + next_battle)

    @property
    def answers_left(self) -> int | None:
        """None without a limit."""
        limit = self.budget.max_answers
        return None if limit is None else max(limit - self.spent.answers, 0)

    @property
    def euros_left(self) -> float | None:
        """None without a limit."""
        limit = self.budget.max_cost_eur
        return None if limit is None else max(limit - self.spent.cost_eur, 0.0)
