"""The `finish` command: few verbs, few flags. Exit codes: 0 kept, 1 a promise broken, 2 could not run, 130 interrupted."""

from __future__ import annotations

import signal

from finish.errors import FinishError


def main() -> None:
    """Run the command line; always ends by SystemExit."""
    from finish.cli.verbs import app
    from finish.effects.memory import few_heaps

    few_heaps()
    for polite in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(polite, _stop)
    app()


def _stop(*_: object) -> None:
    """Ctrl-C, a polite kill and a closed terminal all end the same: what runs is stopped and its temporaries are removed.

    An ordinary exception, because PyAV hands on what is raised while it calls back, but loses a KeyboardInterrupt.
    """
    raise FinishError("interrupted", "stopped")
