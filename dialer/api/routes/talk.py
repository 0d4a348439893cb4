"""A talk's result: the form as it is typed, edit by edit, and the disposition that ends it.

Edits are kept as they come, whatever they hold; the disposition is judged: required fields, a reason, a promised call
inside the permitted hours. It may settle the person's other open orders too, each with its own form.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field, StringConstraints

from dialer.api.asking import Asker, Given, needs, own_desk
from dialer.api.forms import Form, Id, Moment
from dialer.api.ports import Ports
from dialer.api.problems import Problem
from dialer.api.routes.slots import reserve_first
from dialer.core.access import Right
from dialer.core.card import DispositionChoice, Edit
from dialer.core.form import LONGEST_VALUE
from dialer.core.hinting import hint_of
from dialer.core.ids import AgentId, AttemptId, Instant, LeadId
from dialer.core.outcome import LeadEffect
from dialer.core.steps import after_talk
from dialer.core.talk import OrderResult, Promise, Talk, objections
from dialer.core.user import AuditEntry
from dialer.core.wishes import AgentHinted, Disposed

OLDEST_EDIT_S = 3600.0
"""An edit that was kept in a browser for longer bears the moment of its arrival."""
MOST_EDITS = 200

router = APIRouter(prefix="/api/v1", tags=["agents"])
DESK = [Depends(needs(Right.DESK, Right.AGENTS_STEER))]

Lead = Annotated[str, Field(min_length=36, max_length=36)]
FieldName = Annotated[str, StringConstraints(pattern=r"^\.?[a-z][a-z0-9_]{0,31}$")]


class EditForm(Form):
    lead: Lead
    field: FieldName
    value: Annotated[str, Field(max_length=LONGEST_VALUE)]
    at: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    """Epoch seconds, by the server's clock as the page knows it."""


class Edits(Form):
    attempt: Annotated[str, Field(max_length=64)]
    edits: Annotated[list[EditForm], Field(min_length=1, max_length=MOST_EDITS)]


class OrderForm(Form):
    disposition: Annotated[str, Field(min_length=1, max_length=64)]
    reason: Annotated[str, Field(max_length=LONGEST_VALUE)] = ""
    call_at: Moment | None = None
    """The call that was promised, with a disposition that calls back."""


class OtherOrder(OrderForm):
    lead: Lead


class Result(OrderForm):
    attempt: Annotated[str, Field(max_length=64)]
    personal: bool = False
    """The agent promised to call himself."""
    orders: Annotated[list[OtherOrder], Field(max_length=20)] = Field(default_factory=list)
    """Results of the person's other open orders; one that is not named goes on as it was."""


@router.post("/agents/{agent}/form", status_code=204, dependencies=DESK)
async def edit(agent: Id, body: Edits, given: Given, asker: Asker) -> None:
    """Keep edits of the form of a call that this agent has, or had; the same edit may come twice."""
    own_desk(asker, AgentId(agent))
    attempt = AttemptId(body.attempt)
    if given.desk.attempt_of(AgentId(agent)) != attempt and await given.talks.agent_of(attempt) != agent:
        raise _not_this_call(agent, attempt)
    now = given.clock.now()
    edits = [
        Edit(attempt, LeadId(one.lead), one.field, one.value, _moment(one.at, now), AgentId(agent))
        for one in body.edits
    ]
    await given.talks.record(edits)
    given.desk.edited(AgentId(agent), edits)
    if hint := hint_of((one.field, one.value) for one in edits):
        given.room.feed(AgentHinted(at=now, agent=AgentId(agent), attempt=attempt, hint=hint))


@router.get("/attempts/{attempt}/form", dependencies=[Depends(needs(Right.LEADS_READ))])
async def edits_of(attempt: str, given: Given, asker: Asker) -> dict[str, Any]:
    """Every edit of an attempt's forms, in the order of time. The look is audited."""
    talk = await _talk(given, AttemptId(attempt))
    if not asker.sees(talk.project):
        raise _no_attempt(attempt)
    await given.users.audit(AuditEntry(given.clock.now(), asker.name, "form.look", talk.lead, {"attempt": attempt}))
    return {"script": talk.script_version, "form": talk.form_version, "edits": await given.talks.edits(talk.attempt)}


@router.post("/agents/{agent}/disposition", status_code=202, dependencies=DESK)
async def dispose(agent: Id, body: Result, given: Given, asker: Asker) -> dict[str, Any]:
    """How it ended, by a code of the project's dictionary; during the talk or in wrap-up.

    422 names every field that is missing or wrong. The desk says `disposed` when it is in the books. Orders of
    the person that are not open any more get no result and keep nothing back: `passed_over` names them.
    """
    own_desk(asker, AgentId(agent))
    attempt, now = AttemptId(body.attempt), given.clock.now()
    desk, by = given.desk, AgentId(agent)
    if desk.attempt_of(by) != attempt or desk.is_guest(by) or desk.previews(by):
        raise _not_this_call(agent, attempt)
    if desk.awaits_join(by):
        raise _not_joined(agent)
    talk = await _talk(given, attempt)
    own, *others = await _judged(given, talk, body, now)
    for one in (own, *others):
        if one.choice.needs_form and not talk.withdrawn:
            await reserve_first(given, talk, one.lead, one.values)
    await _conclude(given, talk, [own, *others], by if body.personal else None, by, now)
    concluded = await given.talks.concluded(attempt) if body.orders else ()  # by the same request sent before, too
    choice = own.choice
    given.room.feed(
        Disposed(
            at=now,
            agent=AgentId(agent),
            attempt=attempt,
            disposition=choice.code,
            effect=choice.effect,
            call_at=own.call_at,
        )
    )
    passed_over = [other.lead for other in body.orders if other.lead not in concluded]
    return {"attempt": attempt, "disposition": choice.code, "effect": choice.effect, "passed_over": passed_over}


@dataclass(frozen=True, slots=True)
class Judged:
    """One order's result that nothing can be said against."""

    lead: LeadId
    choice: DispositionChoice
    call_at: Instant | None
    values: Mapping[str, str]


async def _judged(given: Ports, talk: Talk, body: Result, now: Instant) -> list[Judged]:
    """Every order's result, the attempt's own first. Raises 422 with all that is missing or wrong in any of them."""
    entered = await given.talks.entered(talk.attempt)
    wanted: list[tuple[LeadId, OrderForm]] = [(talk.lead, body)]
    wanted += [(LeadId(other.lead), other) for other in await _others(given, talk, body.orders)]
    judged, wrong = [], []
    for lead, form in wanted:
        choice = await _choice(given, talk.attempt, form.disposition)
        values = {name: entry.value for name, entry in entered.get(lead, {}).items()}
        found = Judged(lead, choice, _call_at(form, choice), values)
        objected = objections(talk, choice, values, reason=form.reason, call_at=found.call_at, now=now)
        wrong += [{"where": field, "what": what, "lead": str(lead)} for field, what in objected]
        judged.append(found)
    if wrong:
        raise _incomplete(wrong)
    return judged


async def _conclude(
    given: Ports, talk: Talk, judged: Sequence[Judged], caller: AgentId | None, agent: AgentId, now: Instant
) -> None:
    """Book the promises (`caller`: who promised to call himself) and the other orders, to which this was no attempt."""
    promises = [Promise(one.lead, one.call_at, caller) for one in judged if one.call_at is not None]
    # The line broke: whoever was talking calls again.
    promises += [Promise(one.lead, now, agent) for one in judged if one.choice.effect is LeadEffect.CALL_BACK_NOW]
    results = [
        OrderResult(
            one.lead,
            one.choice.code,
            after_talk(talk.rules, one.choice.effect, one.choice.code, 0, now, one.call_at),
        )
        for one in judged[1:]
    ]
    if promises or results:
        await given.talks.conclude(talk, agent, promises, results, now)


def _call_at(form: OrderForm, choice: DispositionChoice) -> Instant | None:
    """A promise is one only with a disposition that calls back."""
    if form.call_at is None or choice.effect is not LeadEffect.CALL_BACK:
        return None
    return form.call_at.timestamp()


async def _others(given: Ports, talk: Talk, orders: Sequence[OtherOrder]) -> Sequence[OtherOrder]:
    """Those that are open. Raises 422 for what is not this person's; one cancelled meanwhile is passed over.

    That he wants no more calls holds for his number, whatever has become of the order.
    """
    if not orders:
        return ()
    still_open = {order.lead for order in await given.talks.orders(talk)} - {talk.lead}
    named = [LeadId(order.lead) for order in orders]
    for lead in named:
        if named.count(lead) > 1 or not (lead in still_open or await _is_hers(given, talk, lead)):
            raise Problem(
                422,
                "not-this-person",
                f"Order {lead} is not this person's, or named twice.",
                "Take the orders from the card that is shown now.",
            )
    return [order for order in orders if order.lead in still_open or await _forbids(given, talk, order)]


async def _is_hers(given: Ports, talk: Talk, lead: LeadId) -> bool:
    """Another order of the person on the line, open or not."""
    found = None if lead == talk.lead else await given.leads.lead(lead)
    return found is not None and found.project == talk.project and talk.number in found.numbers


async def _forbids(given: Ports, talk: Talk, order: OtherOrder) -> bool:
    return (await _choice(given, talk.attempt, order.disposition)).effect is LeadEffect.DO_NOT_CALL


async def _choice(given: Ports, attempt: AttemptId, code: str) -> DispositionChoice:
    choice = await given.dictionary.of_attempt(attempt, code)
    if choice is None:
        raise Problem(
            422,
            "unknown-disposition",
            f"There is no disposition {code!a} in this project's dictionary.",
            "GET /api/v1/dispositions lists them.",
        )
    return choice


async def _talk(given: Ports, attempt: AttemptId) -> Talk:
    try:
        return await given.talks.talk(attempt)
    except ValueError as error:
        raise _no_attempt(attempt) from error


def _moment(at: Instant, now: Instant) -> Instant:
    return at if now - OLDEST_EDIT_S <= at <= now else now


def _incomplete(wrong: Sequence[dict[str, str]]) -> Problem:
    return Problem(
        422,
        "result-incomplete",
        "The result is not complete: " + ", ".join(f"{one['where']} ({one['what']})" for one in wrong) + ".",
        "Fill in the fields named in `errors` and send it again.",
        errors=wrong,
    )


def _no_attempt(attempt: str) -> Problem:
    return Problem(404, "not-found", f"There is no attempt {attempt!a}.", "Take it from the lead's attempts.")


def _not_joined(agent: int) -> Problem:
    return Problem(
        409,
        "not-joined",
        f"Agent {agent} does not hear the customer yet.",
        "Answer the phone; give the result in the talk or after it.",
    )


def _not_this_call(agent: int, attempt: AttemptId) -> Problem:
    return Problem(
        409,
        "not-this-call",
        f"Agent {agent} does not have attempt {attempt}.",
        "Take the attempt from the card that is shown now.",
    )
