"""SIP messages: what comes in is read or refused by name, what goes out can be read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.sip.message import (
    MalformedMessage,
    Request,
    Response,
    address_of,
    build,
    cseq,
    one,
    parameter,
    parse,
    respond,
    uri_of,
    user_of,
)

INVITE = (
    b"INVITE sip:79161234567@127.0.0.1:5070 SIP/2.0\r\n"
    b"v: SIP/2.0/UDP 127.0.0.1:5060;rport;branch=z9hG4bKa\r\n"
    b"Via: SIP/2.0/UDP 10.0.0.1\r\n"
    b'f: "Shop; one" <sip:4951234567@127.0.0.1;user=phone>;tag=us\r\n'
    b"To: <sip:79161234567@127.0.0.1>\r\n"
    b"i: abc\r\n"
    b"CSeq: 17 INVITE\r\n"
    b"Subject: one\r\n two\r\n"
    b"l: 4\r\n\r\nbodyand more"
)


def test_a_request_is_read_with_compact_names_folded_lines_and_its_length():
    request = parse(INVITE)
    assert isinstance(request, Request)
    assert (request.method, request.uri, request.body) == ("INVITE", "sip:79161234567@127.0.0.1:5070", b"body")
    assert len(request.headers["via"]) == 2
    assert one(request, "subject") == "one two"
    assert one(request, "expires", "none") == "none"
    assert cseq(request) == (17, "INVITE")


def test_a_response_echoes_the_request_and_tags_to_once():
    request = parse(INVITE)
    response = parse(respond(request, 486, "ours", [("Contact", "<sip:a@10.0.0.1:1>")]))
    assert isinstance(response, Response)
    assert (response.code, response.reason) == (486, "Busy Here")
    for name in ("via", "from", "call-id", "cseq"):
        assert response.headers[name] == request.headers[name]
    assert parameter(one(response, "to"), "tag") == "ours"
    assert address_of(uri_of(one(response, "contact"))) == ("10.0.0.1", 1)


def test_addresses():
    assert user_of("sip:79161234567;phone-context=x:pw@h:1") == "79161234567"
    assert user_of("sip:127.0.0.1:5060") == ""
    assert user_of("tel:+79161234567") == ""
    assert address_of("sip:a@10.1.2.3;transport=udp") == ("10.1.2.3", 5060)
    assert uri_of('"N" <sip:a@b;x=1>;tag=2') == "sip:a@b;x=1"
    assert uri_of("sip:a@b;tag=2") == "sip:a@b"
    assert parameter('"a;tag=no" <sip:a@b;tag=no>;Tag=yes', "tag") == "yes"


@pytest.mark.parametrize(
    ("datagram", "says"),
    [
        (b"", "via"),
        (b"\x00\xff\x16garbage", "colon|via"),
        (INVITE.replace(b"i: abc\r\n", b""), "call-id"),
        (INVITE.replace(b"SIP/2.0\r\nv", b"HTTP/1.1\r\nv"), "neither"),
        (INVITE.replace(b"Subject: one", b"Subject one"), "colon"),
        (INVITE.replace(b"INVITE sip:79161234567@127.0.0.1:5070 SIP/2.0", b"SIP/2.0 OK"), "three digits"),
    ],
)
def test_what_is_no_sip_is_refused_by_name(datagram, says):
    with pytest.raises(MalformedMessage, match=says):
        parse(datagram)


@pytest.mark.parametrize("uri", ["sip:a@", "sip:a@10.0.0.1:port", "sip:a@10.0.0.1:65536", "sip:a@host", "nonsense"])
def test_an_address_without_ipv4_host_or_port_is_refused(uri):
    with pytest.raises(MalformedMessage):
        address_of(uri)


def test_cseq_without_a_number_is_refused():
    with pytest.raises(MalformedMessage):
        cseq(parse(INVITE.replace(b"17 INVITE", b"INVITE")))


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_but_malformed(noise):
    for datagram in (noise, INVITE[:60] + noise + INVITE[60:]):
        try:
            message = parse(datagram)
            cseq(message)
        except MalformedMessage:
            continue
        assert one(message, "call-id") or message.headers["call-id"]


words = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=":"), min_size=1)


@given(st.dictionaries(words, words, max_size=5), st.binary(max_size=50))
def test_what_is_built_is_read_back(extra, body):
    fixed = [("Via", "a"), ("From", "b"), ("To", "c"), ("Call-ID", "d"), ("CSeq", "1 X")]
    kept = {f"X-{name}": value for name, value in extra.items()}
    message = parse(build("X sip:a@b SIP/2.0", [*fixed, *kept.items()], body))
    assert message.body == body
    assert {name.lower() for name in kept} <= set(message.headers)
