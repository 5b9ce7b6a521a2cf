"""What the tests of the chat client share."""

import ssl
from collections.abc import AsyncIterator

import httpx
import pytest


@pytest.fixture(scope="session")
def certificates() -> ssl.SSLContext:
    """Loaded once: each client would otherwise spend 20 ms on the same certificates."""
    return ssl.create_default_context()


@pytest.fixture
async def client(certificates: ssl.SSLContext) -> AsyncIterator[httpx.AsyncClient]:
    """A client as the application has it, but deaf to the proxies of this machine."""
    async with httpx.AsyncClient(verify=certificates, trust_env=False) as client:
        yield client
