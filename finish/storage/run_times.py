"""What finishing took on this machine, kept for estimates: a small file of sums in the user's cache, safe
to delete."""

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
from finish.storage.store import cache

_KINDS: Final = 50  # house: the latest kinds of job
_SECONDS: Final = (
    7200.0  # delivered; beyond that what was measured counts half from then on: machines and versions change
)


@dataclass(frozen=True)
class Times:
    """Sums over runs of one kind of job: `deliverables`, their `seconds` and `megapixels`, CPU-seconds of
    `pictures` (the processes that rendered them) and of `others` (reading, analyses, sound, checks), and
    `wall` seconds."""

    deliverables: float = 0.0
    seconds: float = 0.0
    megapixels: float = 0.0
    pictures: float = 0.0
    others: float = 0.0
    wall: float = 0.0

    def plus(self, other: Times, share: float = 1.0) -> Times:
        """Both, of the first only a share."""
        return Times(
            *(share * getattr(self, field.name) + getattr(other, field.name) for field in fields(self))
        )


def place() -> Path:
    return cache() / "times.json"


def known() -> Mapping[str, Times]:
    """What was measured, by kind of job; what is harmed, or says what cannot be, is as good as absent."""
    found: dict[str, Times] = {}
    with suppress(OSError, ValueError, TypeError, AttributeError, RecursionError):
        for kind, said in json.loads(place().read_bytes()).items():
            one = Times(**{name: float(value) for name, value in said.items()})
            if (
                all(math.isfinite(value) and value >= 0 for value in asdict(one).values())
                and one.seconds
                and one.megapixels
                and one.wall
            ):
                found[kind] = one
    return found


def note(kind: str, one: Times) -> None:
    """Add a run of that kind; where it cannot be written, nothing is lost but an estimate."""
    path = place()
    with suppress(OSError, FinishError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.with_suffix(".lock").open("ab") as held:
            platform.lock(held.fileno())
            kept = dict(known())
            before = kept.pop(kind, Times())
            kept[kind] = before.plus(one, 0.5 if before.seconds > _SECONDS else 1.0)  # the latest last
            latest = dict(list(kept.items())[-_KINDS:])
            write_whole(
                path, json.dumps({name: asdict(each) for name, each in latest.items()}, indent=1).encode()
            )
