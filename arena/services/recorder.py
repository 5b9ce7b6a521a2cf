"""Records duels: asks models for a whole answer each, or keeps what a battle already brought."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx

from arena.domain.battle import Answer, AnswerStatus, Battle
from arena.domain.provenance import StoredFootprint
from arena.domain.recording import LEAST_ANSWERS, WHOLE, RecordedAnswer, RecordedDuel
from arena.domain.recording_file import duel_of
from arena.domain.rematch import RematchKind
from arena.domain.side import Side
from arena.errors import ContentFiltered, EndpointError, FootprintError
from arena.errors.recordings import RecordingIncomplete
from arena.providers.chat import ChatMessage, Finished, ReasoningDelta, TextDelta, UsageReport
from arena.providers.openai_chat import stream_chat
from arena.services.accounts import footprint_of
from arena.services.footprints import FootprintService
from arena.services.line_up import LineUp
from arena.services.live import LiveAnswer
from arena.services.observing import Observation, Observer
from arena.services.writing import ENDINGS, WritingRules

logger = logging.getLogger(__name__)
TRIES = 2


@dataclass(frozen=True, slots=True)
class Heard:
    """How one model did: its answer, or the text key of what went wrong the last time."""

    model_id: str
    recorded: RecordedAnswer | None
    error_key: str | None = None


def ignore(_heard: Heard) -> None:
    """For whoever waits for the whole duel."""


class Recorder:
    """Asks as a battle does: the same request, patience, places at endpoints, meters and footprints."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        line_up: LineUp,
        footprints: FootprintService,
        observer: Observer,
        rules: WritingRules,
    ) -> None:
        self._client = client
        self._line_up = line_up
        self._footprints = footprints
        self._observer = observer
        self._rules = rules

    async def record(
        self, prompt: str, models: Sequence[str], locale: str, *, theme: str | None = None
    ) -> RecordedDuel:
        """A duel of these models, all asked at once. Raises RecordingIncomplete when fewer than two answered."""
        heard = await self.ask(prompt, models)
        answers = [one.recorded for one in heard if one.recorded is not None]
        if len(answers) < LEAST_ANSWERS:
            raise RecordingIncomplete(f"fewer than {LEAST_ANSWERS} models answered", file="")
        return duel_of(prompt, locale, theme, answers)

    async def ask(self, prompt: str, models: Sequence[str], tell: Callable[[Heard], None] = ignore) -> Sequence[Heard]:
        """Ask each model, a second time after a failure; ``tell`` hears of each as soon as it ended.

        In the order of ``models``, which must be available ones.
        """
        return await asyncio.gather(*(self._ask(prompt, model_id, tell) for model_id in models))

    def recording_of(self, battle: Battle, stored: Mapping[tuple[int, Side], StoredFootprint]) -> RecordedDuel:
        """The first turn of a battle, with its footprints as they are stored: nobody is asked again.

        Raises RecordingIncomplete unless both answers came to their end and are still there, and for a rematch
        that asked for less than its prompt says.
        """
        is_shorter = battle.rematch is not None and battle.rematch.kind is RematchKind.SHORTER
        if battle.purged_at is not None or not battle.turns or is_shorter:
            raise RecordingIncomplete("the texts of this battle cannot be recorded", file="")
        turn = battle.turns[0]
        if any(answer.status not in WHOLE or not answer.text.strip() for answer in turn.answers.values()):
            raise RecordingIncomplete("an answer of this battle is not complete", file="")
        answers = [self._recorded(turn.answers[side], stored.get((turn.index, side)), turn.created_at) for side in Side]
        return duel_of(turn.prompt, battle.locale, battle.theme, answers)

    async def _ask(self, prompt: str, model_id: str, tell: Callable[[Heard], None]) -> Heard:
        heard = Heard(model_id, None)
        for _ in range(TRIES):
            try:
                heard = Heard(model_id, await self._answer(prompt, model_id))
                break
            except EndpointError as error:
                logger.info("%s: %s", model_id, error.key)
                heard = Heard(model_id, None, error.key)
        tell(heard)
        return heard

    async def _answer(self, prompt: str, model_id: str) -> RecordedAnswer:
        """One whole answer. Raises EndpointError."""
        live = LiveAnswer(model_id, self._line_up.mask, prompt)
        served_as: str | None = None
        request = self._line_up.request(model_id, (ChatMessage("user", prompt),), self._rules.max_answer_tokens)
        endpoint = self._line_up.catalogue.endpoint_of(model_id)
        async with self._line_up.place_at(model_id), self._observer.around(endpoint) as observed:
            live.start_clock()
            async with aclosing(stream_chat(self._client, request, self._rules.patience)) as events:
                async for event in events:
                    match event:
                        case TextDelta(text):
                            live.add_text(text)
                        case ReasoningDelta(text):
                            live.add_reasoning(text)
                        case UsageReport(usage):
                            live.usage = usage
                        case Finished(reason, name):
                            served_as = name
                            live.end(*ENDINGS[reason])
        if live.status is AnswerStatus.TRUNCATED:
            raise ContentFiltered("the filter cut the answer")
        answer = live.answer(self._footprints.estimate_tokens)
        return self._recorded(answer, self._footprint(answer, observed), datetime.now(UTC), served_as)

    def _recorded(
        self, answer: Answer, footprint: StoredFootprint | None, at: datetime, served_as: str | None = None
    ) -> RecordedAnswer:
        model = self._line_up.catalogue.model_or_stranger(answer.model_id)
        return RecordedAnswer(answer, footprint, at, served_as, self._footprints.energy_per_token_wh(model))

    def _footprint(self, answer: Answer, observed: Observation) -> StoredFootprint | None:
        try:
            return footprint_of(answer, self._line_up.catalogue, self._footprints, observed)
        except FootprintError as error:  # the answer is kept all the same, and has no figure
            logger.error("no footprint of %s: %s", answer.model_id, error)
            return None
