"""`dialer doctor`: look at everything, say what is wrong and how to mend it."""

import asyncio
from collections.abc import Iterable
from dataclasses import asdict

import orjson
import typer

from dialer.cli.exits import ExitCode
from dialer.cli.options import AsJson, ConfigPath
from dialer.doctor import examine
from dialer.doctor.finding import Finding, Health, is_well

MARKS = {Health.FINE: "ok  ", Health.WARNING: "warn", Health.BROKEN: "FAIL"}


def command(config: ConfigPath = None, json: AsJson = False) -> None:
    """Say what is wrong with the settings, the database, Asterisk, trunks, phones and the clock, and how to mend it.

    It changes nothing and may be run beside the daemon. Exit code 0: nothing is broken (there may be warnings); 1:
    something is.

    \b
    dialer doctor
    dialer doctor --config /etc/dialer/dialer.toml --json
    """
    findings = asyncio.run(examine(config))
    typer.echo(as_json(findings) if json else as_text(findings))
    raise typer.Exit(ExitCode.DONE if is_well(findings) else ExitCode.TROUBLE)


def as_text(findings: Iterable[Finding]) -> str:
    """One line a finding, and the cure below it."""
    return "\n".join(line for finding in findings for line in _lines(finding))


def as_json(findings: Iterable[Finding]) -> str:
    return orjson.dumps([asdict(finding) for finding in findings], option=orjson.OPT_INDENT_2).decode()


def _lines(finding: Finding) -> Iterable[str]:
    about = f" {finding.about}:" if finding.about else ""
    yield f"{MARKS[finding.health]}  {finding.check:<10}{about} {finding.what}"
    if finding.cure:
        yield f"{'':<16} → {finding.cure}"
