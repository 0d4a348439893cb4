"""G.711 against the standard's own figures; sounds made by code are what they claim to be."""

import numpy as np
import pytest

from sim.sip.audio import FRAME_SAMPLES, GREETING, HELLO, SILENCE, TALK, Sound, frames, pitch_of, tone
from sim.sip.g711 import LOUD_LEVEL, decode, encode, is_loud
from sim.sip.sdp import PCMA, PCMU

LAWS = [PCMU, PCMA]


def samples_of(sound, payload=PCMA):
    return decode(b"".join(frames(sound, payload)), payload)


@pytest.mark.parametrize(
    ("payload", "code", "sample"),
    [
        (PCMU, 0xFF, 0),
        (PCMU, 0x80, 32_124),
        (PCMU, 0x00, -32_124),
        (PCMA, 0xD5, 8),
        (PCMA, 0x55, -8),
        (PCMA, 0xAA, 32_256),
        (PCMA, 0x2A, -32_256),
    ],
)
def test_the_standards_own_figures(payload, code, sample):
    assert decode(bytes([code]), payload).tolist() == [sample]


@pytest.mark.parametrize("payload", LAWS)
def test_every_code_comes_back_and_no_sample_is_far_off(payload):
    codes = bytes(range(256))
    levels = decode(codes, payload)
    assert decode(encode(levels, payload), payload).tolist() == levels.tolist()
    samples = np.arange(-32_000, 32_000, 7).astype(np.int16)
    error = np.abs(decode(encode(samples, payload), payload).astype(int) - samples)
    assert (error <= np.maximum(16, np.abs(samples.astype(int)) / 16)).all()


@pytest.mark.parametrize("payload", LAWS)
def test_loud_is_told_from_quiet(payload):
    quiet = np.full(FRAME_SAMPLES, LOUD_LEVEL // 2, dtype=np.int16)
    loud = quiet.copy()
    loud[17] = -2 * LOUD_LEVEL
    assert not is_loud(encode(quiet, payload), payload)
    assert is_loud(encode(loud, payload), payload)
    assert not any(is_loud(frame, payload) for frame in frames(SILENCE, payload))


@pytest.mark.parametrize("payload", LAWS)
@pytest.mark.parametrize("hertz", [300, 425, 1_500])
def test_a_tone_is_known_by_its_pitch(payload, hertz):
    assert pitch_of(samples_of(tone(hertz), payload)[:4_000]) == pytest.approx(hertz, abs=2)


def seconds(sound):
    return len(frames(sound, PCMA)) * 0.02


def test_what_people_and_machines_say_is_as_long_as_such_things_are():
    assert 0.5 < seconds(HELLO) < 1.2
    assert 8 < seconds(GREETING) < 16
    assert 8 < seconds(TALK) < 16


@pytest.mark.parametrize("sound", [HELLO, GREETING, TALK])
def test_speech_has_syllables_and_pauses_and_a_voice(sound):
    loud = [is_loud(frame, PCMA) for frame in frames(sound, PCMA)]
    if sound.lead_s:
        assert not any(loud[: int(sound.lead_s / 0.02)])
    spoken = loud[loud.index(True) :]
    assert 0.5 < sum(spoken) / len(spoken) < 0.99
    assert 100 < pitch_of(samples_of(sound)) < 2_000


def test_a_lead_comes_first_and_the_last_packet_is_full():
    sound = Sound("hello", lead_s=0.5)
    made = frames(sound, PCMU)
    assert not any(is_loud(frame, PCMU) for frame in made[:25])
    assert is_loud(b"".join(made[25:]), PCMU)
    assert {len(frame) for frame in made} == {FRAME_SAMPLES}


def test_an_unknown_sound_is_refused_by_name():
    with pytest.raises(ValueError, match="no sound 'opera'"):
        frames(Sound("opera"), PCMA)
