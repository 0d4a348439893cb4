"""SIGHUP: limits are taken over, what needs a restart is named, and no value of it is."""

from pathlib import Path

import pytest

from dialer.config import Config, load_config
from dialer.reloading import reload

RUNNING = """
[database]
dsn = "postgresql://dialer@localhost/dialer"

[http]
port = 8081

[log]
level = "info"

[[asterisk]]
name = "main"
port = 5038
secret_file = "main.secret"

[[trunk]]
name = "carrier"
server = "main"
endpoint = "carrier"
lines = 30
"""
NEW_SERVER = """
[[asterisk]]
name = "north"
secret_file = "main.secret"

[[trunk]]
name = "north-carrier"
server = "north"
endpoint = "north"
lines = 10
"""


def config(folder: Path, text: str) -> Config:
    (folder / "main.secret").write_text("swordfish")
    (folder / "dialer.toml").write_text(text)
    return load_config(folder / "dialer.toml")


@pytest.mark.parametrize(
    ("before", "after", "waits"),
    [
        ("dialer@localhost/dialer", "dialer@localhost/other", ("[database] dsn",)),
        ("port = 8081", 'port = 8082\nhost = "0.0.0.0"', ("[http] host", "[http] port")),
        ("[log]", '[numbers]\nplan_dir = "/srv/plan"\n\n[log]', ("[numbers] plan_dir",)),
        ("port = 5038", 'port = 5039\nhost = "10.0.0.1"', ("[[asterisk]] main host", "[[asterisk]] main port")),
        ('name = "main"', 'name = "main"\nusername = "other"', ("[[asterisk]] main username",)),
        (
            "lines = 30",
            "lines = 30\n" + NEW_SERVER,
            ("[[asterisk]] north: new", "[[trunk]] north-carrier: its server is new"),
        ),
    ],
)
def test_what_needs_a_restart_is_named_and_the_rest_is_taken_over(
    tmp_path: Path, before: str, after: str, waits: tuple[str, ...]
) -> None:
    running = config(tmp_path, RUNNING)
    changed = RUNNING.replace(before, after).replace("lines = 30", "lines = 7").replace('"info"', '"debug"')
    found = reload(running, config(tmp_path, changed))
    assert found.waits == waits
    assert (found.config.trunk[0].lines, found.config.log.level) == (7, "debug")
    fixed = set(Config.model_fields) - {"trunk", "log"}
    assert all(getattr(found.config, section) == getattr(running, section) for section in fixed)
    assert reload(found.config, running).waits == ()


def test_limits_of_a_server_are_taken_over(tmp_path: Path) -> None:
    running = config(tmp_path, RUNNING)
    found = reload(running, config(tmp_path, RUNNING.replace("port = 5038", "calls_per_second = 5")))
    assert found.waits == ()
    assert found.config.asterisk[0].calls_per_second == 5


def test_a_server_that_is_gone_stays_until_the_restart_and_gets_no_calls(tmp_path: Path) -> None:
    running = config(tmp_path, RUNNING + NEW_SERVER)
    found = reload(running, config(tmp_path, RUNNING))
    assert found.waits == ("[[asterisk]] north: gone",)
    assert [server.name for server in found.config.asterisk] == ["main", "north"]
    assert [trunk.name for trunk in found.config.trunk] == ["carrier"]


def test_a_secret_is_named_and_not_shown(tmp_path: Path) -> None:
    running = config(tmp_path, RUNNING)
    wanted = config(tmp_path, RUNNING)
    asterisk = (wanted.asterisk[0].model_copy(update={"secret": "hush"}),)
    found = reload(running, wanted.model_copy(update={"asterisk": asterisk}))
    assert found.waits == ("[[asterisk]] main secret",)
    assert "hush" not in repr(found)
