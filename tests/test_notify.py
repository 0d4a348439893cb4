"""Word to systemd: datagrams on the socket that it names; nothing and no harm without it."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from dialer.notify import Notifier


def listening(address: str) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.settimeout(10)
    listener.bind(address)
    return listener


@pytest.fixture(params=["path", "abstract"])
def systemd(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    name = str(tmp_path / "n") if request.param == "path" else f"\0dialer-test-{tmp_path}"
    monkeypatch.setenv("NOTIFY_SOCKET", name.replace("\0", "@"))
    with listening(name) as listener:
        yield listener


def test_every_word(systemd: socket.socket) -> None:
    notifier = Notifier.from_environment()
    notifier.ready()
    notifier.alive()
    notifier.stopping()
    said = [systemd.recv(200).decode() for _ in range(3)]
    assert said == ["READY=1", "WATCHDOG=1", "STOPPING=1"]


def test_nothing_without_systemd(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    monkeypatch.setattr(socket, "socket", None)
    Notifier.from_environment().ready()


def test_a_systemd_that_went_away_costs_nothing(tmp_path: Path) -> None:
    Notifier(str(tmp_path / "gone")).alive()
