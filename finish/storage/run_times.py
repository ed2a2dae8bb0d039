"""How long runs took on this machine, for estimates: a small file in the user's cache, safe to delete."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Final

from finish.errors import FinishError
from finish.storage import platform
from finish.storage.publish import write_whole
from finish.storage.user_folders import cache

_KINDS: Final = 50  # kinds of job, the latest; house
# Seconds delivered after which older times count half, because machines and versions change; house.
_SECONDS: Final = 7200.0


@dataclass(frozen=True)
class Times:
    """Sums over runs of one kind of job.

    `deliverables`, their `seconds` and `megapixels`, CPU-seconds of `pictures` (the processes that rendered
    them) and of `others` (reading, analyses, sound, checks), and `wall` seconds.
    """

    deliverables: float = 0.0
    seconds: float = 0.0
    megapixels: float = 0.0
    pictures: float = 0.0
    others: float = 0.0
    wall: float = 0.0

    def plus(self, other: Times, share: float = 1.0) -> Times:
        """The sum of a share of these times and all of `other`."""
        return Times(
            *(share * getattr(self, field.name) + getattr(other, field.name) for field in fields(self))
        )


def place() -> Path:
    """The file of run times."""
    return cache() / "times.json"


def known() -> Mapping[str, Times]:
    """The times by kind of job; damaged or impossible ones count as absent."""
    times_by_kind: dict[str, Times] = {}
    with suppress(OSError, ValueError, TypeError, AttributeError, RecursionError):
        for kind, sums in json.loads(place().read_bytes()).items():
            times = Times(**{name: float(value) for name, value in sums.items()})
            if _possible(times):
                times_by_kind[kind] = times
    return times_by_kind


def _possible(times: Times) -> bool:
    finite = all(math.isfinite(value) and value >= 0 for value in asdict(times).values())
    return finite and min(times.seconds, times.megapixels, times.wall) > 0


def note(kind: str, times: Times) -> None:
    """Add a run of that kind; if it can't be written, only an estimate is lost."""
    path = place()
    with suppress(OSError, FinishError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.with_suffix(".lock").open("ab") as lock_file:
            platform.lock(lock_file.fileno())
            kept = dict(known())
            before = kept.pop(kind, Times())
            kept[kind] = before.plus(times, 0.5 if before.seconds > _SECONDS else 1.0)  # the latest last
            latest = dict(list(kept.items())[-_KINDS:])
            sums = {name: asdict(kind_times) for name, kind_times in latest.items()}
            write_whole(path, json.dumps(sums, indent=1).encode())
