"""A badge: what an organiser's browser carries, signed, so that it can neither be forged nor changed."""

import hmac
import re
from dataclasses import dataclass
from datetime import datetime

MOST_LINKS = 20  # of the latest opened; 33 characters each, and a cookie holds 4,096
_DEPLOYER = "deployer"
_ONE = rf"(?:{_DEPLOYER}|[0-9a-f]{{32}})"
_SIGNED = re.compile(rf"([0-9a-f]{{1,10}}\.{_ONE}(?:-{_ONE}){{0,{MOST_LINKS}}})\.([0-9a-f]{{64}})")


@dataclass(frozen=True, slots=True)
class Badge:
    """The ids of the links that were opened, whether the deployer's secret was given, and until when it holds.

    It says who came in, not who may still: a revoked link stays on it and opens nothing.
    """

    link_ids: tuple[str, ...]
    is_deployer: bool
    expires_at: datetime

    def signed(self, key: bytes) -> str:
        """The value of a cookie: expiry, ids and a signature."""
        words = [*([_DEPLOYER] if self.is_deployer else []), *self.link_ids[-MOST_LINKS:]]
        body = f"{int(self.expires_at.timestamp()):x}.{'-'.join(words)}"
        return f"{body}.{_signature(body, key)}"


def read_badge(cookie: str, key: bytes, now: datetime) -> Badge | None:
    """The badge of a cookie; None for one that was forged, changed or has expired."""
    found = _SIGNED.fullmatch(cookie)
    if found is None or not hmac.compare_digest(_signature(found[1], key), found[2]):
        return None
    expires, _, words = found[1].partition(".")
    expires_at = datetime.fromtimestamp(int(expires, 16), now.tzinfo)
    ids = words.split("-")
    links = tuple(word for word in ids if word != _DEPLOYER)
    return Badge(links, _DEPLOYER in ids, expires_at) if now < expires_at else None


def _signature(body: str, key: bytes) -> str:
    return hmac.new(key, b"organiser's badge " + body.encode(), "sha256").hexdigest()
