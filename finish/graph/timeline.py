"""What is kept of a clip, part after part: the map between the clip's time and the programme's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import accumulate, pairwise

from finish.units import Span, number


@dataclass(frozen=True)
class Timeline:
    """Parts of a clip, ascending and apart, on the frame grid of `rate` (Hz), shown one after the other from `start` (s) on.

    `start` is 0 for a programme. A few parts taken out of it begin where the first lies in the clip, so that the same parts are
    equal wherever the programme shows them.
    """

    rate: Fraction
    parts: tuple[Span, ...]
    start: Fraction = Fraction(0)

    @cached_property
    def placed(self) -> tuple[tuple[Span, Fraction], ...]:
        """Each part of the clip, and when it begins to show."""
        begins = accumulate((part.end - part.start for part in self.parts[:-1]), initial=self.start)
        return tuple(zip(self.parts, begins, strict=True))

    @property
    def end(self) -> Fraction:
        """When the last part is over."""
        part, begins = self.placed[-1]
        return begins + part.end - part.start

    @property
    def joints(self) -> tuple[Fraction, ...]:
        """When a part begins that does not follow on from the one before."""
        return tuple(begins for _, begins in self.placed[1:])

    def where(self, time: Fraction) -> Fraction:
        """The moment of the clip that shows at `time`; before the first and after the last part counted on."""
        part, begins = max((each for each in self.placed if each[1] <= time), key=lambda each: each[1], default=self.placed[0])
        return part.start + time - begins

    def when(self, moment: Fraction) -> Fraction | None:
        """When a moment of the clip shows; None for one that is left out."""
        return next((begins + moment - part.start for part, begins in self.placed if part.start <= moment < part.end), None)

    def shown(self, span: Span) -> Span | None:
        """When a span of the clip shows, without what of it is left out; None where nothing of it is kept."""
        kept = [(max(span.start, part.start) - part.start + begins, min(span.end, part.end) - part.start + begins)
                for part, begins in self.placed if part.start < span.end and span.start < part.end]
        return Span(kept[0][0], kept[-1][1]) if kept else None

    def during(self, span: Span) -> Timeline | None:
        """The parts that show in `span`, on the clip's own clock; None where it is one, and nothing need be left out."""
        kept = [Span(max(part.start, part.start + span.start - begins), min(part.end, part.start + span.end - begins))
                for part, begins in self.placed if begins < span.end and span.start < begins + part.end - part.start]
        return replace(self, parts=tuple(kept), start=kept[0].start) if len(kept) > 1 else None

    def later(self, by: Fraction) -> Timeline:
        """The same: it is on the clip's clock whatever the programme's."""
        del by
        return self

    @property
    def gaps(self) -> Iterator[tuple[Fraction, Fraction]]:
        """From which moment of the clip on how much more (s) has been left out."""
        if self.parts[0].start != self.start:
            yield self.parts[0].start, self.parts[0].start - self.start
        yield from ((later.start, later.start - one.end) for one, later in pairwise(self.parts))

    def __str__(self) -> str:
        begins = f" from {number(self.start)}" if self.start else ""
        return ",".join(f"{number(part.start)}-{number(part.end)}" for part in self.parts) + begins
