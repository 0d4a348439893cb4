"""Speech for recordings: a text spoken by espeak-ng, as the telephone needs it (16-bit PCM, mono, 8 kHz).

espeak-ng is the machine's own or Debian's, fetched. It speaks at 22 050 Hz; what lies above the telephone's band is
filtered off before the rate is lowered, else it would fold back as hiss.
"""

import io
import shutil
import tempfile
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.stand.debs import Archive, Say
from sim.stand.process import run

PHONE_HZ = 8000
PASS_HZ = 3600
FILTER_TAPS = 255
PEAK = 0.7
"""Of full scale: loud, without the carrier's limiter biting."""
LEAD_S = 0.02
SUITE = "stable"
VOICE = ("-v", "ru", "-s", "135", "-p", "45")


async def speak(text: str, say: Say = lambda text: None) -> bytes:
    """A WAV file of `text` in Russian; StandError where espeak-ng cannot be had."""
    with tempfile.TemporaryDirectory() as place:
        spoken = Path(place) / "spoken.wav"
        command, env = await _espeak(say)
        await run([*command, *VOICE, "-w", spoken, text], cwd=Path(place), env=env, what="espeak-ng")
        return telephone(spoken.read_bytes())


async def _espeak(say: Say) -> tuple[list[str], dict[str, str]]:
    own = shutil.which("espeak-ng")
    if own:
        return [own], {}
    tree = await Archive(SUITE, say).fetch("espeak-ng")
    data = next(tree.path.glob("usr/lib/*/espeak-ng-data"))
    return tree.run_argv("/usr/bin/espeak-ng"), {"ESPEAK_DATA_PATH": str(data)}


def telephone(recording: bytes) -> bytes:
    """A 16-bit mono WAV of any rate as 8 kHz, levelled."""
    with wave.open(io.BytesIO(recording)) as source:
        rate = source.getframerate()
        samples = np.frombuffer(source.readframes(source.getnframes()), dtype="<i2").astype(np.float64)
    clean = np.convolve(samples, _low_pass(rate), mode="same")
    moments = np.arange(0, len(clean) / rate, 1 / PHONE_HZ) * rate
    slow = np.interp(moments, np.arange(len(clean)), clean)
    level = PEAK * 32767 / max(float(np.abs(slow).max()), 1.0)
    return _wav(np.concatenate([np.zeros(int(LEAD_S * PHONE_HZ)), slow * level]))


def _low_pass(rate: int) -> NDArray[np.float64]:
    """A windowed sinc that lets the telephone's band through."""
    places = np.arange(FILTER_TAPS) - FILTER_TAPS // 2
    taps = np.sinc(2 * PASS_HZ / rate * places) * np.hamming(FILTER_TAPS)
    return np.asarray(taps / taps.sum())


def _wav(samples: NDArray[np.float64]) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as target:
        target.setnchannels(1)
        target.setsampwidth(2)
        target.setframerate(PHONE_HZ)
        target.writeframes(samples.round().astype("<i2").tobytes())
    return out.getvalue()
