"""Agents' phones in hold: one that sends no sound in silence looks dead, and one without rtp_timeout never does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

from dialer.ami.client import Answer
from dialer.core.ids import AGENT_CHANNEL_PREFIX
from dialer.doctor.finding import Finding, fine, warning

LISTEN_S = 1.0
"""A phone sends 50 packets in this time, also when nobody speaks; comfort noise would be a packet or two."""
LEAST_PACKETS = 10

Ask = Callable[[Mapping[str, str], bool], Awaitable[Answer]]
Variable = Callable[[str, str], Awaitable[str]]


async def examine_phones(ask: Ask, variable: Variable, server: str) -> AsyncIterator[Finding]:
    """A warning for each held phone that is silent or would not be missed; else one word on all of them."""
    legs = await _legs(ask)
    before = await _heard(variable, legs)
    await asyncio.sleep(LISTEN_S if legs else 0)  # noqa: TID251 - packets are counted over a span of time
    after = await _heard(variable, legs)
    troubles = 0
    for leg, endpoint in legs.items():
        if leg in before and leg in after and after[leg] - before[leg] < LEAST_PACKETS:
            troubles += 1
            yield warning(
                "phone",
                "sends no sound while nobody speaks: it will be hung up as dead",
                "switch off silence suppression (VAD, DTX, comfort noise) in the phone",
                endpoint,
            )
        if await variable(f"PJSIP_ENDPOINT({endpoint},rtp_timeout)", "") == "0":
            troubles += 1
            yield warning(
                "phone",
                "has no rtp_timeout: when it dies it will look free",
                "give its endpoint rtp_timeout=4, as template dlr-phone has it",
                endpoint,
            )
    if not troubles:
        yield fine("phone", f"{len(legs)} phones in hold, all of them heard", server)


async def _legs(ask: Ask) -> dict[str, str]:
    """Agents' legs in hold by their ids, with their endpoints."""
    answer = await ask({"Action": "Status"}, True)
    found = (message for message in answer if message.event == "Status" and message.context == "dlr-agent")
    return {
        message.uniqueid: message.channel.removeprefix("PJSIP/").rpartition("-")[0]
        for message in found
        if message.uniqueid.startswith(AGENT_CHANNEL_PREFIX)
    }


async def _heard(variable: Variable, legs: Mapping[str, str]) -> dict[str, int]:
    """Packets received so far by leg; a leg that has gone meanwhile is left out."""
    counts = {leg: await variable("CHANNEL(rtcp,rxcount)", leg) for leg in legs}
    return {leg: int(count) for leg, count in counts.items() if count.isdigit()}
