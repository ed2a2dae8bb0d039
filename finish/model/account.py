"""The account of a clip: what its container states, what of it decodes, and where these differ."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final, Literal

from finish.units import number

Whose = Literal["file", "picture", "sound"]
BEHIND: Final = "bytes-behind"  # the code of a harmless loss: bytes that aren't part of the clip
INDEX_CUT: Final = "index-cut"  # the code of a harmless loss: an index at the end of a file


@dataclass(frozen=True)
class Loss:
    """Data that is missing from a clip, or damaged in it.

    `text` is in a user's words. `start` is where it begins (s on the file's own clock), `seconds` how much is
    missing, each None where that cannot be known. `track` is the number of the stream, None for all.
    `certain` is False where the file may be whole all the same: then it is reported, and not refused.
    `evidence` is what FFmpeg says of it. `hint` is what helps where there is nothing to accept; "" where
    another copy helps, or what is left can be delivered.
    """

    code: str
    text: str
    part: Whose = "file"
    start: Fraction | None = None
    seconds: Fraction | None = None
    track: int | None = None
    certain: bool = True
    evidence: str = ""
    hint: str = ""

    def described(self, since: Fraction) -> str:
        """The text for people, with times counted from `since`, the clip's start (s)."""
        at = "" if self.start is None else _seconds(max(Fraction(0), self.start - since))
        length = _seconds(self.seconds) if self.seconds else ""
        place = f"{length} from {at} on" if at and length else f"at {at}" if at else length
        evidence = f", FFmpeg: {self.evidence.rstrip(' .')}" if self.evidence else ""
        return f"{self.text}{f' ({place})' if place else ''}{evidence}"

    @property
    def values(self) -> dict[str, Any]:
        """For JSON; times in seconds on the file's own clock."""
        times = {"start": self.start, "seconds": self.seconds}
        return {
            "code": self.code,
            "part": self.part,
            "text": self.text,
            "certain": self.certain,
            "track": self.track,
            "evidence": self.evidence,
            **{name: None if value is None else round(float(value), 3) for name, value in times.items()},
        }


@dataclass(frozen=True)
class ContainerClaims:
    """What a container states of its length (s, None where it says nothing), what contradicts itself there,
    and harmless oddities.

    `held` is how long (s) the longest single picture or sample is held by the index, None where there is no
    index. `blocks` and `samples` are how many of its sound a file of sound alone counts, 0 where it does not.
    """

    seconds: Fraction | None = None
    losses: tuple[Loss, ...] = ()
    odd: tuple[str, ...] = ()
    held: Fraction | None = None
    blocks: int = 0
    samples: int = 0


@dataclass(frozen=True)
class DecodeFault:
    """What a demuxer or decoder said of damage: of which part and stream, and the time (s, file's clock) of
    what was decoded last."""

    part: Whose
    text: str
    track: int | None = None
    time: Fraction | None = None


@dataclass(frozen=True)
class DecodedTrack:
    """One stream, decoded from start to end: packets read, pictures or blocks of sound decoded, samples (0:
    picture).

    `first` is the time (s, file's clock) of the first picture that decodes, `lead` how many pictures before
    it do not. `pace` is how much longer its packets last by their time stamps than they say.
    """

    index: int
    packets: int
    frames: int
    samples: int = 0
    first: Fraction | None = None
    lead: int = 0
    pace: float = 1.0


@dataclass(frozen=True)
class StreamGap:
    """Nothing of a stream from `start` (s, file's clock) on for `seconds`, where its own packets say that
    there should be something."""

    track: int
    start: Fraction
    seconds: Fraction


@dataclass(frozen=True)
class DecodeReport:
    """What decoding a whole file showed: the first faults, how many there were, and each stream's counts.

    `restarts` are the times (s) at which time stamps went back by more than reordering explains; `gaps` are
    those of each stream.
    """

    tracks: tuple[DecodedTrack, ...] = ()
    faults: tuple[DecodeFault, ...] = ()
    count: int = 0
    restarts: tuple[Fraction, ...] = ()
    gaps: tuple[StreamGap, ...] = ()


def merged(losses: Iterable[Loss]) -> tuple[Loss, ...]:
    """The losses, each kind of each stream once: the earliest, and the most that any of them misses."""
    kinds: dict[tuple[str, str, int | None], Loss] = {}
    for loss in losses:
        key = loss.code, loss.part, loss.track
        known = kinds.get(key)
        kinds[key] = (
            loss
            if known is None
            else replace(
                known,
                certain=known.certain or loss.certain,
                start=_least(known.start, loss.start),
                seconds=_most(known.seconds, loss.seconds),
            )
        )
    return tuple(kinds.values())


def phrase(losses: Sequence[Loss], since: Fraction) -> str:
    """Several losses as one clause."""
    return "; ".join(loss.described(since) for loss in losses)


def _least(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    return min((value for value in (one, other) if value is not None), default=None)


def _most(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    return max((value for value in (one, other) if value is not None), default=None)


def _seconds(value: Fraction) -> str:
    return f"{number(round(float(value), 2))} s"
