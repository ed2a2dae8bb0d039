"""Jobs with a `timeline:` of counter clips, and what each frame of their deliveries should state."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import accumulate
from pathlib import Path

from counters import Counter, CounterClip

KINDS = ("dissolve", "dip", "wipe", "slide", "whip", "zoom")
SMALL = "{size: 320x180, picture: {speed: ultrafast, crf: 10}}"


@dataclass(frozen=True)
class Shot:
    """One segment of a timeline, as a test states it: `count` frames of the programme from frame `first` of
    a clip on.

    `kind` and `length` (frames) are of the transition before it; `settings` is more YAML of the segment.
    A `ramp` is the speed at its end, to which the speed changes evenly over `taken` frames of the clip.
    """

    clip: int
    first: int
    count: int
    speed: Fraction = Fraction(1)
    kind: str = ""
    length: int = 0
    align: str = "centre"
    settings: str = ""
    ramp: Fraction | None = None
    taken: int = 0

    def position(self, count: int) -> Fraction:
        """The position (frames of its clip) after so many frames of the programme."""
        if self.ramp is None:
            return self.first + count * self.speed
        # The programme's time is the integral of 1 / speed, with a speed that is linear in the clip's time.
        slope = float(self.ramp - self.speed) / self.taken
        return self.first + Fraction(float(self.speed) / slope * math.expm1(count * slope))

    @property
    def yaml(self) -> str:
        end = self.first + (self.taken or self.count * self.speed)
        assert Fraction(end).denominator == 1
        speed = f", speed: {float(self.speed):g}" if self.speed != 1 else ""
        if self.ramp is not None:
            keys = ((self.first, self.speed), (end, self.ramp))
            listed = ", ".join(f"{{at: {at}f, by: {float(by):g}}}" for at, by in keys)
            speed = f", speed: [{listed}]"
        align = f", align: {self.align}" if self.align != "centre" else ""
        joint = f", transition: {{{self.kind}: {self.length}f{align}}}" if self.kind else ""
        more = f", {self.settings}" if self.settings else ""
        return f"  - {{clip: media/{self.clip}.mov, in: {self.first}f, out: {end}f{speed}{joint}{more}}}\n"

    @property
    def overlap(self) -> tuple[int, int]:
        """The frames of the transition before the joint, and after it."""
        before = {"centre": self.length // 2, "start": 0, "end": self.length}[self.align]
        return before, self.length - before


@dataclass(frozen=True)
class Film:
    """A programme of shots on a grid of `rate` (Hz)."""

    shots: tuple[Shot, ...]
    rate: Fraction = Fraction(25)

    @property
    def starts(self) -> tuple[int, ...]:
        """The frame of each shot's start, and the end."""
        return tuple(accumulate((shot.count for shot in self.shots), initial=0))

    @property
    def count(self) -> int:
        return self.starts[-1]

    def alone(self, number: int) -> range:
        """The frames that show nothing but the shot of this number (from 0)."""
        after = self.shots[number].overlap[1]
        following = self.shots[number + 1 : number + 2]
        before = following[0].overlap[0] if following else 0
        return range(self.starts[number] + after, self.starts[number + 1] - before)

    def position(self, number: int, frame: int) -> Fraction:
        """The position (frames of its clip) that shot `number` shows in a frame of the programme."""
        return self.shots[number].position(frame - self.starts[number])

    def counter(self, number: int, frame: int) -> Counter:
        """What an unsped shot shows in a frame of the programme, also in its transitions."""
        return Counter(self.shots[number].clip, round(self.position(number, frame)))

    def job(
        self, place: Path, deliverables: str = "", extra: str = "", clips: Iterable[CounterClip] | None = None
    ) -> Path:
        """A job folder with this timeline; its clips are written if they aren't there yet."""
        (place / "media").mkdir(parents=True, exist_ok=True)
        numbers = sorted({shot.clip for shot in self.shots})
        for clip in clips or [CounterClip(number, rate=self.rate) for number in numbers]:
            path = place / f"media/{clip.number}.mov"
            if not path.exists():
                clip.write(path)
        lines = "".join(shot.yaml for shot in self.shots)
        (place / "job.yaml").write_text(
            f"timeline:\n{lines}{extra}reframe: {{follow: centre}}\nsound: {{target: none}}\n"
            f"{deliverables or self._delivered}"
        )
        return place

    @property
    def _delivered(self) -> str:
        encode = SMALL.replace("{", f"{{rate: {self.rate}, ", 1)
        return f"deliverables: [{{name: done, preset: youtube, encode: {encode}}}]\n"

    def but(self, number: int, **changes: object) -> Film:
        """The film with another shot `number`."""
        changed = replace(self.shots[number], **changes)  # type: ignore[arg-type]
        return replace(self, shots=(*self.shots[:number], changed, *self.shots[number + 1 :]))


def in_turn(count: int, length: int, clips: int, first: int = 16) -> list[Shot]:
    """Shots of `clips` clips in turn, of `length` frames; the first is from `first` on, each other from a
    frame later."""
    return [Shot(number % clips, first + number, length) for number in range(count)]


def joined(shots: Sequence[Shot], kinds: Sequence[str], length: int) -> tuple[Shot, ...]:
    """The shots with transitions of these kinds ("" is a cut) before the second one and those after."""
    return (
        shots[0],
        *(
            replace(shot, kind=kind, length=length if kind else 0)
            for shot, kind in zip(shots[1:], kinds, strict=True)
        ),
    )
