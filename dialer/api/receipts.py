"""`Idempotency-Key`: the same request under the same key is carried out once, and answered the same for a day."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, TypeAlias

import orjson
from fastapi import Header, Response

from dialer.api.ports import Ports
from dialer.api.problems import Problem
from dialer.core.access import Principal
from dialer.core.intake import Receipt

KEY = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"

Key: TypeAlias = Annotated[str | None, Header(alias=KEY, min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")]
Work: TypeAlias = Callable[[], Awaitable[tuple[int, Mapping[str, Any]]]]
"""Does it, and gives status and answer."""


async def once(
    given: Ports, asker: Principal, key: str | None, request: Callable[[], object], response: Response, work: Work
) -> Mapping[str, Any]:
    """The answer of the work, or the one that this key was given before. Raises 422 for a key used for another request.

    A failed request (a Problem) is not kept: it may be mended and sent under the same key. What `request` gives
    must be JSON.
    """
    if key is None:
        response.status_code, answer = await work()
        return answer
    fingerprint = hashlib.sha256(orjson.dumps(request(), option=orjson.OPT_SORT_KEYS)).hexdigest()
    found = await given.intake.receipt(asker.name, key, given.clock.now())
    if found is None:
        status, answer = await work()
        made = Receipt(fingerprint, status, answer)
        if await given.intake.keep(asker.name, key, made, given.clock.now()):
            response.status_code = status
            return answer
        found = await given.intake.receipt(asker.name, key, given.clock.now()) or made
    if found.fingerprint != fingerprint:
        raise Problem(
            422,
            "key-reused",
            f"This {KEY} was used for another request.",
            "Use a new key for a new request, and the old one only to repeat exactly what was sent.",
        )
    response.status_code = found.status
    response.headers[REPLAYED] = "true"
    return found.answer
