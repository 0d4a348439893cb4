"""Options that several commands share, so that they are called the same everywhere."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

ConfigPath: TypeAlias = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="The settings; else $DIALER_CONFIG, else /etc/dialer/dialer.toml."),
]
AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="For machines: JSON on standard output.")]
