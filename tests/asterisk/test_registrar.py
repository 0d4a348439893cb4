"""Phones that register: their digest is taken by the real registrar, and calls find them where they said they are."""

import pytest
import pytest_asyncio

from asterisk_conf.settings import Phone
from sim.sip.phones import Phones
from sim.sip.registration import RegistrationRefused
from sim.stand.asterisk import running_asterisk
from sim.stand.ports import LOOPBACK
from tests.asterisk.conftest import Switchboard
from tests.asterisk.manager import Manager

SECRET = "a-secret-of-2001"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def registrar():
    async with running_asterisk(phones=[Phone("2001", secret=SECRET)]) as asterisk:
        yield asterisk


@pytest.fixture
async def phones():
    async with Phones(["2001"]) as phones:
        yield phones


@pytest.fixture
async def board(registrar):
    account = registrar.settings.manager
    async with Manager(account.host, account.port, "dialer", account.secret) as manager:
        yield Switchboard(manager)


async def test_a_registered_phone_is_called_where_it_is_until_it_signs_off(registrar, phones, board):
    where = (LOOPBACK, registrar.settings.sip_port)
    await phones.register("2001", SECRET, where)
    leg = await board.nail_up("2001")
    assert phones["2001"].on_line
    phones["2001"].hang_up()
    await board.ended(leg)

    await phones.register("2001", SECRET, where, expires_s=0)
    call = {"Channel": "PJSIP/2001", "Context": "dlr-agent", "Exten": "login", "Priority": "1", "Async": "true"}
    await board.manager.ask(Action="Originate", ActionID="gone", **call)
    answer = await board.manager.event("OriginateResponse", lambda event: event["ActionID"] == "gone")
    assert answer["Response"] == "Failure"
    assert len(phones.records) == 1


async def test_a_wrong_secret_is_refused(registrar, phones):
    with pytest.raises(RegistrationRefused, match="2001: the registrar answered 401"):
        await phones.register("2001", "not the secret", (LOOPBACK, registrar.settings.sip_port))


async def test_a_registrar_that_is_not_there(phones):
    with pytest.raises(RegistrationRefused, match="no answer"):
        await phones.register("2001", SECRET, (LOOPBACK, 9))
