"""The recording is what Asterisk can play, and says something."""

import wave

import pytest

from asterisk_conf import message


def test_it_is_what_asterisk_plays():
    with wave.open(str(message.RECORDING)) as recording:
        assert recording.getparams()[:3] == (1, 2, 8000)
        assert 5 < recording.getnframes() / recording.getframerate() < 12


def test_it_begins_to_speak_at_once():
    """What is silent here is taken from the two seconds in which a person must hear something."""
    with wave.open(str(message.RECORDING)) as recording:
        start = recording.readframes(8000 // 4)
    assert max(abs(int.from_bytes(start[i : i + 2], "little", signed=True)) for i in range(0, len(start), 2)) > 3000


@pytest.mark.parametrize("company", [None, "Ромашка"])
def test_the_words(company):
    words = message.text(company)
    assert "операторы заняты" in words
    assert (company or "Здравствуйте") in words
