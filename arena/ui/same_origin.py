"""Whether a form was sent from our own page by the visitor it was made for."""

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request

from arena.ui.visitor import COOKIE

FIELD = "form_key"


def form_key(request: Request) -> str:
    """What a form of this visitor must bring back: no other page can read it, or work it out."""
    token = request.cookies.get(COOKIE, "")
    return hashlib.sha256(f"form {token}".encode()).hexdigest()[:32]


async def is_own_form(request: Request) -> bool:
    """Whether the browser says that the form is ours, and the form holds this visitor's key.

    Browsers send ``Sec-Fetch-Site`` over TLS and to localhost only, and ``Origin: null`` from a page whose
    referrer policy is ``no-referrer``: in a room's own network the key decides.
    """
    if not comes_from_here(request.headers):
        return False
    sent = parse_qs((await request.body()).decode("ascii", "replace")).get(FIELD, [""])
    return hmac.compare_digest(sent[-1].encode(), form_key(request).encode())


def comes_from_here(headers: Mapping[str, str]) -> bool:
    """Whether the headers of a request name no other page as its sender; they may name none."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin", "null")
    return origin == "null" or urlsplit(origin).netloc.lower() == headers.get("host", "").lower()
