"""TCP proxies that can cut connections, refuse them, and hold back what passes through."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any


class Proxies:
    """Proxies on this machine, in a thread of their own; a context manager."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._made: list[Proxy] = []

    def __enter__(self) -> "Proxies":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        for proxy in self._made:
            self._do(proxy.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def before(self, port: int) -> "Proxy":
        """Return a new proxy that leads to this port of 127.0.0.1."""
        proxy = Proxy(self._loop, port)
        self._do(proxy.listen())
        self._made.append(proxy)
        return proxy

    def _do(self, action: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(action, self._loop).result()


class Proxy:
    """A port that leads to another one. Any thread may use it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, target: int) -> None:
        self.port = 0
        self.target = target
        self.refusing = False
        self.holding = False
        self.ends: set[_End] = set()
        self._loop = loop

    async def listen(self) -> None:
        """Begin to listen, on a port that is free."""
        self._server = await self._loop.create_server(lambda: _End(self), "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Listen no more, and break every connection off."""
        self._server.close()
        self._cut()
        await asyncio.sleep(0)  # in which they learn of it

    def cut(self) -> None:
        """Break every connection off."""
        self._in_loop(self._cut)

    def refuse(self, refusing: bool) -> None:
        """Break off at once, or no more, whoever connects."""
        self.refusing = refusing

    def hold(self, holding: bool) -> None:
        """Hold back all that passes, as a network that has gone silent; or let it through."""
        self._in_loop(self._hold, holding)

    def _cut(self) -> None:
        for end in list(self.ends):
            end.transport.abort()

    def _hold(self, holding: bool) -> None:
        self.holding = holding
        for end in list(self.ends):
            end.flow()

    def _in_loop(self, action: Callable[..., object], *arguments: object) -> None:
        self._loop.call_soon_threadsafe(action, *arguments)


class _End(asyncio.Protocol):
    """One end of a connection: what it receives goes out at the other end."""

    def __init__(self, proxy: Proxy, other: "_End | None" = None) -> None:
        self._proxy = proxy
        self._other = other
        self._is_full = False
        self._closed = False

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self._proxy.ends.add(self)
        self.flow()
        if self._proxy.refusing:
            transport.abort()
        elif self._other is None:
            self._reaching = asyncio.ensure_future(self._reach())
        else:
            self._other.meet(self)

    def meet(self, other: "_End") -> None:
        """The other end is there."""
        self._other = other
        self.flow()
        if self._closed:
            other.transport.abort()

    def flow(self) -> None:
        """Read, or don't, as things are."""
        if self._other is None or self._other._is_full or self._proxy.holding:
            self.transport.pause_reading()
        else:
            self.transport.resume_reading()

    def data_received(self, data: bytes) -> None:
        self._other.transport.write(data)

    def pause_writing(self) -> None:
        self._is_full = True
        self._other.flow()

    def resume_writing(self) -> None:
        self._is_full = False
        self._other.flow()

    def connection_lost(self, error: Exception | None) -> None:
        self._closed = True
        self._proxy.ends.discard(self)
        if self._other is not None:
            self._other.transport.close()

    async def _reach(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.create_connection(
                lambda: _End(self._proxy, self), "127.0.0.1", self._proxy.target
            )
        except OSError:
            self.transport.abort()
