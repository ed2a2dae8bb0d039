"""The `finish` command: few verbs, few flags. Exit codes: 0 kept, 1 a promise broken, 2 could not run, 130 interrupted."""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # what `signal` is made of: without its enumerations, which take as long to make as all of this
import sys

# Windows has no SIGHUP, and holds no signal back.
_POLITE = tuple(getattr(_signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(_signal, name))


def main() -> None:
    """Run the command line; always ends by SystemExit."""
    if hasattr(_signal, "pthread_sigmask"):  # signals wait until `obey` can end the run in order
        _signal.pthread_sigmask(_signal.SIG_BLOCK, _POLITE)
    from finish.cli import streams

    streams.prepare()
    from finish.cli.exit_codes import ended

    code = ended(_run)
    gone = streams.lost()
    if gone is not None:
        sys.stderr.write(f"the output is not whole: {gone.strerror}\n")
    raise SystemExit(code or (2 if gone else 0))


def _run() -> int:
    from finish.cli import signals

    signals.obey(_POLITE)
    if hasattr(_signal, "pthread_sigmask"):
        _signal.pthread_sigmask(_signal.SIG_UNBLOCK, _POLITE)
    from finish.cli.verbs import app
    from finish.storage.platform import share_arenas

    share_arenas()
    try:
        app()
    except SystemExit as end:  # typer's own way to end
        return end.code if isinstance(end.code, int) else 0 if end.code is None else 2
    return 0
