"""One Asterisk server: the link, our rights, the dialplan, the trunks, the agents' phones.

Rights are tried by actions that cannot do anything: an Originate to nowhere, a Hangup of nobody, and the message for
people whom nobody took in time, said to nobody. The daemon beside it takes no notice of these channels.
"""

import asyncio
import secrets
from asyncio import timeout
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from asterisk_conf.check import questions, troubles
from asterisk_conf.settings import DIALPLAN_VERSION
from dialer.ami.channels import ABANDON_CONTEXT, TRIAL_PREFIX
from dialer.ami.client import AmiError, Answer, HardenedManager, LoginRefused
from dialer.ami.codec import Headers
from dialer.clock import Clock
from dialer.config import Asterisk, Config
from dialer.doctor.database import clocks_agree
from dialer.doctor.finding import Finding, broken, fine, warning
from dialer.doctor.phones import examine_phones
from dialer.doctor.trunk import examine_trunk

ANSWER_LIMIT_S = 5.0
EVENT_LIMIT_S = 2.0
"""FullyBooted and the answer to an Originate to nowhere come within milliseconds, where we may read them."""
MESSAGE_LIMIT_S = 1.5
"""Playback answers first, which may take half a second until sound comes; then what cannot be played is over."""
WANTED_RELEASE = 22
RENDER = "render the configuration again (`dialer asterisk render`), then `asterisk -rx 'core reload'`"
NO_SUCH_ENDPOINT = "dialer-doctor-nowhere"
MESSAGE_BEGUN, MESSAGE_DONE = "DlrAbandon", "DlrMessageDone"


class Link:
    """A login for questions, with the events that came meanwhile."""

    def __init__(self, manager: HardenedManager) -> None:
        self._manager = manager
        self.events: dict[str, asyncio.Event] = {}
        """By name, a user event by its own."""
        self.last: dict[str, Headers] = {}

    async def ask(self, action: Mapping[str, str], as_list: bool = False) -> Answer:
        """The answer, whatever it says. AmiError or TimeoutError: none came."""
        async with timeout(ANSWER_LIMIT_S):
            return await self._manager.send_action(action, as_list)

    async def variable(self, name: str, channel: str = "") -> str:
        """A variable or function of the dialplan; "" where it has none."""
        answer = await self.ask({"Action": "Getvar", "Variable": name, **({"Channel": channel} if channel else {})})
        return str(answer.value) if answer.success else ""

    async def saw(self, event: str, within_s: float = EVENT_LIMIT_S) -> bool:
        """Did, or does within so many seconds, an event of this name come?"""
        try:
            async with timeout(within_s):
                await self.events.setdefault(event, asyncio.Event()).wait()
        except TimeoutError:
            return False
        return True

    def took(self, headers: Headers) -> None:
        name = headers.get("UserEvent") or headers["Event"]
        self.last[name] = headers
        self.events.setdefault(name, asyncio.Event()).set()


async def examine_server(config: Config, server: Asterisk, clock: Clock) -> list[Finding]:
    """All findings on one server; those of the link alone where it does not come up."""
    findings = []
    try:
        async with _logged_in(server, server.username, server.secret) as link:
            findings.append(fine("ami_login", f"logged in as {server.username}", server.name))
            findings += [finding async for finding in _examine(link, config, server, clock)]
    except LoginRefused as error:
        cure = f"make [{server.username}] in manager.conf: {RENDER}; check its secret and its permit line"
        findings.append(broken("ami_login", str(error), cure, server.name))
    except (AmiError, OSError) as error:
        cure = "is Asterisk running, manager.conf enabled, bindaddr and port as in [[asterisk]], the firewall open?"
        where = f"{server.host}:{server.port}"
        findings.append(broken("ami", f"no answer from {where} ({error or type(error).__name__})", cure, server.name))
    else:
        findings.append(await _release(server))
    return findings


async def _examine(link: Link, config: Config, server: Asterisk, clock: Clock) -> AsyncIterator[Finding]:
    rights = [finding async for finding in _rights(link, server)]
    for finding in rights or [fine("ami_right", "all rights that the daemon needs", server.name)]:
        yield finding
    yield await _clock(link, server, clock)
    if any(finding.what.startswith("write=call") for finding in rights):
        return
    async for finding in _dialplan(link, server):
        yield finding
    if MESSAGE_BEGUN in link.last:
        yield await _message(link, server)
    for trunk in config.trunk:
        if trunk.server == server.name:
            yield await examine_trunk(link.variable, trunk.endpoint, trunk.name)
    async for finding in examine_phones(link.ask, link.variable, server.name):
        yield finding


async def _rights(link: Link, server: Asterisk) -> AsyncIterator[Finding]:
    """A finding for each right that is missing."""
    cure = f"add it to [{server.username}] in manager.conf: {RENDER}"
    nobody = {"Action": "Hangup", "Channel": f"doctor-{secrets.token_hex(8)}"}
    if _denied(await link.ask(nobody)):
        yield broken("ami_right", "write=call is missing: no call can be joined or ended", cure, server.name)
    nowhere = {
        "Action": "Originate",
        "Channel": f"PJSIP/{NO_SUCH_ENDPOINT}",
        "Application": "Hangup",
        "Async": "true",
        "Timeout": "1000",
    }
    refused = _denied(await link.ask(nowhere))
    if refused:
        yield broken("ami_right", "write=originate is missing: nothing can be dialled", cure, server.name)
    if not await link.saw("FullyBooted"):
        yield broken("ami_right", "read=system is missing: a restart would not be seen", cure, server.name)
    if not refused and not await link.saw("OriginateResponse"):
        yield broken("ami_right", "read=call is missing: what becomes of a call is not told", cure, server.name)
    if not refused and await _try_message(link) and not await link.saw(MESSAGE_BEGUN):
        yield broken("ami_right", "read=user is missing: no answer and no agent would be heard of", cure, server.name)


async def _try_message(link: Link) -> bool:
    """Have the message said to nobody; whether this server has our dialplan for it."""
    if await link.variable(f"DIALPLAN_EXISTS({ABANDON_CONTEXT},s,1)") != "1":
        return False
    nobody = {
        "Action": "Originate",
        "Channel": f"Local/s@{ABANDON_CONTEXT}/n",
        "ChannelId": f"{TRIAL_PREFIX}{secrets.token_hex(8)}",
        "Application": "Wait",
        "Data": f"{EVENT_LIMIT_S:g}",
        "Async": "true",
    }
    return bool((await link.ask(nobody)).success)


async def _message(link: Link, server: Asterisk) -> Finding:
    """A message that cannot be played is over at once; one that can takes longer than we listen."""
    if await link.saw(MESSAGE_DONE, within_s=MESSAGE_LIMIT_S) and link.last[MESSAGE_DONE].get("Status") != "SUCCESS":
        what = "it cannot be played: people whom nobody takes in time would hear silence"
        cure = (
            f"is the file that dialer/extensions.conf names in {ABANDON_CONTEXT} there, may Asterisk read it? {RENDER}"
        )
        return broken("message", what, cure, server.name)
    return fine("message", "it is played to people whom nobody takes in time", server.name)


def _denied(answer: Answer) -> bool:
    return not answer.success and "ermission denied" in str(answer.message)


async def _clock(link: Link, server: Asterisk, clock: Clock) -> Finding:
    before = clock.wall()
    answer = await link.ask({"Action": "Ping"})
    drift_s = float(answer.timestamp) - (before + clock.wall()) / 2
    return clocks_agree("Asterisk's clock", drift_s, server.name)


async def _dialplan(link: Link, server: Asterisk) -> AsyncIterator[Finding]:
    if await link.variable(f"DIALPLAN_EXISTS(dlr-version,{DIALPLAN_VERSION},1)") != "1":
        if await link.variable("DIALPLAN_EXISTS(dlr-answered,s,1)") == "1":
            what = f"another version than {DIALPLAN_VERSION}, which this program speaks"
        else:
            what = "the dialer's dialplan is not loaded"
        yield broken("dialplan", what, f"include dialer/extensions.conf in extensions.conf: {RENDER}", server.name)
        return
    answers = {question.ask: await link.variable(question.ask) for question in questions()}
    for trouble in troubles(None, answers):
        yield broken(trouble.about, trouble.trouble, trouble.cure, server.name)
    if not troubles(None, answers):
        yield fine("dialplan", f"version {DIALPLAN_VERSION}, with the modules that it uses", server.name)


async def _release(server: Asterisk) -> Finding:
    """By the second user, if there is one: the release, on which the telling of outcomes depends."""
    if server.doctor_secret is None:
        cure = f"give the secret of {server.doctor_username} (doctor_secret_file) to have its release checked"
        return warning("asterisk", "its release is not known", cure, server.name)
    try:
        async with _logged_in(server, server.doctor_username, server.doctor_secret) as link:
            version = str((await link.ask({"Action": "CoreSettings"})).asteriskversion)
    except (AmiError, OSError) as error:
        cure = f"make [{server.doctor_username}] in manager.conf: {RENDER}"
        return warning("asterisk", f"no login as {server.doctor_username} ({error})", cure, server.name)
    if version.split(".")[0] != str(WANTED_RELEASE):
        what = f"Asterisk {version}: busy, refused and unknown numbers may not be told apart"
        return warning("asterisk", what, f"use Asterisk {WANTED_RELEASE}", server.name)
    return fine("asterisk", f"Asterisk {version}", server.name)


@asynccontextmanager
async def _logged_in(server: Asterisk, username: str, secret: str) -> AsyncIterator[Link]:
    manager = HardenedManager(
        server.host, server.port, username, secret, lambda headers: link.took(headers), lambda reason: None
    )
    link = Link(manager)
    await manager.connect()
    try:
        yield link
    finally:
        manager.close()
