"""What a client tells back of an order: a webhook in, signed with the secret of the webhook out.

It stands open to strangers, because a courier's machine has no token: the signature is its proof, over the body as it
came. Nothing of the body is looked at before that.
"""

import math
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field, ValidationError, model_validator

from dialer.api.asking import Asker, Given, needs
from dialer.api.forms import LARGEST_ID, Form, Moment
from dialer.api.goods_forms import Kopecks
from dialer.api.ports import Ports
from dialer.api.problems import Problem, not_found
from dialer.api.routes.leads import lead_in_sight
from dialer.api.show import instant
from dialer.api.telling import tell_ready
from dialer.core.access import Right
from dialer.core.feedback import Feedback, FeedbackKind
from dialer.core.ids import LeadId
from dialer.core.signing import ID, flaw_of
from dialer.core.webhooks import Webhook, WebhookId

LARGEST_BODY = 64 * 1024
LONGEST_MESSAGE_ID = 200

router = APIRouter(prefix="/api/v1", tags=["feedback"])


class FeedbackForm(Form):
    kind: FeedbackKind
    lead: Annotated[str, Field(min_length=36, max_length=36)] | None = None
    external_id: Annotated[str, Field(max_length=200)] = ""
    """The shop's own number, where `lead` is not named."""
    at: Moment | None = None
    """When it happened; None: now."""
    paid_kopecks: Kopecks | None = None
    note: Annotated[str, Field(max_length=2000)] = ""

    @model_validator(mode="after")
    def _names_the_order(self) -> "FeedbackForm":
        if self.lead is None and not self.external_id:
            raise ValueError("name the order: `lead` or `external_id`")
        return self


BODY = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": FeedbackForm.model_json_schema()}}}
}


@router.post("/feedback", openapi_extra=BODY)
async def feedback(
    webhook: Annotated[int, Query(ge=1, le=LARGEST_ID)], request: Request, given: Given
) -> dict[str, Any]:
    """`delivered`, `not_delivered` or `call_again`, which opens a new work cycle of the same lead.

    No token: the headers `webhook-id`, `webhook-timestamp` and `webhook-signature` are made as in our own messages,
    with the secret of the webhook named in the query. The same id again is answered the same and does nothing.
    """
    address = request.client.host if request.client is not None else ""
    _not_too_often(given, address)
    body = await _body(request)
    sender = await _proven(given, request, WebhookId(webhook), body, address)
    told = _told(given, sender, request.headers[ID], body)
    heard = await given.feedback.hear(told, given.clock.now())
    if heard is None:
        raise not_found("order", told.lead or told.external_id)
    reopened = None if heard.campaign is None else await given.campaigns.campaign(heard.campaign)
    if reopened is not None:
        await tell_ready(given, reopened)
    return {"outcome": heard.outcome, "lead": heard.lead, "new": heard.is_new}


@router.get("/leads/{lead}/cycles", tags=["leads"], dependencies=[Depends(needs(Right.LEADS_READ))])
async def cycles(lead: str, given: Given, asker: Asker) -> dict[str, Any]:
    """Work cycles of the lead that are over; the one under way is the lead itself."""
    record = await lead_in_sight(given, asker, lead)
    return {
        "cycles": [
            {
                "number": one.number,
                "opened_at": instant(one.opened_at),
                "closed_at": instant(one.closed_at),
                "state": one.state,
                "reason": one.reason,
                "attempts": one.attempts,
            }
            for one in await given.feedback.cycles(LeadId(record.lead))
        ]
    }


# ---- inside


def _not_too_often(given: Ports, address: str) -> None:
    wait_s = given.feedback_tries.wait_s(address, given.clock.monotonic())
    if wait_s > 0:
        headers = {"Retry-After": str(math.ceil(wait_s))}
        raise Problem(429, "too-many-tries", "Too many messages that nobody signed.", "Wait.", headers=headers)


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_BODY:
            raise Problem(413, "too-large", f"The body is larger than {LARGEST_BODY // 1024} KiB.")
    return bytes(body)


async def _proven(given: Ports, request: Request, number: WebhookId, body: bytes, address: str) -> Webhook:
    """The webhook whose owner has signed this. Raises 401 for anything else, in the same words."""
    webhook, secret_of = await given.integration.webhooks.one(number), given.integration.secret_of
    secrets = [] if webhook is None or secret_of is None else [secret_of(s) for s in webhook.salts(given.clock.now())]
    flaw = flaw_of(secrets, request.headers, body, given.clock.now())
    if webhook is None or flaw is not None or len(request.headers[ID]) > LONGEST_MESSAGE_ID:
        given.feedback_tries.count(address, given.clock.monotonic())
        raise Problem(
            401,
            "not-signed",
            f"The message is not signed as it must be: {flaw or 'signature_wrong'}.",
            "Sign id, timestamp and body with the webhook's secret, within five minutes: docs/integrating.md.",
        )
    return webhook


def _told(given: Ports, sender: Webhook, message: str, body: bytes) -> Feedback:
    try:
        form = FeedbackForm.model_validate_json(body)
    except ValidationError as error:
        errors = [{"where": ".".join(map(str, one["loc"])), "what": one["msg"]} for one in error.errors()]
        raise Problem(422, "invalid-request", "This is no feedback.", "Mend the fields named.", errors=errors) from None
    return Feedback(
        sender.id,
        sender.project,
        message,
        form.kind,
        given.clock.now() if form.at is None else form.at.timestamp(),
        None if form.lead is None else LeadId(form.lead),
        form.external_id,
        form.paid_kopecks,
        form.note,
    )
