"""The `finish` command. Exit codes: 0 all promises kept, 1 a promise broken, 2 failed, 130 interrupted."""

from __future__ import annotations

# `signal` without its enumerations, which take as long to create as the rest of this module.
import _signal  # type: ignore[import-not-found]
import sys

# Windows has no SIGHUP, and can't hold signals back.
_STOP_SIGNALS = tuple(
    getattr(_signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(_signal, name)
)


def main() -> None:
    """Run the command line; always ends by SystemExit."""
    if hasattr(_signal, "pthread_sigmask"):  # signals wait until `obey` can end the run in order
        _signal.pthread_sigmask(_signal.SIG_BLOCK, _STOP_SIGNALS)
    from finish.cli import streams

    streams.prepare()
    from finish.cli.exit_codes import ended

    code = ended(_run)
    error = streams.write_error()
    if error is not None:
        sys.stderr.write(f"the output is incomplete: {error.strerror}\n")
    raise SystemExit(code or (2 if error else 0))


def _run() -> int:
    from finish.cli import recognition, signals

    signals.obey(_STOP_SIGNALS)
    if hasattr(_signal, "pthread_sigmask"):
        _signal.pthread_sigmask(_signal.SIG_UNBLOCK, _STOP_SIGNALS)
    if (code := recognition.repeated(sys.argv[1:])) is not None:
        return code
    from finish.cli.verbs import app
    from finish.storage.platform import share_arenas

    share_arenas()
    try:
        app(prog_name="finish")
    except SystemExit as end:  # how typer ends
        return end.code if isinstance(end.code, int) else 0 if end.code is None else 2
    return 0
