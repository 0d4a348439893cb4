"""The phone in the browser through the API: its secret is for the agent himself, in his own session."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace

import httpx
import pytest
import pytest_asyncio

from dialer.api.app import create_app
from dialer.api.phone_ports import IceServer, PhonePass, PhoneRefused
from dialer.core.access import RIGHTS, Role
from dialer.core.ids import AgentId, ServerName
from dialer.core.settings import Phone
from dialer.core.staff import AgentRecord
from dialer.core.wishes import AgentPhoneBack
from tests.api.conftest import AGENT, ORIGIN, OTHER_AGENT, PASSWORD, House

URL = "wss://dialer.test/phone"
DESK, WEB = Phone(ServerName("a"), "desk"), Phone(ServerName("a"), "web", browser=True)
PATH = f"/api/v1/agents/{AGENT}/phone"


@dataclass
class Admitting:
    """Passes are given out; who is signed in where is told by the test."""

    signed_in: dict[AgentId, Phone] = field(default_factory=dict)
    refusal: PhoneRefused | None = None

    def addresses(self) -> Sequence[str]:
        return (URL,)

    def at(self, agent: AgentId) -> Phone | None:
        return self.signed_in.get(agent)

    def holder(self, phone: Phone) -> AgentId | None:
        return next((agent for agent, held in self.signed_in.items() if held.endpoint == phone.endpoint), None)

    async def admit(self, agent: AgentId, phone: Phone) -> PhonePass:
        if self.refusal is not None:
            raise self.refusal
        return PhonePass(URL, phone.endpoint, "the secret", 1.0, (IceServer(("stun:stun.test:3478",)),))


@pytest.fixture
def phones() -> Admitting:
    return Admitting()


@pytest_asyncio.fixture
async def anna(house: House, phones: Admitting) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in which the agent is signed in."""
    await house.ports.agents.save(AgentRecord(AGENT, "Анна", (house.group,), (DESK, WEB)))
    await house.users.add("anna", Role.AGENT, house.clock.now(), agent=AGENT, password=PASSWORD)
    app = create_app(replace(house.ports, phones=phones))
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN, headers={"Origin": ORIGIN})
    async with client:
        answer = await client.post("/api/v1/session", json={"name": "anna", "password": PASSWORD})
        client.cookies.set("dialer_session", answer.cookies["dialer_session"])
        yield client


async def test_the_pass(anna: httpx.AsyncClient) -> None:
    answer = await anna.post(PATH, json={"endpoint": "web"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    told = answer.json()
    assert (told["url"], told["endpoint"], told["secret"]) == (URL, "web", "the secret")
    assert told["ice_servers"] == [{"urls": ["stun:stun.test:3478"], "username": None, "credential": None}]


@pytest.mark.parametrize(
    ("endpoint", "signed_in", "refused", "kind"),
    [
        ("desk", {}, 409, "no-browser-phone"),
        ("nobody-s", {}, 409, "no-phone"),
        ("x\r\nAction: Command", {}, 422, "not-valid"),
        ("web", {AGENT: DESK}, 409, "another-phone"),
        ("web", {OTHER_AGENT: WEB}, 409, "phone-taken"),
    ],
)
async def test_no_pass(
    anna: httpx.AsyncClient,
    phones: Admitting,
    endpoint: str,
    signed_in: dict[AgentId, Phone],
    refused: int,
    kind: str,
) -> None:
    phones.signed_in = signed_in
    answer = await anna.post(PATH, json={"endpoint": endpoint})
    assert answer.status_code == refused
    assert answer.json()["type"].endswith(kind) or refused == 422


async def test_whoever_is_not_the_agent_himself_gets_none(
    anna: httpx.AsyncClient, house: House, supervisor: dict[str, str]
) -> None:
    token = {"Authorization": f"Bearer {await house.users.make_token('anna', RIGHTS[Role.AGENT], house.clock.now())}"}
    for path, headers in ((PATH, supervisor), (PATH, token), (f"/api/v1/agents/{OTHER_AGENT}/phone", {})):
        client = httpx.AsyncClient(transport=anna._transport, base_url=ORIGIN) if headers else anna
        answer = await client.post(path, json={"endpoint": "web"}, headers=headers)
        assert answer.status_code == 403, answer.text


async def test_what_asterisk_does_not_take_is_told_with_its_cure(anna: httpx.AsyncClient, phones: Admitting) -> None:
    phones.refusal = PhoneRefused("The server a is away.", "Wait.")
    answer = await anna.post(PATH, json={"endpoint": "web"})
    assert (answer.status_code, answer.json()["detail"], answer.json()["cure"]) == (
        503,
        "The server a is away.",
        "Wait.",
    )


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (None, {"endpoint": None, "browser": False}),
        (DESK, {"endpoint": "desk", "browser": False}),
        (Phone(ServerName("a"), "web"), {"endpoint": "web", "browser": True}),
    ],
)
async def test_where_he_is_signed_in(
    anna: httpx.AsyncClient, phones: Admitting, at: Phone | None, told: dict[str, object]
) -> None:
    phones.signed_in = {} if at is None else {AGENT: at}
    assert (await anna.get(PATH)).json() == told


async def test_a_phone_that_is_back_is_put_before_the_floor(anna: httpx.AsyncClient, house: House) -> None:
    assert (await anna.post(f"{PATH}/ring")).status_code == 202
    assert [event.agent for event in house.room.told(AgentPhoneBack)] == [AGENT]


async def test_only_the_agent_s_page_may_connect_to_the_phone_s_address(anna: httpx.AsyncClient) -> None:
    policy = (await anna.get("/agent")).headers["content-security-policy"]
    assert f"connect-src 'self' {URL};" in policy
    assert URL not in (await anna.get("/sign-in")).headers["content-security-policy"]
