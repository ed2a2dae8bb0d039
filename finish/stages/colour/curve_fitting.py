"""What makes one picture look like another: exposure, white, contrast and saturation, from the colours of both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from finish.analysis.colour_tones import FrameTones
from finish.stages.colour.balance import NEUTRAL, Balance
from finish.stages.colour.difference import difference, lab
from finish.stages.colour.lut_bake import steps
from finish.stages.colour.table import LUMA, Floats, Transform, through

PARTS: Final = ("exposure", "temperature", "tint", "contrast", "saturation")
# A correction as numbers: stops, mired from D65, tint, and the logarithms of contrast and saturation. House: how far each may go where
# the reference shows the same scene; half as far where it shows another, of which only the impression can be matched.
_MOST: Final = np.array((1.2, 45, 50, 0.3, 0.35))
_STEP: Final = np.array((0.02, 1, 1, 0.01, 0.01))
_ROUNDS: Final = 12
# House, measured on real clips: grids of one scene, whatever drifted, correlate by 0.97 to 1, those of two scenes by less than 0.8.
_SAME: Final = 0.9
_LOOKS: Final = 12  # of a shot that are compared, evenly over its length …
_REFERENCES: Final = 480  # … and of a reference
_TELLING: Final = (0.03, 0.97)  # code values; bars and what is clipped say nothing
_FEW: Final = 40  # cells, of 576 a look: fewer are no ground to decide on
_ROBUST: Final = 2.0  # ΔE beyond which a pair of cells counts less: something moved there
_CAUTION: Final = 4.0  # where scenes differ: so much ΔE is as bad as a correction that goes to its end


@dataclass(frozen=True)
class FittedCorrection:
    """A correction, whether the reference shows the same scene, and the mean ΔE2000 to it before and after."""

    balance: Balance
    same: bool
    before: float
    after: float


class _Gap(Protocol):
    """What is left between corrected colours and the reference, as numbers that should be 0."""

    def __call__(self, rgb: Floats, /) -> Floats: ...


def fit_correction(
    shot: Sequence[FrameTones],
    reference: Sequence[FrameTones],
    before: Sequence[Transform],
    common: Balance | None = None,
) -> FittedCorrection:
    """The correction that makes a shot, seen through what comes `before`, look like the reference; none that would not.

    Where the reference shows another scene, half of it is what is `common` to the clip.
    """
    own, other = _colours(_some(shot, _LOOKS), before), _colours(_some(reference, _REFERENCES), ())
    likeness, nearest = _alike(own, other)
    pair = other[nearest]
    told = _telling(own) & _telling(pair)
    same = likeness >= _SAME and int(np.count_nonzero(told)) >= _FEW
    mine, theirs = (own[told], pair[told]) if same else (own[_telling(own)], other[_telling(other)])
    if len(mine) < _FEW or len(theirs) < _FEW:
        return FittedCorrection(Balance(), same=False, before=0.0, after=0.0)
    mine, theirs = _thinned(mine), lab(_thinned(theirs))
    gap: _Gap = _Cells(theirs) if same else _Impression(theirs, _neutral(lab(mine)))
    way = _fitted(mine, gap, _bounds(same), 0.0 if same else _CAUTION)
    return with_difference(
        same, mine, theirs, rounded_balance(way if same or common is None else (way + parameters(common)) / 2)
    )


def with_difference(same: bool, mine: Floats, theirs: Floats, balance: Balance) -> FittedCorrection:
    """A correction with what it does; none where that is nothing good."""
    apart = _apart_in_cells if same else _apart_in_all
    before, after = (apart(through(steps(None, each), mine), theirs) for each in (Balance(), balance))
    return (
        FittedCorrection(balance, same, before, after)
        if after < before
        else FittedCorrection(Balance(), same, before, before)
    )


def at_bounds(found: FittedCorrection) -> tuple[str, ...]:
    """Which parts of a correction would have gone further."""
    shares = np.abs(parameters(found.balance)) / _bounds(found.same)
    return tuple(name for name, share in zip(PARTS, shares.tolist(), strict=True) if share > 0.99)


def scaled(balance: Balance, strength: float) -> Balance:
    """So much of a correction."""
    return rounded_balance(parameters(balance) * strength)


def parameters(balance: Balance) -> Floats:
    """A correction as numbers."""
    mired = 1e6 / NEUTRAL - 1e6 / balance.temperature
    return np.array(
        (balance.exposure, mired, balance.tint, np.log(balance.contrast), np.log(balance.saturation))
    )


def rounded_balance(way: Floats) -> Balance:
    """Those numbers as a correction, rounded to what people read: an 8-bit picture shows none of what is lost."""
    exact = _exactly(way)
    return Balance(
        exposure=round(exact.exposure, 3),
        temperature=round(exact.temperature),
        tint=round(exact.tint, 1),
        contrast=round(exact.contrast, 3),
        saturation=round(exact.saturation, 3),
    )


@dataclass(frozen=True)
class _Cells:
    """The same scene: cell by cell, those that moved count less."""

    target: Floats

    def __call__(self, rgb: Floats) -> Floats:
        gap = lab(rgb) - self.target
        far = np.sqrt((gap**2).sum(1, keepdims=True))
        return np.asarray((gap * np.sqrt(_ROBUST / np.maximum(far, _ROBUST))).ravel() / np.sqrt(len(gap)))


@dataclass(frozen=True)
class _Impression:
    """Another scene: how bright it is, and how unevenly; the tinge of what has least colour of its own; how colourful it is."""

    target: Floats
    neutral: NDArray[np.bool_]

    def __call__(self, rgb: Floats) -> Floats:
        mine, theirs = lab(rgb), self.target
        return _impression(mine, mine[self.neutral]) - _impression(theirs, theirs[_neutral(theirs)])


def _impression(colours: Floats, neutral: Floats) -> Floats:
    chroma = np.hypot(colours[:, 1], colours[:, 2])
    return np.array(
        (colours[:, 0].mean(), colours[:, 0].std(), neutral[:, 1].mean(), neutral[:, 2].mean(), chroma.mean())
    )


def _neutral(colours: Floats) -> NDArray[np.bool_]:
    """The half of the colours that is nearest to grey."""
    chroma = np.hypot(colours[:, 1], colours[:, 2])
    return np.asarray(chroma <= np.median(chroma))


def _fitted(rgb: Floats, gap: _Gap, most: Floats, stay: float) -> Floats:
    """The numbers that make the gap least: Gauss and Newton's steps, each held within bounds; `stay` weighs against doing anything."""

    def left(way: Floats) -> Floats:
        return np.concatenate([gap(through(steps(None, _exactly(way)), rgb)), stay * way / _MOST])

    way = np.zeros(len(PARTS))
    now = left(way)
    for _ in range(_ROUNDS):
        slope = np.stack(
            [(left(way + each) - now) / step for each, step in zip(np.diag(_STEP), _STEP, strict=True)], 1
        )
        move = np.linalg.lstsq(slope * _STEP, -now, rcond=1e-6)[0] * _STEP
        way, now, done = _stepped(left, way, move, now, most)
        if done:
            break
    return way


def _stepped(
    left: Callable[[Floats], Floats], way: Floats, move: Floats, now: Floats, most: Floats
) -> tuple[Floats, Floats, bool]:
    """A step, halved until it helps; done where none does, or hardly."""
    for _ in range(5):
        tried = np.clip(way + move, -most, most)
        then = left(tried)
        if (then**2).sum() < (now**2).sum():
            return tried, then, bool(np.all(np.abs(tried - way) < _STEP / 20))
        move = move / 2
    return way, now, True


def _exactly(way: Floats) -> Balance:
    """Those numbers as a correction, unrounded."""
    exposure, mired, tint, contrast, saturation = way.tolist()
    return Balance.model_construct(
        exposure=exposure,
        temperature=1e6 / (1e6 / NEUTRAL - mired),
        tint=tint,
        contrast=float(np.exp(contrast)),
        saturation=float(np.exp(saturation)),
    )


def _bounds(same: bool) -> Floats:
    return _MOST if same else _MOST / 2


def _some(looks: Sequence[FrameTones], most: int) -> Sequence[FrameTones]:
    return [looks[round(at)] for at in np.linspace(0, len(looks) - 1, min(most, len(looks))).tolist()]


def _colours(looks: Sequence[FrameTones], before: Sequence[Transform]) -> Floats:
    """The cells of each look as code values, (looks, cells, 3)."""
    shape = (len(looks), -1, 3)
    cells = np.stack([look.rgb for look in looks]).reshape(-1, 3) / 255
    return through(before, cells).reshape(shape)


def _alike(own: Floats, other: Floats) -> tuple[float, NDArray[np.intp]]:
    """How well a shot's looks correlate with the reference's, and which of those each is most like: the layout of light alone."""
    mine, theirs = (_layout(each) for each in (own, other))
    likeness = mine @ theirs.T
    return float(np.median(likeness.max(1))), likeness.argmax(1)


def _layout(looks: Floats) -> Floats:
    light = np.log2(np.maximum(looks @ LUMA, 0) + 0.05)
    light -= light.mean(1, keepdims=True)
    return np.asarray(light / np.maximum(np.linalg.norm(light, axis=1, keepdims=True), 1e-3))


def _telling(colours: Floats) -> NDArray[np.bool_]:
    return np.asarray((colours.max(-1) > _TELLING[0]) & (colours.max(-1) < _TELLING[1]))


def _thinned(colours: Floats) -> Floats:
    """At most two thousand of them, evenly."""
    return colours[:: max(1, len(colours) // 2000)]


def _apart_in_cells(rgb: Floats, target: Floats) -> float:
    return round(float(difference(lab(rgb), target).mean()), 2)


def _apart_in_all(rgb: Floats, target: Floats) -> float:
    return round(float(difference(lab(rgb).mean(0), target.mean(0))), 2)
