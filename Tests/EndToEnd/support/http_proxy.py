"""A proxy in front of a server that changes the heads of requests, as badly set up ones do."""

import asyncio
import contextlib


class HeadProxy:
    """Passes bytes on both ways; `change` gets the head of each request of a connection's first packet on, and returns the head to send."""

    def __init__(self, port: int, change):
        self.port = 0
        self._target = port
        self._change = change
        self._tasks: set[asyncio.Task] = set()

    async def __aenter__(self) -> "HeadProxy":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def _serve(self, reader, writer) -> None:
        self._tasks.add(asyncio.current_task())
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        back = asyncio.ensure_future(self._copy(far_reader, writer))
        with contextlib.suppress(ConnectionError):
            # A browser sends the head of a request in one packet; what is no head passes as it is.
            while data := await reader.read(65_536):
                head, end, body = data.partition(b"\r\n\r\n")
                far_writer.write(self._change(head) + end + body if b" HTTP/1.1\r\n" in head else data)
                await far_writer.drain()
        far_writer.close()
        back.cancel()
        writer.close()

    @staticmethod
    async def _copy(reader, writer) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
        writer.close()
