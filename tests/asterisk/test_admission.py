"""A phone in a browser is let in by the secret of its last pass, on the real Asterisk, with the daemon's own rights."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from asterisk_conf.settings import Phone
from dialer.ami.link import AmiLink
from dialer.ami.phone import NotAdmitted, digest_of
from dialer.core.events import ServerUp
from sim.sip.phones import Phones
from sim.sip.registration import RegistrationRefused
from sim.stand.asterisk import Asterisk, running_asterisk
from sim.stand.ports import LOOPBACK
from tests.ami.ear import Ear, running
from tests.asterisk.linked import link_to

ENDPOINT = "1001-web"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def registrar() -> AsyncIterator[Asterisk]:
    async with running_asterisk(phones=[Phone(ENDPOINT, browser=True)]) as asterisk:
        yield asterisk


@pytest_asyncio.fixture
async def link(registrar: Asterisk) -> AsyncIterator[AmiLink]:
    account, ear = registrar.settings.manager, Ear()
    made = link_to(account.port, account.secret, ear)
    async with running(made):
        await ear.hears(ServerUp)
        yield made


async def register(registrar: Asterisk, secret: str) -> None:
    async with Phones([ENDPOINT]) as phones:
        await phones.register(ENDPOINT, secret, (LOOPBACK, registrar.settings.sip_port))


async def test_nobody_is_let_in_before_the_first_pass(registrar: Asterisk) -> None:
    with pytest.raises(RegistrationRefused):
        await register(registrar, "")


async def test_the_last_secret_counts_and_none_before_it(registrar: Asterisk, link: AmiLink) -> None:
    for secret in ("the first secret", "the second one"):
        await link.admit_phone(ENDPOINT, digest_of(ENDPOINT, secret))
        await register(registrar, secret)
    with pytest.raises(RegistrationRefused, match="401"):
        await register(registrar, "the first secret")
    assert not [secret for secret in ("first secret", digest_of(ENDPOINT, "the second one")) if secret in registrar.log]


async def test_an_asterisk_without_the_context_says_so(link: AmiLink, registrar: Asterisk) -> None:
    await registrar.cli("dialplan remove context dlr-secret")
    with pytest.raises(NotAdmitted, match="render its files"):
        await link.admit_phone(ENDPOINT, digest_of(ENDPOINT, "any"))
    await registrar.cli("dialplan reload")
