"""TCP proxies that can cut connections, refuse them, and hold data back."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any


class Proxies:
    """Proxies on this machine, in a thread of their own. A context manager."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._made: list[Proxy] = []

    def __enter__(self) -> "Proxies":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        for proxy in self._made:
            self._run(proxy.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def before(self, port: int) -> "Proxy":
        """Return a new proxy that leads to a port of 127.0.0.1."""
        proxy = Proxy(self._loop, port)
        self._run(proxy.listen())
        self._made.append(proxy)
        return proxy

    def _run(self, action: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(action, self._loop).result()


class Proxy:
    """A port that leads to another one. Any thread may use its methods."""

    def __init__(self, loop: asyncio.AbstractEventLoop, target: int) -> None:
        self.port = 0
        self.target = target
        self.refusing = False
        self.holding = False
        self.connections: set[_Connection] = set()
        self._loop = loop

    async def listen(self) -> None:
        """Listen on a free port."""
        self._server = await self._loop.create_server(lambda: _Connection(self), "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening, and break every connection off."""
        self._server.close()
        self._cut()
        await asyncio.sleep(0)  # lets the connections handle it

    def cut(self) -> None:
        """Break every connection off."""
        self._in_loop(self._cut)

    def refuse(self, refusing: bool) -> None:
        """Break new connections off at once, or accept them again."""
        self.refusing = refusing

    def hold(self, holding: bool) -> None:
        """Hold all data back, as a silent network does, or let it pass again."""
        self._in_loop(self._hold, holding)

    def _cut(self) -> None:
        for connection in list(self.connections):
            connection.transport.abort()

    def _hold(self, holding: bool) -> None:
        self.holding = holding
        for connection in list(self.connections):
            connection.flow()

    def _in_loop(self, action: Callable[..., object], *arguments: object) -> None:
        self._loop.call_soon_threadsafe(action, *arguments)


class _Connection(asyncio.Protocol):
    """The connection to one side, which forwards what it receives to the other side's."""

    def __init__(self, proxy: Proxy, other: "_Connection | None" = None) -> None:
        self._proxy = proxy
        self._other = other
        self._is_full = False
        self._closed = False

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self._proxy.connections.add(self)
        self.flow()
        if self._proxy.refusing:
            transport.abort()
        elif self._other is None:
            self._connecting = asyncio.ensure_future(self._connect_other_side())
        else:
            self._other.join(self)

    def join(self, other: "_Connection") -> None:
        """Begin to forward, now that the other side is connected."""
        self._other = other
        self.flow()
        if self._closed:
            other.transport.abort()

    def flow(self) -> None:
        """Pause or resume reading, as the state of the proxy and of the other side demands."""
        if self._other is None or self._other._is_full or self._proxy.holding:
            self.transport.pause_reading()
        else:
            self.transport.resume_reading()

    def data_received(self, data: bytes) -> None:
        assert self._other is not None  # before, it does not read
        self._other.transport.write(data)

    def pause_writing(self) -> None:
        self._is_full = True
        if self._other is not None:
            self._other.flow()

    def resume_writing(self) -> None:
        self._is_full = False
        if self._other is not None:
            self._other.flow()

    def connection_lost(self, error: Exception | None) -> None:
        self._closed = True
        self._proxy.connections.discard(self)
        if self._other is not None:
            self._other.transport.close()

    async def _connect_other_side(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.create_connection(
                lambda: _Connection(self._proxy, self), "127.0.0.1", self._proxy.target
            )
        except OSError:
            self.transport.abort()
