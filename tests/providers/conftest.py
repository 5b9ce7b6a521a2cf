"""What the tests of the chat client share."""

from collections.abc import AsyncIterator

import httpx
import pytest

from arena.providers.client import open_client


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """The application's own client."""
    async with open_client() as client:
        yield client
