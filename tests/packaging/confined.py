"""Runs a command under a filter of system calls as systemd puts one on a service: what is not allowed ends in EPERM.

`python -m tests.packaging.confined LIBSECCOMP CALL,CALL,... COMMAND ...`; without a command what the daemon does in
threads and processes of its own is tried here.
"""

import asyncio
import ctypes
import errno
import os
import sys
from collections.abc import Iterable, Iterator

from dialer.apart import apart
from dialer.store.passwords import hash_password, verify_password

ACT_ALLOW = 0x7FFF0000
ACT_ERRNO = 0x00050000
UNKNOWN = -1


def confine(library: str, allowed: Iterable[str]) -> None:
    """This process and all that it starts may make these system calls only. Raises OSError where it cannot be done."""
    seccomp = ctypes.CDLL(library)
    seccomp.seccomp_init.restype = ctypes.c_void_p
    rules = ctypes.c_void_p(seccomp.seccomp_init(ctypes.c_uint32(ACT_ERRNO | errno.EPERM)))
    for name in allowed:
        number = seccomp.seccomp_syscall_resolve_name(name.encode())
        if number != UNKNOWN and (failed := seccomp.seccomp_rule_add(rules, ctypes.c_uint32(ACT_ALLOW), number, 0)):
            raise OSError(-failed, f"system call {name}")
    if failed := seccomp.seccomp_load(rules):
        raise OSError(-failed, "the filter was refused")


def niceness() -> Iterator[int]:
    yield os.getpriority(os.PRIO_PROCESS, 0)


async def what_needs_threads_and_processes() -> int:
    """Hashes and checks a password, and reads in a process apart; the niceness there."""
    assert await verify_password("twelve letters", await hash_password("twelve letters"))
    (nice,) = [made async for made in apart(niceness)]
    return nice


if __name__ == "__main__":
    confine(sys.argv[1], sys.argv[2].split(","))
    if command := sys.argv[3:]:
        os.execvp(command[0], command)
    from tests.packaging import confined  # under this name another process finds it

    sys.stdout.write(f"{asyncio.run(confined.what_needs_threads_and_processes())}\n")
