"""What the doctor has to say: one finding for each thing looked at, with the cure where it is not well."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    FINE = "fine"
    WARNING = "warning"
    """It works, and will hurt."""
    BROKEN = "broken"
    """Calls cannot be made, or not lawfully, until it is mended."""


@dataclass(frozen=True, slots=True)
class Finding:
    check: str
    """What was looked at, a constant: `ami_login`, `trunk`, …"""
    health: Health
    what: str
    cure: str = ""
    about: str = ""
    """Which server, trunk or phone."""


def fine(check: str, what: str, about: str = "") -> Finding:
    return Finding(check, Health.FINE, what, about=about)


def warning(check: str, what: str, cure: str, about: str = "") -> Finding:
    return Finding(check, Health.WARNING, what, cure, about)


def broken(check: str, what: str, cure: str, about: str = "") -> Finding:
    return Finding(check, Health.BROKEN, what, cure, about)


def is_well(findings: Iterable[Finding]) -> bool:
    """Nothing is broken; warnings do not count."""
    return all(finding.health is not Health.BROKEN for finding in findings)
