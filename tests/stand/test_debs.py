"""Packages are taken only from an index signed with Debian's own keys; the site's apt is left alone."""

import subprocess

import pytest

from sim.stand import debs
from sim.stand.debs import Archive, Rootfs
from sim.stand.process import StandError

RELEASE = "Suite: forged\nCodename: forged\nArchitectures: amd64\nComponents: main\nSHA256:\n"


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, tmp_path):
    monkeypatch.setenv(debs.CACHE_VARIABLE, str(tmp_path / "cache"))


@pytest.fixture
def unsigned_mirror(monkeypatch, tmp_path):
    suite = tmp_path / "mirror" / "dists" / "forged"
    suite.mkdir(parents=True)
    (suite / "Release").write_text(RELEASE)
    monkeypatch.setenv(debs.MIRROR_VARIABLE, f"file://{tmp_path}/mirror")


@pytest.mark.usefixtures("unsigned_mirror")
async def test_an_unsigned_mirror_is_refused():
    with pytest.raises(StandError, match="is not signed"):
        await Archive("forged").fetch("asterisk")


async def test_without_debian_s_keys_it_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(debs, "KEYRINGS", (str(tmp_path / "none.gpg"),))
    with pytest.raises(StandError, match="install the package debian-archive-keyring"):
        await Archive("sid").candidate("asterisk")


async def test_a_machine_without_apt_is_told(monkeypatch):
    monkeypatch.setattr(debs, "TOOLS", ("apt-of-another-world",))
    with pytest.raises(StandError, match="apt-of-another-world not found"):
        await Archive("sid").candidate("asterisk")


def test_a_tree_without_a_loader_is_named(tmp_path):
    with pytest.raises(StandError, match="no loader"):
        Rootfs(tmp_path, "sid", {}).run_argv("/usr/sbin/asterisk")


def test_unpacked_programs_lose_the_right_to_change_their_user(tmp_path):
    content = tmp_path / "package"
    (content / "DEBIAN").mkdir(parents=True)
    (content / "DEBIAN" / "control").write_text(
        "Package: risky\nVersion: 1:2.0\nArchitecture: all\nMaintainer: nobody <a@b.invalid>\nDescription: x\n"
    )
    program = content / "risky"
    program.touch()
    program.chmod(0o6755)
    subprocess.run(["dpkg-deb", "-b", content, tmp_path / "risky_1%3a2.0_all.deb"], check=True, capture_output=True)

    root = tmp_path / "root"
    root.mkdir()
    debs._unpack([tmp_path / "risky_1%3a2.0_all.deb"], root)

    assert (root / "risky").stat().st_mode & 0o7777 == 0o755
    assert debs._name_and_version(tmp_path / "risky_1%3a2.0_all.deb") == ("risky", "1:2.0")


class Flaky(Archive):
    """A mirror that fails so many times."""

    def __init__(self, failures: int) -> None:
        self.told: list[str] = []
        super().__init__("sid", self.told.append)
        self.failures = failures

    async def _apt(self, *command: str) -> str:
        if self.failures:
            self.failures -= 1
            raise StandError("Connection timed out")
        return ""


async def test_a_flaky_network_is_tried_again():
    archive = Flaky(failures=2)
    await archive._retried("apt-get", "update")
    assert len(archive.told) == 2
    assert "trying again" in archive.told[0]


async def test_a_network_that_is_gone_is_told():
    with pytest.raises(StandError, match="Connection timed out"):
        await Flaky(failures=3)._retried("apt-get", "update")


def test_what_was_fetched_is_found_without_the_network(tmp_path):
    assert Archive("sid").cached("asterisk") is None
    tree = Archive("sid")._tree(["asterisk"])
    tree.mkdir(parents=True)
    (tree / debs.DESCRIPTION).write_text('{"suite": "sid", "versions": {"asterisk": "1:22.9.0"}}')
    assert Archive("sid").cached("asterisk").versions["asterisk"] == "1:22.9.0"


def test_a_cache_that_cannot_be_made_is_named(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv(debs.CACHE_VARIABLE, str(tmp_path / "file" / "cache"))
    with pytest.raises(StandError, match=r"file/cache .*: name another by DIALER_CACHE"):
        Archive("sid")
