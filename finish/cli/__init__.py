"""The `finish` command: few verbs, few flags. Exit codes: 0 kept, 1 a promise broken, 2 could not run, 130 interrupted."""

from __future__ import annotations

import signal


def main() -> None:
    """Run the command line; always ends by SystemExit."""
    from finish.cli.verbs import app

    for polite in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(polite, _stop)
    app()


def _stop(*_: object) -> None:
    """A polite kill, or a closed terminal, ends as Ctrl-C does: the process that runs is stopped and its temporaries are removed."""
    raise KeyboardInterrupt
