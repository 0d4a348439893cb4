"""Bytes to messages and back, wherever the network cuts them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.ami.codec import (
    ACTION_LIMIT_BYTES,
    MESSAGE_LIMIT_BYTES,
    Decoder,
    Headers,
    ProtocolError,
    UnsafeAction,
    encode,
)

BANNER = b"Asterisk Call Manager/11.0.0\r\n"

names = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=12)
values = st.text(st.characters(blacklist_characters="\r\n\0", blacklist_categories=("Cs",)), max_size=20)
messages = st.lists(st.dictionaries(names, values, min_size=1, max_size=5), max_size=6)


def decode(*chunks: bytes) -> list[Headers]:
    decoder = Decoder()
    return [headers for chunk in chunks for headers in decoder.feed(chunk)]


@given(messages)
def test_what_is_encoded_is_decoded_in_its_order(sent: list[Headers]) -> None:
    assert decode(BANNER + b"".join(encode(headers) for headers in sent)) == sent


@given(messages, st.data())
def test_a_stream_cut_anywhere_gives_the_same_messages(sent: list[Headers], data: st.DataObject) -> None:
    wire = BANNER + b"".join(encode(headers) for headers in sent)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(wire)), max_size=8)))
    chunks = [wire[start:end] for start, end in zip([0, *cuts], [*cuts, len(wire)], strict=True)]
    assert decode(*chunks) == sent


def test_a_stream_cut_at_every_byte_gives_the_same_messages() -> None:
    wire = BANNER + "Event: UserEvent\r\nName: Zoé Ёлкина\r\n\r\nResponse: Success\r\n\r\n".encode()
    whole = decode(wire)
    assert whole == [{"Event": "UserEvent", "Name": "Zoé Ёлкина"}, {"Response": "Success"}]
    assert decode(*(wire[at : at + 1] for at in range(len(wire)))) == whole
    for cut in range(len(wire)):
        assert decode(wire[:cut], wire[cut:]) == whole


def test_several_messages_in_one_read_keep_their_order() -> None:
    wire = b"".join(encode({"Event": str(number)}) for number in range(100))
    assert [headers["Event"] for headers in decode(BANNER + wire)] == [str(number) for number in range(100)]


def test_odd_lines_are_read_as_asterisk_means_them() -> None:
    wire = b"\r\nOutput: one\r\nOutput: two\r\nno header\r\nEmpty: \r\nBare:\r\nURI: sip:1@h:5\r\n\r\n\r\n\r\n"
    assert decode(BANNER + wire) == [{"Output": "one\ntwo", "Empty": "", "Bare": "", "URI": "sip:1@h:5"}]


def test_bytes_that_are_no_utf8_do_not_end_the_link() -> None:
    assert decode(BANNER + b"Event: \xff\r\n\r\n") == [{"Event": "\ufffd"}]


def test_the_banner_tells_the_version() -> None:
    decoder = Decoder()
    assert list(decoder.feed(BANNER[:9])) == []
    assert decoder.version is None
    assert list(decoder.feed(BANNER[9:])) == []
    assert decoder.version == "11.0.0"


@pytest.mark.parametrize("greeting", [b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 400 Bad Request\r\n", b"A?", b"\0" * 30])
def test_another_service_on_the_port_is_refused_with_the_cure(greeting: bytes) -> None:
    with pytest.raises(ProtocolError, match="check host and port"):
        decode(greeting)


def test_a_message_without_end_is_refused() -> None:
    with pytest.raises(ProtocolError, match="more than"):
        decode(BANNER + b"x" * (MESSAGE_LIMIT_BYTES + 1))


@pytest.mark.parametrize("breaker", ["\r", "\n", "\0", "\r\n\r\nAction: Command\r\nCommand: core stop now"])
@pytest.mark.parametrize("place", ["name", "value"])
def test_nothing_breaks_out_of_its_line(breaker: str, place: str) -> None:
    headers = {"Action": "Ping", **({f"X{breaker}": "1"} if place == "name" else {"X": f"1{breaker}"})}
    with pytest.raises(UnsafeAction, match="X"):
        encode(headers)


def test_the_refusal_does_not_repeat_the_value() -> None:
    with pytest.raises(UnsafeAction) as refused:
        encode({"CallerID": "79161234567\n"})
    assert "7916" not in str(refused.value)


def test_an_action_of_no_sane_size_is_refused() -> None:
    with pytest.raises(UnsafeAction, match=str(ACTION_LIMIT_BYTES)):
        encode({"Variable": "x" * ACTION_LIMIT_BYTES})
