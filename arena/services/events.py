"""Events: an organiser makes, changes, opens, closes and deletes them; a visitor joins one and leaves it."""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import uuid4

from arena.domain.battle import Battle
from arena.domain.event import CODE_ALPHABET, CODE_LENGTH, Event, EventState, Moderation, plain_code
from arena.domain.event_form import EventForm, FormLimits, read_form
from arena.domain.suggestions import Suggestions
from arena.errors import (
    AccessRefused,
    CodeUnknown,
    EventChanged,
    EventNotFound,
    EventRejected,
    InvalidChoice,
    PromptRejected,
    StorageError,
)
from arena.services.organisers import Access
from arena.services.tries import Tries
from arena.storage.stores import Stores

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EventRules:
    """What the deployer may set: the code of the event of those who typed none, and a secret of their own."""

    open_code: str | None = None
    deployer_secret: str | None = None


def new_code() -> str:
    """A code that nobody can guess from another one."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


class Events:
    """Every method of an organiser takes their Access first and raises EventNotFound for what it does not cover."""

    def __init__(
        self,
        stores: Stores,
        suggestions: Suggestions,
        limits: FormLimits,
        *,
        open_code: str | None = None,
        tries: Tries | None = None,
        make_code: Callable[[], str] = new_code,
    ) -> None:
        self._stores = stores
        self._suggestions = suggestions
        self.limits = limits
        self.open_code = plain_code(open_code or "")
        self._tries = tries or Tries()
        self._make_code = make_code

    # -- for an organiser ---------------------------------------------------------------------

    async def all_of(self, access: Access) -> tuple[Event, ...]:
        """The events that one may see, the latest meeting first."""
        return await asyncio.to_thread(self._stores.events.all, None if access.is_deployer else access.event_ids)

    async def get(self, access: Access, event_id: str) -> Event:
        """One event. Raises EventNotFound."""
        access.require(event_id)
        return await asyncio.to_thread(self._stores.events.get, event_id)

    async def with_code(self, access: Access, typed: str) -> Event:
        """The event of a code. Raises CodeUnknown, also when one may not see it."""
        event = await asyncio.to_thread(self._find, typed)
        if event is None or not access.may_see(event.id):
            raise CodeUnknown
        return event

    async def create(self, access: Access, form: EventForm) -> Event:
        """A new event, as a draft; for the deployer only. Raises AccessRefused, EventRejected, InvalidChoice."""
        if not access.is_deployer:
            raise AccessRefused
        settings = read_form(form, self.limits)
        draft = Event(uuid4().hex, "", EventState.DRAFT, settings, datetime.now(UTC))
        return await asyncio.to_thread(self._create, draft)

    async def edit(self, access: Access, event_id: str, form: EventForm, *, version: int) -> Event:
        """Other settings for an event that was read as ``version``.

        Raises EventNotFound, EventRejected, InvalidChoice, EventChanged when somebody else was faster.
        """
        event = await self.get(access, event_id)
        # A model that was allowed before may stay, even if the catalogue has lost it.
        limits = replace(self.limits, models=self.limits.models | event.settings.models)
        return await self._change(replace(event, settings=read_form(form, limits)), version)

    async def move(self, access: Access, event_id: str, state: str, *, version: int) -> Event:
        """Open or close an event that was read as ``version``. Raises EventNotFound, InvalidChoice, EventChanged."""
        event = await self.get(access, event_id)
        if state not in list(EventState) or not event.may_become(EventState(state)):
            raise InvalidChoice(f"an event that is {event.state} cannot become {state!r}")
        return await self._change(replace(event, state=EventState(state)), version)

    async def delete(self, access: Access, event_id: str, *, typed_code: str, is_running: Callable[[str], bool]) -> int:
        """Delete an event and every row that hangs on it, once its code was typed; how many battles went.

        Raises EventNotFound, EventRejected for another code, BattleBusy while a battle is being written.
        """
        event = await self.get(access, event_id)
        if plain_code(typed_code) != event.code:
            raise EventRejected("error.event.typed_code")
        battles = await asyncio.to_thread(self._stores.events.delete, event_id, is_running=is_running)
        await asyncio.to_thread(self._free_space)
        return battles

    # -- for a visitor ------------------------------------------------------------------------

    async def ended(self, typed: str) -> Event:
        """The closed event of a code, for its results. Raises EventNotFound for any other.

        Of one that goes on nothing is told: its models could be guessed from who has met there.
        """
        event = await asyncio.to_thread(self._find, typed)
        if event is None or event.state is not EventState.CLOSED:
            raise EventNotFound
        return event

    async def join(self, visitor_id: str, typed: str) -> Event:
        """Take part in the open event of a code from now on.

        Raises CodeUnknown, EventNotOpen, TooManyTries after several wrong codes.
        """
        self._tries.take(visitor_id, time.monotonic())
        event = await asyncio.to_thread(self._find, typed)
        if event is None:
            raise CodeUnknown
        self._tries.give_back(visitor_id)
        event.require_open()
        await asyncio.to_thread(self._stores.events.join, event.id, visitor_id, datetime.now(UTC))
        return event

    async def joined(self, visitor_id: str, typed: str) -> Event | None:
        """The event of a code, in whatever state, for a visitor who joined it; None for anybody else."""
        return await asyncio.to_thread(self._joined, visitor_id, typed)

    async def by_code(self, typed: str) -> Event | None:
        """The event of a code, in whatever state."""
        return await asyncio.to_thread(self._find, typed)

    async def leave(self, visitor_id: str) -> None:
        """Take part in no event any more; what was asked and chosen stays."""
        await asyncio.to_thread(self._stores.events.leave, visitor_id)

    async def current(self, visitor_id: str) -> Event | None:
        """The event that a visitor's next battle belongs to, see ``event_of``."""
        return await asyncio.to_thread(self.event_of, visitor_id)

    def theme_of(self, prompt: str, event: Event | None) -> str | None:
        """The theme of a participant's prompt that is a suggestion.

        Raises PromptRejected where an event takes nothing else, OrganiserAsks where it takes nothing at all.
        """
        if event:
            event.require_asking()
        theme = self._suggestions.theme_of(prompt)
        if event and event.settings.moderation is Moderation.SUGGESTIONS and theme is None:
            raise PromptRejected("error.prompt.suggestions_only")
        return theme

    def theme_of_text(self, prompt: str) -> str | None:
        """The theme of a prompt that is a suggestion, None for any other."""
        return self._suggestions.theme_of(prompt)

    # -- on a worker thread -------------------------------------------------------------------

    def event_of(self, visitor_id: str) -> Event | None:
        """The event that a visitor joined last, open or not; without one, the deployer's while it is open."""
        joined = self._stores.events.event_of(visitor_id)
        if joined is not None or self.open_code is None:
            return joined
        event = self._stores.events.by_code(self.open_code)
        return event if event and event.is_open else None

    def admit(self, visitor_id: str) -> Event | None:
        """The event of a battle that is about to begin; the first one in the deployer's event joins it.

        Raises EventNotOpen.
        """
        event = self.event_of(visitor_id)
        if event is not None:
            event.require_open()
            if event.code == self.open_code:
                self._stores.events.join(event.id, visitor_id, datetime.now(UTC))
        return event

    def of_battle(self, battle: Battle) -> Event | None:
        """The event of a battle as it is now, None outside of any. Raises EventNotFound for one just deleted."""
        return None if battle.event_id is None else self._stores.events.get(battle.event_id)

    def require_comments(self, battle: Battle) -> None:
        """Raises OrganiserAsks where nothing may be written beside a vote."""
        if event := self.of_battle(battle):
            event.require_comments()

    def _joined(self, visitor_id: str, typed: str) -> Event | None:
        event = self._find(typed)
        return event if event and self._stores.events.has_joined(event.id, visitor_id) else None

    def _find(self, typed: str) -> Event | None:
        code = plain_code(typed)
        return None if code is None else self._stores.events.by_code(code)

    def _create(self, draft: Event) -> Event:
        """31^6 codes: a clash is rare, ten in a row are a broken generator."""
        for _ in range(10):
            event = replace(draft, code=self._make_code())
            if self._stores.events.create(event):
                return event
        raise StorageError("no free code was found")

    async def _change(self, event: Event, version: int) -> Event:
        if event.version != version:
            raise EventChanged(f"event {event.id} is no longer version {version}")
        return await asyncio.to_thread(self._stores.events.change, event)

    def _free_space(self) -> None:
        try:
            self._stores.events.free_space()
        except StorageError as error:
            logger.warning("an event was deleted, its bytes wait: %s", error)
