"""The `finish` command: few verbs, few flags. Exit codes: 0 kept, 1 a promise broken, 2 could not run, 130 interrupted."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; always ends by SystemExit."""
    from finish.cli import streams

    streams.prepare()
    from finish.cli import stopping
    from finish.cli.ending import ended

    stopping.obey()
    code = ended(_run)
    gone = streams.lost()
    if gone is not None:
        sys.stderr.write(f"the output is not whole: {gone.strerror}\n")
    raise SystemExit(code or (2 if gone else 0))


def _run() -> int:
    from finish.cli.verbs import app
    from finish.effects.memory import few_heaps

    few_heaps()
    try:
        app()
    except SystemExit as end:   # typer's own way to end
        return end.code if isinstance(end.code, int) else 0 if end.code is None else 2
    return 0
