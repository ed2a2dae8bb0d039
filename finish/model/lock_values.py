"""Reading a stage's earlier decision from the lock file: users may have edited its values."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from finish.errors import SpecError


class OddValue(ValueError):
    """An impossible value in the lock file; the message states which, and why."""


@contextmanager
def reading_lock(stage: str) -> Iterator[None]:
    """Read a stage's values from the lock file in this context; SpecError for impossible values, with the
    message of an `OddValue`."""
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        reason = f": {error}" if isinstance(error, OddValue) else ""
        message = f"the lock file's values of {stage} can't be read{reason}"
        raise SpecError(message, f"correct them, or run with --redecide {stage}") from error
