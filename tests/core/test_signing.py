"""Signatures: the published example of Standard Webhooks, and everything that must not be believed."""

import pytest

from dialer.core.signing import ID, SIGNATURE, TIMESTAMP, Flaw, flaw_of, secret_of, signed

PUBLISHED = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
"""Secret, id, time, body and signature as standardwebhooks.com and its libraries publish them."""
MESSAGE_ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
AT = 1614265330
BODY = b'{"test": 2432232314}'
MARK = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_it_signs_as_the_published_example() -> None:
    assert signed([PUBLISHED], MESSAGE_ID, AT, BODY) == {ID: MESSAGE_ID, TIMESTAMP: str(AT), SIGNATURE: MARK}


def test_a_secret_needs_both_the_key_and_the_salt() -> None:
    assert secret_of("key", "salt") == secret_of("key", "salt")
    assert len({secret_of("key", "salt"), secret_of("key", "other"), secret_of("other", "salt")}) == 3
    assert secret_of("key", "salt").startswith("whsec_")


def test_either_of_two_secrets_will_do() -> None:
    old, new = secret_of("key", "old"), secret_of("key", "new")
    headers = signed([new, old], MESSAGE_ID, AT, BODY)
    for secrets in ([old], [new], [old, new]):
        assert flaw_of(secrets, headers, BODY, AT) is None


@pytest.mark.parametrize(
    ("change", "flaw"),
    [
        ({}, None),
        ({ID: "msg_other"}, Flaw.SIGNATURE),
        ({ID: ""}, Flaw.HEADERS),
        ({TIMESTAMP: str(AT + 1)}, Flaw.SIGNATURE),
        ({TIMESTAMP: str(AT - 301)}, Flaw.TIME),
        ({TIMESTAMP: str(AT + 301)}, Flaw.TIME),
        ({TIMESTAMP: "soon"}, Flaw.HEADERS),
        ({TIMESTAMP: "-5"}, Flaw.HEADERS),
        ({TIMESTAMP: "٣"}, Flaw.HEADERS),
        ({TIMESTAMP: "9" * 400}, Flaw.HEADERS),
        ({SIGNATURE: ""}, Flaw.HEADERS),
        ({SIGNATURE: MARK.removeprefix("v1,")}, Flaw.SIGNATURE),
        ({SIGNATURE: "v2" + MARK[2:]}, Flaw.SIGNATURE),
        ({SIGNATURE: "v1,ы v1,"}, Flaw.SIGNATURE),
        ({SIGNATURE: f"v1,AAAA {MARK}"}, None),
    ],
)
def test_only_what_was_sent_lately_is_believed(change: dict[str, str], flaw: Flaw | None) -> None:
    headers = {ID: MESSAGE_ID, TIMESTAMP: str(AT), SIGNATURE: MARK, **change}
    assert flaw_of([PUBLISHED], headers, BODY, AT) is flaw


def test_another_body_or_another_secret_is_not_believed() -> None:
    headers = signed([PUBLISHED], MESSAGE_ID, AT, BODY)
    assert flaw_of([PUBLISHED], headers, BODY + b" ", AT) is Flaw.SIGNATURE
    assert flaw_of([secret_of("a", "b")], headers, BODY, AT) is Flaw.SIGNATURE
    assert flaw_of([], headers, BODY, AT) is Flaw.SIGNATURE
