"""Where captions stand in each shot so that they cover no face and no letters: decided once a shot, for captions that jump are worse
than any place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final, get_args

from finish.analysis.faces import FacesAtTime
from finish.analysis.text_detection import TextAtTime, stays
from finish.errors import FinishError
from finish.model import Note, OddValue, Programme, Values, act, know, reading_lock
from finish.stages.captions.placement.card_fitting import CaptionCard
from finish.stages.captions.placement.card_placement import PlacedCard, Position
from finish.stages.captions.placement.legibility import LEAST_CONTRAST
from finish.units import Box

# House: as much of a face may be covered as its box has of chin and hair, and of letters as their box has of air; so much better must
# another place be for a change of it.
ALLOWED: Final = 0.1
_SURE: Final = 0.7  # of the detector: between this and its 0.6 lie most false faces (as reframe has it)
_SMALL: Final = 0.2  # of the largest face in a shot, by area: smaller ones are passers-by
MOST: Final = 21.0  # to one: black on white
_ORDER: Final[tuple[Position, ...]] = ("bottom", "top", "middle")

Stand = Callable[[Position], Sequence[PlacedCard]]
Legible = Callable[[CaptionCard, Box], float]  # the contrast of a card that covers a box, to one


@dataclass(frozen=True)
class AvoidedBox:
    """A face, or a line of `letters`, on the frame (px), from frame `start` until frame `end`."""

    box: Box
    start: int
    end: int
    letters: bool = False


@dataclass(frozen=True)
class Scene:
    """When shots begin (s of the clip), what stands in them, and how a card's contrast is found (None: it is enough anywhere)."""

    cuts: Sequence[Fraction]
    there: Sequence[AvoidedBox]
    legible: Legible | None = None


@dataclass(frozen=True)
class PlacementsByShot:
    """From each moment of the clip on (s), where captions stand; and how much of a face or of letters they cover there all the same;
    and their least contrast there, to one."""

    shots: tuple[tuple[Fraction, Position], ...]
    covered: float = 0.0
    contrast: float = MOST

    def at(self, moment: Fraction) -> Position:
        return max((each for each in self.shots if each[0] <= moment), default=self.shots[0])[1]

    @property
    def values(self) -> dict[str, Any]:
        """As a person can read and change it in the lock file; neighbours in one place as one."""
        kept = [self.shots[0], *(later for one, later in pairwise(self.shots) if later[1] != one[1])]
        return {
            "places": [{"from": float(start), "position": position} for start, position in kept],
            "covered": round(self.covered, 2),
            "contrast": round(self.contrast, 2),
        }

    @classmethod
    def read(cls, values: Values) -> PlacementsByShot:
        """The places in a lock file; SpecError for what is none."""
        with reading_lock("captions"):
            shots = [
                (Fraction(float(each["from"])).limit_denominator(1_000_000), each["position"])
                for each in values["places"]
            ]
            if not shots or any(position not in get_args(Position) for _, position in shots):
                raise OddValue(f"a place has `from` and a `position`: {', '.join(get_args(Position))}")
            return cls(
                tuple(sorted(shots)), float(values.get("covered", 0)), float(values.get("contrast", MOST))
            )


def face_boxes(programme: Programme, looks: Sequence[FacesAtTime]) -> list[AvoidedBox]:
    """The faces of a clip where they stand on the programme's frames, each until the next look."""
    boxes = [
        (
            look.time,
            [(face.left, face.top, face.right, face.bottom) for face in look.faces if face.score >= _SURE],
        )
        for look in looks
    ]
    return _on_frames(programme, boxes, letters=False)


def text_boxes(programme: Programme, looks: Sequence[TextAtTime]) -> list[AvoidedBox]:
    """The lines of letters that stay where they are for two looks or more, likewise."""
    around = zip((None, *looks), looks, (*looks[1:], None), strict=False)
    steady = [
        (
            look.time,
            [
                (line.left, line.top, line.right, line.bottom)
                for line in look.lines
                if any(stays(line, other) for beside in (before, after) if beside for other in beside.lines)
            ],
        )
        for before, look, after in around
    ]
    return _on_frames(programme, steady, letters=True)


_Shares = tuple[float, float, float, float]  # left, top, right, bottom, in shares of the picture's sides


def _on_frames(
    programme: Programme, looks: Sequence[tuple[Fraction, list[_Shares]]], *, letters: bool
) -> list[AvoidedBox]:
    framing, rate = programme.framing, programme.rate
    if framing is None:
        return []
    step = min((later - one for (one, _), (later, _) in pairwise(looks)), default=Fraction(1, 5))
    found = []
    for time, boxes in looks:
        shown = programme.when(time)
        if shown is None:
            continue
        start, end = round(shown * rate), max(round(shown * rate) + 1, round((shown + step) * rate))
        found += [
            AvoidedBox(box, start, end, letters)
            for box in (framing.box(start, *each) for each in boxes)
            if box
        ]
    return found


def choose_placements(
    scene: Scene, cards: Sequence[CaptionCard], programme: Programme, stand: Stand
) -> PlacementsByShot:
    """A place for every shot: where its cards cover least of what is there; of such the one where they are read best; of such the
    last shot's, else the lowest."""
    stood = {position: inks for position in _ORDER if (inks := _stood(stand, position)) is not None}
    if not stood:
        return PlacementsByShot(((Fraction(0), _ORDER[0]),))
    starts = sorted({Fraction(0), *scene.cuts})
    chosen: list[tuple[Fraction, Position]] = []
    worst, lowest, before = 0.0, MOST, _ORDER[0]
    for start, end in pairwise([*starts, max([programme.where(programme.duration), *starts]) + 1]):
        here = [
            card
            for card in cards
            if start <= programme.where(Fraction(card.start + card.end, 2) / programme.rate) < end
        ]
        costs = {
            position: max((_covered(card, inks[card], scene.there) for card in here), default=0.0)
            for position, inks in stood.items()
        }
        least = min(costs.values())
        good = [
            position
            for position in (before, *_ORDER)
            if costs.get(position, 1 + ALLOWED + least) <= least + ALLOWED
        ]
        contrasts = {
            position: least_contrast(scene.legible, [(card, stood[position][card]) for card in here])
            for position in good
        }
        before = max(
            good, key=lambda position: min(contrasts[position], LEAST_CONTRAST)
        )  # the first of equals
        worst, lowest = max(worst, costs[before]), min(lowest, contrasts[before])
        chosen.append((start, before))
    return PlacementsByShot(tuple(chosen), worst, lowest)


def least_contrast(legible: Legible | None, stood: Iterable[tuple[CaptionCard, Box]]) -> float:
    """The least contrast of cards where their ink stands, to one; the most there is where it is enough anywhere."""
    return min((legible(*each) for each in stood), default=MOST) if legible else MOST


def _stood(stand: Stand, position: Position) -> dict[CaptionCard, Box] | None:
    """What the cards cover in a place; None where they have no room there."""
    try:
        return {each.card: each.ink for each in stand(position)}
    except FinishError:
        return None


def _covered(card: CaptionCard, ink: Box, there: Sequence[AvoidedBox]) -> float:
    """The largest share of any face or line that a card covers while it shows; of faces that are not small beside the largest."""
    here = [each for each in there if each.start < card.end and card.start < each.end]
    largest = max((each.box.size.pixels for each in here if not each.letters), default=0)
    return max(
        (_share(each, ink) for each in here if each.letters or each.box.size.pixels >= _SMALL * largest),
        default=0.0,
    )


def _share(face_boxes: AvoidedBox, ink: Box) -> float:
    """How much of it ink covers; of a line of letters that is longer than the caption, how much of the caption is on it."""
    thing = face_boxes.box
    wide = min(thing.right, ink.right) - max(thing.left, ink.left)
    high = min(thing.bottom, ink.bottom) - max(thing.top, ink.top)
    return (
        max(0, wide)
        * max(0, high)
        / (min(thing.size.pixels, ink.size.pixels) if face_boxes.letters else thing.size.pixels)
    )


def placement_notes(found: PlacementsByShot) -> list[Note]:
    """What is to be said of it."""
    moved = sum(position != _ORDER[0] for _, position in found.shots)
    where = f"captions stand elsewhere than at the bottom in {moved} of {len(found.shots)} shots, clear of faces and letters"
    notes = [know("captions-moved", where)] if moved else []
    if found.covered > ALLOWED:
        text = f"captions cover up to {100 * found.covered:.0f} % of a face or of letters in the picture: no place is clear of them"
        notes.append(act("captions-cover", text))
    return notes
