"""The application: the gate in front, then one router per topic. Built by `main`, by hand, from its ports."""

from fastapi import FastAPI

from dialer.api import pages, problems, ws
from dialer.api.body_limit import BodyLimit
from dialer.api.gate import Gate
from dialer.api.ports import Ports
from dialer.api.routes import (
    admission,
    agents,
    audit,
    callers,
    campaigns,
    contents,
    feedback,
    lead_changes,
    leads,
    lines,
    lists,
    notices,
    now,
    pacing,
    permit,
    persons,
    phone,
    picking,
    preview,
    reports,
    session,
    slots,
    spying,
    system,
    talk,
    tokens,
    users,
    webhooks,
    work_days,
)

DESCRIPTION = """\
Leads in, campaigns, agents at work, the live picture.

Every request carries a token (`Authorization: Bearer …`, made by `dialer user token`) or a session's cookie.
Errors are `application/problem+json` with `detail` (what is wrong) and `cure` (how to mend it).
Instants are RFC 3339; durations are seconds; ratios are 0..1.
"""

ROUTERS = (
    system.router,
    session.router,
    leads.router,
    lead_changes.router,
    permit.router,
    feedback.router,
    persons.router,
    notices.router,
    admission.router,
    lists.router,  # before the campaigns' commands, which would take its paths for one
    pacing.router,
    reports.router,
    now.router,
    audit.router,
    users.router,
    tokens.router,
    work_days.router,
    callers.router,
    campaigns.router,
    agents.router,
    phone.router,
    lines.router,
    picking.router,
    preview.router,
    spying.router,
    talk.router,
    contents.router,
    webhooks.router,
    slots.router,
    ws.router,
    pages.router,
)
"""Every route there is."""


def create_app(ports: Ports) -> FastAPI:
    """The whole HTTP interface over these ports. Raises PagesNotBuilt."""
    pages.assets()
    app = bare_app(ports.settings.version)
    app.state.ports = ports
    app.add_middleware(BodyLimit)
    app.add_middleware(
        Gate,
        users=ports.users,
        now=ports.clock.now,
        public_origin=ports.settings.public_origin,
    )
    return app


def bare_app(version: str) -> FastAPI:
    """The routes without ports and without a door: enough to be described, fit for nothing else.

    FastAPI's own documentation pages are off: they load foreign scripts.
    """
    app = FastAPI(
        title="Dialer",
        version=version,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    problems.install(app)
    for router in ROUTERS:
        app.include_router(router)
    return app
