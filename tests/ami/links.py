"""Links to a scripted Asterisk, and what tests send over them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random

from dialer.ami.keeper import Patience
from dialer.ami.link import AmiLink
from dialer.clock import Clock
from dialer.core.effects import CallAgent, Originate
from dialer.core.events import ServerUp
from dialer.core.ids import AgentId, AttemptId, Leg, ServerName, TrunkName, attempt_channel
from tests.ami.ear import Ear, running
from tests.ami.peers import HASTY
from tests.ami.scripted import ScriptedAsterisk, block

S = ServerName("one")
A = AttemptId("0198e2c4-77aa-7000-8000-000000000001")
AGENT, LEG = AgentId(1001), Leg("dlr-a1001-x")
ORIGINATE = Originate(
    attempt=A, server=S, trunk=TrunkName("main"), number="9161234567", caller=None, ring_s=30, answer_limit_s=1.8
)
CALL_AGENT = CallAgent(agent=AGENT, server=S, endpoint="1001", leg=LEG)
ANSWERED = block(Event="UserEvent", UserEvent="DlrAnswered", Uniqueid=attempt_channel(A))
HANGUP = block(Event="Hangup", Uniqueid=attempt_channel(A), ChannelState="6", Cause="16")


def make_link(port: int, ear: Ear, patience: Patience = HASTY, trunks: dict[str, TrunkName] | None = None) -> AmiLink:
    return AmiLink(
        name=S,
        host="127.0.0.1",
        port=port,
        username="dialer",
        secret="s",
        clock=Clock(),
        sink=ear,
        chance=Random(1),
        trunks=trunks,
        patience=patience,
    )


PLACE = "DIALPLAN_EXISTS"


@asynccontextmanager
async def up(asterisk: ScriptedAsterisk, patience: Patience = HASTY) -> AsyncIterator[tuple[AmiLink, Ear]]:
    ear = Ear()
    async with running(make_link(asterisk.port, ear, patience)) as link:
        await ear.hears(ServerUp)
        await asterisk.until(lambda: any(PLACE in sent.get("Variable", "") for sent in asterisk.got("Getvar")))
        if "Getvar" not in asterisk.replies:
            await read_so_far(link)  # the first questions have their answers
        ear.heard.clear()
        yield link, ear


async def read_so_far(link: AmiLink) -> None:
    """A round trip: whatever Asterisk had sent before it has been read."""
    await link.getvar("DLR_VERSION")
