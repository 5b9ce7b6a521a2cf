"""A server that can be made to listen in further places while it runs, and to stop that again."""

import asyncio
import socket

import uvicorn

from arena.services.front_door import Opening, family_of

GRACE_S = 2.0  # for replies under way when a place closes


class ListeningServer(uvicorn.Server):
    """Uvicorn, with doors; it stops listening everywhere when it shuts down."""

    def __init__(self, config: uvicorn.Config, own: socket.socket) -> None:
        """``own`` is bound already: the socket that ``run`` is given."""
        super().__init__(config)
        self._own = opening_of(own)
        self._further: dict[Opening, asyncio.Server] = {}
        self._endings: set[asyncio.Task[None]] = set()

    @property
    def own(self) -> Opening:
        """Where it listens from its start to its end."""
        return self._own

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start; places that were asked for meanwhile (an application may do so as it starts) take connections now."""
        await super().startup(sockets)
        for server in tuple(self._further.values()):
            await self._begin(server)

    async def listen(self, ip: str, port: int) -> Opening:
        """Listen there too; port 0 takes a free one. Raises OSError."""
        bound = socket.create_server((ip, port), family=family_of(ip), backlog=self.config.backlog)
        try:
            opening = opening_of(bound)
            loop = asyncio.get_running_loop()
            server = await loop.create_server(
                self._make_protocol, sock=bound, backlog=self.config.backlog, start_serving=False
            )
        except BaseException:  # whatever it was, the port is free again
            bound.close()
            raise
        self._further[opening] = server
        if self.started:
            await self._begin(server)
        return opening

    async def stop_listening(self, opening: Opening) -> None:
        """Take no new connection there; those that there are end within two seconds, after this returns.

        The caller's own request may have come that way, so it is not waited for.
        """
        server = self._further.pop(opening)
        server.close()
        if self.started:
            self.servers.remove(server)
        ending = asyncio.create_task(self._end_connections(opening))
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)
        await asyncio.sleep(0)  # uvloop closes a socket in its next round

    async def _begin(self, server: asyncio.Server) -> None:
        await server.start_serving()
        self.servers.append(server)

    def _make_protocol(self) -> asyncio.Protocol:
        """What uvicorn's own ``startup`` makes for each connection."""
        return self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )

    async def _end_connections(self, opening: Opening) -> None:
        """Idle connections end at once, others with their reply, the rest after ``GRACE_S``."""
        # Those of now: the place may be opened again before the last one is gone.
        leaving = {each for each in self.server_state.connections if _came_by(each.transport, opening)}
        for connection in leaving:
            connection.shutdown()
        await asyncio.sleep(GRACE_S)
        for connection in leaving & self.server_state.connections:
            connection.transport.abort()


def _came_by(transport: asyncio.Transport, opening: Opening) -> bool:
    return tuple(transport.get_extra_info("sockname") or ())[:2] == (opening.ip, opening.port)


def opening_of(bound: socket.socket) -> Opening:
    """The place of a socket that is bound."""
    ip, port, *_ = bound.getsockname()
    return Opening(ip, port)
