"""Passwords and secrets: how they are kept.

A password is hashed by scrypt (142 ms here, in a thread: it releases the interpreter). Tokens, sessions and links
are 256 random bits, so a plain SHA-256 of them is enough and can be looked up by an index.
"""

import asyncio
import base64
import hashlib
import hmac
import os
import secrets
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial

SCRYPT_N = 2**15
SCRYPT_R = 8
SCRYPT_P = 1
SCRYPT_MEMORY = 2 * 128 * SCRYPT_N * SCRYPT_R
"""scrypt needs 128·n·r bytes; OpenSSL wants headroom."""
SALT_BYTES = 16
SECRET_BYTES = 32
MOST_CHARACTERS = 256
"""A longer password is refused before it costs anything."""

BEHIND_THE_LOOP = 10
"""Niceness of the threads that hash: a morning's sign-ins never take a core from calls."""


def _step_back() -> None:
    """Linux keeps a niceness for each thread; elsewhere (macOS) it would be the whole process's. A sandbox that grants
    none (a systemd unit without `setpriority`) costs calls a core at most, never a sign-in."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), BEHIND_THE_LOOP)


_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="scrypt", initializer=_step_back)
"""Two hashes at a time: 32 MiB each, and the loop's own threads stay free."""


def new_secret(prefix: str) -> str:
    """A secret to hand out once; the prefix tells a person (and a secret scanner) what it is."""
    return f"{prefix}_{secrets.token_urlsafe(SECRET_BYTES)}"


def digest(secret: str) -> bytes:
    """What is stored of a secret of ours."""
    return hashlib.sha256(secret.encode()).digest()


async def hash_password(password: str) -> str:
    """`scrypt$n$r$p$salt$key`; the figures are kept so that they can be raised later."""
    salt = secrets.token_bytes(SALT_BYTES)
    key = await _derive(password, salt, SCRYPT_N, SCRYPT_R, SCRYPT_P)
    return f"scrypt${SCRYPT_N}${SCRYPT_R}${SCRYPT_P}${_text(salt)}${_text(key)}"


async def verify_password(password: str, stored: str | None) -> bool:
    """Whether it is the password; an absent hash takes the same time and is never right."""
    if len(password) > MOST_CHARACTERS:
        return False
    if stored is None:
        await _derive(password, bytes(SALT_BYTES), SCRYPT_N, SCRYPT_R, SCRYPT_P)
        return False
    _, n, r, p, salt, key = stored.split("$")
    found = await _derive(password, base64.b64decode(salt), int(n), int(r), int(p))
    return hmac.compare_digest(found, base64.b64decode(key))


async def _derive(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    work = partial(hashlib.scrypt, password.encode(), salt=salt, n=n, r=r, p=p, maxmem=SCRYPT_MEMORY, dklen=32)
    return await asyncio.get_running_loop().run_in_executor(_threads, work)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
