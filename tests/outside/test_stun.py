"""STUN and TURN asked as a client asks: messages as the RFCs have them, and a real coturn's answers (tests/doctor)."""

import pytest

from dialer.outside.stun import Attribute, Message, Method, Server, StunError

SAMPLE = bytes.fromhex(
    "0101003c2112a442b7e7a701bc34d686fa87dfae"
    "8022000b7465737420766563746f7220"
    "002000080001a147e112a643"
    "000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7"
    "80280004c07d4c96"
)
"""RFC 5769, 2.2: an answer that saw 192.0.2.1, port 32853."""


def test_the_sample_of_the_rfc_is_read() -> None:
    message = Message.decode(SAMPLE)
    assert message.address(Attribute.XOR_MAPPED_ADDRESS) == "192.0.2.1:32853"
    assert message.refusal is None


def test_what_is_written_is_read_and_signed_last() -> None:
    attributes = {Attribute.USERNAME: b"anna", Attribute.REALM: "дом".encode()}
    data = Message(Method.ALLOCATE, bytes(range(12)), attributes).encode(b"key")
    assert len(data) % 4 == 0
    read = Message.decode(data)
    assert data[-24:-20] == bytes.fromhex("00080014")
    assert {name: read.attributes[name] for name in attributes} == attributes


def test_a_refusal_is_its_code_and_reason() -> None:
    kind = Method.ALLOCATE | 0x110
    answer = Message(kind, bytes(12), {Attribute.ERROR_CODE: bytes((0, 0, 4, 1)) + b"Unauthorized"})
    refusal = Message.decode(answer.encode()).refusal
    assert refusal is not None
    assert (refusal.code, str(refusal)) == (401, "401 Unauthorized")


@pytest.mark.parametrize("data", [b"", bytes(19), bytes(20), SAMPLE[:-4], SAMPLE + bytes(1), SAMPLE[:2] + b"\x00\x03"])
def test_anything_else_is_an_error_of_its_own(data: bytes) -> None:
    with pytest.raises(StunError):
        Message.decode(data)


def test_an_answer_without_an_address_is_told() -> None:
    with pytest.raises(StunError, match="XOR_RELAYED_ADDRESS"):
        Message.decode(SAMPLE).address(Attribute.XOR_RELAYED_ADDRESS)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("stun:stun.example.org", Server("stun.example.org", 3478, "udp", tls=False)),
        ("turn:192.0.2.1:3479", Server("192.0.2.1", 3479, "udp", tls=False)),
        ("turn:turn.example.org?transport=tcp", Server("turn.example.org", 3478, "tcp", tls=False)),
        ("turns:turn.example.org", Server("turn.example.org", 5349, "tcp", tls=True)),
        ("turn:[2001:db8::1]:80?transport=udp", Server("2001:db8::1", 80, "udp", tls=False)),
    ],
)
def test_an_address_says_where_and_how(url: str, server: Server) -> None:
    assert Server.of(url) == server


def test_no_other_address_is_taken_for_one() -> None:
    with pytest.raises(ValueError, match="no address of a STUN"):
        Server.of("http://turn.example.org")
