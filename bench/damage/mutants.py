"""Every mutant: a clean clip, a way to harm it, and a seed; made when it is needed, the same each time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

from bench.damage.clips import BASES
from bench.damage.harm import GENERIC, Make
from bench.damage.lies import LIES

# What says nothing of its own length: it may end anywhere, and a part of it is a clip of its own.
_OPEN_ENDED: Final = frozenset({"live.webm", "plain.ts", "mpeg2.ts", "plain.mpg", "music.aac"})
# Lies that leave nothing in the file that contradicts them; what FFmpeg's decoders and the stamps say still
# counts.
_QUIET: Final = frozenset(
    {
        "duration-flipped",
        "private-flipped",
        "metadata",
        "elst-later",
        "elst-later-sound",
        "mfra-gone",
        "size-1",
        "elst-half",
        "elst-half-sound",
        "mdhd-timescale-half",  # as a trimmed clip has them
    }
)


@dataclass(frozen=True)
class Mutant:
    """One harmed clip. `stated`: the file's own tables, counters or lengths contradict what is left of it."""

    base: str
    kind: str
    make: Make
    stated: bool

    @property
    def name(self) -> str:
        return f"{self.base}:{self.kind}"

    def bytes(self, clean: bytes, seed: int) -> bytes:
        """The harmed file; equal for equal seeds."""
        return self.make(clean, Random(f"{seed}:{self.name}"))


def mutants() -> Iterator[Mutant]:
    """All of them, format by format."""
    for base in BASES:
        for kind, (make, stated) in GENERIC.items():
            yield Mutant(base, kind, make, stated and base not in _OPEN_ENDED)
        for kind, make in LIES.get(base, {}).items():
            yield Mutant(base, kind, make, kind not in _QUIET and base not in _OPEN_ENDED)
