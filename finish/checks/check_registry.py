"""The registry of checks, in the order in which their results are reported."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from finish.checks import delivery_format, loudness_check, mono_compatibility, picture_levels
from finish.model import Deliverable, Promise

Check = Callable[[Deliverable], tuple[Promise[Any], ...]]

CHECKS: Final[Mapping[str, Check]] = MappingProxyType(
    {
        "frame": lambda deliverable: delivery_format.frame(deliverable.delivery),
        "format": lambda deliverable: delivery_format.file_format(deliverable.delivery),
        "limits": lambda deliverable: delivery_format.limits(deliverable.delivery),
        "levels": picture_levels.check,
        "mono": mono_compatibility.check,
        "loudness": loudness_check.check,
    }
)


def compliance_promises(deliverable: Deliverable) -> tuple[Promise[Any], ...]:
    """What any file for a deliverable must keep, no matter who made it."""
    return tuple(promise for check in CHECKS.values() for promise in check(deliverable))
