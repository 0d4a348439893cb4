"""Children end with their parent, run without root's rights, and say why they did not start."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from sim.stand.process import Child, PrivateFolder, StandError, guarded, run, until

PARENT = """
import sys, time
from pathlib import Path
from sim.stand.process import Child
child = Child("sleeper", ["sleep", "600"], log=Path(sys.argv[1]))
print(child.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def folder():
    with PrivateFolder("dialer-test-") as made:
        yield made


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def test_a_killed_parent_leaves_no_child(tmp_path):
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, str(tmp_path / "log"), stdout=asyncio.subprocess.PIPE
    )
    child = int(await parent.stdout.readline())
    assert alive(child)

    parent.kill()
    await parent.wait()

    await until(lambda: not alive(child), "end of the orphan")


async def test_a_child_orphaned_before_the_kernel_was_told_does_not_start():
    """As if its parent had died: the command's parent is a shell, not us."""
    command = guarded(["echo", "begun"], signal.SIGTERM, None)
    orphan = await asyncio.create_subprocess_exec("sh", "-c", '"$@"; echo "$?"', "sh", *command, stdout=subprocess.PIPE)
    said, _ = await orphan.communicate()
    assert said == b"1\n"


async def test_the_private_folder_is_closed_to_others_and_open_to_the_child(folder):
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700

    said = await run(["sh", "-c", "id -u; touch made && echo made"], cwd=folder.path, account=folder.account, what="sh")

    uid, made = said.split()
    assert made == "made"
    assert int(uid) == (folder.account.uid if folder.account else os.getuid())
    assert int(uid) != 0


async def test_root_s_programs_are_reachable_but_not_writable_for_the_child(folder, tmp_path):
    tree = tmp_path / "tree"
    (tree / "bin").mkdir(parents=True)
    program = tree / "bin" / "hello"
    program.write_text("#!/bin/sh\necho hello\n")
    program.chmod(0o755)

    installed = folder.install(tree, "programs") / "bin" / "hello"

    assert await run([installed], cwd=folder.path, account=folder.account, what="hello") == "hello\n"
    if folder.account:
        with pytest.raises(StandError, match=r"(?i)denied|not permitted"):
            await run(["sh", "-c", f"echo x >> {installed}"], cwd=folder.path, account=folder.account, what="sh")


async def test_a_child_that_ends_early_is_named_with_its_last_words(folder):
    child = Child("broken", ["sh", "-c", "echo no such luck; exit 3"], log=folder.path / "log")
    with pytest.raises(StandError, match=r"(?s)broken ended with 3 before .*no such luck"):
        await child.said("ready")


async def test_stop_wakes_a_frozen_child_and_gives_its_code(folder):
    child = Child("sleeper", ["sleep", "600"], log=folder.path / "log")
    child.send(signal.SIGSTOP)
    assert await child.stop() == -signal.SIGTERM


async def test_stop_kills_what_does_not_listen(folder):
    deaf = Child("deaf", ["sh", "-c", "trap '' TERM; echo up; while :; do sleep 1; done"], log=folder.path / "log")
    await deaf.said("up")
    assert await deaf.stop(timeout_s=0.2) == -signal.SIGKILL
