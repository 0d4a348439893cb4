"""sipp, which knows nothing of us, against the carrier and against the tests' caller."""

import asyncio
import shutil
from contextlib import suppress

import pytest

from sim.sip.behaviour import answers, busy, no_answer
from sim.sip.carrier import Carrier
from sim.sip.record import EndedBy
from sim.stand.debs import Archive
from sim.stand.ports import free_udp_port
from tests.sim.sip.caller import Caller

SUITE = "bookworm"
CALLS = 40


@pytest.fixture
async def sipp(tmp_path):
    """Run sipp with these options (ended at the end of the test): its process."""
    command = await sipp_command()
    started = []

    async def run(*options):
        process = await asyncio.create_subprocess_exec(
            *command,
            *("-i", "127.0.0.1", "-nostdin", "-p", str(free_udp_port()), *map(str, options)),
            cwd=tmp_path,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def sipp_command():
    if shutil.which("sipp"):
        return ["sipp"]
    tree = await Archive(SUITE).fetch("sip-tester")
    return tree.run_argv("/usr/bin/sipp")


async def test_sipp_calls_the_carrier_and_takes_every_call_for_a_good_one(sipp):
    async with Carrier() as carrier:
        carrier.others = lambda number, before: answers(ring_s=0.02)
        host, port = carrier.address
        process = await sipp("-sn", "uac", f"{host}:{port}", "-s", "9161234567", "-m", CALLS, "-r", 100, "-d", 50)
        assert await asyncio.wait_for(process.wait(), 60) == 0
        assert len(carrier.records) == CALLS
        for record in carrier.records:
            assert record.ended_by is EndedBy.CALLER  # an INVITE that sipp repeats in a pause makes no second record
            assert record.invite_at <= record.ringing_at < record.answered_at < record.confirmed_at < record.ended_at


CANCELS = """<?xml version="1.0" encoding="ISO-8859-1" ?>
<scenario name="calls, hears ringing, gives up">
  <send retrans="500"><![CDATA[
    INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
    Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
    From: <sip:4951234567@[local_ip]>;tag=[call_number]
    To: <sip:[service]@[remote_ip]>
    Call-ID: [call_id]
    CSeq: 1 INVITE
    Contact: <sip:sipp@[local_ip]:[local_port]>
    Max-Forwards: 70
    Content-Type: application/sdp
    Content-Length: [len]

    v=0
    o=u 1 1 IN IP4 [local_ip]
    s=-
    c=IN IP4 [local_ip]
    t=0 0
    m=audio 6000 RTP/AVP 0
  ]]></send>
  <recv response="100" optional="true"/>
  <recv response="180"/>
  <send retrans="500"><![CDATA[
    CANCEL sip:[service]@[remote_ip]:[remote_port] SIP/2.0
    Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch-2]
    From: <sip:4951234567@[local_ip]>;tag=[call_number]
    To: <sip:[service]@[remote_ip]>
    Call-ID: [call_id]
    CSeq: 1 CANCEL
    Max-Forwards: 70
    Content-Length: 0
  ]]></send>
  <recv response="200"/>
  <recv response="487"/>
  <send><![CDATA[
    ACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0
    Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch-4]
    From: <sip:4951234567@[local_ip]>;tag=[call_number]
    To: <sip:[service]@[remote_ip]>[peer_tag_param]
    Call-ID: [call_id]
    CSeq: 1 ACK
    Content-Length: 0
  ]]></send>
</scenario>
"""


async def test_sipp_gives_up_and_is_told_so(sipp, tmp_path):
    scenario = tmp_path / "cancels.xml"
    scenario.write_text(CANCELS)
    async with Carrier() as carrier:
        carrier.others = lambda number, before: no_answer()
        host, port = carrier.address
        process = await sipp("-sf", scenario, f"{host}:{port}", "-s", "9161234567", "-m", 5, "-r", 50)
        assert await asyncio.wait_for(process.wait(), 60) == 0
        await carrier.wait_until(lambda: not carrier.live_calls)
        assert [record.ended_by for record in carrier.records] == [EndedBy.CANCELLED] * 5


async def test_sipp_counts_a_refusal_as_a_failed_call(sipp):
    async with Carrier() as carrier:
        carrier.others = lambda number, before: busy()
        host, port = carrier.address
        process = await sipp("-sn", "uac", f"{host}:{port}", "-s", "9161234567", "-m", 1)
        assert await asyncio.wait_for(process.wait(), 60) == 1
        assert [record.code for record in carrier.records] == [486]


async def test_the_tests_own_caller_is_understood_by_sipp(sipp):
    port = free_udp_port()
    process = await sipp("-sn", "uas", "-p", port, "-m", 1)
    async with Caller() as caller:
        placed = caller.place(("127.0.0.1", port), "9161234567")
        async with asyncio.timeout(60):
            while not placed.codes:  # until sipp listens
                placed.invite()
                with suppress(TimeoutError):
                    await caller.until(lambda: placed.codes, 0.2)
        await caller.until(lambda: placed.code == 200)
        placed.hang_up()
        await caller.until(lambda: placed.ended)
        assert await asyncio.wait_for(process.wait(), 60) == 0
