"""A trunk as its Asterisk sees it: does its contact answer OPTIONS?"""

from collections.abc import Awaitable, Callable

from dialer.ami.actions import trunk_question
from dialer.doctor.finding import Finding, broken, fine, warning

Variable = Callable[[str], Awaitable[str]]


async def examine_trunk(variable: Variable, endpoint: str, name: str) -> Finding:
    """Follow the endpoint to its aor, and that to its contact: one finding, on the first thing that is wrong."""

    async def question(function: str, of: str, field: str) -> str:
        return await variable(trunk_question(function, of, field)["Variable"])

    aor = (await question("PJSIP_ENDPOINT", endpoint, "aors")).split(",")[0]
    if not aor:
        cure = f"name an endpoint of pjsip.conf in [[trunk]] {name}, or make it there"
        return broken("trunk", f"Asterisk has no endpoint {endpoint}", cure, name)
    contact = (await question("PJSIP_AOR", aor, "contact")).split(",")[0]
    if not contact:
        return broken("trunk", f"endpoint {endpoint} has no contact", f"give aor {aor} a contact=sip:…", name)
    status = await question("PJSIP_CONTACT", contact, "status")
    if status != "NonQualified":
        return _judged(endpoint, name, status)
    if await question("PJSIP_AOR", aor, "qualify_frequency") in ("", "0"):
        cure = f"set qualify_frequency=30 in aor {aor}"
        return warning("trunk", f"endpoint {endpoint} is never asked whether it lives", cure, name)
    return warning("trunk", f"endpoint {endpoint} has not been asked yet", "look again in half a minute", name)


def _judged(endpoint: str, name: str, status: str) -> Finding:
    if status == "Reachable":
        return fine("trunk", f"endpoint {endpoint} answers OPTIONS", name)
    cure = "ask the carrier, check the contact's address and the firewall: `asterisk -rx 'pjsip show contacts'`"
    return broken("trunk", f"endpoint {endpoint} does not answer OPTIONS ({status or 'unknown'})", cure, name)
