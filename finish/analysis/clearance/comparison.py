"""Three frames beside each other: the delivered one, the planned one, and the planned one without graphics.

The difference between the two planned frames is ink. The difference between the delivered frame and the plan
is ink and the encoder's loss. Three frames tell them apart, whatever the picture. The planned frames hold no
loss, so the position of ink is exact. An encoder loses a picture's detail but doesn't write letters, so two
things explain the delivered frame: the picture's own detail, of which some may be lost, and the ink, of
which all of the right shape must be present. How well the ink explains what the detail doesn't is a partial
correlation ρ.

Measured with x264 (veryfast, 360 × 640, 25 and 60 Hz, noise of 10 to 100, mandelbrot, life, rain, confetti):

- Complete cards as planned: 0.96 to 1 at crf 16, and 0.66 to 0.93 at the lowest ceiling that is delivered
  (`model/codecs.py`), where hardly a tenth of the picture's detail is left.
- Without captions: −0.11 to 0.11. Other words, and captions that are 8 or 24 px off: below 0.37.
- The least of a card's tiles, which are as wide as a letter: as planned 0.89 to 1, at the lowest ceiling 0.2
  to 0.9; where two letters are exchanged, −0.16 to 0.1.

For captions as planned, ρ was lower only where they were unreadable: 700 pieces of confetti at 60 Hz in 112
kbit/s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from finish.units import Box, Size

SHORT: Final = 360  # px, at most, for the short side of compared frames: a caption's stroke is 2 px wide
CODES: Final = 24  # of 255: house value, a tenth of the range is what a viewer sees at a glance
_LEAST_VISIBLE: Final = 16  # px that must differ by more
_TAIL: Final = 2  # codes: a shadow's blur ends in less
_TILES: Final = 33  # across the short side: letters are as wide
_SMOOTH: Final = 3  # px: a stroke is left, most of grain isn't
_LOSS: Final = 4.0  # codes²: what rounding and 8 bits make of nothing
# Of ρ, between what was measured for captions as planned and for others (above).
_THERE, _ALIKE = 0.3, 0.45
# Times the fourth power of what most tiles have: the less clearly a card arrived, the more its tiles scatter.
_OTHER: Final = 0.4
_FLAT: Final = 16.0  # codes²: ink with less detail of its own is known by its level
# The share of the picture's own detail that arrived. Below it, the first frame of ink may come late. From it
# on, what isn't in the plan is no stale picture (at most 1.8 of the detail around it; letters 6 and more).
ARRIVED, _EXTRA = 0.8, 3.0
# Of the planned detail: a starved encoder repeats an old picture, whose detail is another one (measured as
# above: 0.43 to 0.5 in up to 5 frames of confetti at 60 Hz; mandelbrot, which arrives late, 0.16).
_STALE: Final = 0.25
# codes², the mean of a tile: half of a stroke two pixels wide, with three times the least contrast.
_STROKE: Final = CODES**2 / 4

_AROUND: Final = np.ones((3, 3), np.uint8)

Floats = NDArray[np.float32]
Sums = NDArray[np.float64]


@dataclass(frozen=True)
class ExpectedGraphic:
    """One card or overlay: the frame times that must show it, the box of its ink, its least contrast (codes).

    A `free` one (an end card) may be outside the safe box. `number` identifies it in the answers for several
    pieces.
    """

    times: tuple[Fraction, ...]
    box: Box
    codes: int = CODES
    free: bool = False
    number: int = 0


class FrameTriple:
    """Three frames in codes, and their detail from a stroke to a letter in size."""

    def __init__(self, data: Floats, frame: Size) -> None:
        self._delivered, self._planned, self._plain = data
        self._ink = self._planned - self._plain
        height, width = self._ink.shape
        self._down, self._across = height / frame.height, width / frame.width
        self._tile = max(9, min(height, width) // _TILES) | 1
        self._fine = [_fine(picture, self._tile) for picture in data]
        self._strength = _in_tiles(self._fine[1] ** 2, self._tile)
        self._bare = ~_near(_in_tiles(np.abs(self._ink), self._tile) > 0)
        self.arrived, self.stale = self._arrived()

    def _arrived(self) -> tuple[float, bool]:
        """The share of planned detail, without ink, that arrived (1 where there is hardly any), and whether
        the frame shows the detail of another picture rather: planned frames explain less than a third."""
        strength = float(self._strength[self._bare].sum())
        if not strength > _LOSS * self._tile**2 * np.count_nonzero(self._bare):
            return 1.0, False
        common, own = (
            float(_in_tiles(self._fine[0] * picture, self._tile)[self._bare].sum()) / strength
            for picture in (self._fine[1], self._fine[0])
        )
        unexplained = own - common**2
        return common, unexplained > max(_STALE, 2 * common**2)

    def visible(self, card: ExpectedGraphic) -> bool:
        """Whether the planned card is clear enough to be seen."""
        return int(np.count_nonzero(np.abs(self._ink[self._cut(card.box, 1)]) > card.codes)) >= _LEAST_VISIBLE

    def tiles(self, card: ExpectedGraphic) -> Sums:
        """The sums that `partial` takes, for every tile of a card with ink; shape (7, rows, columns)."""
        cut = self._cut(card.box, self._tile)
        mask = _near(np.abs(self._ink[cut]) > card.codes / 3).astype(np.float32)
        delivered, planned, plain = (picture[cut] * mask for picture in self._fine)
        ink = planned - plain
        parts = (
            ink * ink,
            plain * plain,
            ink * plain,
            delivered * ink,
            delivered * plain,
            delivered * delivered,
            mask,
        )
        return np.stack([_in_tiles(part, self._tile) for part in parts])

    def there(self, card: ExpectedGraphic, tiles: Sums) -> bool:
        """Whether the delivered frame shows a card, in whatever shape."""
        whole = tiles.sum((1, 2))
        rho, detail = partial(whole)
        if detail > _FLAT * whole[6]:
            return bool(rho >= _THERE)
        cut = self._cut(card.box, 1)
        inked = np.abs(self._ink[cut]) > card.codes / 3
        near, far = (
            np.square(_smooth(self._delivered[cut] - picture[cut]))[inked].sum()
            for picture in (self._planned, self._plain)
        )
        return bool(near < far)

    def odd(self, allowed: Sequence[Box]) -> tuple[int, int]:
        """Pixels with ink outside the allowed boxes, and tiles inside with ink that isn't planned."""
        outside = np.abs(self._ink) > _TAIL
        extra = self._extra()
        within = np.zeros_like(outside)
        for box in allowed:
            outside[self._cut(box, 1)] = False
            within[self._cut(box, 0)] = True
        safe = _in_tiles(within.astype(np.float32), self._tile) > 0
        area = 1 / (self._down * self._across)
        pixels = np.count_nonzero(outside) + np.count_nonzero(extra & ~safe) * self._tile**2
        return round(pixels * area), int(np.count_nonzero(extra & safe))

    def _extra(self) -> NDArray[np.bool_]:
        """The tiles with strokes that aren't planned, and that no detail around them can have left.

        None in a frame of which too little arrived.
        """
        import cv2

        if self.arrived < ARRIVED:
            return np.zeros(self._strength.shape, np.bool_)
        extra = _in_tiles(self._fine[0] * (self._fine[0] - self._fine[1]), self._tile)
        around = cv2.dilate(self._strength.astype(np.float32), _AROUND)
        stroke = (extra > _STROKE * self._tile**2) & (extra > _EXTRA * around)
        return np.asarray(stroke & self._bare, np.bool_)

    def _cut(self, box: Box, around: int) -> tuple[slice, slice]:
        """The rows and columns of a box and `around` px more, as far as they are inside the picture."""
        top, bottom = int(box.top * self._down) - around, -int(-box.bottom * self._down // 1) + around
        left, right = int(box.left * self._across) - around, -int(-box.right * self._across // 1) + around
        return slice(max(0, top), max(0, bottom)), slice(max(0, left), max(0, right))


def _near(marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The marked pixels, and those that touch them."""
    import cv2

    return np.asarray(cv2.dilate(marked.astype(np.uint8), _AROUND) > 0, np.bool_)


def _smooth(picture: Floats) -> Floats:
    import cv2

    return np.asarray(cv2.blur(np.ascontiguousarray(picture), (_SMOOTH, _SMOOTH)), np.float32)


def _fine(picture: Floats, tile: int) -> Floats:
    """The detail that is wider than grain and narrower than a tile."""
    import cv2

    return np.asarray(_smooth(picture) - cv2.blur(picture, (tile, tile)), np.float32)


def _in_tiles(values: Floats, tile: int) -> Sums:
    """Sums over tiles, the last ones short."""
    height, width = values.shape
    padded = np.pad(values, ((0, -height % tile), (0, -width % tile)))
    sums: Sums = padded.reshape(-1, tile, padded.shape[1] // tile, tile).sum((1, 3), dtype=np.float64)
    return sums


def partial(sums: Sums) -> tuple[Sums, Sums]:
    """How far the delivered frame follows the ink, and how much detail the ink has of its own.

    The first is the partial correlation (−1 to 1) given the plain picture's detail; the second is a sum in
    codes².
    """
    ink, plain, both, with_ink, with_plain, delivered, area = sums
    loss = _LOSS * area + 1e-3
    plain = plain + loss
    detail = np.maximum(ink - both * both / plain, 0)
    left = np.maximum(delivered - with_plain * with_plain / plain, 0) + loss
    follows = with_ink - with_plain * both / plain
    return follows / np.sqrt(left * (detail + 1e-3)), detail


def alike(tiles: Sums) -> bool:
    """Whether the tiles of a card that shows have its shape.

    All tiles must; where all arrived unclearly, the limit is lower.
    """
    whole, detail = partial(tiles.sum((1, 2)))
    if not detail > _FLAT * tiles[6].sum():
        return True
    rho, details = partial(tiles)
    detailed = rho[(details > details.max() / 4) & (details > _FLAT * tiles[6])]
    clear = float(np.quantile(detailed, 0.75)) if detailed.size else 1.0
    return bool(whole >= _ALIKE and (detailed >= _OTHER * clear**4).all())
