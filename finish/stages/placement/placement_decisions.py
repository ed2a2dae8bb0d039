"""Places as the lock file keeps them, where people can change them: under the graphic's stage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from typing import Any, Final

from finish.model import Decision, OddValue, Programme, Values, reading_lock
from finish.model.colour_contrast import MOST
from finish.model.graphics import At, Graphic, GraphicPlace, PlacedGraphic
from finish.units import digest

_DIGITS: Final = 2  # of contrast and shares: more would only be noise of the analysis
_EQUAL: Final = 1e-4  # shares of the frame's height closer than this are one place


@dataclass(frozen=True)
class StatedPlace:
    """A place from a moment of the content on (s), and its look; "" for any look."""

    start: Fraction
    at: At
    look: str = ""

    def names(self, place: GraphicPlace) -> bool:
        """Whether this is the stated place."""
        if isinstance(self.at, str) or isinstance(place.at, str):
            same = self.at == place.at
        else:
            same = abs(self.at - place.at) < _EQUAL
        return same and self.look in ("", place.look)

    @property
    def values(self) -> Values:
        """The place as the lock file keeps it."""
        look = {"look": self.look} if self.look else {}
        return {"from": float(self.start), "position": self.at, **look}

    @classmethod
    def read(cls, values: Mapping[str, Any], names: Sequence[str]) -> StatedPlace:
        """The place in a lock file: one of `names`, or a share of the frame's height."""
        start = Fraction(float(values["from"])).limit_denominator(1_000_000)
        return cls(start, _place(values["position"], names), str(values.get("look", "")))


@dataclass(frozen=True)
class LockedPlaces:
    """The decision about a graphic in a lock file.

    `covered` is the share of a face or of text that it covers there, and `contrast` the one by which its look
    was chosen.
    """

    entries: tuple[StatedPlace, ...]
    covered: float = 0.0
    contrast: float = MOST

    @classmethod
    def of(cls, programme: Programme, graphic: Graphic, placed: PlacedGraphic) -> LockedPlaces:
        """The places of a graphic; neighbours with the same place are one entry."""
        entries: list[StatedPlace] = []
        for (start, _), place in zip(graphic.parts, placed.places, strict=True):
            if not entries or (entries[-1].at, entries[-1].look) != (place.at, place.look):
                moment = programme.where(start / programme.rate) if entries else Fraction(0)
                entries.append(StatedPlace(moment, place.at, place.look))
        return cls(tuple(entries), placed.covered, placed.contrast)

    @property
    def values(self) -> Values:
        """The decision as the lock file keeps it."""
        return {
            "places": [entry.values for entry in self.entries],
            "covered": round(self.covered, _DIGITS),
            "contrast": round(self.contrast, _DIGITS),
        }

    @classmethod
    def read(cls, values: Mapping[str, Any], names: Sequence[str], stage: str) -> LockedPlaces:
        """The decision in a lock file, for a graphic of a `stage` whose places have these `names`.

        SpecError for invalid values.
        """
        with reading_lock(stage):
            entries = [StatedPlace.read(entry, names) for entry in values["places"]]
            if not entries:
                raise OddValue("there are no places")
            covered, contrast = (float(values.get("covered", 0)), float(values.get("contrast", MOST)))
            return cls(tuple(sorted(entries, key=lambda entry: entry.start)), covered, contrast)


def earlier_places(programme: Programme, graphics: Sequence[Graphic]) -> dict[str, LockedPlaces]:
    """The earlier decisions about the same input, by the graphic's name. SpecError for invalid values."""
    earlier = dict[str, LockedPlaces]()
    for stage, group in _by_stage(graphics):
        decided = programme.decided(stage, _digest_of(group))
        for graphic in group if decided is not None else ():
            with reading_lock(stage):
                own = decided if graphic.name == stage else (decided or {}).get(graphic.name)
                if own is not None:
                    earlier[graphic.name] = LockedPlaces.read(own, graphic.place_names, stage)
    return earlier


def place_decisions(
    programme: Programme, placed: Sequence[tuple[Graphic, PlacedGraphic]]
) -> Iterable[Decision]:
    """The decisions about the graphics that had a choice."""
    chosen = {graphic.name: outcome for graphic, outcome in placed if graphic.needs}
    for stage, group in _by_stage([graphic for graphic, _ in placed]):
        values: dict[str, Any] = {}
        for graphic in group:
            if graphic.name in chosen:
                own = LockedPlaces.of(programme, graphic, chosen[graphic.name]).values
                values |= own if graphic.name == stage else {graphic.name: own}
        if values:
            yield Decision(stage, _digest_of(group), values)


def as_decided(placed: PlacedGraphic, earlier: LockedPlaces | None) -> PlacedGraphic:
    """The outcome with what an earlier decision states of it, so that looks and notes stay the same."""
    return placed if earlier is None else replace(placed, faces=earlier.covered, contrast=earlier.contrast)


def _by_stage(graphics: Sequence[Graphic]) -> list[tuple[str, list[Graphic]]]:
    ordered = sorted(graphics, key=lambda graphic: graphic.stage)
    return [(stage, list(group)) for stage, group in groupby(ordered, key=lambda graphic: graphic.stage)]


def _digest_of(graphics: Sequence[Graphic]) -> str:
    keys = [graphic.key for graphic in graphics if graphic.needs]
    return keys[0] if len(keys) == 1 else digest("places", *keys)[:16]


def _place(value: object, names: Sequence[str]) -> At:
    if isinstance(value, str):
        if value not in names:
            raise OddValue(f"a position is one of {', '.join(names)}, or a share of the frame's height")
        return value
    share = float(value)  # type: ignore[arg-type]
    if not 0 <= share <= 1:
        raise OddValue(f"a position is a share of the frame's height from 0 to 1, not {share:g}")
    return share
