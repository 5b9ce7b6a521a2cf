"""The one HTTP client of the process, and the question whether an endpoint is there."""

import httpx


def open_client() -> httpx.AsyncClient:
    """A client for model endpoints: many connections, no redirects; loopback is never proxied."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=100, keepalive_expiry=30)
    direct = {f"all://{host}": httpx.AsyncHTTPTransport(limits=limits) for host in ("localhost", "127.0.0.1", "[::1]")}
    return httpx.AsyncClient(limits=limits, follow_redirects=False, mounts=direct)


async def answers(client: httpx.AsyncClient, base_url: str) -> bool:
    """Whether a server at ``base_url`` lists models within two seconds."""
    try:
        response = await client.get(f"{base_url}/models", timeout=2.0)
    except (httpx.HTTPError, httpx.InvalidURL):
        return False  # the point of the question: nobody there
    return response.status_code < 500
