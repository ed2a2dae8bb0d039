"""What a crop follows without people: the most salient part of the picture, if one part is more salient than others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from finish.analysis.saliency import BINS, AttentionAtTime
from finish.stages.reframe.camera_path import Floats
from finish.stages.reframe.subject_tracks import Subject

# Times the attention that a window would hold if it were spread evenly: with less there is nothing to follow.
DRAWN: Final = 1.3
# Towards the middle by the rest: attention is wider than what people frame. Best of a replay of SmartVidCrop's crops against people's
# (RetargetVid: 0.8 to 0.85 from side to side, 0.4 to 0.5 up and down, where headroom and horizon hold the middle).
_ACROSS, _DOWN = 0.85, 0.45
_POSITIONS: Final = 81
_MIDDLE: Final = 0.02  # of all attention, what the far edge costs against the middle: breaks ties only
# Nearer to the middle it is the middle: in a blank picture people look there, and a little to the left.
_SNAP: Final = 0.03
_CORE = 0.15, 0.85  # of the attention in the window: what lies between is the subject


def salient_subjects(looks: Sequence[AttentionAtTime], share: float, across: bool) -> list[Subject]:
    """The subject for a window `share` long, in each sample in which one part is salient."""
    targets = (_subject(look, share, across) for look in looks)
    return [target for target in targets if target]


def _subject(look: AttentionAtTime, share: float, across: bool) -> Subject | None:
    edges = np.linspace(0, 1, BINS + 1)
    total = np.concatenate([[0.0], np.cumsum(look.across if across else look.down)])
    if total[-1] <= 0:
        return None
    total = total / total[-1]
    middles = np.linspace(share / 2, 1 - share / 2, _POSITIONS)
    low, high = (np.interp(middles + side * share / 2, edges, total) for side in (-1, 1))
    best = int(np.argmax(high - low - _MIDDLE * np.abs(middles - 0.5)))
    if high[best] - low[best] < min(DRAWN * share, (1 + share) / 2):
        return None
    first, middle, last = _at(total, edges, low[best], high[best])
    off = (_ACROSS if across else _DOWN) * (middle - 0.5)
    return Subject(look.time, first, last, 0.5 + (off if abs(off) > _SNAP else 0.0), "gaze")


def _at(total: Floats, edges: Floats, low: float, high: float) -> tuple[float, float, float]:
    """Where the attention between two sums of it begins, has its half, and ends, without its fringes."""
    first, last = (float(np.interp(low + part * (high - low), total, edges)) for part in _CORE)
    return first, float(np.interp((low + high) / 2, total, edges)), last
