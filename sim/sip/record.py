"""What happened to one call, seen from the called side: the tests' and the benchmarks' witness."""

from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from sim.sip.rtp import Heard


class EndedBy(StrEnum):
    CALLER = "caller"
    """BYE from the other side."""
    CALLED = "called"
    """BYE from this side."""
    CANCELLED = "cancelled"
    REFUSED = "refused"
    VANISHED = "vanished"
    """This side fell silent without a word."""
    LOST = "lost"
    """The other side never acknowledged."""


@dataclass(slots=True)
class CallRecord:
    """Times are CLOCK_MONOTONIC seconds, comparable between processes of one machine; None where it did not happen.

    One record is one Call-ID: a retransmitted INVITE adds to `invites` and to nothing else.
    """

    call_id: str
    number: str
    """The user part that was dialled, as dialled."""
    caller: str
    """The user part of From: the caller's number."""
    invite_at: float
    behaviour: str = ""
    invites: int = 1
    ringing_at: float | None = None
    progress_at: float | None = None
    answered_at: float | None = None
    """The 200 OK was sent."""
    confirmed_at: float | None = None
    """Its ACK came."""
    heard: Heard = field(default_factory=Heard)
    """What came in while the ear was open."""
    ended_at: float | None = None
    ended_by: EndedBy | None = None
    code: int | None = None
    """The final SIP code that was sent."""

    @property
    def first_sound_at(self) -> float | None:
        return self.heard.first_sound_at

    @property
    def live(self) -> bool:
        return self.ended_at is None

    @property
    def talking(self) -> bool:
        return self.confirmed_at is not None and self.live

    def as_json(self) -> dict[str, Any]:
        """All but the audio, in JSON's own types; `heard` is flattened into it."""
        plain = {field.name: getattr(self, field.name) for field in fields(self)}
        heard: Heard = plain.pop("heard")
        return plain | {
            "packets": heard.packets,
            "first_packet_at": heard.first_packet_at,
            "first_sound_at": heard.first_sound_at,
            "spans": heard.spans,
        }
