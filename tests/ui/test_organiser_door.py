"""The cookie that the door sets, and what it holds behind TLS."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from arena.services.arena import Arena
from arena.services.organisers import BADGE_LASTS, Organisers
from arena.storage.engine import open_engine, upgrade
from arena.storage.stores import stores_of
from arena.ui.access import ORGANISER_COOKIE
from arena.ui.assets import OwnAssets
from arena.ui.organiser_door import ENTER, LEAVE, OrganiserDoor
from arena.ui.text import LOCALES, load_text

SECRET = "a secret of the deployer, for these tests only"


@pytest.fixture
def organisers(tmp_path: Path) -> Iterator[Organisers]:
    engine = open_engine(f"sqlite:///{tmp_path}/arena.db")
    upgrade(engine)
    yield Organisers(stores_of(engine, catalogue_version="cafe"), deployer_secret=SECRET)
    engine.dispose()


async def _post(organisers: Organisers, path: str, *, secure: bool) -> httpx.Response:
    only_organisers = cast(Arena, SimpleNamespace(organisers=organisers))  # the door uses nothing else
    texts = {locale: load_text(locale) for locale in LOCALES}
    door = OrganiserDoor(OwnAssets(), lambda: only_organisers, texts, locale="fr", secure=secure)
    app = Starlette(
        routes=[Route(ENTER, door.enter, methods=["POST"]), Route(LEAVE, door.leave, methods=["POST"])],
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://arena") as client:
        return await client.post(path, data={"secret": SECRET})


@pytest.mark.parametrize("secure", [True, False])
async def test_the_cookie_is_out_of_reach_of_scripts_and_travels_over_tls_where_it_can(
    organisers: Organisers, *, secure: bool
) -> None:
    for path, age in ((ENTER, int(BADGE_LASTS.total_seconds())), (LEAVE, 0)):
        cookie = (await _post(organisers, path, secure=secure)).headers["set-cookie"]
        attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert cookie.startswith(f"{ORGANISER_COOKIE}=")
        assert {"httponly", "samesite=lax", "path=/", f"max-age={age}"} <= attributes
        assert ("secure" in attributes) is secure


async def test_what_the_cookie_holds_is_no_secret(organisers: Organisers) -> None:
    reply = await _post(organisers, ENTER, secure=True)
    assert SECRET not in reply.headers["set-cookie"]
    assert (await organisers.events_of(reply.cookies[ORGANISER_COOKIE])).is_deployer
