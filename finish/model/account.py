"""The account of a clip: what its container states, what can be decoded, and the differences."""

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

    - `text` describes it for users.
    - `start` is where it begins (s on the file's own clock), and `seconds` how much is missing; None if
      unknown.
    - `track` is the number of the stream; None for all.
    - `certain` is False if the file may be complete nevertheless: then the loss is reported, and the file
      isn't refused.
    - `evidence` is FFmpeg's message about it.
    - `hint` is what to do if the loss can't be accepted; "" if another copy helps, or the rest can be
      delivered.
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
        """The text with its place and evidence; times count from `since`, the clip's start (s)."""
        at = "" if self.start is None else in_seconds(max(Fraction(0), self.start - since))
        length = in_seconds(self.seconds) if self.seconds else ""
        place = f"{length} from {at} on" if at and length else f"at {at}" if at else length
        evidence = f", FFmpeg: {self.evidence.rstrip(' .')}" if self.evidence else ""
        return f"{self.text}{f' ({place})' if place else ''}{evidence}"

    @property
    def values(self) -> dict[str, Any]:
        """The loss for JSON; times in seconds on the file's own clock."""
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
    """What a container states about its length (s; None if it states none), the losses that its structure
    shows, and harmless oddities.

    `held` is the longest duration (s) of a picture or sample in the index; None without an index. `blocks`
    and `samples` are the counts that a sound file states for its sound; 0 if it states none.
    """

    seconds: Fraction | None = None
    losses: tuple[Loss, ...] = ()
    odd: tuple[str, ...] = ()
    held: Fraction | None = None
    blocks: int = 0
    samples: int = 0


@dataclass(frozen=True)
class DecodeFault:
    """A message of a demuxer or decoder about damage: its part and stream, and the time (s on the file's
    clock) of the last decoded packet."""

    part: Whose
    text: str
    track: int | None = None
    time: Fraction | None = None


@dataclass(frozen=True)
class DecodedTrack:
    """One stream, decoded from start to end: the numbers of packets read, of decoded pictures or blocks of
    sound, and of samples (0 for a picture).

    `first` is the time (s on the file's clock) of the first picture that can be decoded, and `lead` the
    number of pictures before it. `pace` is the duration of its packets by their timestamps, compared with
    their stated durations.
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
    """A gap in a stream: from `start` on (s on the file's clock), `seconds` are missing according to its own
    packets."""

    track: int
    start: Fraction
    seconds: Fraction


@dataclass(frozen=True)
class DecodeReport:
    """The result of decoding a whole file: the first faults, their total number (`count`), and each stream's
    counts.

    `restarts` are the times (s) at which timestamps go back by more than reordering explains; `gaps` are
    those of each stream.
    """

    tracks: tuple[DecodedTrack, ...] = ()
    faults: tuple[DecodeFault, ...] = ()
    count: int = 0
    restarts: tuple[Fraction, ...] = ()
    gaps: tuple[StreamGap, ...] = ()


def merged(losses: Iterable[Loss]) -> tuple[Loss, ...]:
    """The losses, each kind of each stream once, with the earliest start and the longest duration."""
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


def in_seconds(value: Fraction) -> str:
    """A time or a length in words, such as "1.5 s"."""
    return f"{number(round(float(value), 2))} s"
