"""The installed command, and the smallest configuration that it accepts."""

import sys
from pathlib import Path

DIALER = str(Path(sys.executable).with_name("dialer"))

CONFIG = """
[database]
dsn = "{dsn}"
[[asterisk]]
name = "main"
port = 1
secret_file = "secret"
[[trunk]]
name = "carrier"
server = "main"
endpoint = "carrier"
lines = 1
"""


def configured(folder: Path, dsn: str) -> str:
    """A configuration file in this folder; nobody listens at its Asterisk's port."""
    (folder / "secret").write_text("x")
    path = folder / "dialer.toml"
    path.write_text(CONFIG.format(dsn=dsn))
    return str(path)
