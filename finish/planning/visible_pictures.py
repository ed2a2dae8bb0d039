"""Which pictures of a timeline are visible when: those of the main track, and those that cover it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from finish.errors import FinishError, SpecError, several
from finish.graph import PictureLayout, PicturePlace
from finish.model.sequence_programme import PictureRun
from finish.planning.edit_layout import SegmentPlacement
from finish.units import Span


@dataclass(frozen=True)
class IndexedPlace:
    """Where a picture of a sequence is, and its number among the timeline's placements."""

    index: int
    place: PicturePlace


@dataclass(frozen=True)
class VisiblePictures:
    """The visible pictures in order, at `rate` (Hz), each with its number among the `placements`.

    A picture that is covered for a time has a place before and a place after it; one that is covered
    completely has none.
    """

    rate: Fraction
    placements: tuple[SegmentPlacement, ...]
    pictures: tuple[IndexedPlace, ...]

    @classmethod
    def of(
        cls, placements: Sequence[SegmentPlacement], prerolls: Sequence[Fraction], count: int, rate: Fraction
    ) -> VisiblePictures:
        """The first `count` placements are the main track; the others cover it, in any order.

        FinishError with every dissolve over the main track that begins where several pictures are visible.
        """
        places = [
            IndexedPlace(index, placement.picture(preroll))
            for index, (placement, preroll) in enumerate(zip(placements, prerolls, strict=True))
        ]
        visible, errors = places[:count], list[FinishError]()
        for covering in sorted(places[count:], key=lambda one: placements[one.index].start):
            try:
                visible = list(_covered(visible, covering, placements[covering.index]))
            except FinishError as error:
                errors.append(error)
        if errors:
            raise several(tuple(errors))
        return cls(rate, tuple(placements), tuple(visible))

    @property
    def layout(self) -> PictureLayout:
        return PictureLayout(self.rate, tuple(one.place for one in self.pictures))

    @property
    def indices(self) -> tuple[int, ...]:
        """The numbers of the pictures of the layout; one that is covered for a time is listed twice."""
        return tuple(one.index for one in self.pictures)

    def spans(self, index: int) -> tuple[Span, ...]:
        """When a picture is visible, its transitions included."""
        return tuple(
            Span(one.place.start / self.rate, one.place.end / self.rate)
            for one in self.pictures
            if one.index == index
        )

    @property
    def transitions(self) -> tuple[Span, ...]:
        """When two pictures are visible."""
        return tuple(
            Span(other.place.start / self.rate, one.place.end / self.rate)
            for one, other in pairwise(self.pictures)
            if other.place.start < one.place.end
        )

    @property
    def runs(self) -> tuple[PictureRun, ...]:
        """Which picture the programme shows, in order: the next one from the joint of a transition on."""
        runs = list[PictureRun]()
        end = max(one.place.end for one in self.pictures)
        for one in reversed(self.pictures):
            start = max(one.place.start, self.placements[one.index].start)
            if start < end:
                runs.append(PictureRun(one.index, Span(start / self.rate, end / self.rate)))
                end = start
        return tuple(reversed(runs))


def _covered(
    visible: Sequence[IndexedPlace], covering: IndexedPlace, placement: SegmentPlacement
) -> Iterator[IndexedPlace]:
    """The visible pictures around and under one that covers them, in order.

    They are visible until its transition ends, and again from its end on.
    """
    place = covering.place
    shares = place.start + (place.transition.frames if place.transition else 0)
    if place.start < shares:
        _refuse_shared(visible, Span(Fraction(place.start), Fraction(shares)), placement)
    yield from _during(visible, 0, shares)
    yield covering
    yield from _during(visible, place.end, visible[-1].place.end)


def _refuse_shared(visible: Sequence[IndexedPlace], dissolve: Span, placement: SegmentPlacement) -> None:
    """SpecError unless one picture is visible for all of the dissolve (frames)."""
    near = [one for one in visible if one.place.start < dissolve.end and dissolve.start < one.place.end]
    alone = len(near) == 1 and near[0].place.start <= dissolve.start and dissolve.end <= near[0].place.end
    if not alone:
        message = f"{placement.segment.label}: the picture under its dissolve changes during it"
        hint = "move it, shorten the dissolve, or change its `align`"
        raise SpecError(message, hint, where=placement.segment.where)


def _during(visible: Sequence[IndexedPlace], first: int, end: int) -> Iterator[IndexedPlace]:
    """The parts of the places in the frames `first` until `end`."""
    for one in visible:
        place = one.place
        if place.start < end and first < place.end:
            yield replace(one, place=_part(place, max(place.start, first), min(place.end, end)))


def _part(place: PicturePlace, start: int, end: int) -> PicturePlace:
    """A part of a place: from its own picture's frame at `start` on, in the middle of its transition."""
    passed, transition = start - place.start, place.transition
    if transition:
        done = transition.done + passed
        transition = replace(transition, done=done) if done < transition.frames else None
    return replace(place, start=start, end=end, first=place.first + passed, transition=transition)
