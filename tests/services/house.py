"""The services on a real database, a real client and a scripted model server, for one test."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field
from dataclasses import replace as changed
from functools import cache
from pathlib import Path

from sqlalchemy import Engine, text

from arena.domain.battle import Answer, Battle, BlindAnswer, BlindBattle
from arena.domain.catalogue import Catalogue, Endpoint, EndpointKind, Model, Openness, names_to_mask
from arena.domain.pairing import PairingMode
from arena.domain.provenance import StoredFootprint
from arena.domain.quantity import Range
from arena.domain.side import Side
from arena.providers.chat import Patience
from arena.providers.client import open_client
from arena.services.arena import Arena, Rules, assemble
from arena.services.duel import DuelRules
from arena.services.footprints import FootprintService
from arena.services.line_up import LineUp
from arena.services.observing import Observer, SamplingRules, Sights
from arena.services.prompts import PromptRules
from arena.services.writing import WritingRules
from arena.storage.engine import open_engine
from arena.storage.stores import Stores, stores_of
from tests.services.upstream import Upstream

ANNE, BRUNO = "anne", "bruno"
PROMPT = "Pourquoi le ciel est-il bleu ?"
LIMIT_S = 60.0  # ends a test that is broken
PROMPTLY_S = 9.0  # before a page looks again without having been told
KEY, KEY_ENV = "sk-very-secret-0123456789", "XYLOFER_KEY"
PATIENCE = Patience(connect_s=10.0, first_word_s=60.0, silence_s=60.0, whole_answer_s=120.0)
GIVEN_UP_S = 61.0  # until a silent endpoint is
RULES = Rules(
    duel=DuelRules(update_period_s=0.05, watcher_grace_s=600.0),
    writing=WritingRules(max_answer_tokens=400, save_every_s=0.1, patience=PATIENCE),
    prompts=PromptRules(),
)


@cache
def footprint_service() -> FootprintService:
    """Loaded once: its data never change."""
    return FootprintService.load(catalogue_version="cafe")


def model(model_id: str, size_b: float | None, endpoint_id: str = "xylofer") -> Model:
    """A catalogue entry with names of its own; ``small1`` is called Xylofer Small1, by Maison Brumaire."""
    size = None if size_b is None else Range.exactly(size_b)
    return Model(
        id=model_id,
        wire_name=model_id,
        endpoint_id=endpoint_id,
        display_name=f"Xylofer {model_id.capitalize()}",
        maker="Maison Brumaire",
        openness=Openness.OPEN_WEIGHTS,
        total_params_b=size,
        active_params_b=size,
        aliases=("Xylofer",),
    )


SMALL1, SMALL2, BIG1, BIG2 = model("small1", 3), model("small2", 3.2), model("big1", 200), model("big2", 220)
PAIR = (SMALL1, BIG1)


def line_up_of(
    models: Sequence[Model],
    base_url: str,
    *,
    kind: EndpointKind = EndpointKind.HOSTED,
    max_parallel: int = 8,
) -> LineUp:
    """These models at one endpoint."""
    host = Endpoint(
        id="xylofer",
        name="Xylofer Hosting",
        base_url=base_url,
        kind=kind,
        key_env=KEY_ENV,
        zone="FRA",
        pue=Range(1.09, 1.14),
        wue_l_per_kwh=Range(0.13, 0.99),
        max_parallel=max_parallel,
    )
    catalogue = Catalogue({host.id: host}, {one.id: one for one in models}, version="cafe")
    energy = {one.id: footprint_service().energy_per_token_wh(one) for one in models}
    return LineUp(catalogue, tuple(models), names_to_mask(catalogue), energy, {KEY_ENV: KEY})


@dataclass
class Screen:
    """What one page was shown of a battle, in order."""

    snapshots: list[BlindBattle] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    is_over: bool = False

    def answer(self, side: Side) -> BlindAnswer:
        """The latest answer of a side."""
        return self.snapshots[-1].turns[-1].answers[side]

    def answers(self) -> list[BlindAnswer]:
        """The latest answer of both sides."""
        return [self.answer(side) for side in Side]

    async def until(self, seen: Callable[["Screen"], bool]) -> None:
        """Wait until the last snapshot is as wanted."""
        async with asyncio.timeout(LIMIT_S):
            while not (self.snapshots and seen(self)):
                await self.news.wait()
                self.news.clear()

    async def until_text(self, side: Side, words: str) -> None:
        await self.until(lambda screen: words in screen.answer(side).text)

    async def until_over(self) -> None:
        await self.until(lambda screen: screen.is_over)

    def texts(self, side: Side, turn: int = -1) -> list[str]:
        """The text of a side in every snapshot."""
        return [snapshot.turns[turn].answers[side].text for snapshot in self.snapshots]


@dataclass
class House:
    """The services of one test."""

    arena: Arena
    stores: Stores
    upstream: Upstream
    engine: Engine

    async def begin(
        self,
        visitor: str = ANNE,
        *,
        prompt: str = PROMPT,
        mode: PairingMode = PairingMode.RANDOM,
        chosen: tuple[str, ...] = (),
    ) -> str:
        return await self.arena.duel.start(visitor, prompt, mode=mode, locale="fr", chosen=chosen)

    async def begin_with_sides(self) -> tuple[str, dict[str, Side]]:
        """A battle, and which side each model was given."""
        battle_id = await self.begin()
        battle = await self.stored(battle_id)
        return battle_id, {model_id: side for side, model_id in battle.models.items()}

    async def stored(self, battle_id: str) -> Battle:
        return await asyncio.to_thread(self.stores.battles.get_battle, battle_id)

    async def ended(self, battle_id: str, visitor: str = ANNE) -> Battle:
        """The battle as stored, once it is over."""
        await self.last_snapshot(battle_id, visitor)
        return await self.stored(battle_id)

    async def last_snapshot(self, battle_id: str, visitor: str = ANNE) -> BlindBattle:
        async with self.watching(battle_id, visitor) as screen:
            await screen.until_over()
        return screen.snapshots[-1]

    async def answer_of(self, battle_id: str, model_id: str, turn: int = -1) -> Answer:
        """What a model answered, as stored."""
        answers = (await self.stored(battle_id)).turns[turn].answers
        return next(answer for answer in answers.values() if answer.model_id == model_id)

    async def footprints(self, battle_id: str) -> Mapping[tuple[int, Side], StoredFootprint]:
        return await asyncio.to_thread(self.stores.footprints.of_battle, battle_id)

    async def until_stored(self, battle_id: str, model_id: str, seen: Callable[[Answer], bool]) -> Answer:
        """What a model answered, as soon as it is on disk as wanted."""
        async with asyncio.timeout(LIMIT_S):
            while not seen(answer := await self.answer_of(battle_id, model_id)):  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.01)
        return answer

    async def play(self, visitor: str = ANNE) -> str:
        """A whole battle, ready to be voted on."""
        battle_id = await self.begin(visitor)
        await self.ended(battle_id, visitor)
        return battle_id

    @asynccontextmanager
    async def watching(self, battle_id: str, visitor: str = ANNE) -> AsyncIterator[Screen]:
        """A page that watches for as long as the block lasts."""
        screen = Screen()

        async def look() -> None:
            async with aclosing(self.arena.duel.watch(visitor, battle_id)) as snapshots:
                async for snapshot in snapshots:
                    screen.snapshots.append(snapshot)
                    screen.news.set()
            screen.is_over = True
            screen.news.set()

        page = asyncio.create_task(look())
        try:
            yield screen
        finally:
            page.cancel()
            with suppress(asyncio.CancelledError):
                await page

    async def rows(self, query: str) -> list[tuple[object, ...]]:
        """What the database holds."""

        def read() -> list[tuple[object, ...]]:
            with self.engine.connect() as connection:
                return [tuple(row) for row in connection.execute(text(query))]

        return await asyncio.to_thread(read)


async def errors_of(*requests: Awaitable[object]) -> list[type[BaseException]]:
    """The kinds of errors among requests made at once."""
    ended = await asyncio.gather(*requests, return_exceptions=True)
    return [type(fault) for fault in ended if isinstance(fault, BaseException)]


def writing_rules(**changes: object) -> Rules:
    return changed(RULES, writing=changed(RULES.writing, **changes))  # type: ignore[arg-type]


def duel_rules(**changes: object) -> Rules:
    return changed(RULES, duel=changed(RULES.duel, **changes))  # type: ignore[arg-type]


@asynccontextmanager
async def open_house(
    folder: Path, upstream: Upstream, line_up: LineUp, rules: Rules = RULES, sights: Sights | None = None
) -> AsyncIterator[House]:
    """Put everything together on the database of a folder; at the end every battle is stopped."""
    engine = await asyncio.to_thread(open_engine, f"sqlite:///{folder}/arena.db")
    stores = stores_of(engine, catalogue_version="cafe")
    async with open_client() as client:
        observer = Observer(client, sights, SamplingRules(first_after_s=0.01, every_s=0.02))
        arena = assemble(client, stores, line_up, footprint_service(), rules, observer)
        try:
            yield House(arena, stores, upstream, engine)
        finally:
            async with asyncio.timeout(LIMIT_S):
                await arena.duel.close()
            await asyncio.to_thread(engine.dispose)
