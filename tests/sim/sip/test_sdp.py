"""Offers and answers: the first G.711 law and where it is wanted."""

import pytest

from sim.sip.sdp import PCMA, PCMU, Media, read, write


@pytest.mark.parametrize("payload", [PCMU, PCMA])
@pytest.mark.parametrize("events", [None, 101])
def test_what_is_written_is_read_back(payload, events):
    assert read(write("127.0.0.1", 4000, payload, events)) == Media(("127.0.0.1", 4000), payload, events)


def test_the_first_law_offered_is_taken():
    offer = b"v=0\r\nc=IN IP4 10.0.0.1\r\nm=audio 5000 RTP/AVP 9 8 0 96\r\na=rtpmap:96 telephone-event/8000\r\n"
    assert read(offer) == Media(("10.0.0.1", 5000), PCMA, 96)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"c=IN IP4 10.0.0.1\r\nm=audio 5000 RTP/AVP 9\r\n",
        b"c=IN IP4 10.0.0.1\r\nm=video 5000 RTP/AVP 8\r\n",
        b"m=audio 5000 RTP/AVP 8\r\n",
        b"c=IN IP4 some.host\r\nm=audio 5000 RTP/AVP 8\r\n",
        b"c=IN IP4 10.0.0.1\r\nm=audio\r\n",
        b"c=IN IP4 10.0.0.1\r\nm=audio x RTP/AVP 8\r\n",
        b"c=IN IP4 10.0.0.1\r\nm=audio 65536 RTP/AVP 8\r\n",
        b"c=IN IP4 10.0.0.1\r\nm=audio \r\n",
    ],
)
def test_what_offers_no_such_audio_is_none(body):
    assert read(body) is None


def test_an_unreadable_event_type_leaves_the_audio():
    offer = b"c=IN IP4 10.0.0.1\r\nm=audio 5000 RTP/AVP 8\r\na=rtpmap:x telephone-event/8000\r\n"
    assert read(offer) == Media(("10.0.0.1", 5000), PCMA, None)
