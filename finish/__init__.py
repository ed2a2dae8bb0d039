"""Automated post-production finishing: raw clips in, verified deliverables out.

Everything here is lazy (PEP 562): `import finish` costs nothing until a name is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from finish.api import Clip, Delivered, load, open, plan, qc, quick, run, still
    from finish.deliver.outcome import Event, Outcome
    from finish.errors import FinishError, Interrupted
    from finish.stages import STAGES

__version__: str
__all__ = [
    "STAGES",
    "Clip",
    "Delivered",
    "Event",
    "FinishError",
    "Interrupted",
    "Outcome",
    "load",
    "open",
    "plan",
    "qc",
    "quick",
    "run",
    "still",
]

_WHERE = {
    "STAGES": "finish.stages",
    "FinishError": "finish.errors",
    "Interrupted": "finish.errors",
    "Event": "finish.deliver.outcome",
    "Outcome": "finish.deliver.outcome",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return import_module("importlib.metadata").version("finish")
    if name not in __all__:
        raise AttributeError(f"module 'finish' has no attribute {name!r}")
    return getattr(import_module(_WHERE.get(name, "finish.api")), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
