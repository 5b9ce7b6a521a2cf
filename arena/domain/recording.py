"""A recording: duels that took place once, kept whole, to be played where no model can be asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from arena.domain.battle import Answer, AnswerStatus
from arena.domain.catalogue import Endpoint, Model
from arena.domain.pairing import SMALL_VS_BIG_FACTOR, PairingMode
from arena.domain.provenance import StoredFootprint
from arena.domain.side import Side
from arena.errors import PairingError

WHOLE = frozenset({AnswerStatus.COMPLETE, AnswerStatus.CAPPED})  # an answer that reached the cap has ended too
LEAST_ANSWERS = 2


@dataclass(frozen=True, slots=True)
class RecordedAnswer:
    """One answer with all that is needed to show it again.

    ``footprint`` is as it was computed then; None where it could not be. ``recorded_at`` is UTC.
    ``model_version`` is the name under which the endpoint answered, None where it gave none or where the answer
    comes from a battle. ``energy_per_token_wh`` is the model's under the harmonised scenario: duels are paired by
    it, and it is never shown.
    """

    answer: Answer
    footprint: StoredFootprint | None
    recorded_at: datetime
    model_version: str | None = None
    energy_per_token_wh: float | None = None


@dataclass(frozen=True, slots=True)
class RecordedDuel:
    """One prompt and its whole answers, at least two of them, by different models.

    ``id`` is a digest of everything but the names of the models, so that it tells nothing of them.
    """

    id: str
    prompt: str
    locale: str
    theme: str | None
    answers: tuple[RecordedAnswer, ...]

    @property
    def recorded_at(self) -> datetime:
        """When its last answer came."""
        return max(answer.recorded_at for answer in self.answers)

    def answer_of(self, model_id: str) -> RecordedAnswer | None:
        """The answer of a model, if it gave one."""
        return next((one for one in self.answers if one.answer.model_id == model_id), None)

    def pair(self, mode: PairingMode | None = None, *, chosen: Sequence[str] = ()) -> Mapping[Side, RecordedAnswer]:
        """The two answers that meet, not yet shuffled: whoever plays them tosses the sides.

        In small-versus-big they are the two furthest apart by energy per token, the small one on A. Otherwise
        they are those of the two models ``chosen``, else the first two. Raises PairingError when no two are
        known to be far enough apart, or when a chosen model gave no answer.
        """
        if mode is PairingMode.SMALL_VS_BIG:
            return self._small_and_big()
        if not chosen:
            return dict(zip(Side, self.answers, strict=False))
        found = [one for model_id in dict.fromkeys(chosen) if (one := self.answer_of(model_id)) is not None]
        if len(found) != len(Side) or len(chosen) != len(Side):
            raise PairingError("choose two different models that answered")
        return dict(zip(Side, found, strict=True))

    def _small_and_big(self) -> Mapping[Side, RecordedAnswer]:
        known = [(one.energy_per_token_wh, place) for place, one in enumerate(self.answers) if one.energy_per_token_wh]
        (least, small), (most, big) = min(known, default=(0.0, 0)), max(known, default=(0.0, 0))
        if small == big or most < SMALL_VS_BIG_FACTOR * least:
            raise PairingError("no two recorded answers are of a small and of a big model")
        return {Side.A: self.answers[small], Side.B: self.answers[big]}

    def blind(self) -> "BlindDuel":
        """What may be told of it before the names."""
        return BlindDuel(self.id, self.prompt, self.locale, self.theme, self.recorded_at, len(self.answers))


@dataclass(frozen=True, slots=True)
class BlindDuel:
    """A recorded duel as a list may show it: blindness is a type, it has no model names to leak."""

    id: str
    prompt: str
    locale: str
    theme: str | None
    recorded_at: datetime
    answers: int


@dataclass(frozen=True, slots=True)
class Recording:
    """Duels, with the models and endpoints that are needed to show names, cards and footprints of their answers.

    ``code_version`` and ``catalogue_version`` are those of the arena that wrote it. Endpoints have no address and
    no key: nobody asks them.
    """

    code_version: str
    catalogue_version: str
    endpoints: tuple[Endpoint, ...]
    models: tuple[Model, ...]
    duels: tuple[RecordedDuel, ...]

    @property
    def first_recorded_at(self) -> datetime | None:
        """When the first answer came; None without any."""
        return min((one.recorded_at for duel in self.duels for one in duel.answers), default=None)

    @property
    def last_recorded_at(self) -> datetime | None:
        """When the last answer came; None without any."""
        return max((duel.recorded_at for duel in self.duels), default=None)
