"""The collector and the tables that live as long as the daemon: it need not look through them again and again.

A full collection took 100 to 200 ms, in which nobody was joined: numbering tables and the web framework are 180,000
objects. What calls leave behind are few cycles, so that the youngest are looked at more seldom too.
"""

import gc
from datetime import date

from dialer.intake.plan_folder import LiveNumbering

GC_YOUNGEST = 5_000
"""Objects made and kept between two looks of the garbage collector; Python's own 700 is meant for small programs."""


def settle_memory() -> None:
    """What was built until now stays; once the daemon is built."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_YOUNGEST, 20, 20)


def take_up_plan(numbering: LiveNumbering, today: date) -> str:
    """`LiveNumbering.refresh`, for a thread of the daemon: new tables are built without a collection in between.

    One collection then takes the old tables away, which are in circles (35 ms; those of the start, settled, stay). The
    new ones are not settled: nothing would take them away later, and to look through them costs 15 ms.
    """
    before = numbering.current.plan
    gc.disable()
    try:
        return numbering.refresh(today)
    finally:
        if numbering.current.plan is not before:
            gc.collect()
        gc.enable()
