"""The network's final word on an attempt: Clearing in, Outcome out.

Asterisk reports a Q.850 cause and the SIP code of the final response. Mostly it derived the cause from the code
(chan_pjsip, `hangup_sip2cause`), and it adds nothing: 22.10 does so even where the response carried the network's own
`Reason: Q.850` (measured). Where the cause is another one than the code's, it is the network's own, says more, and
wins. Where both are vague, ringing decides.

It does not know how long the attempt lasted: our own time-out on a trunk that never answered looks here like
a far end that is unavailable, and the Floor, which counts such attempts in a row, turns them into TRUNK_DOWN.
A site that learns a new code adds a line.
"""

from collections.abc import Container

from dialer.core.outcome import Clearing, Outcome

_BY_CODE: dict[int, tuple[int, Outcome | None]] = {
    302: (23, Outcome.FAILED_HERE),
    401: (21, Outcome.FAILED_HERE),
    403: (21, None),
    404: (1, Outcome.INVALID),
    407: (21, Outcome.FAILED_HERE),
    408: (18, None),
    410: (22, Outcome.INVALID),
    480: (19, None),
    484: (28, Outcome.INVALID),
    485: (1, Outcome.INVALID),
    486: (17, Outcome.BUSY),
    487: (127, None),
    488: (58, Outcome.FAILED_HERE),
    500: (38, Outcome.CONGESTION),
    501: (29, Outcome.FAILED_HERE),
    502: (27, Outcome.CONGESTION),
    503: (34, Outcome.CONGESTION),
    504: (102, Outcome.CONGESTION),
    600: (17, Outcome.BUSY),
    603: (21, Outcome.REJECTED),
    604: (1, Outcome.INVALID),
    606: (58, Outcome.FAILED_HERE),
    607: (127, Outcome.BLOCKED),
    608: (127, Outcome.BLOCKED),
}
"""607 (RFC 8197) and 608 (RFC 8688) are words of the operator's own analytics.

SIP code: the cause that Asterisk derives from it, and its outcome; None where ringing decides."""

_BY_CAUSE: dict[int, Outcome] = {
    1: Outcome.INVALID,
    2: Outcome.CONGESTION,
    3: Outcome.UNAVAILABLE,
    17: Outcome.BUSY,
    20: Outcome.UNAVAILABLE,
    21: Outcome.REJECTED,
    22: Outcome.INVALID,
    27: Outcome.UNAVAILABLE,
    28: Outcome.INVALID,
    34: Outcome.CONGESTION,
    38: Outcome.CONGESTION,
    41: Outcome.CONGESTION,
    42: Outcome.CONGESTION,
    43: Outcome.CONGESTION,
    44: Outcome.CONGESTION,
    47: Outcome.CONGESTION,
    58: Outcome.FAILED_HERE,
    65: Outcome.FAILED_HERE,
    79: Outcome.FAILED_HERE,
    88: Outcome.FAILED_HERE,
    102: Outcome.CONGESTION,
}
"""Q.850 cause: outcome. The vague ones (0, 16, 18, 19, 31, 127), "it ended", are absent."""

_BY_CLASS = {3: Outcome.FAILED_HERE, 4: Outcome.FAILED_HERE, 5: Outcome.CONGESTION, 6: Outcome.REJECTED}
"""First digit of a code nobody has met yet (RFC 3261 §21): we were sent elsewhere, which is never followed; we erred;
a server erred; the person said no."""


def classify(clearing: Clearing, blocked_codes: Container[int] = ()) -> Outcome:
    """The outcome of a call that is over.

    Answered stays answered whatever cleared it; else, what we cancelled is CANCELLED; else the network's
    Q.850 reason, the SIP code and the ringing decide, in this order. `blocked_codes`: with which the trunk's operator
    says, before anything rings, that it does not carry calls from this caller's number.
    """
    if clearing.answered:
        return Outcome.ANSWERED
    if clearing.cancelled_by_us:
        return Outcome.CANCELLED
    if clearing.tech_cause in blocked_codes and not (clearing.rang or clearing.progress):
        return Outcome.BLOCKED
    return _by_reason(clearing) or _by_code(clearing.tech_cause) or _by_ringing(clearing)


def _by_reason(clearing: Clearing) -> Outcome | None:
    """What the cause says where it is the network's own and not just the SIP code in other figures."""
    derived, _ = _BY_CODE.get(clearing.tech_cause, (0, None))
    if clearing.cause == derived:
        return None
    return _BY_CAUSE.get(clearing.cause)


def _by_code(code: int) -> Outcome | None:
    if code in _BY_CODE:
        return _BY_CODE[code][1]
    return _BY_CLASS.get(code // 100)


def _by_ringing(clearing: Clearing) -> Outcome:
    """Somebody's phone was heard ringing (or its early media), or nobody's.

    403 before any ringing is the carrier's word about us (caller's number, credit, route); after it, the
    person's.
    """
    heard = clearing.rang or clearing.progress
    if clearing.tech_cause == 403:
        return Outcome.REJECTED if heard else Outcome.FAILED_HERE
    return Outcome.NO_ANSWER if heard else Outcome.UNAVAILABLE
