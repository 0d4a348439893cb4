"""Text messages and e-mails between attempts: a campaign's steps, a project's gateway, what became of each."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field, StringConstraints, field_validator, model_validator

from dialer.api.asking import Asker, Given, needs
from dialer.api.forms import Form, Id, Short
from dialer.api.ports import Ports
from dialer.api.problems import Problem, not_found
from dialer.api.routes.leads import campaign_in_sight, lead_in_sight
from dialer.api.routes.webhooks import in_project, judge
from dialer.api.show import instant
from dialer.api.slot_forms import TemplateForm, template_body
from dialer.core.access import Right
from dialer.core.ids import CampaignId, LeadId, ProjectId
from dialer.core.notices import GATEWAY_NAMES, REACHED_NOBODY, Channel, Gateway, NoticeStep
from dialer.core.outcome import Outcome
from dialer.core.template import flaw_of
from dialer.core.user import AuditEntry

MOST_STEPS = 20

router = APIRouter(prefix="/api/v1", tags=["notices"])


class NoticeStepForm(Form):
    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
    """Once in a lead's work cycle: by this name it is known that it went."""
    channel: Channel
    after: Annotated[list[Outcome], Field(min_length=1, max_length=len(REACHED_NOBODY))]
    """Attempts that ended like one of these count."""
    times: Annotated[int, Field(ge=1, le=100)]
    """After so many of them."""
    text: Annotated[str, Field(min_length=1, max_length=4000)]
    """With {person}, {order}, {project}, {region} or the name of any field of the lead."""
    subject: Short = ""
    """Of an e-mail; with the same names."""
    address: Annotated[str, Field(min_length=1, max_length=200)] = "email"
    """The lead's field that holds the e-mail address."""

    @field_validator("after")
    @classmethod
    def _nobody_talked(cls, found: list[Outcome]) -> list[Outcome]:
        if strange := set(found) - REACHED_NOBODY:
            there = ", ".join(sorted(REACHED_NOBODY))
            raise ValueError(f"{min(strange)} is no end after which nobody was reached; there are: {there}")
        return found

    @model_validator(mode="after")
    def _an_email_has_a_subject(self) -> "NoticeStepForm":
        if self.channel is Channel.EMAIL and not self.subject:
            raise ValueError("an e-mail needs a subject")
        return self

    def step(self) -> NoticeStep:
        return NoticeStep(
            self.name, self.channel, frozenset(self.after), self.times, self.text, self.subject, self.address
        )


class StepsForm(Form):
    steps: Annotated[list[NoticeStepForm], Field(max_length=MOST_STEPS)]

    @field_validator("steps")
    @classmethod
    def _names_differ(cls, found: list[NoticeStepForm]) -> list[NoticeStepForm]:
        if len({step.name for step in found}) < len(found):
            raise ValueError("two steps have the same name")
        return found


class GatewayForm(Form):
    send: TemplateForm
    """One request a message; it may name {notice}, {number} (11 digits, 7…), {text}, {sender}."""
    sender: Annotated[str, Field(max_length=32)] = ""
    is_idempotent: bool = False
    """The gateway takes the same {notice} twice for one: then one that may have gone is sent again."""

    def gateway(self, project: ProjectId) -> Gateway:
        return Gateway(project, self.send.template(), self.sender, self.is_idempotent)


# ---- a campaign's steps


@router.get("/campaigns/{campaign}/notices", dependencies=[Depends(needs(Right.CAMPAIGNS_READ))])
async def show_steps(campaign: Id, given: Given, asker: Asker) -> dict[str, Any]:
    """The campaign's steps that are texts and e-mails, and how many notices of each came to what."""
    found = await campaign_in_sight(given, asker, campaign)
    return await _body(given, found.id)


@router.put("/campaigns/{campaign}/notices", dependencies=[Depends(needs(Right.CAMPAIGNS_WRITE))])
async def set_steps(campaign: Id, body: StepsForm, given: Given, asker: Asker) -> dict[str, Any]:
    """These in place of all. A notice that is on its way goes by the step as it is then."""
    found = await campaign_in_sight(given, asker, campaign)
    await given.notices.set_steps(found.id, [step.step() for step in body.steps])
    detail = {"steps": ", ".join(f"{s.name}: {s.channel} after {s.times}" for s in body.steps)}
    await given.users.audit(AuditEntry(given.clock.now(), asker.name, "campaign.notices", str(found.id), detail))
    return await _body(given, found.id)


@router.get("/leads/{lead}/notices", dependencies=[Depends(needs(Right.LEADS_READ))])
async def of_lead(lead: str, given: Given, asker: Asker) -> dict[str, Any]:
    """What was sent to the lead between its attempts, and what became of it; neither text nor address."""
    record = await lead_in_sight(given, asker, lead)
    return {
        "notices": [
            {
                "id": one.id,
                "step": one.step,
                "channel": one.channel,
                "state": one.state,
                "reason": one.reason,
                "tries": one.tries,
                "cycle": one.cycle,
                "attempt": one.attempt,
                "made_at": instant(one.made_at),
                "done_at": instant(one.done_at),
            }
            for one in await given.notices.of_lead(LeadId(record.lead))
        ]
    }


# ---- a project's gateway

RIGHT = [Depends(needs(Right.WEBHOOKS))]


@router.get("/projects/{project}/message-gateway", dependencies=RIGHT)
async def show_gateway(project: Id, given: Given, asker: Asker) -> dict[str, Any]:
    """How the project's text messages are handed over."""
    found = await given.notices.gateway(in_project(asker, project))
    if found is None:
        raise not_found("message gateway of project", project)
    return _gateway_body(found)


@router.put("/projects/{project}/message-gateway", dependencies=RIGHT)
async def save_gateway(project: Id, body: GatewayForm, given: Given, asker: Asker) -> dict[str, Any]:
    """From now on text messages go there."""
    owner = in_project(asker, project)
    gateway = body.gateway(owner)
    if flaw := flaw_of(gateway.send, GATEWAY_NAMES):
        raise Problem(422, "template-wrong", f"{gateway.send.url}: {flaw}.", "docs/notices.md shows templates.")
    await judge(given, owner, gateway.send.url)
    try:
        await given.notices.save_gateway(gateway, given.clock.now())
    except ValueError as error:
        raise not_found("project", project) from error
    await given.users.audit(AuditEntry(given.clock.now(), asker.name, "gateway.save", str(project)))
    return _gateway_body(gateway)


@router.delete("/projects/{project}/message-gateway", dependencies=RIGHT)
async def drop_gateway(project: Id, given: Given, asker: Asker) -> dict[str, Any]:
    """No more text messages; those that wait go when there is one again, within two days."""
    dropped = await given.notices.drop_gateway(in_project(asker, project))
    await given.users.audit(AuditEntry(given.clock.now(), asker.name, "gateway.drop", str(project)))
    return {"dropped": dropped}


# ---- inside


async def _body(given: Ports, campaign: CampaignId) -> dict[str, Any]:
    steps = [
        {
            "name": step.name,
            "channel": step.channel,
            "after": sorted(step.after),
            "times": step.times,
            "text": step.text,
            "subject": step.subject,
            "address": step.address,
        }
        for step in await given.notices.steps(campaign)
    ]
    return {"steps": steps, "sums": [dict(sums) for sums in await given.notices.tally(campaign)]}


def _gateway_body(gateway: Gateway) -> dict[str, Any]:
    return {
        "send": template_body(gateway.send),
        "sender": gateway.sender,
        "is_idempotent": gateway.is_idempotent,
    }
