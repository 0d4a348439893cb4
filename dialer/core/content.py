"""Scripts and result forms by version: made, approved, used. Plain values, pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from dialer.core.ids import Instant, LeadId


class ContentKind(StrEnum):
    SCRIPT = "script"
    FORM = "form"


@dataclass(frozen=True, slots=True)
class ContentVersion:
    """One version, as its project has it; `body` is plain JSON values."""

    version: int
    body: Any
    note: str
    made_at: Instant
    made_by: str
    approved_at: Instant | None = None
    approved_by: str | None = None


@dataclass(frozen=True, slots=True)
class InfoEntry:
    """Something that an agent may look up while he talks. `id` 0 until it is booked."""

    id: int
    title: str
    body: str
    position: int = 0
    """Entries without a search stand in this order."""


@dataclass(frozen=True, slots=True)
class DeskRules:
    """What holds for the desks of a project."""

    masks_numbers: bool = False
    """Desks are never sent a whole number of a person."""
    needs_second_person: bool = False
    """Whoever wrote a version of a script or a form does not approve it."""


@dataclass(frozen=True, slots=True)
class SampleOrder:
    """An order of the project, to show a script or a form on."""

    lead: LeadId
    external_id: str
    person: str
    fields: Mapping[str, str] = field(default_factory=dict)


Approvals = Mapping[str, Mapping[int, bool]]
"""By kind and version: whether it is approved."""


def unready(versions: Approvals, kept_to: Mapping[str, int | None]) -> str:
    """Why a campaign that keeps to these versions (None: the newest approved) must not be led; empty where it may.

    A project that has made no version at all has its plain texts and the default form: nothing waits for approval.
    """
    for kind, version in kept_to.items():
        made = versions.get(kind, {})
        if version is not None and not made.get(version, False):
            return f"{kind.capitalize()} version {version} is not approved."
        if version is None and made and not any(made.values()):
            return f"The project has a {kind}, but no version of it is approved."
    return ""
