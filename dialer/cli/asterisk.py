"""`dialer asterisk`: write Asterisk's files, see whether a live one has taken them, speak another message."""

import asyncio
import tomllib
from collections.abc import Mapping
from pathlib import Path
from shutil import copyfile
from typing import Annotated

import typer

from asterisk_conf import message
from asterisk_conf.check import Question, questions, troubles
from asterisk_conf.render import render as rendered
from asterisk_conf.settings import AsteriskSettings, Manager
from asterisk_conf.site import settings_of
from asterisk_conf.values import SettingsError
from dialer.ami.client import AmiError, HardenedManager
from dialer.cli.exits import ExitCode, Refusal
from dialer.cli.options import ConfigPath
from dialer.config import Asterisk, load_config

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

SECRET_FILE_MODE = 0o640
"""The files hold secrets: for their owner and Asterisk's group."""

Site = Annotated[
    Path | None,
    typer.Option("--site", help="Trunks and phones of ours, TOML; none: the site's PBX has them already."),
]
Server = Annotated[str | None, typer.Option("--server", help="Which [[asterisk]] of the settings; else the first.")]


@app.command()
def render(
    out_dir: Annotated[Path, typer.Argument(help="The folder to write; Asterisk's own is /etc/asterisk.")],
    config: ConfigPath = None,
    server: Server = None,
    site: Site = None,
    etc: Annotated[Path | None, typer.Option(help="Where the files will lie, if not in OUT_DIR.")] = None,
) -> None:
    """Write the dialplan, the AMI users, our trunks and phones, and the message, into OUT_DIR/dialer.

    Nothing else in OUT_DIR is touched: each file is taken in by one #include line, which is printed.

    \b
    dialer asterisk render /etc/asterisk
    dialer asterisk render ./out --etc /etc/asterisk --site trunks.toml --server pbx2
    """
    home = (etc or out_dir).absolute() / "dialer"
    settings = _settings(_server(config, server), site, home / message.NAME)
    (out_dir / "dialer").mkdir(parents=True, exist_ok=True)
    for name, text in rendered(settings).items():
        _write(out_dir / name, text)
    copyfile(message.RECORDING, out_dir / "dialer" / message.RECORDING.name)
    typer.echo(f"Written to {out_dir / 'dialer'}. Now add, at the end of each of Asterisk's own files:")
    for name in rendered(settings):
        typer.echo(f'  {Path(name).name:<16} #include "{name}"')
    typer.echo("then: asterisk -rx 'core reload'; dialer asterisk check")


@app.command()
def check(config: ConfigPath = None, server: Server = None, site: Site = None) -> None:
    """Ask a live Asterisk whether it has taken the files: dialplan, modules, and the endpoints of --site.

    It asks with the daemon's own user and changes nothing. `dialer doctor` looks at rights, trunks and phones too.

    \b
    dialer asterisk check
    dialer asterisk check --server pbx2 --site trunks.toml
    """
    chosen = _server(config, server)
    settings = _settings(chosen, site, Path("/unused")) if site else None
    found = asyncio.run(_troubles(chosen, settings))
    for one in found:
        typer.echo(f"FAIL  {one.about:<9} {one.trouble}\n{'':<16}→ {one.cure}")
    if found:
        raise typer.Exit(ExitCode.TROUBLE)
    typer.echo(f"ok    {chosen.name}: the files are taken, {len(list(questions(settings)))} questions answered")


@app.command(name="message")
def speak(
    out: Annotated[Path, typer.Argument(help="The WAV file to write.")],
    company: Annotated[str | None, typer.Option(help="Who calls, as it is to be spoken.")] = None,
) -> None:
    """Speak the message for people whom no agent took, with your company's name, by espeak-ng.

    \b
    dialer asterisk message /etc/asterisk/dialer/dlr-message.wav --company "интернет-магазин Ромашка"
    """
    from sim.stand.process import StandError
    from sim.stand.speech import speak as spoken

    try:
        out.write_bytes(asyncio.run(spoken(message.text(company), typer.echo)))
    except (StandError, OSError) as error:
        raise Refusal(f"no message was made: {error}") from error
    typer.echo(f"{out}: {message.text(company)}")


def _server(config: Path | None, name: str | None) -> Asterisk:
    servers = load_config(config).asterisk
    found = next((server for server in servers if name in (None, server.name)), None)
    if found is None:
        raise Refusal(f"no [[asterisk]] is named {name!r}; there are: {', '.join(one.name for one in servers)}")
    return found


def _settings(server: Asterisk, site: Path | None, recording: Path) -> AsteriskSettings:
    if server.doctor_secret is None:
        raise Refusal(f"[[asterisk]] {server.name}: give doctor_secret_file too, for the user {server.doctor_username}")
    try:
        manager = Manager(server.secret, server.doctor_secret, server.username, server.doctor_username)
        return settings_of(_site_tables(site), manager, recording)
    except SettingsError as error:
        raise Refusal(f"{site or 'settings'}: {error}") from error


def _site_tables(site: Path | None) -> Mapping[str, object]:
    if site is None:
        return {}
    try:
        return tomllib.loads(site.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Refusal(f"{site}: {error}") from error


def _write(path: Path, text: str) -> None:
    path.touch(mode=SECRET_FILE_MODE)
    path.chmod(SECRET_FILE_MODE)
    path.write_text(text, encoding="utf-8")


async def _troubles(server: Asterisk, settings: AsteriskSettings | None) -> list[Question]:
    manager = HardenedManager(
        server.host, server.port, server.username, server.secret, lambda headers: None, lambda reason: None
    )
    try:
        async with asyncio.timeout(20):
            await manager.connect()
            answers = {one.ask: await _value(manager, one.ask) for one in questions(settings)}
    except (AmiError, OSError, TimeoutError) as error:
        raise AsteriskAway(f"{server.name} at {server.host}:{server.port}: {error or 'no answer'}") from error
    finally:
        manager.close()
    return troubles(settings, answers)


async def _value(manager: HardenedManager, ask: str) -> str:
    answer = await manager.send_action({"Action": "Getvar", "Variable": ask})
    return str(answer.value) if answer.success else ""


class AsteriskAway(Exception):
    """The server cannot be asked; the message says which and why."""

    exit_code = ExitCode.ASTERISK
