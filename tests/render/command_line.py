"""`finish` as a person or a script calls it, and the files that it leaves."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner, Result

from finish.cli.verbs import app

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}
SOURCE = "source: hero.mp4\n"


def cli(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run `finish …`; it never ends in a traceback or in an internal error with a polite message."""
    command = [sys.executable, "-m", "finish", *arguments]
    done = subprocess.run(
        command, cwd=cwd, env=ENVIRONMENT, capture_output=True, text=True, timeout=120, check=False
    )
    assert "Traceback" not in done.stderr and "internal error" not in done.stdout + done.stderr, done.stderr
    return done


def inside(*arguments: str) -> Result:
    """The same in this process: twenty times faster to start, for verbs that no signal stops."""
    done = CliRunner().invoke(app, list(arguments))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert "internal error" not in done.output, done.output
    return done


def complaint(done: subprocess.CompletedProcess[str] | Result) -> str:
    """The only line on standard error."""
    (line,) = done.stderr.splitlines()
    return line


def files(place: Path) -> dict[str, str]:
    """Every file below a folder with its digest."""
    paths = (path for path in place.rglob("*") if path.is_file())
    return {str(path.relative_to(place)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
