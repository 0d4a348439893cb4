"""Prometheus metrics of the daemon, on a registry of their own; docs/metrics.md explains each.

Base units, prefix `dialer_`. Labels come from one closed list and their values from configuration or enums, so the
number of series is bounded: no phone number, no agent, no free text. Counters count from the start of the process.
"""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from dialer.core.effects import Settle
from dialer.core.outcome import LeadState
from dialer.core.states import AgentState, CallState

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
LABELS = frozenset({"campaign", "trunk", "outcome", "state", "server", "mode", "reason", "caller"})

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

_MS = 0.001
BRIDGE_BUCKETS_S = tuple(ms * _MS for ms in (2, 3, 4, 6, 8, 10, 15, 25, 50, 100, 250, 500, 1000, 1800))
"""Fine around what Asterisk itself needs (median 3 ms), ending at the wait for an agent."""
HOLD_BUCKETS_S = (5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0)
POP_BUCKETS_S = tuple(ms * _MS for ms in (10, 25, 50, 75, 100, 150, 200, 300, 500, 1000, 3000))
"""The promise is p95 <= 300 ms."""
LAG_BUCKETS_S = tuple(ms * _MS for ms in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000))
FIRST_CALL_BUCKETS_S = tuple(60.0 * minutes for minutes in (1, 2, 5, 10, 15, 20, 30, 60, 120, 240, 480, 1440))
"""The promise is 20 minutes after a fresh web request."""

# ---- calls

ATTEMPTS = Counter(
    "dialer_attempts",
    "Attempts settled, by outcome; their sum is the number of settled attempts in the ledger.",
    ("campaign", "trunk", "outcome"),
    registry=REGISTRY,
)
CALLER_CALLS = Counter(
    "dialer_caller_calls",
    "Dialled attempts settled, by the name of the caller's number that was shown.",
    ("caller", "outcome"),
    registry=REGISTRY,
)
ORIGINATES = Counter(
    "dialer_originates", "Originate actions sent to Asterisk.", ("campaign", "server", "trunk"), registry=REGISTRY
)
DIAL_RATE = Gauge(
    "dialer_dial_rate", "Calls started per second, over the last minute.", ("campaign",), registry=REGISTRY
)
CALLS = Gauge("dialer_calls", "Live attempts by state of the call.", ("campaign", "state"), registry=REGISTRY)
ANSWER_TO_BRIDGE = Histogram(
    "dialer_answer_to_bridge_seconds",
    "From the customer's answer to the moment at which customer and agent hear each other.",
    ("server",),
    buckets=BRIDGE_BUCKETS_S,
    registry=REGISTRY,
)
ABANDONED = Counter(
    "dialer_abandoned",
    "Calls answered by a person and not joined in time; reason is message, caller_left or silent.",
    ("campaign", "reason"),
    registry=REGISTRY,
)
ABANDONMENT = Gauge(
    "dialer_abandonment_ratio",
    "Abandoned of answered by a person, over the campaign's window.",
    ("campaign",),
    registry=REGISTRY,
)
ABANDONMENT_CEILING = Gauge(
    "dialer_abandonment_ceiling_ratio",
    "The abandonment that the campaign allows.",
    ("campaign",),
    registry=REGISTRY,
)
WORST_30MIN = Gauge(
    "dialer_worst_30min_abandonment_ratio",
    "Abandoned of answered by a person in the worst rolling half hour of the campaign's window.",
    ("campaign",),
    registry=REGISTRY,
)
LEADS = Gauge("dialer_leads", "Leads by state.", ("campaign", "state"), registry=REGISTRY)
LEAD_FIRST_CALL = Histogram(
    "dialer_lead_first_call_seconds",
    "From the arrival of a lead to a call that is its first attempt, by the wall clock.",
    ("campaign",),
    buckets=FIRST_CALL_BUCKETS_S,
    registry=REGISTRY,
)
ANSWERS_FORESEEN = Gauge(
    "dialer_answers_foreseen",
    "Answers by people that were foreseen for the calls ended since the start; beside dialer_answers_come.",
    ("campaign",),
    registry=REGISTRY,
)
ANSWERS_COME = Gauge(
    "dialer_answers_come", "Answers by people that came of the same calls.", ("campaign",), registry=REGISTRY
)

# ---- agents

AGENTS = Gauge("dialer_agents", "Agents by state.", ("state",), registry=REGISTRY)
OCCUPANCY = Gauge(
    "dialer_occupancy_ratio",
    "Share of their time in talk, hold and wrap-up, of agents at work or ready for it, over the last 15 minutes.",
    registry=REGISTRY,
)
HOLD = Histogram(
    "dialer_hold_seconds",
    "How long customers were on hold at a time.",
    ("campaign",),
    buckets=HOLD_BUCKETS_S,
    registry=REGISTRY,
)
POP = Histogram(
    "dialer_pop_seconds",
    "From the customer's answer until the agent's page says that the card is painted.",
    buckets=POP_BUCKETS_S,
    registry=REGISTRY,
)

# ---- the world outside

AMI_UP = Gauge("dialer_ami_up", "1 while the link to this Asterisk is up.", ("server",), registry=REGISTRY)
DATABASE_UP = Gauge("dialer_database_up", "1 while the books can be written.", registry=REGISTRY)
TRUNK_UP = Gauge("dialer_trunk_up", "1 while the trunk is taken for alive.", ("trunk",), registry=REGISTRY)
TRUNK_LINES = Gauge("dialer_trunk_lines", "Lines of the trunk by state.", ("trunk", "state"), registry=REGISTRY)
CLOCK_DRIFT = Gauge("dialer_clock_drift_seconds", "How far the wall clock is ahead of event time.", registry=REGISTRY)

WEBHOOKS = Counter(
    "dialer_webhook_tries",
    "Tries to send an event to a client: delivered, failed (to be tried again) or dead (given up).",
    ("outcome",),
    registry=REGISTRY,
)
WEBHOOK_BACKLOG = Gauge(
    "dialer_webhook_events", "Events that have not arrived: pending or dead.", ("state",), registry=REGISTRY
)
WEBHOOK_OLDEST = Gauge(
    "dialer_webhook_oldest_seconds", "Age of the oldest event that still waits to arrive.", registry=REGISTRY
)
SLOT_ASKS = Counter(
    "dialer_slot_asks",
    "What couriers said of delivery slots: known, unknown (no answer in time or none understood), reserved, full.",
    ("outcome",),
    registry=REGISTRY,
)
SLOTS_LOST = Counter(
    "dialer_slots_lost", "Reserved places that a courier could not be told for a day to free again.", registry=REGISTRY
)
NOTICES = Counter(
    "dialer_notices",
    "Text messages and e-mails between attempts: sent, failed, unknown (may have gone), dropped, retried.",
    ("outcome",),
    registry=REGISTRY,
)
FORGOTTEN = Counter(
    "dialer_forgotten_leads", "Leads whose person was forgotten, by rule.", ("reason",), registry=REGISTRY
)
FORGETTING_OVERDUE = Gauge(
    "dialer_forgetting_overdue",
    "Leads that should have been forgotten two days ago by the term `closed`.",
    registry=REGISTRY,
)

# ---- the daemon itself

LEDGER_IMBALANCE = Gauge(
    "dialer_ledger_imbalance",
    "Attempts minus the sum of their outcomes and of those still live; anything but 0 is a bug.",
    registry=REGISTRY,
)
ORPHANS = Gauge(
    "dialer_orphans", "Channels, attempts or leads that nobody owned at the last look.", ("state",), registry=REGISTRY
)
LOOP_LAG = Histogram(
    "dialer_loop_lag_seconds",
    "How late the event loop wakes up.",
    buckets=LAG_BUCKETS_S,
    registry=REGISTRY,
)
EVENTS_WAITING = Gauge("dialer_events_waiting", "Events in the queue of the Floor.", registry=REGISTRY)
ALARMS = Counter("dialer_alarms", "Alarms raised, by name.", ("reason",), registry=REGISTRY)
BUGS = Counter("dialer_bugs", "Illegal transitions met while live; anything but 0 is a bug.", registry=REGISTRY)


FIRST_CALLS_LATE = Gauge(
    "dialer_first_calls_late",
    "Fresh requests that wait for a first call that is late.",
    ("campaign",),
    registry=REGISTRY,
)
CALLBACKS_MISSED = Gauge(
    "dialer_callbacks_missed", "Promised calls that were not made within five minutes of their time.", registry=REGISTRY
)


def render() -> bytes:
    """All metrics in the text format; serve it with `CONTENT_TYPE`."""
    return generate_latest(REGISTRY)


def attempt_settled(settle: Settle, campaign: str, trunk: str) -> None:
    """Count one settled attempt, by the names of its campaign and trunk, and measure its join."""
    ATTEMPTS.labels(campaign, trunk, settle.outcome.value).inc()
    if settle.abandoned:
        reason = "silent" if settle.silent else "caller_left" if settle.caller_left else "message"
        ABANDONED.labels(campaign, reason).inc()


def caller_settled(settle: Settle, caller: str) -> None:
    """Count a dialled attempt by the name of the caller's number that it showed."""
    CALLER_CALLS.labels(caller, settle.outcome.value).inc()


def show_agents(by_state: Mapping[AgentState, int]) -> None:
    """Show how many agents are in each state; states not named have none."""
    for state in AgentState:
        AGENTS.labels(state.value).set(by_state.get(state, 0))


def show_calls(campaign: str, by_state: Mapping[CallState, int]) -> None:
    """Show how many live attempts the campaign has in each state; states not named have none."""
    for state in CallState:
        if state is not CallState.SETTLED:
            CALLS.labels(campaign, state.value).set(by_state.get(state, 0))


def show_leads(campaign: str, by_state: Mapping[LeadState, int]) -> None:
    """Show how many leads of the campaign are in each state; states not named have none."""
    for state in LeadState:
        LEADS.labels(campaign, state.value).set(by_state.get(state, 0))


def forget_campaign(campaign: str) -> None:
    """Drop the gauges of a campaign that is no longer led here; its counters and histograms stay."""
    gauges = (
        DIAL_RATE,
        CALLS,
        ABANDONMENT,
        ABANDONMENT_CEILING,
        WORST_30MIN,
        LEADS,
        FIRST_CALLS_LATE,
        ANSWERS_FORESEEN,
        ANSWERS_COME,
    )
    for gauge in gauges:
        gauge.remove_by_labels({"campaign": campaign})
