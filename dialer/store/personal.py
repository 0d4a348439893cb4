"""Which columns hold what could tell of a person, declared one by one.

Every column of text, JSON or bytes stands here: a new one that does not is found by `tests/store/test_personal.py`, and
one that is declared personal must be gone after a lead was forgotten, or that test fails too.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias


class Holds(StrEnum):
    """What a column may hold."""

    CUSTOMER = "customer"
    """Data of the person who is called: erased when the lead is forgotten."""
    NUMBER = "number"
    """The number as a key of limits and do-not-call: goes under its digest with the last lead that has it."""
    LIVE = "live"
    """The number of an attempt that is on: gone within minutes. A live lead is never forgotten."""
    DAY = "day"
    """An answer to a client, which may name a number: gone within a day, and at once on a person's demand."""
    STAFF = "staff"
    """Names of those who work here: no concern of a customer's lead."""
    NOTHING = "nothing"
    """Codes, names of things, settings, digests, ids."""


Columns: TypeAlias = Mapping[str, tuple[str, ...]]

_CUSTOMER: Columns = {
    "attempt": ("number",),
    "feedback": ("note",),
    "form_edit": ("value",),
    "lead": ("external_id", "fields", "first_number", "number", "person", "reason", "withdrawn"),
    "order_data": ("data",),
    "outbox": ("payload",),
    "phone": ("extension", "number"),
    "work_cycle": ("reason",),
}
_OTHERS: Mapping[Holds, Columns] = {
    Holds.NUMBER: {"called_number": ("number",), "do_not_call": ("number", "reason")},
    Holds.LIVE: {"live_attempt": ("number",)},
    Holds.DAY: {"receipt": ("answer",)},
    Holds.STAFF: {
        "agent": ("name",),
        "app_user": ("name", "password"),
        "audit": ("by", "detail"),
        "content_version": ("approved_by", "made_by", "note"),
        "forgetting": ("by",),
        "lead": ("forget_for",),
        "project_info": ("changed_by",),
        "token": ("label",),
        "work_day": ("set_by",),
    },
}
_NOTHING: Columns = {
    "agent_skill": ("skill",),
    "agent_group": ("name",),
    "agent_phone": ("endpoint", "kind", "server"),
    "agent_session": ("endpoint", "kind", "leg", "reason", "server", "state"),
    "agent_state_log": ("reason", "state"),
    "app_user": ("role",),
    "attempt": ("caller", "disposition", "outcome", "reason", "server", "state", "trunk"),
    "audit": ("action", "subject"),
    "caller": ("contract", "label", "name", "number", "regions", "trunks"),
    "campaign": (
        "calendar", "caller", "ceiling_mode", "ceiling_window", "law", "mode", "name", "rules", "skill", "state",
        "state_reason",
    ),
    "column_choice": ("header", "meaning"),
    "content_version": ("body", "kind"),
    "decision": ("inputs", "limited_by", "reason", "server", "strategy"),
    "disposition": ("code", "effect", "label"),
    "feedback": ("kind", "message", "outcome"),
    "forgetting": ("erased", "rule"),
    "forgotten_do_not_call": ("digest", "key"),
    "forgotten_key": ("id",),
    "forgotten_number": ("digest", "key"),
    "form_edit": ("field",),
    "lead": ("caller", "region", "state", "tried"),
    "list": ("name", "rejected_reasons", "state"),
    "login_link": ("digest",),
    "message_gateway": ("settings",),
    "notice": ("channel", "reason", "state", "step"),
    "notice_step": ("address", "channel", "name", "outcomes", "subject", "template"),
    "order_result": ("disposition",),
    "outbox": ("kind",),
    "phone": ("kind",),
    "private_network": ("network", "reason"),
    "project": ("greeting", "name", "script", "served_regions", "zone"),
    "project_info": ("body", "title", "words"),
    "receipt": ("fingerprint", "key", "sender"),
    "report_agent": ("disposition",),
    "report_caller": ("caller",),
    "report_day": ("disposition", "outcome"),
    "report_long_state": ("state",),
    "report_time": ("state",),
    "report_time_day": ("state",),
    "report_wait": ("waits_s",),
    "schema_migration": ("checksum", "name"),
    "slot_hold": ("interval", "state"),
    "slot_provider": ("settings",),
    "work_day": ("reason",),
    "strategy_memory": ("learned", "server", "strategy"),
    "token": ("digest", "scopes"),
    "web_session": ("digest",),
    "webhook": ("kinds", "previous_salt", "salt", "state", "status_map", "url"),
    "webhook_delivery": ("error", "state"),
    "work_cycle": ("state",),
    "zone": ("name", "parts"),
}  # fmt: skip


def _declared() -> Mapping[tuple[str, str], Holds]:
    tables = {Holds.CUSTOMER: _CUSTOMER, Holds.NOTHING: _NOTHING, **_OTHERS}
    found = [(table, column, holds) for holds, of in tables.items() for table in of for column in of[table]]
    assert len({(table, column) for table, column, _ in found}) == len(found), "a column is declared twice"
    return MappingProxyType({(table, column): holds for table, column, holds in found})


COLUMNS = _declared()
"""(table, column) to what it holds."""

EVENT_KEYS = (
    "agent", "answered_at", "at", "attempt", "attempts", "campaign", "channel", "closed_at", "disposition", "ended_at",
    "external_id", "lead", "lead_state", "notice", "notice_state", "outcome", "reason", "settled_at", "step",
)  # fmt: skip
"""What of an event that was sent stays when its lead is forgotten; all else, known or not, goes."""
