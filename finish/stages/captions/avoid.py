"""Where captions stand in each shot so that they cover no face: decided once a shot, for captions that jump are worse than any place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final, get_args

from finish.analyse.faces import Look
from finish.errors import FinishError
from finish.model import Programme, Values
from finish.stages.captions.fit import Card
from finish.stages.captions.place import Placed, Position
from finish.units import Box

# House: as much of a face may be covered as its box has of chin and hair; so much better must another place be for a change of it.
ALLOWED: Final = 0.1
_SURE: Final = 0.7      # of the detector: between this and its 0.6 lie most false faces (as reframe has it)
_SMALL: Final = 0.2     # of the largest face in a shot, by area: smaller ones are passers-by
_ORDER: Final[tuple[Position, ...]] = ("bottom", "top", "middle")

Stand = Callable[[Position], Sequence[Placed]]


@dataclass(frozen=True)
class Seen:
    """A face on the frame (px), from frame `start` until frame `end`."""

    box: Box
    start: int
    end: int


@dataclass(frozen=True)
class Places:
    """From each moment of the clip on (s), where captions stand; and how much of a face they cover there all the same."""

    shots: tuple[tuple[Fraction, Position], ...]
    covered: float = 0.0

    def at(self, moment: Fraction) -> Position:
        return max((each for each in self.shots if each[0] <= moment), default=self.shots[0])[1]

    @property
    def values(self) -> dict[str, Any]:
        """As a person can read and change it in the lock file; neighbours in one place as one."""
        kept = [self.shots[0], *(later for one, later in pairwise(self.shots) if later[1] != one[1])]
        return {"places": [{"from": float(start), "position": position} for start, position in kept], "covered": round(self.covered, 2)}

    @classmethod
    def read(cls, values: Values) -> Places:
        """The places in a lock file; FinishError("spec") for what is none."""
        try:
            shots = [(Fraction(float(each["from"])).limit_denominator(1_000_000), each["position"]) for each in values["places"]]
            if not shots or any(position not in get_args(Position) for _, position in shots):
                raise ValueError(f"a place has `from` and a `position`: {', '.join(get_args(Position))}")
            return cls(tuple(sorted(shots)), float(values.get("covered", 0)))
        except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as wrong:
            hint = "mend it, or run with --redecide captions"
            raise FinishError("spec", f"the lock file's captions are not understood: {wrong}", hint) from wrong


def seen(programme: Programme, looks: Sequence[Look]) -> list[Seen]:
    """The faces of a clip where they stand on the programme's frames, each until the next look."""
    framing, rate = programme.framing, programme.rate
    if framing is None:
        return []
    times = [look.time for look in looks]
    step = min((later - one for one, later in pairwise(times)), default=Fraction(1, 5))
    found = []
    for look in looks:
        shown = programme.when(look.time)
        if shown is None:
            continue
        start, end = round(shown * rate), max(round(shown * rate) + 1, round((shown + step) * rate))
        boxes = (framing.box(start, face.left, face.top, face.right, face.bottom) for face in look.faces if face.score >= _SURE)
        found += [Seen(box, start, end) for box in boxes if box]
    return found


def places(cuts: Sequence[Fraction], cards: Sequence[Card], faces: Sequence[Seen], programme: Programme, stand: Stand) -> Places:
    """A place for every shot: where its cards cover least of its faces; the last shot's where that is as good, else the lowest."""
    stood = {position: inks for position in _ORDER if (inks := _stood(stand, position)) is not None}
    if not stood:
        return Places(((Fraction(0), _ORDER[0]),))
    starts = sorted({Fraction(0), *cuts})
    chosen: list[tuple[Fraction, Position]] = []
    worst, before = 0.0, _ORDER[0]
    for start, end in pairwise([*starts, max([programme.where(programme.duration), *starts]) + 1]):
        here = [card for card in cards if start <= programme.where(Fraction(card.start + card.end, 2) / programme.rate) < end]
        costs = {position: max((_covered(card, inks[card], faces) for card in here), default=0.0) for position, inks in stood.items()}
        least = min(costs.values())
        good = [position for position in (before, *_ORDER) if costs.get(position, 1 + ALLOWED + least) <= least + ALLOWED]
        before = good[0]
        worst = max(worst, costs[before])
        chosen.append((start, before))
    return Places(tuple(chosen), worst)


def _stood(stand: Stand, position: Position) -> dict[Card, Box] | None:
    """What the cards cover in a place; None where they have no room there."""
    try:
        return {each.card: each.ink for each in stand(position)}
    except FinishError:
        return None


def _covered(card: Card, ink: Box, faces: Sequence[Seen]) -> float:
    """The largest share of any face that a card covers while it shows; of those that are not small beside the largest."""
    here = [each for each in faces if each.start < card.end and card.start < each.end]
    largest = max((each.box.size.pixels for each in here), default=0)
    return max((_share(each.box, ink) for each in here if each.box.size.pixels >= _SMALL * largest), default=0.0)


def _share(face: Box, ink: Box) -> float:
    wide = min(face.right, ink.right) - max(face.left, ink.left)
    high = min(face.bottom, ink.bottom) - max(face.top, ink.top)
    return max(0, wide) * max(0, high) / face.size.pixels


def told(found: Places) -> list[str]:
    """What is to be said of it."""
    moved = sum(position != _ORDER[0] for _, position in found.shots)
    notes = [f"captions stand elsewhere than at the bottom in {moved} of {len(found.shots)} shots, clear of faces"] if moved else []
    if found.covered > ALLOWED:
        notes.append(f"captions cover up to {100 * found.covered:.0f} % of a face: no place is clear of it")
    return notes

