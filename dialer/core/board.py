"""What the wallboard shows that only the books can tell: an agent's day, and how fresh requests fare. Plain values."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AgentDay:
    """One agent since midnight of the projects' zones, as reports count it (docs/kpi.md)."""

    calls: int
    """Joined to him in time."""
    contacts: int
    """Of them with a person: neither a machine nor an assistant."""
    agreements: int
    talk_s: float

    @property
    def conversion(self) -> float | None:
        """Agreements / contacts; None before the first contact."""
        return self.agreements / self.contacts if self.contacts else None


@dataclass(frozen=True, slots=True)
class FreshDay:
    """Requests of the last 24 hours to a campaign that promises their first call."""

    first_call_s: float
    """What is promised."""
    came: int
    late: int
    """First called too late, or not yet and too late now."""
    late_now: int
    """Of them those that still wait: a person must act."""

    @property
    def in_time_ratio(self) -> float | None:
        return (self.came - self.late) / self.came if self.came else None
