"""`dialer asterisk` against a real server: rendered files are taken, a server without them is told what is missing."""

import asyncio

import pytest

from dialer.cli import execute
from sim.stand.asterisk import running_asterisk

DIALER_TOML = """
[database]
dsn = "postgresql://nobody@localhost/nowhere"
[[asterisk]]
name = "pbx"
host = "{host}"
port = {port}
secret_file = "secret"
doctor_secret_file = "doctor_secret"
"""
SITE_TOML = """
[[trunk]]
endpoint = "carrier"
host = "127.0.0.1"
[[phone]]
endpoint = "1001"
host = "127.0.0.1"
"""
SITE_PJSIP = """
[own-trunk]
type = endpoint
aors = own-trunk
[own-trunk]
type = aor
contact = sip:127.0.0.1:5999
"""


@pytest.fixture
def config(switch, tmp_path):
    return config_for(switch.asterisk, tmp_path)


def config_for(asterisk, folder):
    account = asterisk.settings.manager
    (folder / "secret").write_text(account.secret)
    (folder / "doctor_secret").write_text(account.doctor_secret)
    path = folder / "dialer.toml"
    path.write_text(DIALER_TOML.format(host=account.host, port=account.port))
    return path


def dialer(*arguments) -> int:
    return execute(["asterisk", *map(str, arguments)])


def test_check_finds_our_own_server_sound(config, tmp_path, capsys):
    (tmp_path / "site.toml").write_text(SITE_TOML)
    assert dialer("check", "--config", config, "--site", tmp_path / "site.toml") == 0
    assert "questions answered" in capsys.readouterr().out


def test_check_names_a_phone_that_the_server_does_not_know(config, tmp_path, capsys):
    (tmp_path / "site.toml").write_text(SITE_TOML.replace("1001", "5555"))
    assert dialer("check", "--config", config, "--site", tmp_path / "site.toml") == 1
    assert "endpoint 5555 is unknown" in capsys.readouterr().out


def test_check_of_a_server_that_is_away(config, capsys):
    config.write_text(config.read_text().replace("port = ", "port = 1 #"))
    assert dialer("check", "--config", config) == 5
    assert "pbx at 127.0.0.1:1" in capsys.readouterr().err


def test_render_writes_what_a_site_includes(config, tmp_path, capsys):
    out = tmp_path / "etc"
    assert dialer("render", out, "--config", config, "--etc", "/etc/asterisk") == 0
    assert sorted(path.name for path in (out / "dialer").iterdir()) == [
        "dlr-message.wav",
        "extensions.conf",
        "manager.conf",
        "pjsip.conf",
    ]
    assert '#include "dialer/manager.conf"' in capsys.readouterr().out
    assert "Playback(/etc/asterisk/dialer/dlr-message)" in (out / "dialer" / "extensions.conf").read_text()
    assert (out / "dialer" / "manager.conf").stat().st_mode & 0o777 == 0o640


def test_render_refuses_a_mistyped_site_file_and_writes_nothing(config, tmp_path, capsys):
    (tmp_path / "site.toml").write_text("[[trunk]]\nendpoint = 'a'\nhots = 'x'\n")
    assert dialer("render", tmp_path / "etc", "--config", config, "--site", tmp_path / "site.toml") == 6
    assert "no key 'hots'" in capsys.readouterr().err
    assert not (tmp_path / "etc").exists()


def test_an_unknown_server_is_named(config, capsys):
    assert dialer("check", "--config", config, "--server", "other") == 6
    assert "there are: pbx" in capsys.readouterr().err


async def test_a_site_s_own_pbx_takes_the_pieces_by_one_line_each(tmp_path):
    """A PBX with a dialplan and a trunk of its own; the pieces are rendered for it and reloaded into it live."""
    async with running_asterisk() as pbx:
        etc = pbx.settings.folders.etc
        manager = (etc / "manager.conf").read_text()
        pbx.write("extensions.conf", "[globals]\nSITE = own\n[from-trunk]\nexten => 1,1,Hangup()\n")
        pbx.write("pjsip.conf", SITE_PJSIP)
        pbx.write("manager.conf", manager.partition("#include")[0])
        await pbx.cli("core reload")
        assert "no existence" in await pbx.cli("dialplan show dlr-answered")
        config = config_for(pbx, tmp_path)
        assert await asyncio.to_thread(dialer, "check", "--config", config) == 5

        out = tmp_path / "out"
        assert await asyncio.to_thread(dialer, "render", out, "--config", config, "--etc", etc) == 0
        for piece in (out / "dialer").glob("*.conf"):
            pbx.write(f"dialer/{piece.name}", piece.read_text())
            pbx.write(piece.name, (etc / piece.name).read_text() + f'\n#include "dialer/{piece.name}"\n')
        await pbx.cli("core reload")

        assert await asyncio.to_thread(dialer, "check", "--config", config) == 0
        assert "SITE=own" in await pbx.cli("dialplan show globals")
        assert "[from-trunk]" not in await pbx.cli("dialplan show dlr-answered")
        assert "own-trunk" in await pbx.cli("pjsip show endpoints")
