"""Sounds made by code: tones, a person's «Алло?», ongoing talk, a machine's greeting. No recordings are shipped.

Speech is what a detector of machines and a level meter take for speech: syllables of a voiced harmonic sound with
moving formants, words with short gaps, phrases with longer ones. Nobody needs to understand it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from random import Random

import numpy as np
from numpy.typing import NDArray

from sim.sip.g711 import Samples, encode

RATE_HZ = 8_000
FRAME_SAMPLES = 160
"""20 ms, the packet of every phone."""

_PEAK = 12_000


@dataclass(frozen=True, slots=True)
class Sound:
    """What one side says: `name` is a key of `SOUNDS` or `tone:HZ`; `lead_s` seconds of silence come first.

    A looped sound goes on for ever; any other is followed by silence, in real packets.
    """

    name: str = "silence"
    lead_s: float = 0.0
    loops: bool = False
    every: int = 1
    """One packet each so many times 20 ms: for crowds of phones that only have to be alive."""


SILENCE = Sound(loops=True)
HELLO = Sound("hello", lead_s=0.3)
TALK = Sound("talk", loops=True)
GREETING = Sound("greeting", lead_s=0.3)


def tone(hertz: int, every: int = 1) -> Sound:
    """A steady tone: who is heard is told by its pitch."""
    return Sound(f"tone:{hertz}", loops=True, every=every)


@cache
def frames(sound: Sound, payload: int) -> tuple[bytes, ...]:
    """The sound as 20 ms payloads of one law. Raises ValueError for a name nobody knows."""
    lead = np.zeros(int(sound.lead_s * RATE_HZ), dtype=np.int16)
    samples = np.concatenate([lead, _samples(sound.name)])
    padding = -len(samples) % FRAME_SAMPLES
    data = encode(np.concatenate([samples, np.zeros(padding, dtype=np.int16)]), payload)
    return tuple(data[i : i + FRAME_SAMPLES] for i in range(0, len(data), FRAME_SAMPLES))


def pitch_of(samples: Samples) -> float:
    """The strongest frequency, Hz: which tone was heard."""
    spectrum = np.abs(np.fft.rfft(samples.astype(np.float64)))
    return float(np.argmax(spectrum[1:]) + 1) * RATE_HZ / len(samples)


def _samples(name: str) -> Samples:
    if name.startswith("tone:"):
        return _tone(float(name[5:]))
    match name:
        case "silence":
            return np.zeros(FRAME_SAMPLES, dtype=np.int16)
        case "hello":
            return _speech(Random(name), words=1)
        case "talk":
            return _speech(Random(name), words=24)
        case "greeting":
            return _speech(Random(name), words=26)
    raise ValueError(f"no sound {name!r}: silence, hello, talk, greeting or tone:HZ")


def _tone(hertz: float) -> Samples:
    """One second: whole periods for every whole number of Hz, so that it loops without a click."""
    at_s = np.arange(RATE_HZ) / RATE_HZ
    return np.asarray(_PEAK * np.sin(2 * np.pi * hertz * at_s), dtype=np.int16)


def _speech(chance: Random, words: int) -> Samples:
    parts = list[NDArray[np.float64]]()
    for word in range(1, words + 1):
        parts.extend(_word(chance))
        gap_s = 0.35 if word % 5 == 0 else 0.08
        parts.append(np.zeros(int(gap_s * RATE_HZ)))
    sound = np.concatenate(parts)
    return np.asarray(_PEAK * sound / np.abs(sound).max(), dtype=np.int16)


def _word(chance: Random) -> Iterator[NDArray[np.float64]]:
    for _ in range(chance.choice((2, 2, 3))):
        yield _syllable(chance, seconds=chance.uniform(0.13, 0.22))


def _syllable(chance: Random, seconds: float) -> NDArray[np.float64]:
    """Harmonics of a falling voice, strongest near two formants, under a rise and fall of loudness."""
    at_s = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    pitch_hz = chance.uniform(110, 150) * (1 - 0.15 * at_s / seconds)
    phase = 2 * np.pi * np.cumsum(pitch_hz) / RATE_HZ
    first, second = chance.uniform(350, 750), chance.uniform(900, 2_000)
    sound = np.zeros(len(at_s))
    for harmonic in range(1, 24):
        hertz = harmonic * 130
        weight = np.exp(-(((hertz - first) / 150) ** 2)) + 0.5 * np.exp(-(((hertz - second) / 200) ** 2))
        sound += weight * np.sin(harmonic * phase)
    return sound * np.sin(np.pi * at_s / seconds) ** 0.5
