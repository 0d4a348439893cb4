"""No request body is larger than what is asked for needs to be; more is refused while it is still being read."""

import re

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dialer.api.problems import Problem

LARGEST_BODY = 8 * 1024 * 1024
"""A batch of 1,000 orders with generous fields is 2–4 MB."""

LARGEST_LIST = 512 * 1024 * 1024
"""A list of a million rows is 100–200 MB."""

LISTS = re.compile(r"/api/v1/campaigns/\d+/lists(/check)?")
"""Where lists come in as files."""


def too_large(limit: int) -> Problem:
    return Problem(
        413,
        "too-large",
        f"The body is larger than {limit // (1024 * 1024)} MiB; nothing was written.",
        "Send a long list in several batches, or import it as a file.",
    )


class BodyLimit:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = LARGEST_LIST if LISTS.fullmatch(scope["path"]) else LARGEST_BODY
        declared = Headers(scope=scope).get("content-length", "")
        read = 0

        async def counted() -> Message:
            nonlocal read
            if declared.isdigit() and int(declared) > limit:
                raise too_large(limit)
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                raise too_large(limit)
            return message

        await self._app(scope, counted, send)
