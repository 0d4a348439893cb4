"""A running daemon asked over its own HTTP interface: for commands which the Floor must hear.

A row written past the daemon would not be heard by it, so `dialer campaign` and `dialer agent` ask the daemon and are
audited like anybody else. The token comes from `$DIALER_TOKEN` or from the file named by `$DIALER_TOKEN_FILE`.
"""

import json
import os
import urllib.error
import urllib.request
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

from dialer.cli.exits import ExitCode

DEFAULT_URL = "http://127.0.0.1:8080"
TIMEOUT_S = 15.0

Url: TypeAlias = Annotated[
    str, typer.Option("--url", envvar="DIALER_URL", help="Where the daemon's HTTP interface is.", show_default=True)
]


class DaemonSays(Exception):
    """The daemon refused, or does not answer; the message says why and what to do."""

    exit_code = ExitCode.TROUBLE


def ask(url: str, method: str, path: str, body: Any = None) -> Any:
    """The daemon's answer, parsed; DaemonSays where it refuses or cannot be reached."""
    request = urllib.request.Request(
        f"{url.rstrip('/')}/api/v1{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {token()}", "Content-Type": "application/json"},
        method=method,
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            text = answer.read()
    except urllib.error.HTTPError as error:
        raise DaemonSays(_words(error)) from None
    except (urllib.error.URLError, TimeoutError) as error:
        reason = getattr(error, "reason", error)
        raise DaemonSays(f"the daemon at {url} does not answer ({reason}): is it running? Else give --url") from None
    return json.loads(text) if text else None


def group_number(url: str, name: str) -> int:
    """The group of this name, made where there is none."""
    groups = {one["name"]: one["id"] for one in ask(url, "GET", "/groups")["groups"]}
    number: int = groups.get(name) or ask(url, "POST", "/groups", {"name": name})["id"]
    return number


def token() -> str:
    """The token of whoever runs the command; DaemonSays where there is none."""
    if found := os.environ.get("DIALER_TOKEN"):
        return found
    if named := os.environ.get("DIALER_TOKEN_FILE"):
        try:
            return Path(named).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise DaemonSays(f"DIALER_TOKEN_FILE {named}: {error.strerror}") from None
    raise DaemonSays(
        "no token: make one with `dialer user token NAME --scope …` and put it into $DIALER_TOKEN or into a file "
        "named by $DIALER_TOKEN_FILE"
    )


def _words(error: urllib.error.HTTPError) -> str:
    try:
        problem = json.loads(error.read())
    except ValueError:
        return f"the daemon answered {error.code} {error.reason}"
    flaws = "; ".join(f"{one['where']}: {one['what']}" for one in problem.get("errors", ()))
    return " ".join(part for part in (problem.get("detail", ""), flaws, problem.get("cure", "")) if part)
