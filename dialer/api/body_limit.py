"""No request body is larger than a full batch of orders needs to be; more is refused while it is still being read."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dialer.api.problems import Problem

LARGEST_BODY = 8 * 1024 * 1024
"""A batch of 1,000 orders with generous fields is 2–4 MB."""


def too_large() -> Problem:
    return Problem(
        413,
        "too-large",
        f"The body is larger than {LARGEST_BODY // (1024 * 1024)} MiB; nothing was written.",
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
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > LARGEST_BODY:
                raise too_large()
            return message

        await self._app(scope, counted, send)
