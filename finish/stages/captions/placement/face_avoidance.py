"""Where captions are in each shot so that they cover no face and no text of the picture.

One decision per shot, because captions that jump are worse than any place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Final, get_args

from finish.analysis.faces import FacesAtTime
from finish.analysis.text_detection import TextAtTime, stays
from finish.errors import FinishError
from finish.model import Note, OddValue, Programme, Values, reading_lock
from finish.stages.captions import messages
from finish.stages.captions.caption_settings import Position
from finish.stages.captions.placement.card_fitting import CaptionCard
from finish.stages.captions.placement.card_placement import PlacedCard
from finish.stages.captions.placement.legibility import LEAST_CONTRAST
from finish.units import Box

# House value: this share of a face can be covered, as its box contains chin and hair, and of text, as its box
# contains space; another place must be better by as much.
ALLOWED: Final = 0.1
_SURE: Final = 0.7  # score of the detector: most false faces are between its 0.6 and this (as in reframe)
_SMALL: Final = 0.2  # of the largest face in a shot, by area: smaller ones are passers-by
MOST: Final = 21.0  # to 1: black on white
_ORDER: Final[tuple[Position, ...]] = ("bottom", "top", "middle")

PlaceCards = Callable[[Position], Sequence[PlacedCard]]
Contrast = Callable[[CaptionCard, Box], float]  # of a card that covers a box, to 1


@dataclass(frozen=True)
class AvoidedBox:
    """A face, or a line of text (`letters`), on the frame (px), from frame `start` until frame `end`."""

    box: Box
    start: int
    end: int
    letters: bool = False


@dataclass(frozen=True)
class Scene:
    """When shots start (s of the clip), what captions avoid, and a card's contrast (None: always enough)."""

    cuts: Sequence[Fraction]
    avoided: Sequence[AvoidedBox]
    contrast: Contrast | None = None


@dataclass(frozen=True)
class PlacementsByShot:
    """The position of captions from each moment of the clip on (s).

    `covered` is the share of a face or of text that they cover nevertheless, `contrast` their lowest, to 1.
    """

    shots: tuple[tuple[Fraction, Position], ...]
    covered: float = 0.0
    contrast: float = MOST

    def at(self, moment: Fraction) -> Position:
        """The position at a moment of the clip (s)."""
        return max((shot for shot in self.shots if shot[0] <= moment), default=self.shots[0])[1]

    @property
    def values(self) -> Values:
        """The placements as the lock file keeps them; neighbours with the same position are one entry."""
        kept = [self.shots[0], *(later for one, later in pairwise(self.shots) if later[1] != one[1])]
        return {
            "places": [{"from": float(start), "position": position} for start, position in kept],
            "covered": round(self.covered, 2),
            "contrast": round(self.contrast, 2),
        }

    @classmethod
    def read(cls, values: Values) -> PlacementsByShot:
        """The placements in a lock file. SpecError for invalid values."""
        with reading_lock("captions"):
            shots = [
                (Fraction(float(entry["from"])).limit_denominator(1_000_000), entry["position"])
                for entry in values["places"]
            ]
            if not shots or any(position not in get_args(Position) for _, position in shots):
                raise OddValue(f"a place has `from` and a `position`: {', '.join(get_args(Position))}")
            covered, contrast = float(values.get("covered", 0)), float(values.get("contrast", MOST))
            return cls(tuple(sorted(shots)), covered, contrast)


def face_boxes(programme: Programme, looks: Sequence[FacesAtTime]) -> list[AvoidedBox]:
    """The faces of a clip on the programme's frames, each until the next sample."""
    boxes = [
        (
            look.time,
            [(face.left, face.top, face.right, face.bottom) for face in look.faces if face.score >= _SURE],
        )
        for look in looks
    ]
    return _on_frames(programme, boxes, letters=False)


def text_boxes(programme: Programme, looks: Sequence[TextAtTime]) -> list[AvoidedBox]:
    """The lines of text that stay in place for at least two samples, on the programme's frames."""
    neighbours = zip((None, *looks), looks, (*looks[1:], None), strict=False)
    steady = [
        (
            look.time,
            [
                (line.left, line.top, line.right, line.bottom)
                for line in look.lines
                if any(stays(line, other) for beside in (before, after) if beside for other in beside.lines)
            ],
        )
        for before, look, after in neighbours
    ]
    return _on_frames(programme, steady, letters=True)


_Shares = tuple[float, float, float, float]  # left, top, right, bottom, in shares of the picture's sides


def _on_frames(
    programme: Programme, looks: Sequence[tuple[Fraction, list[_Shares]]], *, letters: bool
) -> list[AvoidedBox]:
    """Boxes of the clip's picture as boxes of the delivered frame."""
    framing, rate = programme.framing, programme.rate
    if framing is None:
        return []
    step = min((later - one for (one, _), (later, _) in pairwise(looks)), default=Fraction(1, 5))
    avoided = []
    for time, shares in looks:
        moment = programme.when(time)
        if moment is None:
            continue
        start, end = round(moment * rate), max(round(moment * rate) + 1, round((moment + step) * rate))
        boxes = (framing.box(start, *share) for share in shares)
        avoided += [AvoidedBox(box, start, end, letters) for box in boxes if box]
    return avoided


def choose_placements(
    scene: Scene, cards: Sequence[CaptionCard], programme: Programme, place: PlaceCards
) -> PlacementsByShot:
    """A position for every shot: where its cards cover least, then where their contrast is highest.

    Of equal ones the last shot's position, else the lowest.
    """
    inks = {position: ink for position in _ORDER if (ink := _ink(place, position)) is not None}
    if not inks:
        return PlacementsByShot(((Fraction(0), _ORDER[0]),))
    starts = sorted({Fraction(0), *scene.cuts})
    shots: list[tuple[Fraction, Position]] = []
    worst, lowest, position = 0.0, MOST, _ORDER[0]
    for start, end in pairwise([*starts, max([programme.where(programme.duration), *starts]) + 1]):
        shot_cards = [card for card in cards if start <= _clip_time(card, programme) < end]
        position, covered, contrast = _best(scene, shot_cards, inks, position)
        worst, lowest = max(worst, covered), min(lowest, contrast)
        shots.append((start, position))
    return PlacementsByShot(tuple(shots), worst, lowest)


def _best(
    scene: Scene, cards: Sequence[CaptionCard], inks: dict[Position, dict[CaptionCard, Box]], last: Position
) -> tuple[Position, float, float]:
    """The position of one shot's cards, the share that they cover there, and their contrast."""
    costs = {
        position: max((_covered(card, ink[card], scene.avoided) for card in cards), default=0.0)
        for position, ink in inks.items()
    }
    limit = min(costs.values()) + ALLOWED
    good = [position for position in (last, *_ORDER) if position in costs and costs[position] <= limit]
    contrasts = {
        position: least_contrast(scene.contrast, [(card, inks[position][card]) for card in cards])
        for position in good
    }
    best = max(good, key=lambda position: min(contrasts[position], LEAST_CONTRAST))  # the first of equals
    return best, costs[best], contrasts[best]


def _clip_time(card: CaptionCard, programme: Programme) -> Fraction:
    """The time of the clip (s) in the middle of a card."""
    return programme.where(Fraction(card.start + card.end, 2) / programme.rate)


def least_contrast(contrast: Contrast | None, inks: Iterable[tuple[CaptionCard, Box]]) -> float:
    """The lowest contrast of cards with their ink, to 1; the highest possible where it is always enough."""
    return min((contrast(*ink) for ink in inks), default=MOST) if contrast else MOST


def _ink(place: PlaceCards, position: Position) -> dict[CaptionCard, Box] | None:
    """What the cards cover in a position; None if they don't fit there."""
    try:
        return {card.card: card.ink for card in place(position)}
    except FinishError:
        return None


def _covered(card: CaptionCard, ink: Box, avoided: Sequence[AvoidedBox]) -> float:
    """The largest share of a face or line that a card covers while it shows; passers-by don't count."""
    present = [box for box in avoided if box.start < card.end and card.start < box.end]
    largest = max((box.box.size.pixels for box in present if not box.letters), default=0)
    counted = (box for box in present if box.letters or box.box.size.pixels >= _SMALL * largest)
    return max((_share(box, ink) for box in counted), default=0.0)


def _share(avoided: AvoidedBox, ink: Box) -> float:
    """The covered share; of a line that is longer than the caption, the share of the caption on it."""
    box = avoided.box
    wide = min(box.right, ink.right) - max(box.left, ink.left)
    high = min(box.bottom, ink.bottom) - max(box.top, ink.top)
    whole = min(box.size.pixels, ink.size.pixels) if avoided.letters else box.size.pixels
    return max(0, wide) * max(0, high) / whole


def placement_notes(placements: PlacementsByShot) -> list[Note]:
    """Notes about captions that leave the bottom, and about those that cover something."""
    moved = sum(position != _ORDER[0] for _, position in placements.shots)
    notes = [messages.captions_moved(moved, len(placements.shots))] if moved else []
    if placements.covered > ALLOWED:
        notes.append(messages.captions_cover(placements.covered))
    return notes
