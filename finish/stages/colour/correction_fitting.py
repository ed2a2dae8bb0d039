"""The correction that makes one picture look like another: exposure, white, contrast and saturation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from finish.analysis.colour_tones import FrameTones
from finish.stages.colour.colour_settings import NEUTRAL, Balance
from finish.stages.colour.difference import difference, lab
from finish.stages.colour.lut_bake import correction_transforms
from finish.stages.colour.table import LUMA, Floats, Transform, through

PARTS: Final = ("exposure", "temperature", "tint", "contrast", "saturation")
# The parameters of a correction: stops, mired from D65, tint, and the logarithms of contrast and
# saturation. House values: how far each may go where the reference shows the same scene. Where it shows
# another scene, only the overall impression can be matched, and each may go half as far.
_BOUNDS: Final = np.array((1.2, 45, 50, 0.3, 0.35))
_STEP: Final = np.array((0.02, 1, 1, 0.01, 0.01))
_ROUNDS: Final = 12
# House value, measured on real clips: light in frames of one scene correlates by 0.97 to 1 despite drift,
# in frames of two scenes by less than 0.8.
_SAME_SCENE: Final = 0.9
_SHOT_SAMPLES: Final = 12  # frames of a shot that are compared, evenly over its length …
_REFERENCE_SAMPLES: Final = 480  # … and of a reference
_INFORMATIVE: Final = (0.03, 0.97)  # code values; black bars and clipped areas say nothing about the grade
_FEWEST: Final = 40  # cells, of 576 a frame: fewer are too little to decide on
_ROBUST: Final = 2.0  # ΔE beyond which a pair of cells counts less, because something moved there
# ΔE that is as bad as a correction at its bounds, where the reference shows another scene.
_CAUTION: Final = 4.0
_MOST_COLOURS: Final = 2000


@dataclass(frozen=True)
class FittedCorrection:
    """A correction, whether the reference shows the same scene, and the mean ΔE2000 before and after."""

    balance: Balance
    same_scene: bool
    before: float
    after: float

    @property
    def limited(self) -> tuple[str, ...]:
        """The parts of the correction that are at their bounds."""
        shares = np.abs(parameters(self.balance)) / _bounds(self.same_scene)
        return tuple(part for part, share in zip(PARTS, shares.tolist(), strict=True) if share > 0.99)


class _Residuals(Protocol):
    """The differences between corrected colours and the reference, as numbers that should be 0."""

    def __call__(self, rgb: Floats, /) -> Floats: ...


def fit_correction(
    shot: Sequence[FrameTones],
    reference: Sequence[FrameTones],
    before: Sequence[Transform],
    common: Balance | None = None,
) -> FittedCorrection:
    """The correction that makes a shot, after the transforms `before` it, look like the reference.

    It is neutral if no correction brings the shot nearer. Where the reference shows another scene, half of
    the correction is the `common` one of the clip.
    """
    own, other = (
        _cells(_samples(shot, _SHOT_SAMPLES), before),
        _cells(_samples(reference, _REFERENCE_SAMPLES), ()),
    )
    likeness, nearest = _likeness(own, other)
    pair = other[nearest]
    paired = _informative(own) & _informative(pair)
    same_scene = likeness >= _SAME_SCENE and int(np.count_nonzero(paired)) >= _FEWEST
    colours, target = (
        (own[paired], pair[paired]) if same_scene else (own[_informative(own)], other[_informative(other)])
    )
    if len(colours) < _FEWEST or len(target) < _FEWEST:
        return FittedCorrection(Balance(), same_scene=False, before=0.0, after=0.0)
    colours, target = _thinned(colours), lab(_thinned(target))
    residuals: _Residuals = (
        _CellResiduals(target) if same_scene else _ImpressionResiduals(target, _neutral(lab(colours)))
    )
    fitted = _least_squares(colours, residuals, _bounds(same_scene), 0.0 if same_scene else _CAUTION)
    if common is not None and not same_scene:
        fitted = (fitted + parameters(common)) / 2
    return with_difference(same_scene, colours, target, rounded_balance(fitted))


def with_difference(same_scene: bool, colours: Floats, target: Floats, balance: Balance) -> FittedCorrection:
    """A correction with the ΔE2000 before and after it; a neutral one if it doesn't lower the difference.

    `colours` (n, 3) are code values, `target` (n, 3) is L*a*b*.
    """
    distance = _cell_difference if same_scene else _mean_colour_difference
    before, after = (
        distance(through(correction_transforms(None, correction), colours), target)
        for correction in (Balance(), balance)
    )
    return (
        FittedCorrection(balance, same_scene, before, after)
        if after < before
        else FittedCorrection(Balance(), same_scene, before, before)
    )


def scaled(balance: Balance, strength: float) -> Balance:
    """A share (0 to 1) of a correction."""
    return rounded_balance(parameters(balance) * strength)


def parameters(balance: Balance) -> Floats:
    """A correction as its parameters, one for each of `PARTS`."""
    mired = 1e6 / NEUTRAL - 1e6 / balance.temperature
    return np.array(
        (balance.exposure, mired, balance.tint, np.log(balance.contrast), np.log(balance.saturation))
    )


def rounded_balance(values: Floats) -> Balance:
    """Parameters as a correction in readable digits; an 8-bit picture shows none of the rounding."""
    exact = _exact_balance(values)
    return Balance(
        exposure=round(exact.exposure, 3),
        temperature=round(exact.temperature),
        tint=round(exact.tint, 1),
        contrast=round(exact.contrast, 3),
        saturation=round(exact.saturation, 3),
    )


@dataclass(frozen=True)
class _CellResiduals:
    """The same scene: cell by cell; cells in which something moved count less."""

    target: Floats

    def __call__(self, rgb: Floats) -> Floats:
        gap = lab(rgb) - self.target
        far = np.sqrt((gap**2).sum(1, keepdims=True))
        return np.asarray((gap * np.sqrt(_ROBUST / np.maximum(far, _ROBUST))).ravel() / np.sqrt(len(gap)))


@dataclass(frozen=True)
class _ImpressionResiduals:
    """Another scene: mean and spread of lightness, the tint of the least colourful cells, and mean chroma."""

    target: Floats
    neutral: NDArray[np.bool_]

    def __call__(self, rgb: Floats) -> Floats:
        colours, target = lab(rgb), self.target
        return _impression(colours, colours[self.neutral]) - _impression(target, target[_neutral(target)])


def _impression(colours: Floats, neutral: Floats) -> Floats:
    chroma = np.hypot(colours[:, 1], colours[:, 2])
    return np.array(
        (colours[:, 0].mean(), colours[:, 0].std(), neutral[:, 1].mean(), neutral[:, 2].mean(), chroma.mean())
    )


def _neutral(colours: Floats) -> NDArray[np.bool_]:
    """Which colours are in the half that is nearest to grey."""
    chroma = np.hypot(colours[:, 1], colours[:, 2])
    return np.asarray(chroma <= np.median(chroma))


def _least_squares(rgb: Floats, residuals: _Residuals, bounds: Floats, caution: float) -> Floats:
    """The parameters with the least squared residuals, by Gauss and Newton's method within bounds.

    `caution` (ΔE) weighs against corrections as such.
    """

    def errors(values: Floats) -> Floats:
        corrected = through(correction_transforms(None, _exact_balance(values)), rgb)
        return np.concatenate([residuals(corrected), caution * values / _BOUNDS])

    values = np.zeros(len(PARTS))
    current = errors(values)
    for _ in range(_ROUNDS):
        slopes = np.stack(
            [
                (errors(values + offset) - current) / step
                for offset, step in zip(np.diag(_STEP), _STEP, strict=True)
            ],
            1,
        )
        move = np.linalg.lstsq(slopes * _STEP, -current, rcond=1e-6)[0] * _STEP
        values, current, converged = _line_search(errors, values, move, current, bounds)
        if converged:
            break
    return values


def _line_search(
    errors: Callable[[Floats], Floats], values: Floats, move: Floats, current: Floats, bounds: Floats
) -> tuple[Floats, Floats, bool]:
    """The next parameters, their errors, and whether they are final: no step helps, or it is tiny.

    The step is `move`, halved until it helps.
    """
    for _ in range(5):
        candidate = np.clip(values + move, -bounds, bounds)
        remaining = errors(candidate)
        if (remaining**2).sum() < (current**2).sum():
            return candidate, remaining, bool(np.all(np.abs(candidate - values) < _STEP / 20))
        move = move / 2
    return values, current, True


def _exact_balance(values: Floats) -> Balance:
    """Parameters as a correction, not rounded."""
    exposure, mired, tint, contrast, saturation = values.tolist()
    return Balance.model_construct(
        exposure=exposure,
        temperature=1e6 / (1e6 / NEUTRAL - mired),
        tint=tint,
        contrast=float(np.exp(contrast)),
        saturation=float(np.exp(saturation)),
    )


def _bounds(same_scene: bool) -> Floats:
    return _BOUNDS if same_scene else _BOUNDS / 2


def _samples(frames: Sequence[FrameTones], most: int) -> Sequence[FrameTones]:
    """At most so many of the frames, evenly."""
    places = np.linspace(0, len(frames) - 1, min(most, len(frames))).tolist()
    return [frames[round(place)] for place in places]


def _cells(frames: Sequence[FrameTones], before: Sequence[Transform]) -> Floats:
    """The cells of each frame as code values, (frames, cells, 3)."""
    shape = (len(frames), -1, 3)
    cells = np.stack([frame.rgb for frame in frames]).reshape(-1, 3) / 255
    return through(before, cells).reshape(shape)


def _likeness(own: Floats, other: Floats) -> tuple[float, NDArray[np.intp]]:
    """How well a shot's frames correlate with the reference's, and the nearest of those for each.

    Only the layout of light counts.
    """
    correlations = _light_layout(own) @ _light_layout(other).T
    return float(np.median(correlations.max(1))), correlations.argmax(1)


def _light_layout(frames: Floats) -> Floats:
    """Where each frame is bright and dark, as a vector of length 1 with mean 0."""
    light = np.log2(np.maximum(frames @ LUMA, 0) + 0.05)
    light -= light.mean(1, keepdims=True)
    return np.asarray(light / np.maximum(np.linalg.norm(light, axis=1, keepdims=True), 1e-3))


def _informative(colours: Floats) -> NDArray[np.bool_]:
    return np.asarray((colours.max(-1) > _INFORMATIVE[0]) & (colours.max(-1) < _INFORMATIVE[1]))


def _thinned(colours: Floats) -> Floats:
    """At most `_MOST_COLOURS` of the colours, evenly."""
    return colours[:: max(1, len(colours) // _MOST_COLOURS)]


def _cell_difference(rgb: Floats, target: Floats) -> float:
    return round(float(difference(lab(rgb), target).mean()), 2)


def _mean_colour_difference(rgb: Floats, target: Floats) -> float:
    return round(float(difference(lab(rgb).mean(0), target.mean(0))), 2)
