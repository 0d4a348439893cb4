"""A notice from the settlement to the gateway and the mail server, which misbehave in every way."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from random import Random

import orjson
import pytest

from dialer.core.notices import Channel, Gateway, NoticeRecord, NoticeState, NoticeStep
from dialer.core.outcome import LeadState, LeadStep, Outcome
from dialer.core.slots import Template
from dialer.logs import configure
from dialer.notices.mail import Mail, MailServer
from dialer.notices.result import Result, Said
from dialer.notices.sender import FIRST_DELAY_S, KEPT_S, TEXTS_AT_ONCE, NoticeSender
from dialer.notices.sms import SmsGateways
from dialer.outside.client import Client
from dialer.store.db import Database
from dialer.store.notices import NoticeBooks
from dialer.store.outbox import WebhookBooks
from sim.courier.server import Courier
from sim.stand.ports import LOOPBACK, free_tcp_port
from tests.conftest import PATIENCE_S
from tests.notices.mailbox import Mailbox
from tests.outside.peers import packets_dropped, peer, saying, silent
from tests.store.scene import NOW, Scene, build_scene, lead, settlement

BODY = '{"id": "{notice}", "to": "{number}", "text": "{text}"}'
SMS = NoticeStep("sorry", Channel.SMS, frozenset({Outcome.NO_ANSWER}), 1, 'Не дозвонились, {person}: "звоните"')
MAIL = NoticeStep("mail", Channel.EMAIL, frozenset({Outcome.NO_ANSWER}), 1, "Здравствуйте, {person}!", "Заказ {order}")
NOON = NOW - NOW % 86400 + 9 * 3600.0


@dataclass
class Wall:
    at: float = NOON

    def now(self) -> float:
        return self.at


@dataclass
class Stage:
    scene: Scene
    books: NoticeBooks
    courier: Courier
    mailbox: Mailbox
    client: Client
    wall: Wall
    secrets: dict[str, str]

    def sender(self, *, host: str = LOOPBACK) -> NoticeSender:
        server = MailServer(host, self.mailbox.port, "none", "Лавка <shop@shop.example>")
        return NoticeSender(
            self.books, self.wall, SmsGateways(self.client.send, self.secrets.__getitem__), Mail(server)
        )

    async def gateway(
        self, *, is_idempotent: bool = False, url: str = "", headers: dict[str, str] | None = None
    ) -> None:
        template = Template("POST", f"{url or self.courier.url}/messages", BODY, headers or {})
        await self.books.save_gateway(Gateway(self.scene.project, template, is_idempotent=is_idempotent), NOON)

    async def unanswered(self, *steps: NoticeStep, count: int = 1, orders: Sequence[str] = ()) -> None:
        """So many people did not come to the phone, and these steps follow."""
        await self.books.set_steps(self.scene.campaign, steps)
        orders = orders or [f"A-{number}" for number in range(1, count + 1)]
        count = len(orders)
        people = [
            lead(number, person="Мария", external_id=order, fields={"email": "maria@shop.example"})
            for number, order in enumerate(orders, 1)
        ]
        await self.scene.add(*people)
        waits = LeadStep(LeadState.WAITING, "no_answer", next_call_at=NOW + 86400)
        for taken in (await self.scene.reserve(count)).reservations:
            await self.scene.settle(settlement(taken, waits, Outcome.NO_ANSWER), at=NOON)

    async def came_to(self) -> list[NoticeRecord]:
        """The notices of its own project's leads."""
        async with self.scene.database.connection() as conn:
            leads = [
                row["id"]
                for row in await conn.fetch(
                    "select id::text from dialer.lead where project = $1 order by id", self.scene.project
                )
            ]
        return [notice for lead in leads for notice in await self.books.of_lead(lead)]


@pytest.fixture
async def stage(database_dsn: str) -> AsyncIterator[Stage]:
    async with (
        await Database.open(database_dsn, command_timeout_s=PATIENCE_S) as database,
        Courier() as courier,
        Mailbox() as mailbox,
        Client() as client,
    ):
        scene = await build_scene(database)
        await WebhookBooks(database).allow(scene.project, "127.0.0.0/8", "the test's own", NOON)
        yield Stage(scene, NoticeBooks(database), courier, mailbox, client, Wall(), {})


async def test_a_text_and_an_email_go_and_stand_in_the_books(stage: Stage) -> None:
    await stage.gateway()
    await stage.unanswered(SMS, MAIL)
    assert await stage.sender().turn() == 2
    (message,) = stage.courier.firm.messages.values()
    assert (message.number, message.text) == ("79000000001", 'Не дозвонились, Мария: "звоните"')
    (mail,) = stage.mailbox.messages
    assert (mail["To"], mail["Subject"], str(mail["From"])) == (
        "maria@shop.example",
        "Заказ A-1",
        "Лавка <shop@shop.example>",
    )
    assert "Здравствуйте, Мария!" in mail.get_content()  # type: ignore[attr-defined]
    assert {one.state for one in await stage.came_to()} == {NoticeState.SENT}
    assert await stage.sender().turn() == 0


async def test_at_night_it_waits_for_the_morning(stage: Stage) -> None:
    await stage.gateway()
    await stage.unanswered(SMS)
    stage.wall.at = NOON + 13 * 3600
    await stage.sender().turn()
    assert not stage.courier.firm.messages
    stage.wall.at = NOON + 20.9 * 3600
    assert await stage.sender().turn() == 0
    stage.wall.at = NOON + 21.1 * 3600
    await stage.sender().turn()
    assert len(stage.courier.firm.messages) == 1


async def test_a_gateway_that_is_away_is_tried_again(stage: Stage) -> None:
    await stage.gateway(url=f"http://{LOOPBACK}:{free_tcp_port()}")
    await stage.unanswered(SMS)
    await stage.sender().turn()
    (one,) = await stage.came_to()
    assert (one.state, one.reason, one.tries) == (NoticeState.WAITING, "cannot_connect", 1)
    assert await stage.sender().turn() == 0, "not at once"
    await stage.gateway()
    stage.wall.at += FIRST_DELAY_S
    await stage.sender().turn()
    (one,) = await stage.came_to()
    assert (one.state, one.tries) == (NoticeState.SENT, 2)


@pytest.mark.parametrize("is_idempotent", [False, True])
async def test_what_may_have_gone_goes_again_only_where_that_is_safe(stage: Stage, is_idempotent: bool) -> None:
    await stage.gateway(is_idempotent=is_idempotent)
    await stage.unanswered(SMS)
    stage.courier.faults.loss_ratio = 1.0
    await stage.sender().turn()
    (one,) = await stage.came_to()
    assert (one.state, one.reason) == (NoticeState.WAITING if is_idempotent else NoticeState.UNKNOWN, "http_500")
    stage.courier.faults.loss_ratio = 0.0
    stage.wall.at += FIRST_DELAY_S
    await stage.sender().turn()
    assert len(stage.courier.firm.messages) == 1, "it had gone, and the gateway knew it again"
    (one,) = await stage.came_to()
    assert one.state is (NoticeState.SENT if is_idempotent else NoticeState.UNKNOWN)


async def test_a_gateway_that_drops_packets_is_tried_again(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dialer.notices.sms.TIMEOUT_S", 0.3)
    with packets_dropped() as port:
        await stage.gateway(url=f"http://{LOOPBACK}:{port}")
        await stage.unanswered(SMS)
        await stage.sender().turn()
    assert [(one.state, one.reason) for one in await stage.came_to()] == [(NoticeState.WAITING, "timeout")]


async def test_a_gateway_that_is_silent_may_have_it(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dialer.notices.sms.TIMEOUT_S", 1.0)
    async with peer(silent) as port:
        await stage.gateway(url=f"http://{LOOPBACK}:{port}")
        await stage.unanswered(SMS)
        await stage.sender().turn()
    assert [(one.state, one.reason) for one in await stage.came_to()] == [(NoticeState.UNKNOWN, "timeout")]


async def test_a_gateway_that_says_yes_and_breaks_off_has_it(stage: Stage) -> None:
    async with peer(saying(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort")) as port:
        await stage.gateway(url=f"http://{LOOPBACK}:{port}")
        await stage.unanswered(SMS)
        await stage.sender().turn()
    assert [(one.state, one.reason) for one in await stage.came_to()] == [(NoticeState.SENT, "")]


async def test_garbage_may_have_gone(stage: Stage) -> None:
    await stage.gateway()
    await stage.unanswered(SMS)
    stage.courier.faults.is_down = True
    await stage.sender().turn()
    assert (await stage.came_to())[0].state is NoticeState.WAITING, "503: nothing was done"


async def test_a_day_of_faults_loses_nothing_and_sends_nothing_twice(stage: Stage) -> None:
    await stage.gateway(is_idempotent=True)
    await stage.unanswered(SMS, count=60)
    stage.courier.faults.error_ratio, stage.courier.faults.loss_ratio = 0.2, 0.2
    stage.courier.faults.chance = Random(5)
    for _ in range(24):
        while await stage.sender().turn():
            pass
        found = await stage.came_to()
        if all(one.state is NoticeState.SENT for one in found):
            break
        stage.wall.at += 1200.0
    assert {one.state for one in found} == {NoticeState.SENT}
    assert len(stage.courier.firm.messages) == len(found) == 60
    assert any(one.tries > 1 for one in found)


async def test_without_a_gateway_it_waits_for_one_and_then_fails(stage: Stage) -> None:
    await stage.unanswered(SMS)
    await stage.sender().turn()
    assert [(one.state, one.reason) for one in await stage.came_to()] == [(NoticeState.WAITING, "no_gateway")]
    stage.wall.at += 49 * 3600
    await stage.sender().turn()
    assert [(one.state, one.reason) for one in await stage.came_to()] == [(NoticeState.FAILED, "too_late")]


async def test_a_secret_that_is_missing_is_waited_for(stage: Stage) -> None:
    await stage.gateway(headers={"Authorization": "Bearer {secret:sms}"})
    await stage.unanswered(SMS)
    await stage.sender().turn()
    assert (await stage.came_to())[0].reason == "secret_missing"
    stage.secrets[f"{stage.scene.project}_sms"] = "s"
    stage.wall.at += FIRST_DELAY_S
    await stage.sender().turn()
    assert (await stage.came_to())[0].state is NoticeState.SENT


@pytest.mark.parametrize(
    ("answers", "state", "reason"),
    [
        ({"RCPT": "550 no such mailbox"}, NoticeState.FAILED, "smtp_550"),
        ({"RCPT": "450 later"}, NoticeState.WAITING, "smtp_450"),
        ({"MAIL": "421 busy"}, NoticeState.WAITING, "smtp_421"),
        ({"DATA": "554 no"}, NoticeState.FAILED, "smtp_554"),
        ({"END": "552 too large"}, NoticeState.FAILED, "smtp_552"),
        ({"END": "451 try again"}, NoticeState.WAITING, "smtp_451"),
        ({"END": ""}, NoticeState.UNKNOWN, "smtp_away"),
        ({"CONNECT": "554 go away"}, NoticeState.WAITING, "smtp_554"),
        ({"CONNECT": ""}, NoticeState.WAITING, "smtp_away"),
        ({"EHLO": ""}, NoticeState.WAITING, "smtp_away"),
        ({"RCPT": ""}, NoticeState.WAITING, "smtp_away"),
    ],
)
async def test_a_mail_server_that_refuses_or_goes_away(
    stage: Stage, answers: dict[str, str], state: NoticeState, reason: str
) -> None:
    await stage.unanswered(MAIL)
    stage.mailbox.answers = answers
    await stage.sender().turn()
    (one,) = await stage.came_to()
    assert (one.state, one.reason) == (state, reason)
    assert stage.mailbox.messages == []


async def test_whatever_an_order_holds_its_email_goes(stage: Stage) -> None:
    await stage.unanswered(MAIL, orders=["A\r\n1", "A\u20282", "A\x853", "A\v4", "A\x075"])
    while await stage.sender().turn():
        pass
    assert sorted(mail["Subject"] for mail in stage.mailbox.messages) == [f"Заказ A {number}" for number in range(1, 6)]


async def test_a_message_that_cannot_be_made_is_refused(stage: Stage) -> None:
    """What the e-mail package cannot hold is nothing that another try would mend."""
    server = MailServer(LOOPBACK, stage.mailbox.port, "none", "Лавка <shop@shop.example>")
    for address, subject in (("m@shop.example", "a\rb"), ("():@a.b", ""), ("a@[@.", "")):
        assert await Mail(server).send(1, address, subject, "") == Result(Said.REFUSED, "bad_message")
    assert stage.mailbox.messages == []


async def test_an_error_of_ours_ends_its_own_notice_and_nothing_else(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The daemon goes on, the other notices go, and the log tells where it was without the person's data."""

    async def torn(mail: Mail, notice: int, address: str, subject: str, text: str) -> Result:
        raise IndexError(address)

    monkeypatch.setattr(Mail, "send", torn)
    configure("info", as_json=True)
    await stage.gateway()
    await stage.unanswered(SMS, MAIL)
    sender = stage.sender()
    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
        tasks.create_task(sender.run())
        while not all(one.done_at for one in await stage.came_to()):  # noqa: ASYNC110 - the books tell nobody
            await asyncio.sleep(0.01)
        sender.stop()
    found = {one.step: (one.state, one.reason) for one in await stage.came_to()}
    assert found == {"sorry": (NoticeState.SENT, ""), "mail": (NoticeState.FAILED, "error_of_ours")}
    (bug,) = [line for line in map(orjson.loads, capsys.readouterr().err.splitlines()) if line["event"] == "bug"]
    assert (bug["where"], bug["error"], bug["step"]) == ("notices", "IndexError", "mail")
    assert "shop.example" not in str(bug)


async def test_books_that_err_do_not_end_the_daemon(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    await stage.gateway()
    await stage.unanswered(SMS)
    looks = 0

    async def erring(books: NoticeBooks, now: float) -> int:
        nonlocal looks
        looks += 1
        if looks == 1:
            raise ValueError
        return 0

    monkeypatch.setattr(NoticeBooks, "close_lost", erring)
    monkeypatch.setattr("dialer.notices.sender.POLL_S", 0.01)
    sender = stage.sender()
    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
        tasks.create_task(sender.run())
        while not stage.courier.firm.messages:  # noqa: ASYNC110 - the courier is another machine
            await asyncio.sleep(0.01)
        sender.stop()


async def test_what_was_over_long_ago_is_forgotten(stage: Stage) -> None:
    await stage.gateway()
    await stage.unanswered(SMS)
    await stage.sender().turn()
    await stage.scene.run("update dialer.lead set state = 'done'")
    for after_s, left in ((KEPT_S, 1), (KEPT_S + 1, 0)):
        stage.wall.at = NOON + after_s
        await stage.sender().prune()
        assert len(await stage.came_to()) == left


async def test_a_gateway_that_is_silent_holds_up_no_one_elses(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own texts fill its lane; another project's, and the e-mails of both, go at once.

    The gateway is given up later than the test is: what has gone has not waited for that.
    """
    monkeypatch.setattr("dialer.notices.sms.TIMEOUT_S", 90.0)
    await stage.unanswered(SMS, MAIL, count=30)
    await stage.scene.run("delete from dialer.called_number")
    other = replace(stage, scene=await build_scene(stage.scene.database, "другой"))
    await WebhookBooks(stage.scene.database).allow(other.scene.project, "127.0.0.0/8", "the test's own", NOON)
    await other.gateway()
    await other.unanswered(SMS, MAIL)
    hung = asyncio.Event()

    async def hanging(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await hung.wait()

    async with peer(hanging) as port, asyncio.timeout(60), asyncio.TaskGroup() as tasks:
        await stage.gateway(url=f"http://{LOOPBACK}:{port}")
        sender = stage.sender()
        tasks.create_task(sender.run())
        while (len(stage.mailbox.messages), len(stage.courier.firm.messages)) < (31, 1):  # noqa: ASYNC110 - other machines
            await asyncio.sleep(0.01)
        in_hand = [
            one for one in await stage.came_to() if one.state is NoticeState.SENDING and one.channel is Channel.SMS
        ]
        assert len(in_hand) == TEXTS_AT_ONCE
        hung.set()
        sender.stop()


async def test_who_asked_not_to_be_called_gets_no_text_either(stage: Stage) -> None:
    await stage.gateway()
    await stage.unanswered(SMS)
    await stage.scene.run("insert into dialer.do_not_call (number, reason) values ('9000000001', 'asked')")
    await stage.sender().turn()
    assert [(one.state, one.reason) for one in await stage.came_to()] == [(NoticeState.DROPPED, "do_not_call")]
    assert not stage.courier.firm.messages


async def test_a_private_address_is_not_reached_unless_it_is_allowed(stage: Stage) -> None:
    await stage.gateway()
    await stage.unanswered(SMS)
    await stage.scene.run("delete from dialer.private_network")
    await stage.sender().turn()
    assert (await stage.came_to())[0].reason == "address_refused"
