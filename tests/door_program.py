"""``arena serve`` with two routes more, by which a test opens and closes the room as a desk would."""

import argparse

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp

from arena.app import create_app
from arena.commands.serving import serve_application
from arena.errors import AddressRefused
from arena.services.front_door import FrontDoor, Opening


def with_handles(door: FrontDoor) -> ASGIApp:
    """The whole application and the handles of its door."""

    async def open_door(request: Request) -> Response:
        try:
            opening = await door.open(request.query_params["ip"])
        except AddressRefused as error:
            return PlainTextResponse(error.key, 409)
        return PlainTextResponse(opening.base_url)

    async def close_door(_request: Request) -> Response:
        await door.close()
        return PlainTextResponse(" ".join(opening.base_url for opening in door.openings))

    app = create_app(front_door=door)
    app.add_route("/test/open", open_door)
    app.add_route("/test/close", close_door)
    return app


def announce(opening: Opening) -> None:
    """Nobody reads it."""
    assert opening.port


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--loop", choices=("asyncio", "uvloop"), required=True)
    chosen = parser.parse_args()
    serve_application(with_handles, host="127.0.0.1", port=chosen.port, announce=announce, loop=chosen.loop)
