"""A map of costs: how bad a place of a frame is for a graphic, as a tint over the frame."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

import numpy as np

from finish.model import Programme
from finish.review.small_frames import Pixels
from finish.scene.scene_content import Scene
from finish.stages.placement.placement_costs import box_costs
from finish.units import Box

# House values. Places across the frame's width; a probe as large as a short caption, as shares of the
# frame; the cost that is drawn strongest, which is that of a mouth; and the strongest tint.
_ACROSS, _WIDE, _HIGH, _WORST, _TINT = 32, 0.24, 0.05, 8000.0, 0.72
_RED: Final = np.array((224, 32, 40), np.float32)
LEGEND: Final = "red: what a graphic there would cover"


def tinted(picture: Pixels, scene: Scene, programme: Programme, time: Fraction) -> Pixels:
    """A frame (RGB) of a programme at a time (s), the redder the more a graphic there would cost."""
    import cv2

    frame = programme.frame
    at = round(time * programme.rate)
    rows = max(1, round(_ACROSS * frame.height / frame.width))
    probes = [
        _probe(frame.width * (column + 0.5) / _ACROSS, frame.height * (row + 0.5) / rows, programme)
        for row in range(rows)
        for column in range(_ACROSS)
    ]
    costs, _ = box_costs(scene.during(at, at + 1), probes)
    share = np.clip(np.log1p(costs) / np.log1p(_WORST), 0, 1).reshape(rows, _ACROSS)
    height, width = picture.shape[:2]
    strength = cv2.resize(share.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    tint = (_TINT * strength)[..., None]
    return np.asarray(np.rint(picture * (1 - tint) + _RED * tint), np.uint8)


def _probe(x: float, y: float, programme: Programme) -> Box:
    wide, high = _WIDE * programme.frame.width / 2, _HIGH * programme.frame.height / 2
    return Box(round(x - wide), round(y - high), round(x + wide), round(y + high))
