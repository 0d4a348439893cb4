"""Where a project's results are sent: webhooks, their secrets, what did not arrive, and sending it again."""

from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field

from dialer.api.asking import Asker, Given, in_sight, needs
from dialer.api.forms import LARGEST_ID, Form, Id, Short
from dialer.api.ports import Ports
from dialer.api.problems import Problem, not_found
from dialer.api.show import instant
from dialer.core.access import Principal, Right
from dialer.core.ids import ProjectId
from dialer.core.user import AuditEntry
from dialer.core.webhooks import DeliveryRecord, DeliveryState, EventKind, Webhook, WebhookId, WebhookState

OVERLAP_S = 24 * 3600.0
"""How long a replaced secret stays good."""
AGAIN_S = 3 * 24 * 3600.0
"""A replayed event has as long as a new one."""
LARGEST_DELIVERY = 2**63 - 1

router = APIRouter(prefix="/api/v1", tags=["webhooks"])

Number = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Url = Annotated[str, Field(pattern=r"^https?://[^\s/?#@\\]+(/[^\s#\\]*)?$", max_length=2000)]
"""Absolute, without a user, a fragment or a space."""
StatusMap = Annotated[dict[Short, Short], Field(max_length=200)]
RIGHT = [Depends(needs(Right.WEBHOOKS))]


class WebhookForm(Form):
    url: Url
    kinds: list[EventKind] = Field(default_factory=list, max_length=20)
    """Which events it gets; none: all."""
    status_map: StatusMap = Field(default_factory=dict)
    """Our disposition or outcome to the client's word; `*` for all others."""


class WebhookChange(Form):
    url: Url | None = None
    kinds: Annotated[list[EventKind] | None, Field(max_length=20)] = None
    status_map: StatusMap | None = None
    state: Literal["active", "paused"] | None = None


class Replay(Form):
    deliveries: Annotated[list[Annotated[int, Field(ge=1, le=LARGEST_DELIVERY)]] | None, Field(max_length=1000)] = None
    """None: all that are dead."""


@router.get("/projects/{project}/webhooks", dependencies=RIGHT)
async def list_webhooks(project: Number, given: Given, asker: Asker) -> dict[str, Any]:
    """The project's webhooks, and how many events of each wait or were given up."""
    owner = in_project(asker, project)
    books = given.integration.webhooks
    counts = await books.counts(owner)
    found = await books.all(owner)
    return {
        "webhooks": [
            {**_body(one), **{state.value: counts.get((one.id, state), 0) for state in _UNDELIVERED}} for one in found
        ],
        "networks": list(await books.networks(owner)),
    }


@router.post("/projects/{project}/webhooks", status_code=201, dependencies=RIGHT)
async def add_webhook(project: Number, body: WebhookForm, given: Given, asker: Asker) -> dict[str, Any]:
    """Send results of this project there. The answer shows the secret, this once."""
    owner = in_project(asker, project)
    salt = given.integration.new_salt()
    secret = _secret(given, salt)
    await judge(given, owner, body.url)
    wanted = Webhook(WebhookId(0), owner, body.url, salt, kinds=tuple(body.kinds), status_map=body.status_map)
    try:
        made = await given.integration.webhooks.add(wanted, given.clock.now())
    except ValueError as error:
        raise not_found("project", project) from error
    await _audit(given, asker, "webhook.add", made)
    return {**_body(made), "secret": secret}


@router.patch("/webhooks/{webhook}", dependencies=RIGHT)
async def change_webhook(webhook: Number, body: WebhookChange, given: Given, asker: Asker) -> dict[str, Any]:
    """Another address, other kinds or words; paused: what comes meanwhile waits up to three days."""
    found = await _webhook(given, asker, webhook)
    if body.url is not None:
        await judge(given, found.project, body.url)
    changed = replace(
        found,
        url=body.url or found.url,
        kinds=found.kinds if body.kinds is None else tuple(body.kinds),
        status_map=found.status_map if body.status_map is None else body.status_map,
        state=found.state if body.state is None else WebhookState(body.state),
    )
    await given.integration.webhooks.change(changed, given.clock.now())
    await _audit(given, asker, "webhook.change", changed)
    given.integration.wake()
    return _body(changed)


@router.delete("/webhooks/{webhook}", status_code=200, dependencies=RIGHT)
async def remove_webhook(webhook: Number, given: Given, asker: Asker) -> dict[str, Any]:
    """No more results there; what still waits for it is given up."""
    found = replace(await _webhook(given, asker, webhook), state=WebhookState.REMOVED)
    await given.integration.webhooks.change(found, given.clock.now())
    await _audit(given, asker, "webhook.remove", found)
    return _body(found)


@router.post("/webhooks/{webhook}/secret", dependencies=RIGHT)
async def rotate_secret(webhook: Number, given: Given, asker: Asker) -> dict[str, Any]:
    """A new secret, shown this once. For a day messages are signed with both."""
    found = await _webhook(given, asker, webhook)
    salt = given.integration.new_salt()
    secret = _secret(given, salt)
    until = given.clock.now() + OVERLAP_S
    await given.integration.webhooks.rotate(found.id, salt, until)
    await _audit(given, asker, "webhook.rotate", found)
    return {"id": found.id, "secret": secret, "previous_until": instant(until)}


@router.get("/webhooks/{webhook}/deliveries", dependencies=RIGHT)
async def list_deliveries(
    webhook: Number,
    given: Given,
    asker: Asker,
    state: DeliveryState = DeliveryState.DEAD,
    before: Annotated[int | None, Query(ge=1, le=LARGEST_DELIVERY)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> dict[str, Any]:
    """A page of them, newest first; the next page is `before` the last one's id."""
    found = await _webhook(given, asker, webhook)
    rows = await given.integration.webhooks.deliveries(found.id, state, before, limit)
    return {"deliveries": [_delivery(row) for row in rows]}


@router.post("/webhooks/{webhook}/replay", status_code=202, dependencies=RIGHT)
async def replay(webhook: Number, given: Given, asker: Asker, body: Replay | None = None) -> dict[str, Any]:
    """Send what was given up once more: the deliveries named, or all."""
    found = await _webhook(given, asker, webhook)
    now = given.clock.now()
    ids = None if body is None else body.deliveries
    count = await given.integration.webhooks.replay(found.id, ids, now, now + AGAIN_S)
    await _audit(given, asker, "webhook.replay", found, deliveries=str(count))
    given.integration.wake()
    return {"replayed": count}


# ---- inside

_UNDELIVERED = (DeliveryState.PENDING, DeliveryState.DEAD)


def in_project(asker: Principal, project: int) -> ProjectId:
    """The project; 404 where the asker may not see it."""
    found = ProjectId(project)
    in_sight(asker, found, "project", project)
    return found


async def _webhook(given: Ports, asker: Principal, webhook: Id) -> Webhook:
    found = await given.integration.webhooks.one(WebhookId(webhook))
    if found is None:
        raise not_found("webhook", webhook)
    in_sight(asker, found.project, "webhook", webhook)
    return found


async def judge(given: Ports, project: ProjectId, url: str) -> None:
    why = await given.integration.judge(url, await given.integration.webhooks.networks(project))
    if why:
        raise Problem(
            422,
            "url-refused",
            f"Requests may not go to this URL: {why}.",
            "Give an https address on the public network, or have an administrator allow the private one: "
            "`dialer webhooks allow PROJECT NETWORK --reason …`.",
        )


def _secret(given: Ports, salt: str) -> str:
    if given.integration.secret_of is None:
        raise Problem(
            409,
            "no-key",
            "This installation has no key from which a webhook's secret could be derived.",
            "Make one (`openssl rand -base64 32`), name its file with [webhooks] key_file, and restart the daemon.",
        )
    return given.integration.secret_of(salt)


def _body(webhook: Webhook) -> dict[str, Any]:
    return {
        "id": webhook.id,
        "project": webhook.project,
        "url": webhook.url,
        "state": webhook.state,
        "kinds": list(webhook.kinds),
        "status_map": dict(webhook.status_map),
        "previous_until": instant(webhook.previous_until),
    }


def _delivery(row: DeliveryRecord) -> dict[str, Any]:
    return {
        "id": row.id,
        "event": f"evt_{row.event}",
        "type": row.kind,
        "lead": row.lead,
        "state": row.state,
        "tries": row.tries,
        "created_at": instant(row.created_at),
        "next_try_at": instant(row.next_try_at),
        "done_at": instant(row.done_at),
        "status": row.status,
        "error": row.error,
    }


async def _audit(given: Ports, asker: Principal, action: str, webhook: Webhook, **detail: str) -> None:
    told = {"project": str(webhook.project), "state": webhook.state.value, **detail}
    await given.users.audit(AuditEntry(given.clock.now(), asker.name, action, str(webhook.id), told))
