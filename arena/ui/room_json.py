"""What pages of a room send and get as JSON."""

from collections.abc import Mapping
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from arena.ui.reading import NEVER_KEPT


async def sent_in(request: Request) -> dict[str, Any]:
    """The object in the body of a request, empty for anything else."""
    try:
        sent = orjson.loads(await request.body())
    except orjson.JSONDecodeError:
        return {}
    return sent if isinstance(sent, dict) else {}


def json_reply(body: Mapping[str, Any], status: int = 200) -> Response:
    """A reply that nobody keeps."""
    return Response(orjson.dumps(body), status, media_type="application/json", headers={"Cache-Control": NEVER_KEPT})
