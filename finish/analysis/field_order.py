"""Whether a picture is interlaced, its field order, and its repeated frames: by how well rows fit.

An interlaced frame holds two moments, one in its top rows (0, 2, …) and one in its bottom rows. Rows of one
moment fit together; rows of two moments comb where something moves. Of two consecutive frames with the top
field first, the bottom rows of the first fit the top rows of the second better than the reverse. Of
progressive frames, both fit equally badly, and worse than the rows of one frame. Still parts, and detail as
fine as a row, comb equally in all of these, and so decide nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, pairwise
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from finish.model import Analyser, Array, Frames

Order = Literal["", "progressive", "tff", "bff"]

# House, chosen on clips built from known motion at crf 12 to 35, with grain, text and stripes.
_MOVED: Final = 12  # codes by which a moving pixel changes: more than coding and grain change it
_SHARE: Final = 0.002  # of the pixels must move, or a pair of frames decides nothing
_ORDER: Final = 1.25  # how many times worse the wrong fields must fit
_OWN: Final = 0.75  # of that misfit: a frame whose own rows fit worse is interlaced
_STILL: Final = 0.2  # of the other field's change: a field that changes less is a repeat
_PAIRS: Final = 4  # pairs that must agree
_DOMINANT: Final = 4  # times the pairs of the other order
# The share of the decisive pairs that must be interlaced: of 3:2 pulldown, two in five are. The lower share
# holds where twice `_PAIRS` are interlaced in a row, as in a part of a clip; noise comes one by one.
_OFTEN, _MIXED = 0.3, 0.15
_SURE: Final = 24  # pairs, none of them interlaced, that outweigh a flag
_PULLDOWN: Final = 5  # frames: the period of 3:2 pulldown (SMPTE RP 197)
_STEADY: Final = 0.8  # share of the repeats that must come at the same distance
_LIVELY: Final = 0.5  # codes by which frames usually change; below it, nothing can be called a repeat
_COLUMNS: Final = 160  # that a picture is averaged to: noise disappears, rows stay


@dataclass(frozen=True)
class FieldFacts:
    """The field `order` of a picture, "" where it can't be decided.

    `tff`, `bff` and `progressive` are how many pairs of frames have each order. `telecine` is true for film
    with 3:2 pulldown. `repeats` is how many frames there are for each that repeats the one before, 0 for
    none.
    """

    order: Order
    tff: int
    bff: int
    progressive: int
    telecine: bool = False
    repeats: int = 0


@dataclass(frozen=True)
class Fields(Analyser[FieldFacts]):
    """The field order of a picture as decoded, from any consecutive frames."""

    version = 1
    wants = Frames("gray")

    def begin(self) -> FieldEvidence:
        return FieldEvidence()


@dataclass(frozen=True)
class _Pair:
    """Two consecutive frames, at a `place` in a `run` of frames.

    `order` is "tff", "bff", "progressive", or "" where the pair decides nothing. `repeats` names the rows
    that repeat: "t" the top rows, "b" the bottom rows, "tb" all, or "". `change` is the mean change in
    codes.
    """

    run: int
    place: int
    order: str
    repeats: str
    change: float


class FieldEvidence:
    """The pairs of consecutive frames so far."""

    def __init__(self) -> None:
        self._last: NDArray[np.int16] | None = None
        self._run, self._place = 0, 0
        self._pairs: list[_Pair] = []

    def add(self, time: Fraction, data: Array) -> None:  # noqa: ARG002 (the protocol of a fold)
        """One frame of luma (height, width) uint8."""
        import cv2

        high = data.shape[0] // 2 * 2
        rows = cv2.resize(
            data[:high], (min(_COLUMNS, data.shape[1]), high), interpolation=cv2.INTER_AREA
        ).astype(np.int16)
        if self._last is not None and self._last.shape == rows.shape and len(rows) >= 8:
            self._pairs.append(self._compare(self._last, rows))
        self._last, self._place = rows, self._place + 1

    def gap(self) -> None:
        """The next frame doesn't follow the last one."""
        self._last, self._run = None, self._run + 1

    def _compare(self, one: NDArray[np.int16], two: NDArray[np.int16]) -> _Pair:
        # A change of a complete row is light, such as a fade of detail as fine as rows, which would comb.
        two = two - np.rint((two - one).mean(axis=1, keepdims=True)).astype(np.int16)
        tops, bottoms = np.abs(two[0::2] - one[0::2]), np.abs(two[1::2] - one[1::2])
        moving = np.maximum(tops, bottoms)[:-1] > _MOVED
        change = float(tops.mean() + bottoms.mean())
        if int(moving.sum()) < _SHARE * moving.size:
            return _Pair(self._run, self._place, "", "tb", change)
        top, bottom = (float(change[:-1][moving].mean()) for change in (tops, bottoms))
        repeats = "t" if top < _STILL * bottom else "b" if bottom < _STILL * top else ""
        own = (_comb(one, one, moving) + _comb(two, two, moving)) / 2
        order = _pair_order(own, _comb(two, one, moving), _comb(one, two, moving))
        return _Pair(self._run, self._place, order, repeats, change)

    def result(self) -> FieldFacts:
        counts = Counter(pair.order for pair in self._pairs)
        tff, bff, progressive = counts["tff"], counts["bff"], counts["progressive"]
        most, least = max(tff, bff), min(tff, bff)
        order: Order = ""
        interlaced: Order = "tff" if tff > bff else "bff"
        share = _MIXED if self._in_a_row(interlaced) >= 2 * _PAIRS else _OFTEN
        if most >= max(_PAIRS, _DOMINANT * least, share * (most + progressive)):
            order = interlaced
        elif progressive >= _SURE and not most:
            order = "progressive"
        return FieldFacts(
            order,
            tff,
            bff,
            progressive,
            order in ("tff", "bff") and self._has_pulldown(),
            self._repeat_period(),
        )

    def _in_a_row(self, order: str) -> int:
        """The most decisive pairs of this order in a row."""
        orders = (pair.order for pair in self._pairs if pair.order)
        return max((len(list(group)) for kind, group in groupby(orders) if kind == order), default=0)

    def _has_pulldown(self) -> bool:
        """3:2 pulldown: of five pairs, one repeats its top rows and another its bottom rows."""
        for rows in ("t", "b"):
            steps = _distances([pair for pair in self._pairs if pair.repeats == rows])
            if len(steps) < _PAIRS - 1 or sum(step % _PULLDOWN == 0 for step in steps) < _STEADY * len(steps):
                return False
        moved = [pair.repeats for pair in self._pairs if pair.repeats != "tb"]
        return sum(bool(rows) for rows in moved) >= len(moved) / 4

    def _repeat_period(self) -> int:
        """The steady distance of repeated frames, 0 for none: 24 in 30 is 5, 25 in 30 is 6."""
        usual = float(np.percentile([pair.change for pair in self._pairs], 75)) if self._pairs else 0.0
        repeats = [pair for pair in self._pairs if pair.change < _STILL / 2 * usual]
        steps = [step for step in _distances(repeats) if step > 1]
        if usual < _LIVELY or len(steps) < _PAIRS - 1:
            return 0
        period, count = Counter(steps).most_common(1)[0]
        return period if period <= 2 * _PULLDOWN and count >= _STEADY * len(steps) else 0


def _distances(pairs: Sequence[_Pair]) -> list[int]:
    """The distances in frames between consecutive pairs of one run."""
    return [after.place - before.place for before, after in pairwise(pairs) if after.run == before.run]


def _comb(upper: NDArray[np.int16], lower: NDArray[np.int16], moving: NDArray[np.bool_]) -> float:
    """How badly the bottom rows of `lower` fit between the top rows of `upper`, where something moves."""
    tops, bottoms = upper[0::2], lower[1::2]
    return float(np.abs(2 * bottoms[:-1] - tops[:-1] - tops[1:])[moving].mean())


def _pair_order(own: float, top_later: float, bottom_later: float) -> str:
    """The order of a pair, by three misfits.

    `own` is that of the rows of each frame, `top_later` that of the second frame's top rows with the first
    frame's bottom rows, and `bottom_later` the reverse.
    """
    near, far = sorted((top_later, bottom_later))
    if far > _ORDER * near and own > _OWN * near:
        return "tff" if top_later < bottom_later else "bff"
    return "progressive" if far <= _ORDER * near and own < _OWN * near else ""
