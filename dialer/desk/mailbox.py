"""Outgoing messages of one socket, so that no slow reader ever holds up the one who speaks.

A `Mailbox` keeps order and is bounded: a reader that lets it fill is let go, and comes back to a fresh snapshot.
A `Latest` keeps only the newest message: right for pictures of which only the last one matters.
"""

import asyncio

MAILBOX_MESSAGES = 100
"""A desk gets a handful of messages a call; a hundred unread ones mean that nobody reads."""


class Mailbox:
    """Messages in order, each delivered once."""

    def __init__(self, limit: int = MAILBOX_MESSAGES) -> None:
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue(limit + 1)
        self._limit = limit
        self._closed = False

    def put(self, message: bytes) -> None:
        """Never blocks; a full mailbox closes itself instead of losing a message in the middle."""
        if self._closed:
            return
        if self._queue.qsize() >= self._limit:
            self.close()
        else:
            self._queue.put_nowait(message)

    async def get(self) -> bytes | None:
        """The next message; None when there will be none. Safe to cancel."""
        message = await self._queue.get()
        if message is None:
            self._queue.put_nowait(None)
        return message

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._queue.put_nowait(None)


class Latest:
    """The newest message only; older unread ones are overwritten, except the first, which everybody gets."""

    def __init__(self, first: bytes) -> None:
        self._first: bytes | None = first
        self._message: bytes | None = None
        self._changed = asyncio.Event()
        self._closed = False

    def put(self, message: bytes) -> None:
        self._message = message
        self._changed.set()

    async def get(self) -> bytes | None:
        """The newest message not yet taken; None when there will be none. Safe to cancel."""
        if self._first is not None:
            first, self._first = self._first, None
            return first
        await self._changed.wait()
        if self._closed:
            return None
        self._changed.clear()
        return self._message

    def close(self) -> None:
        self._closed = True
        self._changed.set()
