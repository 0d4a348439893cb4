"""What the metrics are told: counters as effects pass by, gauges from the room once a second."""

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from dialer import metrics
from dialer.core.callback import PromisedCall
from dialer.core.effects import (
    Alarm,
    BookDecision,
    BookHold,
    BookProgress,
    CommandPassedOver,
    Effect,
    LineTold,
    Originate,
    Settle,
)
from dialer.core.floor import Floor
from dialer.core.ids import AttemptId, CampaignId, Instant
from dialer.core.outcome import LeadState
from dialer.core.sla import FirstCall
from dialer.core.states import AgentState, CallState, LineState
from dialer.core.view import CampaignView, FloorView
from dialer.engine import Performer
from dialer.logs import LogEvent, get_logger, log_attempt
from dialer.store.attempts import Imbalance
from dialer.store.campaigns import Standing
from dialer.store.uuid7 import born_at

DIAL_RATE_S = 60.0
OCCUPANCY_S = 900
"""Samples of one second."""

log = get_logger()


class Meter:
    """Reads the floor, changes nothing."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self._answered_at: dict[AttemptId, Instant] = {}
        self._starts: deque[tuple[Instant, str]] = deque()
        self._work: deque[tuple[int, int]] = deque(maxlen=OCCUPANCY_S)
        self._shown: set[str] = set()
        self._missed = 0

    # ---- as the engine's gauges

    def loop_lag(self, seconds: float) -> None:
        metrics.LOOP_LAG.observe(seconds)

    def illegal_transition(self) -> None:
        metrics.BUGS.inc()

    # ---- as performers

    def performers(self) -> Mapping[type[Effect], Performer]:
        return {
            Originate: self._originate,
            BookProgress: self._progress,
            Settle: self._settle,
            BookDecision: self._decision,
            Alarm: self.alarm,
            BookHold: self._hold,
            LineTold: self._line,
            CommandPassedOver: self._passed_over,
        }

    def _originate(self, effect: Originate) -> None:
        call = self._floor.room.calls.get(effect.attempt)
        name = self._name(call.campaign) if call is not None else ""
        if call is not None and call.reservation.attempt_no == 1:
            metrics.LEAD_FIRST_CALL.labels(name).observe(max(0.0, self._floor.room.at - born_at(call.reservation.lead)))
        metrics.ORIGINATES.labels(name, effect.server, effect.trunk).inc()
        self._starts.append((self._floor.room.at, name))

    def _hold(self, effect: BookHold) -> None:
        call = self._floor.room.calls.get(effect.attempt)
        name = self._name(call.campaign) if call is not None else ""
        metrics.HOLD.labels(name).observe(effect.until - effect.since)

    def _line(self, effect: LineTold) -> None:
        """A line for each change of a line in talk; that a talk has begun is in the attempt's own."""
        if effect.guest or (effect.state is LineState.TALK and not effect.trouble):
            return
        facts = {"colleague": effect.colleague, "trouble": effect.trouble or None}
        log.info(
            LogEvent.LINE,
            attempt=effect.attempt,
            agent=effect.agent,
            state=effect.state.value,
            **{name: fact for name, fact in facts.items() if fact is not None},
        )

    def _passed_over(self, effect: CommandPassedOver) -> None:
        log.warning(
            LogEvent.COMMAND_PASSED_OVER,
            campaign=effect.campaign,
            command=effect.command.value,
            state=effect.state.value,
        )

    def _progress(self, effect: BookProgress) -> None:
        if effect.state == CallState.ANSWERED:
            self._answered_at[effect.attempt] = effect.at
        elif effect.state == CallState.TALKING:
            answered_at = self._answered_at.pop(effect.attempt, None)
            call = self._floor.room.calls.get(effect.attempt)
            if answered_at is not None and call is not None:
                metrics.ANSWER_TO_BRIDGE.labels(call.server).observe(effect.at - answered_at)

    def _decision(self, effect: BookDecision) -> None:
        decision = effect.decision
        log.debug(LogEvent.DECISION, campaign=effect.campaign, starts=decision.calls_to_start, reason=decision.reason)

    def _settle(self, effect: Settle) -> None:
        self._answered_at.pop(effect.attempt, None)
        metrics.attempt_settled(effect, self._name(effect.campaign), effect.trunk)
        if effect.caller is not None and effect.times.dialled_at is not None:
            metrics.caller_settled(effect, self._caller(effect))
        log_attempt(log, effect)

    def alarm(self, effect: Alarm) -> None:
        metrics.ALARMS.labels(effect.name).inc()
        fields: dict[str, Any] = {"attempt": effect.attempt, "server": effect.server}
        log.warning(
            LogEvent.ALARM, name=effect.name, text=effect.text, **{key: v for key, v in fields.items() if v is not None}
        )

    def _caller(self, effect: Settle) -> str:
        """The name of the number in its project's pool; numbers stand in no label."""
        campaign = self._floor.room.campaigns.get(effect.campaign)
        pool = campaign.settings.callers if campaign is not None else ()
        return next((one.name for one in pool if one.number == effect.caller), "")

    def _name(self, campaign: CampaignId) -> str:
        found = self._floor.room.campaigns.get(campaign)
        return found.settings.name if found is not None else str(campaign)

    # ---- once a second

    def refresh(self, view: FloorView, waiting: int, books_up: bool, drift_s: float) -> None:
        """Show the gauges; `waiting` is the length of the engine's queue."""
        self._show_agents(view)
        for campaign in view.campaigns:
            self._show_campaign(view.at, campaign)
        self._show_forecasts()
        names = {campaign.name for campaign in view.campaigns}
        for gone in self._shown - names:
            metrics.forget_campaign(gone)
        self._shown = names
        for server in view.servers:
            metrics.AMI_UP.labels(server.name).set(server.up)
        for trunk in view.trunks:
            metrics.TRUNK_UP.labels(trunk.name).set(trunk.alive)
            metrics.TRUNK_LINES.labels(trunk.name, "used").set(trunk.lines_used)
            metrics.TRUNK_LINES.labels(trunk.name, "free").set(max(0, trunk.lines - trunk.lines_used))
        metrics.DATABASE_UP.set(books_up)
        metrics.CLOCK_DRIFT.set(drift_s)
        metrics.EVENTS_WAITING.set(waiting)
        metrics.ORPHANS.labels("channels").set(view.orphans)

    def imbalance(self, found: Imbalance) -> None:
        """What the books said of themselves."""
        metrics.LEDGER_IMBALANCE.set(found.total)
        metrics.ORPHANS.labels("attempts").set(found.open_without_lock)
        metrics.ORPHANS.labels("leads").set(found.orphans)
        if found.total:
            log.error(LogEvent.ORPHAN, **asdict(found))

    def missed(self, calls: Sequence[PromisedCall]) -> Alarm | None:
        """Promised calls that were not made in time; the alarm where there are more than at the last look."""
        more = len(calls) > self._missed
        self._missed = len(calls)
        metrics.CALLBACKS_MISSED.set(len(calls))
        text = f"{len(calls)} promised calls are late: see GET /campaigns/…/promised-calls?missed=true"
        return Alarm(name="callbacks_missed", text=text, facts={"calls": len(calls)}) if more else None

    def late(self, campaign: CampaignId, calls: Sequence[FirstCall]) -> None:
        """First calls that are late now."""
        waiting = sum(call.request.called_at is None for call in calls)
        metrics.FIRST_CALLS_LATE.labels(self._name(campaign)).set(waiting)

    def leads(self, campaign: CampaignId, standings: Sequence[Standing]) -> None:
        """What the books said of a campaign's leads."""
        states: Counter[LeadState] = Counter()
        for standing in standings:
            states[LeadState(standing.state)] += standing.leads
        metrics.show_leads(self._name(campaign), states)

    def _show_forecasts(self) -> None:
        for campaign in self._floor.room.campaigns.values():
            if campaign.forecast is not None:
                metrics.ANSWERS_FORESEEN.labels(campaign.settings.name).set(campaign.forecast.answers_expected)
                metrics.ANSWERS_COME.labels(campaign.settings.name).set(campaign.forecast.answers)

    def _show_agents(self, view: FloorView) -> None:
        states = Counter(agent.state for agent in view.agents)
        metrics.show_agents(states)
        at_work = states[AgentState.TALKING] + states[AgentState.WRAP_UP]
        waiting = states[AgentState.READY] + states[AgentState.PREVIEWING] + states[AgentState.RESERVED]
        staffed = at_work + waiting
        self._work.append((at_work, staffed))
        staffed_s = sum(pair[1] for pair in self._work)
        metrics.OCCUPANCY.set(sum(pair[0] for pair in self._work) / staffed_s if staffed_s else 0.0)

    def _show_campaign(self, at: Instant, campaign: CampaignView) -> None:
        name = campaign.name
        metrics.show_calls(name, {CallState(state): count for state, count in campaign.calls.items()})
        metrics.ABANDONMENT.labels(name).set(campaign.abandonment_ratio)
        metrics.ABANDONMENT_CEILING.labels(name).set(campaign.ceiling_ratio)
        metrics.WORST_30MIN.labels(name).set(campaign.worst_30min_ratio)
        while self._starts and self._starts[0][0] < at - DIAL_RATE_S:
            self._starts.popleft()
        metrics.DIAL_RATE.labels(name).set(sum(1 for _, whose in self._starts if whose == name) / DIAL_RATE_S)
