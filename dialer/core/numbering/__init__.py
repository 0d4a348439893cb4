"""Phone numbers of Russia: any cell → 10-digit numbers, lost codes restored, every zone known. Pure.

    numbering = load_default(today)
    numbering.check("56-76-12", town="Калуга")  -> [NumberRecord(status="restored", number="4842567612", ...)]
    numbering.check("8 916 123-45-67, доб. 5")  -> [NumberRecord(status="ok", number="9161234567", ext="5", ...)]
    utc_offset("Asia/Omsk", at)                 -> 6.0

A cell gives one record per number found, or one `rejected` record with its reason. Rules and refusal
codes: docs/numbers.md.
"""

from dialer.core.numbering.cells import Found, Local, Refused, normalise
from dialer.core.numbering.defaults import load_default
from dialer.core.numbering.records import Kind, NumberRecord, Reason, Source, Status
from dialer.core.numbering.service import Numbering
from dialer.core.numbering.zones import RUSSIAN_ZONES, read_zone, utc_offset

__all__ = [
    "RUSSIAN_ZONES",
    "Found",
    "Kind",
    "Local",
    "NumberRecord",
    "Numbering",
    "Reason",
    "Refused",
    "Source",
    "Status",
    "load_default",
    "normalise",
    "read_zone",
    "utc_offset",
]
