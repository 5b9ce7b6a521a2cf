"""What an event spent on battles that are gone: erasing one's data gives nobody's budget back."""

from sqlmodel import Field

from arena.storage.columns import KeyText
from arena.storage.table import TableRow


class SpentRow(TableRow, table=True):
    """Answers and known euros of erased battles of one event; ``unpriced`` of the answers had no known cost."""

    __tablename__ = "spent"

    event_id: str = Field(sa_type=KeyText, primary_key=True, foreign_key="event.id", ondelete="CASCADE")
    answers: int
    cost_eur: float
    unpriced: int
