"""Whether a picture is made of fields, in which order, and what repeats in it: by how rows of neighbouring frames fit each other.

A woven frame holds two moments, its top rows (0, 2, …) and its bottom rows. Rows of one moment fit together, rows of two moments comb
where something moves. Of two frames that follow each other, bottom rows of the first fit top rows of the second better than the other
way about if top rows come first; of whole frames both fit equally badly, and worse than rows of one frame. What stands still, and
detail as fine as a row, combs in all of these alike, and so decides nothing.
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
_MOVED: Final = (
    12  # codes by which a pixel must change to count as moving: more than coding and grain change it
)
_SHARE: Final = 0.002  # of the pixels must move, or a pair of frames says nothing
_ORDER: Final = 1.25  # times as badly the wrong fields must fit
_OWN: Final = 0.75  # share of that misfit of its own rows above which a frame is woven of two moments
_STILL: Final = 0.2  # of what the other field changes by: a field that changes less repeats the one before
_PAIRS: Final = 4  # pairs that must agree
_DOMINANT: Final = 4  # times as many as are of the other order
_OFTEN: Final = (
    0.3  # share of the pairs that say anything which must be woven: of 3:2 pulldown two in five are
)
_MIXED: Final = 0.15  # the same where twice as many as must agree are woven in a row: a part of the clip; noise comes one by one
_SURE: Final = 24  # pairs, none of them woven, that outweigh a flag
_PULLDOWN: Final = 5  # frames in which 3:2 pulldown comes round (SMPTE RP 197)
_STEADY: Final = 0.8  # share of the repeats that must come as regularly
_LIVELY: Final = 0.5  # codes by which frames usually change, or nothing can be said to repeat
_COLUMNS: Final = 160  # that a picture is averaged to: noise goes, rows stay


@dataclass(frozen=True)
class FieldFacts:
    """The `order` of a picture's fields, "progressive" for whole frames, "" where nothing tells; of how many pairs of frames each was
    seen; `telecine`: film by 3:2 pulldown; `repeats`: one frame in so many repeats the one before, 0 for none.
    """

    order: Order
    tff: int
    bff: int
    progressive: int
    telecine: bool = False
    repeats: int = 0


@dataclass(frozen=True)
class Fields(Analyser[FieldFacts]):
    """The fields of a picture as decoded, from any of its frames that follow each other."""

    version = 1
    wants = Frames("gray")

    def begin(self) -> FieldEvidence:
        return FieldEvidence()


@dataclass(frozen=True)
class _Pair:
    """What two neighbouring frames say: in which `run` of frames, at which place in it; their order, what repeats, how much changes."""

    run: int
    place: int
    order: str
    repeats: str  # "t" top rows, "b" bottom rows, "tb" all, ""
    change: float


class FieldEvidence:
    """What each pair of neighbouring frames says."""

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
        """The next frame does not follow the last one."""
        self._last, self._run = None, self._run + 1

    def _compare(self, one: NDArray[np.int16], two: NDArray[np.int16]) -> _Pair:
        # What changes all along a row is light, as in a fade of detail as fine as rows, which would comb.
        two = two - np.rint((two - one).mean(axis=1, keepdims=True)).astype(np.int16)
        tops, bottoms = np.abs(two[0::2] - one[0::2]), np.abs(two[1::2] - one[1::2])
        moving = np.maximum(tops, bottoms)[:-1] > _MOVED
        change = float(tops.mean() + bottoms.mean())
        if int(moving.sum()) < _SHARE * moving.size:
            return _Pair(self._run, self._place, "", "tb", change)
        top, bottom = (float(each[:-1][moving].mean()) for each in (tops, bottoms))
        repeats = "t" if top < _STILL * bottom else "b" if bottom < _STILL * top else ""
        own = (_comb(one, one, moving) + _comb(two, two, moving)) / 2
        order = _verdict(own, _comb(two, one, moving), _comb(one, two, moving))
        return _Pair(self._run, self._place, order, repeats, change)

    def result(self) -> FieldFacts:
        counted = Counter(each.order for each in self._pairs)
        tff, bff, whole = counted["tff"], counted["bff"], counted["progressive"]
        most, least = max(tff, bff), min(tff, bff)
        order: Order = ""
        woven: Order = "tff" if tff > bff else "bff"
        share = _MIXED if self._in_a_row(woven) >= 2 * _PAIRS else _OFTEN
        if most >= max(_PAIRS, _DOMINANT * least, share * (most + whole)):
            order = woven
        elif whole >= _SURE and not most:
            order = "progressive"
        return FieldFacts(
            order, tff, bff, whole, order in ("tff", "bff") and self._pulled(), self._repeating()
        )

    def _in_a_row(self, order: str) -> int:
        """The most pairs of this order that follow each other, pairs that say nothing apart."""
        said = (each.order for each in self._pairs if each.order)
        return max((len(list(group)) for kind, group in groupby(said) if kind == order), default=0)

    def _pulled(self) -> bool:
        """3:2 pulldown: of five pairs one repeats its top rows, and another its bottom rows."""
        for kind in ("t", "b"):
            apart = _apart([each for each in self._pairs if each.repeats == kind])
            if len(apart) < _PAIRS - 1 or sum(each % _PULLDOWN == 0 for each in apart) < _STEADY * len(apart):
                return False
        moved = [each.repeats for each in self._pairs if each.repeats != "tb"]
        return sum(bool(each) for each in moved) >= len(moved) / 4

    def _repeating(self) -> int:
        """Every how many frames one repeats, where that is steady: 24 in 30 is 5, 25 in 30 is 6."""
        usual = float(np.percentile([each.change for each in self._pairs], 75)) if self._pairs else 0.0
        apart = [
            each
            for each in _apart([pair for pair in self._pairs if pair.change < _STILL / 2 * usual])
            if each > 1
        ]
        if usual < _LIVELY or len(apart) < _PAIRS - 1:
            return 0
        often, many = Counter(apart).most_common(1)[0]
        return often if often <= 2 * _PULLDOWN and many >= _STEADY * len(apart) else 0


def _apart(pairs: Sequence[_Pair]) -> list[int]:
    """How many frames lie between pairs of one run."""
    return [after.place - before.place for before, after in pairwise(pairs) if after.run == before.run]


def _comb(upper: NDArray[np.int16], lower: NDArray[np.int16], moving: NDArray[np.bool_]) -> float:
    """How badly bottom rows of `lower` fit between top rows of `upper`, where something moves."""
    tops, bottoms = upper[0::2], lower[1::2]
    return float(np.abs(2 * bottoms[:-1] - tops[:-1] - tops[1:])[moving].mean())


def _verdict(own: float, top_later: float, bottom_later: float) -> str:
    """Of one pair: `own` rows of its frames, top rows of the second with bottom rows of the first, and the other way about."""
    near, far = sorted((top_later, bottom_later))
    if far > _ORDER * near and own > _OWN * near:
        return "tff" if top_later < bottom_later else "bff"
    return "progressive" if far <= _ORDER * near and own < _OWN * near else ""
