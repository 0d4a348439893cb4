"""Surplus calls: those that ring though nobody will be free for them. An option, off by default.

Hanging up on somebody who may be on his way to the phone is a discourtesy; it is done to spare him silence. So only
calls that have rung for fifteen seconds are ended (the least that Ofcom and the US TSR allow), the longest first, and
only while whoever answers is likelier to find nobody than somebody, at every moment of the next ten seconds.
"""

import numpy as np

from strategies.base import Snapshot
from strategies.crowd import calls_as_arrays
from strategies.forecast import Forecast, Rows
from strategies.wanted import tail_of

LEAST_AGE_S = 15.0
NO_LONGER_WORTH = 0.5
SOON_MOMENTS = 5
"""Rows of AHEAD_S: the seconds in which a call that has rung so long is answered, if ever."""
MOST_AT_ONCE = 50


def surplus(forecast: Forecast, snapshot: Snapshot, busy_rows: Rows, capacity: int) -> int:
    """How many calls to hang up, of those that have rung longest."""
    since_s, _, _ = calls_as_arrays(snapshot.ringing_calls, snapshot.at_s)
    oldest_last = np.argsort(-since_s, kind="stable")
    ringing = forecast.ringing_rows(snapshot)[oldest_last]
    old = int((snapshot.at_s - since_s >= LEAST_AGE_S).sum())
    cancelled = 0
    while cancelled < min(old, MOST_AT_ONCE):
        ringing = ringing[:-1]
        nobody_free = tail_of(forecast, busy_rows, ringing, max(capacity, 0)).tail()[:SOON_MOMENTS]
        if nobody_free.min() <= NO_LONGER_WORTH:
            return cancelled
        cancelled += 1
    return cancelled
