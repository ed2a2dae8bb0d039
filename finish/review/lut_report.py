"""A report on a look's file: its kind, its effect on greys, where it clips, and a picture of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from finish.errors import LutError
from finish.model import Document
from finish.review.small_frames import Pixels
from finish.stages.colour.cdl import CdlCorrection
from finish.stages.colour.look_effect import LookEffect, effect, ramp
from finish.stages.colour.look_reading import fault, read
from finish.stages.colour.table import Chain, Floats, Table, Transform

_SIDE, _GAP = 360, 24  # px
_PAPER, _LINE = 26, 70  # code values


@dataclass(frozen=True)
class LookInspection:
    """The kind and the effect of a look.

    `fault` says why a job can't use it, and what to do; "" if it can.
    """

    kind: str
    title: str
    effect: LookEffect
    fault: str = ""

    def lines(self) -> Iterator[str]:
        """The report for people, line by line."""
        yield self.kind + (f", “{self.title}”" if self.title else "")
        result = self.effect
        falls = [
            name for name, rises in zip(("red", "green", "blue"), result.rising, strict=True) if not rises
        ]
        yield (
            "greys rise in every channel"
            if not falls
            else f"greys fall in {' and '.join(falls)}: some tones change their order"
        )
        yield f"greys shift by at most {result.drift * 255:.1f}/255"
        yield f"output range {result.low:.3f} to {result.high:.3f}; {result.clipped:.1%} of all colours clip"
        if self.fault:
            yield f"can't be used: {self.fault}"


def inspected(document: Document) -> LookInspection:
    """The report on a look; LutError if the file isn't one."""
    transform = read(document.data, document.path.name, document.part)
    result = effect(transform)
    problem = fault(transform, result)
    return LookInspection(
        _kind(transform), getattr(transform, "title", ""), result, " — ".join(problem) if problem else ""
    )


def picture(document: Document) -> bytes:
    """A PNG: the curves of a grey ramp, and a chart of hues from dark to light, before and after the look."""
    transform = read(document.data, document.path.name, document.part)
    before = _chart()
    after = transform.apply(before.reshape(-1, 3)).reshape(before.shape)
    gap = np.full((_SIDE, _GAP, 3), _PAPER, np.uint8)
    whole = np.concatenate([gap, _curves(transform), gap, _codes(before), gap, _codes(after), gap], axis=1)
    return _png(np.pad(whole, ((_GAP, _GAP), (0, 0), (0, 0)), constant_values=_PAPER), document)


def thumbnail(document: Document) -> bytes:
    """A small PNG: hues and greys, untouched on the left, with the look on the right."""
    transform = read(document.data, document.path.name, document.part)
    before = _chart()[::2, ::3]
    after = transform.apply(before.reshape(-1, 3)).reshape(before.shape)
    halves = np.concatenate([before, np.ones((len(before), 2, 3)), after], axis=1)
    return _png(_codes(halves), document, smallest=True)


def _png(picture: Pixels, document: Document, *, smallest: bool = False) -> bytes:
    import cv2

    options = (cv2.IMWRITE_PNG_COMPRESSION, 9) if smallest else ()
    encoded, data = cv2.imencode(".png", picture[..., ::-1], options)
    if not encoded:
        raise LutError(
            "the picture of the look can't be encoded",
            "this is a bug in finish: report it",
            where=str(document.path),
        )
    return data.tobytes()


def _kind(transform: Transform) -> str:
    if isinstance(transform, Chain):
        return " behind ".join(_kind(table) for table in reversed(transform.tables))
    if not isinstance(transform, Table):
        return "an ASC CDL" if isinstance(transform, CdlCorrection) else "read by OpenColorIO"
    size = f"{transform.size}³ cube" if transform.solid else f"1D table of {transform.size:,} points"
    low, high = transform.low, transform.high
    return f"a {size}" if transform.plain else f"a {size} over {low[0]:g} to {high[0]:g}"


def _curves(transform: Transform) -> Pixels:
    """Outputs of a grey ramp, upwards; the thin line is the ramp itself."""
    import cv2

    canvas = np.full((_SIDE, _SIDE, 3), 40, np.uint8)
    cv2.line(canvas, (0, _SIDE - 1), (_SIDE - 1, 0), (_LINE, _LINE, _LINE), 1, cv2.LINE_AA)
    values = np.clip(transform.apply(ramp()), -0.05, 1.05)
    across = np.linspace(0, _SIDE - 1, len(values))
    for channel, ink in enumerate(((255, 90, 80), (90, 220, 110), (110, 150, 255))):
        points = np.stack([across, (1 - values[:, channel]) * (_SIDE - 1)], 1).round().astype(np.int32)
        cv2.polylines(canvas, [points], False, ink, 2, cv2.LINE_AA)
    return canvas


def _chart() -> Floats:
    """Hues across, from black over the pure colour to white downwards; a strip of greys below."""
    hue = np.linspace(0, 6, _SIDE, endpoint=False)
    pure = np.clip(np.stack([np.abs(hue - 3) - 1, 2 - np.abs(hue - 2), 2 - np.abs(hue - 4)], 1), 0, 1)
    down = np.linspace(0, 2, _SIDE - 48)[:, None, None]
    hues = np.where(down < 1, pure * down, 1 - (1 - pure) * (2 - down))
    greys = np.linspace(0, 1, _SIDE)[None, :, None].repeat(48, 0).repeat(3, 2)
    return np.concatenate([hues, greys])


def _codes(rgb: Floats) -> Pixels:
    return np.rint(np.clip(rgb, 0, 1) * 255).astype(np.uint8)
