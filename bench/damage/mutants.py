"""Every mutant: a clean clip, a way to harm it, and a seed; made on demand, always the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

from bench.damage.clips import BASES
from bench.damage.harm import GENERIC, Make
from bench.damage.lies import LIES

# Formats that don't state their own length: they may end anywhere, and a part is a clip of its own.
_OPEN_ENDED: Final = frozenset({"live.webm", "plain.ts", "mpeg2.ts", "plain.mpg", "music.aac"})
# Lies without a contradiction in the file; reports of FFmpeg's decoders and of the stamps still count.
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
        "mdhd-timescale-half",  # as trimmed clips have them
    }
)


@dataclass(frozen=True)
class Mutant:
    """One damaged clip.

    `stated`: the file's own tables, counters, or lengths contradict what remains of it.
    """

    base: str
    kind: str
    make: Make
    stated: bool

    @property
    def name(self) -> str:
        return f"{self.base}:{self.kind}"

    def bytes(self, clean: bytes, seed: int) -> bytes:
        """The damaged file; equal for equal seeds."""
        return self.make(clean, Random(f"{seed}:{self.name}"))


def mutants() -> Iterator[Mutant]:
    """All mutants, format by format."""
    for base in BASES:
        for kind, (make, stated) in GENERIC.items():
            yield Mutant(base, kind, make, stated and base not in _OPEN_ENDED)
        for kind, make in LIES.get(base, {}).items():
            yield Mutant(base, kind, make, kind not in _QUIET and base not in _OPEN_ENDED)
