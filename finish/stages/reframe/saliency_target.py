"""What a crop follows without people: the most salient part of the picture, if there is one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from finish.analysis.saliency import BINS, AttentionAtTime
from finish.stages.reframe.camera_path import Floats
from finish.stages.reframe.subject_choice import Subject

# Times the attention that a window would hold if it were spread evenly: with less, there is nothing to
# follow.
DRAWN: Final = 1.3
# Shares of the way from the picture's centre to the centre of attention, which is wider than what people
# frame. Best in a replay of SmartVidCrop's crops against people's (RetargetVid: 0.8 to 0.85 from side to
# side, 0.4 to 0.5 up and down, where headroom and horizon keep people near the centre).
_ACROSS, _DOWN = 0.85, 0.45
_POSITIONS: Final = 81  # windows that are compared
_CENTRE_BIAS: Final = 0.02  # of all attention, what the far edge costs against the centre: breaks ties only
# Nearer to the centre it is the centre: in a blank picture, people look there, and a little to the left.
_SNAP: Final = 0.03
_CORE: Final = (0.15, 0.85)  # shares of the attention in the window between which the subject is


def salient_subjects(looks: Sequence[AttentionAtTime], share: float, across: bool) -> list[Subject]:
    """The subject for a window `share` long, in each sample in which one part is salient."""
    targets = (_subject(look, share, across) for look in looks)
    return [target for target in targets if target]


def _subject(look: AttentionAtTime, share: float, across: bool) -> Subject | None:
    """The most salient window; None if it holds hardly more than its share of the attention."""
    edges = np.linspace(0, 1, BINS + 1)
    total = np.concatenate([[0.0], np.cumsum(look.across if across else look.down)])
    if total[-1] <= 0:
        return None
    total = total / total[-1]
    middles = np.linspace(share / 2, 1 - share / 2, _POSITIONS)
    low, high = (np.interp(middles + side * share / 2, edges, total) for side in (-1, 1))
    best = int(np.argmax(high - low - _CENTRE_BIAS * np.abs(middles - 0.5)))
    if high[best] - low[best] < min(DRAWN * share, (1 + share) / 2):
        return None
    first, middle, last = _core(total, edges, low[best], high[best])
    offset = (_ACROSS if across else _DOWN) * (middle - 0.5)
    return Subject(look.time, first, last, 0.5 + (offset if abs(offset) > _SNAP else 0.0), "gaze")


def _core(total: Floats, edges: Floats, low: float, high: float) -> tuple[float, float, float]:
    """Start, median and end of the attention between two sums of it, without its fringes."""
    first, last = (float(np.interp(low + part * (high - low), total, edges)) for part in _CORE)
    return first, float(np.interp((low + high) / 2, total, edges)), last
