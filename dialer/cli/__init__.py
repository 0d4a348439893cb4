"""`dialer`: one command line for everything. A command's module is imported when that command is asked for, no sooner.

A module here gives either `command`, a plain function with typer's annotations, or `app`, a `typer.Typer` with
subcommands. Which exist is looked up, not listed: a command without its module is not offered.
"""

import sys
import traceback
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import Annotated

import typer

from dialer.cli.exits import ExitCode, exit_code_of

COMMANDS = {
    "run": "Lead the campaigns: the daemon itself.",
    "import": "Take a list (CSV, TSV, XLSX) into a campaign.",
    "dry-run": "What a campaign would do with its lists if it started now.",
    "campaign": "Make, start, pause, resume and stop campaigns.",
    "project": "Look at projects; say which regions they serve.",
    "callers": "The numbers that a project shows: labels, regions, trunks, reach.",
    "calendar": "The operator's own corrections to the production calendar.",
    "dnc": "Numbers that must not be called: put in, take out, look.",
    "person": "A person's demands (export, erase), and when all are forgotten.",
    "agent": "Make agents, groups and phones.",
    "user": "Make users and tokens, and one-time links to sign in.",
    "webhooks": "Where results are sent, what did not arrive, sending it again.",
    "report": "What came of a campaign: outcomes, connects, abandonment, agents.",
    "explain": "Why a lead is not dialled, why so many calls were started.",
    "numbers": "Put phone numbers in order: restored codes, region, zone.",
    "plan": "Import the regulator's numbering plan, and look at it.",
    "simulate": "What if: a campaign in virtual time.",
    "replay": "A recorded day once more, under another strategy.",
    "asterisk": "Render Asterisk's configuration, and check a live one.",
    "db": "Bring the database to this program's schema, and look at it.",
    "doctor": "What is wrong here, and how to mend it.",
}

EPILOG = """\b
Exit codes: 0 done, 1 done and something is wrong, 2 wrong use, 3 configuration refused,
4 database away or not migrated, 5 Asterisk away, 6 input refused, 70 a bug of ours."""


def main() -> None:
    """The entry point `dialer`."""
    sys.exit(execute(sys.argv[1:]))


def execute(arguments: Sequence[str]) -> int:
    """Run one command line and give its exit code; what is foreseen to fail is told in a sentence, not a traceback."""
    try:
        build(arguments)(list(arguments), prog_name="dialer")
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else ExitCode.DONE
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except Exception as error:
        code = exit_code_of(error)
        print(f"dialer: {error}" if code is not None else _bug(), file=sys.stderr)
        return ExitCode.BUG if code is None else code
    return ExitCode.DONE


def build(arguments: Sequence[str]) -> Callable[..., object]:
    """The whole command line, with only the command that `arguments` ask for imported."""
    app = typer.Typer(
        help="Predictive dialer for Asterisk.",
        epilog=EPILOG,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    app.callback()(_root)
    for name in available():
        if name == next(iter(arguments), None):
            _mount(app, name)
        else:
            app.command(name, short_help=COMMANDS[name])(_not_imported)
    return typer.main.get_command(app)


def available() -> list[str]:
    """The commands whose modules exist."""
    return [name for name in COMMANDS if find_spec(_module(name)) is not None]


def _mount(app: typer.Typer, name: str) -> None:
    import_module("dialer.logs").configure("warning")  # to standard error; `run` sets up its own
    module = import_module(_module(name))
    if hasattr(module, "app"):
        module.app.rich_markup_mode = None
        app.add_typer(module.app, name=name, help=COMMANDS[name], no_args_is_help=True)
    else:
        app.command(name)(module.command)


def _module(name: str) -> str:
    return "dialer.cli." + ("import_" if name == "import" else name.replace("-", "_"))


def _not_imported() -> None:
    """Stands for a command that was not asked for."""


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"dialer {version('dialer')}")
        raise typer.Exit


def _root(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


def _bug() -> str:
    """The traceback of the exception in hand, fit to be shown: it may speak of a number."""
    from dialer.masking import scrub

    return scrub(traceback.format_exc()) + "dialer: this is a bug of ours; please report it with the lines above"
