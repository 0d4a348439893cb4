"""What an engineer does to a running house: drain it, reload it, look at it, give it a dead trunk."""

import asyncio
import re
import signal
from random import Random

from dialer.clock import Clock
from dialer.core.effects import ReserveLeads
from dialer.core.ids import AgentId, Leg, ServerName, TrunkName
from dialer.core.settings import Phone, PhoneKind
from dialer.store import agents, attempts
from sim.desks import Desks, Manners
from sim.sip.behaviour import answers, busy
from sim.sip.carrier import Carrier
from sim.sip.phones import Phones
from sim.stand.ports import free_tcp_port
from tests.house.books import balanced
from tests.house.house import House
from tests.promtool import promtool

MANNERS = Manners(wrap_up_s=(0.2, 0.4), dispositions=(("agreed", 1.0),))


async def test_sigterm_lets_talks_finish_and_starts_nothing(house: House, carrier: Carrier) -> None:
    await house.prepare([1001])
    carrier.on_ending("", answers(ring_s=0.2, talk_s=3.0))
    await house.add(*[f"91600003{n:02}" for n in range(5)])
    await house.start()
    async with Desks(house.url, house.work.token, [1001], Random(1), MANNERS) as team:
        await team.desks[1001].until_state("ready")
        await house.command("start")
        await team.desks[1001].until_state("talking")
        assert await house.stop() == 0
        assert len(carrier.records) == 1
    talk = carrier.records[0]
    assert talk.ended_at is not None
    assert talk.answered_at is not None
    assert talk.ended_at - talk.answered_at > 2.5


async def test_sighup_takes_over_limits_and_refuses_a_bad_file(house: House) -> None:
    await house.prepare([1001])
    await house.start()
    config = house.folder / "dialer.toml"
    good = config.read_text()
    config.write_text(good.replace("lines = 200", "lines = 7"))
    house.process.send_signal(signal.SIGHUP)

    async def lines() -> bool:
        return [trunk["lines"] for trunk in (await house.wallboard())["trunks"]] == [7]

    await house.until(lines, "the trunk has 7 lines")
    config.write_text(good.replace("lines = 200", "lines = 7").replace("[http]", '[http]\nhost = "127.0.0.2"'))
    house.process.send_signal(signal.SIGHUP)

    async def named() -> bool:
        return [line["needs_restart"] for line in house.logged("config_reloaded")] == [[], ["[http] host"]]

    await house.until(named, "what needs a restart is named")
    config.write_text(good.replace("lines = 200", "linez = 9"))
    house.process.send_signal(signal.SIGHUP)

    async def refused() -> bool:
        return any("linez" in line["error"] for line in house.logged("config_refused"))

    await house.until(refused, "the bad file is refused by name")
    assert await lines()


async def test_no_number_of_the_run_is_in_the_log_and_the_metrics_are_sound(house: House, carrier: Carrier) -> None:
    await house.prepare([1001, 1002])
    carrier.on_ending("", answers(ring_s=0.2, talk_s=0.5))
    numbers = [f"916{n:07}" for n in range(4_815_162, 4_815_170)]
    await house.add(*numbers)
    await house.start()
    async with Desks(house.url, house.work.token, [1001, 1002], Random(1), MANNERS) as team:
        await team.desks[1001].until_state("ready")
        await house.command("start")
        await house.until_settled(len(numbers))
        metrics = ""

        async def counted() -> bool:
            nonlocal metrics
            async with house.http() as http:
                metrics = (await http.get("/metrics")).text
            return 'dialer_attempts_total{campaign="orders",outcome="answered",trunk="carrier"} 8.0' in metrics

        await house.until(counted, "eight answered calls are counted")
    checked = await asyncio.to_thread(promtool, "check", "metrics", given=metrics.encode())
    assert checked.returncode == 0, checked.stderr
    digits = re.sub(r"[\s()+.\-]", "", house.log.read_text() + metrics)
    assert not [number for number in numbers if number in digits]
    assert "Получатель" not in house.log.read_text()
    await balanced(house, carrier)


async def test_a_settlement_that_the_books_refuse_costs_one_decision_and_not_the_campaign(
    house: House, carrier: Carrier
) -> None:
    await house.prepare([1001])
    carrier.on_ending("", answers(ring_s=0.2, talk_s=0.3))
    carrier.on("9160000902", busy(ring_s=0.2))
    await house.add("9160000901", "9160000902", "9160000903")
    async with house.database.connection() as conn:
        await conn.execute("alter table dialer.attempt add constraint no_busy check (outcome <> 'busy')")
    await house.start()
    async with Desks(house.url, house.work.token, [1001], Random(1), MANNERS) as team:
        await team.desks[1001].until_state("ready")
        await house.command("start")
        booked = await house.until_settled(3)

        async def told() -> bool:
            board = await house.wallboard()
            named = [alarm["name"] for alarm in board["alarms"]]
            return named == ["settlement_refused"] and board["campaigns"][0]["state"] != "running"

        await house.until(told, "the alarm is shown and the campaign has come to its end")
    outcomes = {row["number"]: row["outcome"] for row in booked}
    assert outcomes == {"9160000901": "answered", "9160000902": "lost", "9160000903": "answered"}
    assert [lead["reason"] for lead in await house.leads() if lead["state"] == "needs_decision"] == [
        "settlement_refused"
    ]
    (bug,) = house.logged("bug")
    assert bug["constraint"] == "no_busy"
    assert "Outcome.BUSY" in bug["put_aside"]
    await balanced(house, carrier)


async def test_a_dead_trunk_stops_the_dialling_and_does_not_burn_the_list(house: House) -> None:
    config = house.folder / "dialer.toml"
    config.write_text(config.read_text().replace('endpoint = "carrier"', 'endpoint = "dead"'))
    await house.prepare([1001])
    await house.add(*[f"91600004{n:02}" for n in range(30)])
    await house.start()
    async with Desks(house.url, house.work.token, [1001], Random(1), MANNERS) as team:
        await team.desks[1001].until_state("ready")
        await house.command("start")

        async def told() -> bool:
            return any(line["name"] in ("trunk_unreachable", "trunk_dead") for line in house.logged("alarm"))

        await house.until(told, "the dead trunk is told")
        await asyncio.sleep(3.0)  # that nothing more is tried can only be seen by waiting
    assert all(lead["attempts"] == 0 for lead in await house.leads())
    assert len(await house.attempts()) < 10


async def test_one_bad_server_does_not_stop_the_others(house: House, carrier: Carrier) -> None:
    config = house.folder / "dialer.toml"
    bad = f'\n[[asterisk]]\nname = "pbx2"\nport = {free_tcp_port()}\nsecret_file = "ami.secret"\n'
    config.write_text(config.read_text() + bad)
    await house.prepare([1001])
    carrier.on_ending("", answers(ring_s=0.2, talk_s=0.3))
    await house.add("9160000501", "9160000502")
    await house.start()
    async with Desks(house.url, house.work.token, [1001], Random(1), MANNERS) as team:
        await team.desks[1001].until_state("ready")
        await house.command("start")
        await house.until_settled(2)
        servers = {server["name"]: server for server in (await house.wallboard())["servers"]}
    assert servers["pbx1"]["up"]
    assert not servers["pbx2"]["up"]
    assert servers["pbx2"]["why_down"]


async def test_agents_who_refuse_to_be_nailed_up_are_called_per_call(
    house: House, carrier: Carrier, phones: Phones
) -> None:
    await house.prepare([1001], PhoneKind.PER_CALL)
    carrier.on_ending("", answers(ring_s=0.2, talk_s=1.0))
    await house.add("9160000601", "9160000602")
    await house.start()
    async with Desks(house.url, house.work.token, [1001], Random(1), MANNERS) as team:
        await team.desks[1001].until_state("ready")
        assert len(phones.records) == 0
        await house.command("start")
        booked = await house.until_settled(2)
    assert [row["outcome"] for row in booked] == ["answered", "answered"]
    assert len([record for record in phones.records if record.number == "1001"]) == 2
    await balanced(house, carrier)


async def test_a_dead_phone_is_seen_and_its_agent_gets_no_call(house: House, carrier: Carrier, phones: Phones) -> None:
    await house.prepare([1001, 1002])
    carrier.on_ending("", answers(ring_s=0.2, talk_s=0.3))
    await house.add("9160000701", "9160000702", "9160000703")
    await house.start()
    async with Desks(house.url, house.work.token, [1001, 1002], Random(1), MANNERS) as team:
        for desk in team.desks.values():
            await desk.until_state("ready")
        phones["1001"].die()
        await team.desks[1001].until_state("lost")
        await house.command("start")
        await house.until_settled(3)
        assert {row["agent"] for row in await house.attempts()} == {1002}
        phones["1001"].restart()
        await team.ask(1001, "ready")
        await team.desks[1001].until_state("ready")


async def test_nobody_free_is_the_message_and_an_abandonment(house: House, carrier: Carrier) -> None:
    await house.prepare([1001], mode="power", power_ratio=3.0)
    carrier.on_ending("", answers(ring_s=0.2, talk_s=6.0))
    await house.add("9160000801", "9160000802", "9160000803")
    await house.start()
    async with Desks(house.url, house.work.token, [1001], Random(1), MANNERS) as team:
        await team.desks[1001].until_state("ready")
        await house.command("start")
        booked = await house.until_settled(3)
    abandoned = [row for row in booked if row["abandoned"]]
    assert len(abandoned) == 2
    assert not any(row["silent"] for row in abandoned)
    for record in carrier.records:
        assert record.answered_at is not None
        assert record.first_sound_at is not None
    await balanced(house, carrier)


async def test_a_server_that_was_renamed_keeps_nobody_and_nothing(house: House) -> None:
    """The books tell of it, and no link ever will: the daemon lives, and the agent may sign in at the new one."""
    await house.prepare([1001])
    await house.add("9160000001")
    now, old = Clock().now(), ServerName("old")
    wish = ReserveLeads(
        campaign=house.work.campaign, server=old, trunk=TrunkName("carrier"), count=1, open_zones=("Europe/Moscow",)
    )
    async with house.database.connection() as conn:
        await conn.execute("update dialer.campaign set state = 'running'")
        assert (await attempts.reserve(conn, wish, now - 300)).reservations
        await agents.sign_in(conn, AgentId(1001), Phone(old, "1001"), Leg("dlr-a1001-old"), now - 300)
    await house.start()
    await house.until_servers_up()
    [attempt] = await house.until_settled(1)
    assert attempt["outcome"] == "unknown_not_redialled"
    [passed_over] = [line for line in house.logged("ami_refused") if line["server"] == old]
    assert passed_over["wanted"] == "DropAgent"
    async with house.http() as http:
        answer = await http.post("/api/v1/agents/1001/sign-in")
        assert answer.status_code == 202, answer.text
    assert await house.stop() == 0
    assert house.logged("bug") == []
