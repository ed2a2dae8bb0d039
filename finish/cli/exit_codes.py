"""The end of every verb: an exit code, and one line for each error."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from finish.cli import signals
from finish.errors import EXIT_INTERRUPTED, FinishError, Interrupted, unforeseen


def ended(body: Callable[[], int]) -> int:
    """The exit code of `body`, whatever it raises; with FINISH_DEBUG, other errors come with a traceback."""
    try:
        return body()
    except FinishError as error:
        return _report(error)
    except (Interrupted, KeyboardInterrupt):
        signals.tell()
        return EXIT_INTERRUPTED
    except Exception as error:
        if "FINISH_DEBUG" in os.environ:
            import traceback

            traceback.print_exc()
        return _report(unforeseen(error))


def _report(error: FinishError) -> int:
    sys.stderr.write(f"{error}\n")
    return error.exit_code
