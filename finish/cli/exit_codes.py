"""How every verb ends: an exit code, and for what went wrong one clear line."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable

from finish.cli import signals
from finish.errors import EXIT_INTERRUPTED, FinishError, Interrupted, unforeseen


def ended(body: Callable[[], int]) -> int:
    """The exit code of `body`, whatever it raises; with FINISH_DEBUG a fault of ours shows where."""
    try:
        return body()
    except FinishError as wrong:
        return _told(wrong)
    except (Interrupted, KeyboardInterrupt):
        signals.tell()
        return EXIT_INTERRUPTED
    except Exception as fault:
        if "FINISH_DEBUG" in os.environ:
            traceback.print_exc()
        return _told(unforeseen(fault))


def _told(wrong: FinishError) -> int:
    sys.stderr.write(f"{wrong}\n")
    return wrong.exit_code
