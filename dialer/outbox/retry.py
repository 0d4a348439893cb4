"""When a delivery that failed is tried again, and when it is given up. Chance is an argument."""

from random import Random

from dialer.core.ids import Instant

FIRST_DELAY_S = 5.0
LONGEST_DELAY_S = 3600.0
GIVE_UP_S = 3 * 24 * 3600.0
"""Three days: a receiver that breaks on Friday evening is mended on Monday."""

JITTER = 0.5
"""A delay is shortened by up to this share, so that what failed together does not come back together."""

DOUBLINGS = 12
"""2**12 first delays are over the longest; more would only overflow."""


def next_try(attempt: int, at: Instant, chance: Random, retry_after: str = "") -> Instant:
    """After the failure of this attempt (from 1); a receiver's own Retry-After in seconds is heeded up to an hour."""
    delay_s = min(LONGEST_DELAY_S, FIRST_DELAY_S * 2.0 ** min(attempt - 1, DOUBLINGS))
    asked_s = float(retry_after) if retry_after.isascii() and retry_after.isdigit() and len(retry_after) < 7 else 0.0
    return at + max(delay_s * (1.0 - JITTER * chance.random()), min(asked_s, LONGEST_DELAY_S))
