"""What follows for the lead when an attempt is over: by the network's outcome, or by what the agent said. Pure.

The hours are not looked at here: a lead that falls due at night waits in the books until its zone opens.
"""

from collections.abc import Sequence

from dialer.core.attempt_rules import NOBODY_CAME, next_attempt_at, used_up
from dialer.core.hours import MOSCOW
from dialer.core.ids import Instant
from dialer.core.outcome import USES_NO_ATTEMPT, AttemptRules, LeadEffect, LeadState, LeadStep, Outcome, Tried

NOT_SENT_REST_S = 5.0
"""Something changed between claim and Originate; the lead is free again when the picture has settled."""

OUTCOME_LIMIT = "outcome_limit"
"""The same outcome has come as often as the campaign's rules allow."""


def not_sent(reason: str, at: Instant, next_at: Instant | None = None) -> LeadStep:
    """The attempt was never sent: the lead goes back untouched."""
    due = at + NOT_SENT_REST_S if next_at is None else next_at
    return LeadStep(LeadState.WAITING, reason, next_call_at=due, uses_attempt=False)


def after_network(
    rules: AttemptRules,
    outcome: Outcome,
    attempt_no: int,
    at: Instant,
    uses_attempt: bool | None = None,
    *,
    tried: Sequence[Tried] = (),
    zone: str = MOSCOW,
) -> LeadStep:
    """The step after an attempt in which no agent spoke; `attempt_no` counts this attempt, from 1.

    `tried`: the attempts before this one. `zone`: the person's own, in which day-parts and days are counted.

    `uses_attempt` None: as the outcome says. A call that a live trunk refuses (`failed_here`) must use one, or a number
    that is refused for ever would be dialled for ever.
    """
    if outcome is Outcome.INVALID:
        return LeadStep(LeadState.REFUSED, outcome, phone_is_bad=True)
    if uses_attempt is None:
        uses_attempt = outcome not in USES_NO_ATTEMPT
    if not uses_attempt:
        return LeadStep(LeadState.WAITING, outcome, next_call_at=at + rules.delay_s(outcome), uses_attempt=False)
    if attempt_no >= rules.max_attempts:
        return LeadStep(LeadState.DONE, "attempts_used_up")
    now_tried = (*tried, Tried(at, outcome))
    if used_up(rules, now_tried, outcome):
        return LeadStep(LeadState.DONE, OUTCOME_LIMIT)
    earliest = at + max(rules.delay_s(outcome), rules.minimum_gap_s)
    due = next_attempt_at(rules, now_tried, zone, earliest, spread=outcome in NOBODY_CAME)
    return LeadStep(LeadState.WAITING, outcome, next_call_at=due)


def after_talk(
    rules: AttemptRules,
    effect: LeadEffect,
    disposition: str,
    attempt_no: int,
    at: Instant,
    call_at: Instant | None = None,
    *,
    tried: Sequence[Tried] = (),
    zone: str = MOSCOW,
) -> LeadStep:
    """The step after a talk, as its disposition says; `call_at` is the call that the person was promised."""
    if effect is LeadEffect.CALL_BACK and call_at is not None:
        return _promised(rules, disposition, attempt_no, call_at)
    match effect:
        case LeadEffect.DONE:
            return LeadStep(LeadState.DONE, disposition)
        case LeadEffect.DO_NOT_CALL:
            return LeadStep(LeadState.DONE, disposition, do_not_call=True)
        case LeadEffect.WRONG_NUMBER:
            return LeadStep(LeadState.REFUSED, disposition, phone_is_bad=True)
        case LeadEffect.SUPERVISOR:
            return LeadStep(LeadState.NEEDS_DECISION, disposition)
        case LeadEffect.CALL_BACK_NOW:
            return _promised(rules, disposition, attempt_no, at)
        case LeadEffect.RETRY | LeadEffect.CALL_BACK:
            if attempt_no >= rules.max_attempts:
                return LeadStep(LeadState.DONE, "attempts_used_up")
            now_tried = (*tried, Tried(at, Outcome.ANSWERED))
            due = next_attempt_at(rules, now_tried, zone, at + rules.default_retry_s, spread=False)
            return LeadStep(LeadState.WAITING, disposition, next_call_at=due)


def _promised(rules: AttemptRules, disposition: str, attempt_no: int, call_at: Instant) -> LeadStep:
    """A promised call is owed even where this attempt was the last: that one is then not counted."""
    return LeadStep(LeadState.WAITING, disposition, next_call_at=call_at, uses_attempt=attempt_no < rules.max_attempts)
