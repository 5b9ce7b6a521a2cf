"""The one HTTP client of the process, and the question whether an endpoint is there."""

import httpx

from arena.providers.transport import EndpointTransport


def open_client() -> httpx.AsyncClient:
    """A client for model endpoints: many connections, no redirects, never a proxy for this machine itself."""
    direct = EndpointTransport(trust_env=False)
    mounts = {f"all://{host}": direct for host in ("localhost", "127.0.0.1", "[::1]")}
    return httpx.AsyncClient(transport=EndpointTransport(), mounts=mounts, follow_redirects=False)


async def answers(client: httpx.AsyncClient, base_url: str) -> bool:
    """Whether a server at ``base_url`` lists models within two seconds."""
    try:
        response = await client.get(f"{base_url}/models", timeout=2.0)
    except (httpx.HTTPError, httpx.InvalidURL):
        return False  # the point of the question: nobody there
    return response.status_code < 500
