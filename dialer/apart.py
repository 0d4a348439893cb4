"""Work in a process of its own, at a lower priority: what it makes comes back through a pipe, in order.

For what takes seconds of processor time: in a thread it would contend with the loop that dials for the interpreter.
What is sent there and back is pickled; nothing is written on a command line or into a file.
"""

import asyncio
import gc
import os
import pickle
import struct
import sys
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar, TypeVarTuple

NICENESS = 10
"""Behind whatever dials."""
PIPE_BYTES = 1 << 20
"""Made ahead of what is in hand."""
_LENGTH = struct.Struct(">I")
_PROGRAM = f"from {__name__} import serve; serve()"
"""Not `-m`: what is sent would then be of a module `__main__` that is another one here."""

Made = TypeVar("Made")
Given = TypeVarTuple("Given")


class WorkerLost(RuntimeError):
    """The process is gone without a word."""


@dataclass(frozen=True, slots=True)
class _Raised:
    """The work ended in this."""

    error: Exception


async def apart(work: Callable[[*Given], Iterable[Made]], *given: *Given) -> AsyncGenerator[Made, None]:
    """What `work(*given)` makes; one is received ahead, and the pipe holds the process back behind that.

    `work` is a function of a module and makes no None. What it raises is raised here; WorkerLost where it ended without
    a word. Closed early (`contextlib.aclosing`), the process is stopped.
    """
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _PROGRAM), stdin=pipe, stdout=pipe, limit=PIPE_BYTES
    )
    assert process.stdin is not None
    assert process.stdout is not None
    following = asyncio.ensure_future(_received(process.stdout))
    try:
        process.stdin.write(pickle.dumps((work, given)))
        process.stdin.close()
        while (made := await following) is not None:
            following = asyncio.ensure_future(_received(process.stdout))
            yield made
    finally:
        following.cancel()
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _received(pipe: asyncio.StreamReader) -> Any:
    try:
        (length,) = _LENGTH.unpack(await pipe.readexactly(_LENGTH.size))
        found = pickle.loads(await pipe.readexactly(length))
    except asyncio.IncompleteReadError as error:
        raise WorkerLost("the process that read the list has ended early; send the list again") from error
    if isinstance(found, _Raised):
        raise found.error
    return found


# ---- the process


def serve() -> None:
    """Do the work that stands in standard input, and send what it makes to standard output."""
    with suppress(OSError):  # a sandbox may grant none
        os.nice(NICENESS)
    work, given = pickle.load(sys.stdin.buffer)
    gc.disable()  # what a row becomes is in no circle: collections would cost a tenth, and find nothing
    with suppress(BrokenPipeError):
        try:
            for made in work(*given):
                _send(made)
        except Exception as error:
            _send(_Raised(error))
        _send(None)


def _send(what: Any) -> None:
    content = pickle.dumps(what, pickle.HIGHEST_PROTOCOL)
    sys.stdout.buffer.write(_LENGTH.pack(len(content)) + content)
    sys.stdout.buffer.flush()
