"""The configuration: what wins, and that every mistake is refused by its key's name."""

import re
from pathlib import Path

import pytest

from dialer.config import Config, ConfigError, config_path, load_config
from dialer.core.settings import Server, Trunk

ROOT = Path(__file__).parents[1]

GOOD = """
[database]
dsn = "postgresql://dialer@localhost/dialer"

[http]
port = 8081

[[asterisk]]
name = "main"
port = 5038
secret_file = "main.secret"

[[asterisk]]
name = "north-1"
host = "10.0.0.2"
secret_file = "main.secret"
calls_per_second = 50

[[trunk]]
name = "carrier"
server = "main"
endpoint = "carrier"
lines = 30
"""


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DIALER_CONFIG", "CREDENTIALS_DIRECTORY", "DIALER_DATABASE__DSN", "DIALER_HTTP__PORT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "main.secret").write_text("from the file\n")
    path = tmp_path / "dialer.toml"
    path.write_text(GOOD)
    return path


def problems(path: Path, old: str = "", new: str = "") -> str:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(ConfigError) as refused:
        load_config(path)
    return str(refused.value)


def test_a_good_file_becomes_the_site(path: Path) -> None:
    config = load_config(path)
    site = config.site()
    assert site.servers == (Server("main", 100.0), Server("north-1", 50.0))
    assert site.trunks == (Trunk("carrier", "main", "carrier", 30, 10.0),)
    assert config.http.port == 8081
    assert [server.secret for server in config.asterisk] == ["from the file"] * 2


def test_two_readings_are_equal_so_that_a_reload_sees_what_changed(path: Path) -> None:
    first = load_config(path)
    assert load_config(path) == first
    path.write_text(GOOD.replace("lines = 30", "lines = 31"))
    changed = load_config(path)
    assert changed != first
    assert changed.database == first.database


def test_environment_wins_over_credentials_and_they_over_the_file(
    path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "database__dsn").write_text("postgresql://from-credential/dialer\n")
    (credentials / "http__port").write_text("8082")
    (credentials / "asterisk_main_secret").write_text("from a credential\n")
    (credentials / "asterisk_north-1_secret").write_text("from a credential\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    monkeypatch.setenv("DIALER_HTTP__PORT", "8083")
    monkeypatch.setenv("DIALER_ASTERISK_NORTH_1_SECRET", "from the environment")
    config = load_config(path)
    assert config.database.dsn == "postgresql://from-credential/dialer"
    assert config.http.port == 8083
    assert [server.secret for server in config.asterisk] == ["from a credential", "from the environment"]


def test_arguments_win_over_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIALER_HTTP__PORT", "8083")
    server = {"name": "main", "secret": "x"}
    config = Config(database={"dsn": "postgresql://x"}, asterisk=[server], http={"port": 1})
    assert config.http.port == 1


def test_it_is_frozen_in_every_part_and_shows_no_secret(path: Path) -> None:
    config = load_config(path)
    for part, key in ((config, "http"), (config.http, "port"), (config.asterisk[0], "host")):
        with pytest.raises(ValueError, match="frozen"):
            setattr(part, key, None)
    assert "from the file" not in repr(config)
    assert "postgresql" not in repr(config)


def test_the_path_is_given_or_in_the_environment_or_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    assert config_path() == Path("/etc/dialer/dialer.toml")
    monkeypatch.setenv("DIALER_CONFIG", "/srv/dialer.toml")
    assert config_path() == Path("/srv/dialer.toml")
    assert config_path(Path("mine.toml")) == Path("mine.toml")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[http]", "[htttp]", "unknown key htttp; did you mean http?"),
        ("port = 8081", "prot = 8081", "unknown key http.prot; did you mean port?"),
        ('host = "10.0.0.2"', 'hots = "10.0.0.2"', "unknown key asterisk[2].hots; did you mean host?"),
        ("lines = 30", "lines = 30\nlnies = 3", "unknown key trunk[1].lnies; did you mean lines?"),
        ("lines = 30", "lines = 30\nzzz = 3", "unknown key trunk[1].zzz; known are: name, server, endpoint,"),
        ("lines = 30", "", "trunk[1].lines is missing"),
        ("lines = 30", "lines = 0", "trunk[1].lines: input should be greater than or equal to 1"),
        ("lines = 30", 'lines = "many"', "trunk[1].lines: input should be a valid integer"),
        (
            "lines = 30",
            "lines = 30\ncalls_per_second = 1000",
            "trunk[1].calls_per_second: input should be less",
        ),
        ('endpoint = "carrier"', 'endpoint = "a&PJSIP/b"', "trunk[1].endpoint must match"),
        ('name = "main"', 'name = "Main office"', "asterisk[1].name must match"),
        ('server = "main"', 'server = "mian"', "trunk 'carrier': server 'mian' is no [[asterisk]] name"),
        ('name = "north-1"', 'name = "main"', "asterisk: name 'main' is given twice"),
        ("[database]", "[database]\ndns = 1", "unknown key database.dns; did you mean dsn?"),
        ("postgresql://", "mysql://", "database.dsn must match"),
        ("port = 8081", "port = 80810", "http.port: input should be less than or equal to 65535"),
        ("[http]", "[http", "is not TOML: Expected ']'"),
        ('secret_file = "main.secret"', 'secret = "x"', "asterisk: secret does not belong in this file"),
        (
            'name = "main"',
            'name = "main"\nphone_url = "ws://dialer.example/phone"',
            "ws:// is for this machine only; give the reverse proxy's wss:// address",
        ),
        ('name = "main"', 'name = "main"\nphone_url = "https://dialer.example"', "asterisk[1].phone_url must match"),
        ("[http]", '[phone]\nturn = ["turn:t.example:3478"]\n[http]', "turn: the key is missing"),
        ("[http]", '[phone]\nstun = ["t.example; x"]\n[http]', "phone.stun"),
        ("[http]", '[phone]\nkey = "0123456789abcdef"\n[http]', "phone: key does not belong in this file"),
        ('"main.secret"', '"no.secret"', "asterisk: secret_file no.secret: No such file or directory"),
    ],
)
def test_every_mistake_is_refused_by_the_keys_name(path: Path, old: str, new: str, said: str) -> None:
    text = problems(path, old, new)
    assert said in text
    assert str(path) in text
    assert "from the file" not in text


def test_all_mistakes_are_told_at_once(path: Path) -> None:
    path.write_text(GOOD.replace("lines = 30", "lines = 0").replace("port = 8081", "prot = 8081"))
    with pytest.raises(ConfigError) as refused:
        load_config(path)
    assert len(refused.value.problems) == 2


def test_a_server_without_a_secret_is_told_the_three_places(path: Path) -> None:
    said = problems(path, 'secret_file = "main.secret"')
    assert "asterisk 'main' has no secret" in said
    for place in ("secret_file", "DIALER_ASTERISK_MAIN_SECRET", "asterisk_main_secret"):
        assert place in said


def test_a_typo_in_a_variable_of_a_section_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIALER_DATABASE__DNS", "postgresql://x")
    assert "unknown key database.dns" in problems(path)


def test_a_variable_that_is_no_value_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIALER_TRUNK", "not json")
    assert 'environment: error parsing value for field "trunk"' in problems(path)


def test_files_that_cannot_be_settings(tmp_path: Path) -> None:
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    for path, said in (
        (tmp_path / "absent.toml", "no such file; copy packaging/dialer.toml there"),
        (tmp_path, "cannot be read: Is a directory"),
        (binary, "is not UTF-8 text (byte 0)"),
    ):
        with pytest.raises(ConfigError, match=re.escape(said)):
            load_config(path)


def test_the_keys_to_forget_with_come_from_files_the_present_one_first(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not load_config(path).forgetting.pseudonyms()
    for name, text in (("new", "n" * 40), ("old", "o" * 40)):
        (path.parent / name).write_text(text + "\n")
    path.write_text(path.read_text() + '[forgetting]\nkey_file = "new"\nprevious_key_files = ["old"]\n')
    assert load_config(path).forgetting.pseudonyms().keys == ("n" * 40, "o" * 40)
    monkeypatch.setenv("DIALER_FORGETTING__KEY", "e" * 40)
    assert load_config(path).forgetting.pseudonyms().keys[0] == "e" * 40
    assert "previous_key_files" in problems(path, 'previous_key_files = ["old"]', 'previous_keys = ["o"]')


def test_the_webhooks_key_comes_from_a_file_or_the_environment_and_never_stands_in_the_settings(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load_config(path).webhooks.key is None
    (path.parent / "webhooks.key").write_text("f" * 40 + "\n")
    path.write_text(path.read_text() + '[webhooks]\nkey_file = "webhooks.key"\n')
    assert load_config(path).webhooks.key == "f" * 40
    assert "f" * 40 not in repr(load_config(path))
    monkeypatch.setenv("DIALER_WEBHOOKS__KEY", "e" * 40)
    assert load_config(path).webhooks.key == "e" * 40
    monkeypatch.delenv("DIALER_WEBHOOKS__KEY")
    (path.parent / "webhooks.key").write_text("short")
    assert "webhooks.key" in problems(path)
    assert "key_file" in problems(path, 'key_file = "webhooks.key"', f'key = "{"f" * 40}"')


def test_the_example_is_a_whole_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIALER_ASTERISK_MAIN_SECRET", "x")
    config = load_config(ROOT / "packaging" / "dialer.toml")
    assert config.site().trunks[0].loopback is False
