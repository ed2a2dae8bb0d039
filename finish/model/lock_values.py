"""How a stage reads back what it decided before: values that people may have edited."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from finish.errors import SpecError


class OddValue(ValueError):
    """A value of the lock file that cannot be meant; the message says which and why."""


@contextmanager
def reading_lock(stage: str) -> Iterator[None]:
    """Read a stage's values of the lock file inside; SpecError for what cannot be meant, in the words of an
    `OddValue`."""
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as wrong:
        why = f": {wrong}" if isinstance(wrong, OddValue) else ""
        message = f"the lock file's values of {stage} cannot be read{why}"
        raise SpecError(message, f"correct them, or run with --redecide {stage}") from wrong
