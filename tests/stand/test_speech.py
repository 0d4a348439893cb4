"""Speech for the telephone: its rate and level, nothing folded back from above its band; espeak-ng can be had."""

import io
import wave

import numpy as np
import pytest

from sim.stand.speech import PEAK, PHONE_HZ, speak, telephone

STUDIO_HZ = 22050


def tone(hz: float, seconds: float = 1.0) -> bytes:
    samples = (np.sin(2 * np.pi * hz * np.arange(int(STUDIO_HZ * seconds)) / STUDIO_HZ) * 9000).astype("<i2")
    out = io.BytesIO()
    with wave.open(out, "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(2)
        made.setframerate(STUDIO_HZ)
        made.writeframes(samples.tobytes())
    return out.getvalue()


def samples_of(recording: bytes) -> np.ndarray:
    with wave.open(io.BytesIO(recording)) as made:
        assert made.getparams()[:3] == (1, 2, PHONE_HZ)
        return np.frombuffer(made.readframes(made.getnframes()), dtype="<i2").astype(float)


def loudest_hz(samples: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(samples))
    return float(spectrum.argmax() * PHONE_HZ / len(samples))


@pytest.mark.parametrize("hz", [300, 1000, 3000])
def test_what_the_telephone_carries_keeps_its_pitch_and_gets_its_level(hz):
    samples = samples_of(telephone(tone(hz)))
    assert loudest_hz(samples) == pytest.approx(hz, abs=5)
    assert np.abs(samples).max() == pytest.approx(PEAK * 32767, rel=0.02)
    assert len(samples) / PHONE_HZ == pytest.approx(1.02, abs=0.02)


def test_what_it_does_not_carry_is_not_folded_back():
    """5 kHz would be heard as 3 kHz."""
    mixed = np.frombuffer(tone(1000)[44:], dtype="<i2").astype(int) + np.frombuffer(tone(5000)[44:], dtype="<i2")
    head = tone(1000)[:44]
    spectrum = np.abs(np.fft.rfft(samples_of(telephone(head + mixed.astype("<i2").tobytes()))[:8000]))
    assert spectrum[2900:3100].max() < spectrum[900:1100].max() / 100


async def test_espeak_speaks_russian():
    samples = samples_of(await speak("Здравствуйте"))
    assert 0.4 < len(samples) / PHONE_HZ < 3
    assert np.abs(samples).max() > 10_000
