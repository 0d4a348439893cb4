"""The simulator as a process of its own: says where it is, is steered, ends with its parent."""

import asyncio
import json
import os
import signal
import sys

import pytest

from sim.sip.control import Remote
from tests.sim.sip.caller import Caller

COMMAND = (sys.executable, "-m", "sim.sip")


def address(text):
    host, _, port = text.rpartition(":")
    return host, int(port)


@pytest.fixture
async def caller():
    async with Caller() as caller:
        yield caller


@pytest.fixture
async def process(tmp_path):
    behaviour = tmp_path / "people.json"
    behaviour.write_text(json.dumps({"others": {"does": "answers", "ring_s": None}}))
    process = await asyncio.create_subprocess_exec(
        *COMMAND, "--agents", "1001-1003,9", "--behaviour", str(behaviour), stdout=asyncio.subprocess.PIPE
    )
    yield process
    if process.returncode is None:
        process.terminate()
        await process.wait()


@pytest.fixture
async def bound(process):
    return {name: address(text) for name, text in json.loads(await process.stdout.readline()).items()}


async def test_it_carries_calls_and_tells_of_them(bound, caller):
    placed = caller.place(bound["carrier"], "9161234567")
    await caller.until(lambda: placed.code == 200)
    placed.hang_up()
    await caller.until(lambda: placed.ended)
    async with await Remote.to(bound["control"]) as sip:
        (record,) = await sip.ask("calls")
        assert (record["number"], record["ended_by"], record["call_id"]) == ("9161234567", "caller", placed.call_id)
        assert await sip.ask("calls", since=1) == []
        assert (await sip.ask("stats"))["carrier"]["calls"] == 1


async def test_it_is_steered(bound, caller):
    async with await Remote.to(bound["control"]) as sip:
        await sip.ask("script", script={"numbers": {"9161234567": {"does": "busy"}}})
        await sip.ask("phone_does", user="1002", behaviour={"does": "declines", "ring_s": None})
        placed = [caller.place(bound["carrier"], "9161234567"), caller.place(bound["phones"], "1002")]
        await caller.until(lambda: all(call.ended for call in placed))
        assert [call.code for call in placed] == [486, 603]
        talk = caller.place(bound["phones"], "9")
        await caller.until(lambda: talk.code == 200)
        await sip.ask("phone", user="9", action="hang_up")
        await caller.until(lambda: talk.ended)
        assert len(await sip.ask("phone_calls")) == 2


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ({"do": "dance"}, "'dance' is none of: calls"),
        ({"do": "phone", "user": "7", "action": "die"}, "'7' is none of the 4"),
        ({"do": "phone", "user": "9", "action": "fly"}, "'fly' is none of: die"),
        ({"do": "calls", "until": 1}, "until"),
        ({"do": "script", "script": {"x": 1}}, "x: no such part"),
    ],
)
async def test_a_wrong_question_is_answered_in_words_and_the_next_is_heard(bound, line, says):
    async with await Remote.to(bound["control"]) as sip:
        with pytest.raises(ValueError, match=says):
            await sip.ask(**line)
        assert await sip.ask("calls") == []


async def test_a_line_that_is_no_json_is_answered_too(bound):
    reader, writer = await asyncio.open_connection(*bound["control"])
    writer.write(b"what?\n")
    assert not json.loads(await reader.readline())["ok"]
    writer.close()
    await writer.wait_closed()


async def test_it_ends_on_sigterm(process, bound):
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 60) == 0


async def test_it_ends_with_its_parent():
    script = (
        f"import subprocess, sys; p = subprocess.Popen({list(COMMAND)!r}); print(p.pid, flush=True); sys.stdin.read()"
    )
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    pid = int(await parent.stdout.readline())
    await parent.stdout.readline()  # the child is up
    end = os.pidfd_open(pid)
    gone = asyncio.Event()
    asyncio.get_running_loop().add_reader(end, gone.set)
    parent.kill()
    await parent.wait()
    await asyncio.wait_for(gone.wait(), 60)
    asyncio.get_running_loop().remove_reader(end)
    os.close(end)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--carrier", "here"], "'here' is not HOST:PORT"),
        (["--agents", "a-b"], "'a-b' is not a range"),
        (["--behaviour", "missing.json"], "missing.json"),
    ],
)
async def test_a_wrong_option_is_refused_by_name(arguments, says):
    process = await asyncio.create_subprocess_exec(*COMMAND, *arguments, stderr=asyncio.subprocess.PIPE)
    _, errors = await process.communicate()
    assert process.returncode == 2
    assert says in errors.decode()


async def test_a_wrong_behaviour_file_is_refused_by_its_place(tmp_path):
    file = tmp_path / "people.json"
    file.write_text('{"others": {"does": "sings"}}')
    process = await asyncio.create_subprocess_exec(*COMMAND, "--behaviour", str(file), stderr=asyncio.subprocess.PIPE)
    _, errors = await process.communicate()
    assert process.returncode == 1
    assert "others: behaviour 'sings' is none of: answers" in errors.decode()
