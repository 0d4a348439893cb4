"""G.711 both ways by table, and what is loud (ITU-T G.711). Payload bytes; samples are 16-bit signed, 8 kHz."""

from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.sip.sdp import PCMA

Samples: TypeAlias = NDArray[np.int16]

LOUD_LEVEL = 1_000
"""A sample over this (of 32,767; -30 dBFS) is sound: comfort noise and the idle codes of both laws are far below."""


def _decode_ulaw(code: int) -> int:
    code = ~code & 0xFF
    magnitude = (((code & 0x0F) << 3) + 0x84) << ((code & 0x70) >> 4)
    return 0x84 - magnitude if code & 0x80 else magnitude - 0x84


def _decode_alaw(code: int) -> int:
    code ^= 0x55
    segment = (code & 0x70) >> 4
    magnitude = ((code & 0x0F) << 4) + (8 if segment == 0 else 0x108)
    magnitude <<= max(0, segment - 1)
    return magnitude if code & 0x80 else -magnitude


@cache
def _decoder(payload: int) -> Samples:
    law = _decode_alaw if payload == PCMA else _decode_ulaw
    return np.array([law(code) for code in range(256)], dtype=np.int16)


@cache
def _encoder(payload: int) -> NDArray[np.uint8]:
    """The nearest code of every 16-bit sample."""
    levels = _decoder(payload).astype(np.int32)
    order = np.argsort(levels, kind="stable")
    borders = (levels[order][1:] + levels[order][:-1]) / 2
    samples = np.arange(-32_768, 32_768)
    return order[np.searchsorted(borders, samples)].astype(np.uint8)


def encode(samples: Samples, payload: int) -> bytes:
    """Samples to the bytes of this law (payload type 0 µ-law, 8 A-law)."""
    return _encoder(payload)[samples.astype(np.int32) + 32_768].tobytes()


def decode(data: bytes, payload: int) -> Samples:
    return _decoder(payload)[np.frombuffer(data, dtype=np.uint8)]


@cache
def _quiet_codes(payload: int) -> bytes:
    return bytes(np.flatnonzero(np.abs(_decoder(payload).astype(np.int32)) <= LOUD_LEVEL).astype(np.uint8))


def is_loud(data: bytes, payload: int) -> bool:
    """Whether any sample is over LOUD_LEVEL; a few hundred nanoseconds for a packet."""
    return bool(data.translate(None, _quiet_codes(payload)))
