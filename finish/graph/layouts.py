"""Where the pictures and sounds of a sequence are: values of its nodes' options."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction

from finish.units import number


@dataclass(frozen=True)
class PictureTransition:
    """A transition from the picture before: for the first `frames` of its place, both pictures are shown.

    `kind` is "dissolve", "dip", "wipe", "slide", "whip" or "zoom". `light` is "code" or "linear", `direction`
    "left", "right", "up" or "down", `colour` (#RRGGBB) that of a dip. In a slice, `done` frames of it are
    before the slice, and `frames` is still the whole length.
    """

    kind: str
    frames: int
    done: int = 0
    light: str = "code"
    direction: str = "left"
    colour: str = "#000000"

    def __str__(self) -> str:
        words = [self.kind, str(self.frames)]
        words += [f"from {self.done}"] if self.done else []
        words += ["linear"] if self.light == "linear" else []
        words += [self.direction] if self.kind in ("wipe", "slide", "whip") else []
        words += [self.colour] if self.kind == "dip" else []
        return " ".join(words)


@dataclass(frozen=True)
class PicturePlace:
    """Where one picture of a sequence is shown: in the frames `start` until `end` (half-open) of the
    sequence, from its own frame `first` on.

    The overlap with the place before is exactly its transition. Where the picture has no such frame, its
    nearest is held: its first one before 0, and its last one from `available` on (None: it has enough).
    `preroll` (s) is how early the picture must be opened for any moment to be right; it isn't part of what is
    shown.
    """

    start: int
    end: int
    first: int = 0
    transition: PictureTransition | None = None
    preroll: Fraction = field(default=Fraction(0), compare=False)
    available: int | None = None

    @property
    def last(self) -> int:
        """The frame after its own last one."""
        return self.first + self.end - self.start

    @property
    def held(self) -> tuple[int, int]:
        """For how many frames its first and its last one are held."""
        after = 0 if self.available is None else self.last - max(self.first, self.available)
        return max(0, min(-self.first, self.end - self.start)), max(0, after)

    @property
    def is_plain(self) -> bool:
        """Whether it is the picture itself, from the start of the sequence on."""
        return (self.start, self.first, self.transition, self.held) == (0, 0, None, (0, 0))

    def own(self, first: int, end: int) -> tuple[int, int]:
        """Its own frames (half-open) that are read for the frames `first` until `end` of the sequence."""
        begin, over = (
            self.first + frame - self.start for frame in (max(self.start, first), min(self.end, end))
        )
        most = over if self.available is None else self.available
        start = min(max(0, begin), most - 1)
        return start, max(start + 1, min(over, most))

    def within(self, first: int, end: int) -> PicturePlace:
        """The place in the frames `first` until `end` of the sequence, for a slice of its picture."""
        transition = self.transition
        if transition:
            done = transition.done + max(first - self.start, 0)
            transition = replace(transition, done=done) if done < transition.frames else None
        begin, over = max(self.start, first) - first, min(self.end, end) - first
        start, stop = self.own(first, end)
        own = self.first + max(self.start, first) - self.start - start
        most = stop - start if own + over - begin > stop - start else None
        return PicturePlace(begin, over, own, transition, self.preroll, most)

    def __str__(self) -> str:
        transition = f" {self.transition}" if self.transition else ""
        available = f" of {self.available}" if self.available is not None else ""
        return f"{self.start}-{self.end}@{self.first}{available}{transition}"


@dataclass(frozen=True)
class PictureLayout:
    """The places of the pictures of a sequence, in order, on a grid of `rate` (Hz).

    Before the first place there is nothing: a sequence that is laid over another one can start later.
    """

    rate: Fraction
    places: tuple[PicturePlace, ...]

    def __str__(self) -> str:
        return f"{number(self.rate)} fps: {', '.join(map(str, self.places))}"


@dataclass(frozen=True)
class SoundPlace:
    """Where one sound of a sequence is audible: in the samples `start` until `end` (half-open, 48 kHz), from
    its own sample `first` on; its fades (samples) are equal-power, and inside the place. `gain` in dB."""

    start: int
    end: int
    first: int = 0
    fade_in: int = 0
    fade_out: int = 0
    gain: float = 0.0

    def __str__(self) -> str:
        gain = f" {self.gain:+g} dB" if self.gain else ""
        return f"{self.start}-{self.end}@{self.first} in {self.fade_in} out {self.fade_out}{gain}"


@dataclass(frozen=True)
class SoundLayout:
    """The places of the sounds of a sequence, in order of their starts, and its `length` (samples).

    Places can overlap; then all of them are audible. Everything outside of the places is silent.
    """

    length: int
    places: tuple[SoundPlace, ...]

    def __str__(self) -> str:
        return f"48 kHz for {self.length}: {', '.join(map(str, self.places))}"
