"""What of the application can be reached over HTTP, and what comes with each reply."""

import re
import socket
from contextlib import closing

import brotli
import httpx
import pytest

from tests.e2e.page_client import PageClient
from tests.serving import LIMIT_S, Application

CLOSED = [
    "upload", "upload_progress?upload_id=x", "queue/join", "queue/data?session_hash=x", "queue/status", "info", "info/",
    "call/guard", "call/v2/guard", "openapi.json", "monitoring", "monitoring/x", "monitoring/summary", "deep_link",
    "file=/etc/passwd", "file/etc/passwd", "proxy=https://example.org/", "stream/a/b/c/playlist.m3u8", "reset",
    "component_server", "dev/reload", "cancel", "app_id", "token", "login_check",
    "process_recording", "runs", "vibe-code",
    "mcp", "mcp/sse", "mcp/schema", "user", "queue", "api/predict", "run/guard", "run/guard_1",
]  # fmt: skip
CLOSED_PAGES = ["docs", "redoc", "openapi.json", "login", "logout", "robots.txt", "svelte/x.js",
                "custom_component/a/b/c", "monitoring", "api", "run/predict", "gradio_api", "gradio_api/", "upload",
                "file=/etc/passwd"]  # fmt: skip


def _http(application: Application) -> httpx.Client:
    return httpx.Client(base_url=application.url, trust_env=False, verify=False, timeout=LIMIT_S)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])
def test_every_other_route_of_gradio_is_closed(demo: Application, method: str) -> None:
    paths = [f"/fr/gradio_api/{path}" for path in CLOSED] + [f"/en/{path}" for path in CLOSED_PAGES]
    paths += [f"/organise/en/gradio_api/{path}" for path in CLOSED] + [f"/organise/fr/{path}" for path in CLOSED_PAGES]
    paths += ["/organise/fr/summary", "/organise/fr/summary/erase", "/organise/open", "/organise/de/"]
    paths += [
        f"/{path}" for path in ("docs", "redoc", "openapi.json", "gradio_api/info", "config", "upload", "assets/x")
    ]
    with _http(demo) as http:
        answered = {path: http.request(method, path).status_code for path in paths}
    assert {path: status for path, status in answered.items() if status != 404} == {}


def test_what_the_page_needs_is_open(demo: Application) -> None:
    with _http(demo) as http:
        for path in ("/fr/", "/en/", "/fr/config", "/fr/theme.css", "/healthz", "/organise/fr/", "/organise/en/config"):
            assert http.get(path).status_code == 200, path
        assert http.get("/").headers["location"] == "/fr/"
        assert re.fullmatch(r"ok \d+ models\n", http.get("/healthz").text)


@pytest.mark.parametrize(
    "path",
    [
        "/fr/assets/../../../../../../etc/passwd",
        "/fr/assets/..%2f..%2findex.html",
        "/fr/assets/%2e%2e/index.html",
        "/fr/assets/..\\index.html",
        "/fr/static/../../../routes.py",
        "/fr/static/..%2f..%2froutes.py",
        "/own/../shield.py",
        "/own/..%2fshield.py",
        "/own/style.css",
        "/own/",
        "/fr/assets/",
        "/fr/assets/nothing.js",
        "//fr/gradio_api/info",
        "/fr//gradio_api/info",
        "/fr/./gradio_api/info",
        "/en/../fr/gradio_api/info",
        "/FR/gradio_api/info",
        "/fr/gradio_api/info%00",
        "/fr/gradio_api/startup-events/../info",
        "/fr/gradio_api/heartbeat/a/../../info",
    ],
)
def test_no_path_leads_out_of_what_is_served(demo: Application, path: str) -> None:
    status = _raw_status(demo, path)
    assert status in (400, 403, 404), status


def _raw_status(application: Application, path: str) -> int:
    """The status of a request whose path no client has tidied up."""
    with closing(socket.create_connection(("127.0.0.1", application.port), timeout=LIMIT_S)) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: arena\r\nConnection: close\r\n\r\n".encode())
        return int(connection.recv(64).split()[1])


@pytest.mark.parametrize(
    "path", ["/fr/", "/fr/config", "/healthz", "/fr/gradio_api/upload", "/own/nothing", "/watch/fr/x"]
)
def test_every_reply_carries_the_protecting_headers(demo: Application, path: str) -> None:
    with _http(demo) as http:
        headers = http.get(path).headers
    policy = headers["content-security-policy"]
    for rule in ("default-src 'self'", "img-src 'self' data:", "form-action 'self'", "frame-ancestors 'self'"):
        assert rule in policy
    assert "http" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:1234"])
@pytest.mark.parametrize("host", ["arena.example", "127.0.0.1", "localhost"])
def test_no_other_site_may_read_a_reply(demo: Application, origin: str, host: str) -> None:
    headers = {"origin": origin, "host": host}
    with _http(demo) as http:
        replies = [
            http.get("/fr/config", headers=headers),
            http.get("/fr/", headers=headers),
            http.post("/fr/gradio_api/run/predict", json={"data": [], "fn_index": 0}, headers=headers),
            http.options("/fr/config", headers=headers | {"access-control-request-method": "POST"}),
        ]
    for reply in replies:
        assert [name for name in reply.headers if name.startswith("access-control-")] == []


def test_a_body_that_is_too_large_or_of_unknown_length_is_refused(demo: Application) -> None:
    path = "/fr/gradio_api/run/predict"
    with _http(demo) as http:
        assert http.post(path, content=b" " * 70_000).status_code == 413
        assert http.post(path, content=iter([b"{}"])).status_code == 411


def test_our_assets_are_compressed_once_and_kept_for_ever(demo: Application) -> None:
    with PageClient(demo) as page:
        addresses = set(re.findall(r'"(/own/[^"\\]+)', page.page.text))
        assert len(addresses) == 3
        for address in addresses:
            assert re.search(r"\.[0-9a-f]{12}\.(?:css|js|svg)$", address)
            reply = page.get(address)
            assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"
            assert reply.headers["content-encoding"] == "br"
            assert reply.headers["vary"] == "Accept-Encoding"
            assert page.get(address).content == reply.content
        first = re.search(r"assets/([\w.-]+\.js)", page.page.text)
        assert first
        theirs = page.get(f"/fr/assets/{first[1]}")
        assert theirs.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert theirs.headers["content-encoding"] == "br"


def test_our_part_of_a_page_weighs_at_most_45_kb(demo: Application) -> None:
    """Our assets and the page itself, which holds all texts, as they travel."""
    weight = 0
    with _http(demo) as http:
        page = http.get("/fr/", headers={"accept-encoding": "br"})
        for path in ["/fr/", *set(re.findall(r'"(/own/[^"\\]+)', page.text))]:
            reply = http.get(path, headers={"accept-encoding": "br"})
            sent = len(brotli.compress(reply.content, quality=4)) if path == "/fr/" else reply.num_bytes_downloaded
            assert reply.headers["content-encoding"] == "br"
            assert reply.num_bytes_downloaded <= sent + 64
            weight += reply.num_bytes_downloaded
    assert weight <= 45_000, weight


def test_no_websocket_is_accepted(demo: Application) -> None:
    request = (
        "GET /fr/queue/join HTTP/1.1\r\nHost: arena\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    with closing(socket.create_connection(("127.0.0.1", demo.port), timeout=LIMIT_S)) as connection:
        connection.sendall(request.encode())
        assert int(connection.recv(64).split()[1]) in (400, 403, 404)
