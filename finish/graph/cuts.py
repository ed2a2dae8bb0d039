"""Compiles a "cut" to FFmpeg's filters: the frames and samples of each part, with changes of speed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Final

from ffmpeg.nodes import FilterNode

from finish.graph.filter_pads import FilterPad, combined, then
from finish.graph.timeline import SpeedSpan, Timeline, ratio
from finish.units import Span, number

SOUND_RATE: Final = 48_000  # Hz: the rate at which sound is cut
CROSSFADE: Final = 480  # samples, 10 ms; house: no click, and too short to hear the words on the other side

# The resolution of the clock for pictures with changed speed, in steps per frame. FFmpeg limits the numbers
# of a timebase to 2^31.
_STEPS: Final = 1 << 14
# At r times the speed, Rubber Band outputs its input of time τ at (τ − C)/r + C. It needs some input before
# that. Measured and tested: clicks at 0.5, 1.1 and 2 times the speed are at most 0.6 ms from where they
# should be.
_CENTRE: Final = Fraction(286, 10_000)  # s, C
_LEAD_IN: Final = Fraction(1, 4)  # s of input before


def cut_picture(frames: FilterPad, kept: Timeline) -> FilterPad:
    """The frames of each part, with timestamps that close the gaps.

    Expressions compare with times half a frame early, far from where clocks round. `trim` rounds to a frame
    itself.
    """
    half = Fraction(1, 2) / kept.rate
    end = math.ceil(kept.parts[-1].end * kept.rate) / kept.rate
    windows = "+".join(_windows(kept, "t"))
    trimmed = then(frames, "trim", end=number(end))
    selected = then(trimmed, "select", expr=windows)
    if kept.sped:
        return _sped_picture(selected, kept)
    gaps = "".join(
        f"-gte(T,{number(time - half)})*{gap.numerator}/{gap.denominator}/TB" for time, gap in kept.gaps
    )
    return then(selected, "setpts", expr=f"round(PTS{gaps})")


def _windows(kept: Timeline, clock: str) -> list[str]:
    """For each part, an expression that is 1 for its frames. Each frame counts from half a frame early.

    A part begins with the frame that is shown at its start; if the part before it ends there, that frame is
    that part's.
    """
    rate, half = kept.rate, Fraction(1, 2) / kept.rate
    ends = [None, *(part.end for part in kept.parts)]
    begins = [
        math.ceil(part.start * rate) if part.start == end else math.floor(part.start * rate)
        for part, end in zip(kept.parts, ends, strict=False)
    ]
    return [
        f"gte({clock},{number(begin / rate - half)})"
        f"*lt({clock},{number(math.ceil(part.end * rate) / rate - half)})"
        for part, begin in zip(kept.parts, begins, strict=True)
    ]


def _sped_picture(frames: FilterPad, kept: Timeline) -> FilterPad:
    """Each frame of the programme shows the last frame of the clip that is due by then.

    `fps` rounds up, so timestamps are early by half a step of the clock, far less than the distance of two
    frames.
    """
    early = Fraction(1, 2) / kept.rate / _STEPS
    windows = _windows(kept, "T")
    # The last window has no end: `fps` drops a last frame that seems to have no duration.
    windows[-1] = windows[-1].split("*")[0]
    moved = "+".join(
        f"{window}*({_exact(begins)}+max(0,(T-{_exact(part.start)})/({_exact(ratio(part))})))"
        for window, (part, begins) in zip(windows, kept.placed, strict=True)
    )
    fine = then(frames, "settb", expr=f"{kept.rate.denominator}/{kept.rate.numerator * _STEPS}")
    timed = then(fine, "setpts", expr=f"round(({moved}-{_exact(early)})/TB)")
    # The rate in the same digits as of pictures that aren't cut: transitions compare the rates of both.
    steady = then(timed, "fps", fps=number(kept.rate), round="up")
    held = then(
        steady,
        "tpad",
        stop_mode="clone",
        stop_duration=number(max(1 / ratio(part) for part in kept.parts) / kept.rate + 1),
    )
    return then(held, "trim", end=number(kept.end))


def cut_sound(samples: FilterPad, kept: Timeline) -> FilterPad:
    """The samples of each part, joined by equal-power crossfades around the joints.

    The number of samples is that of the parts: for half of each crossfade, a part uses the removed sound
    beside it. Parts with another speed keep their pitch.
    """
    starts = [round(begins * SOUND_RATE) for _, begins in kept.placed] + [round(kept.end * SOUND_RATE)]
    branches = FilterNode([samples], "asplit", args=[len(kept.parts)]).stream
    parts = [
        _part(
            branches(index),
            part,
            end - begin,
            (CROSSFADE // 2 * bool(index), CROSSFADE // 2 * (index < len(kept.parts) - 1)),
        )
        for index, (part, (begin, end)) in enumerate(zip(kept.parts, pairwise(starts), strict=True))
    ]
    return _joined(parts)


def _joined(parts: Sequence[FilterPad]) -> FilterPad:
    """The parts, joined by crossfades: first neighbours, then the results.

    Joints are too far apart to overlap, and a chain of a thousand filters is too deep for ffmpeg-python.
    """
    while len(parts) > 1:
        pairs = [(one, other) for one, other in zip(parts[::2], parts[1::2], strict=False)]
        joined = [
            combined(pair, "acrossfade", nb_samples=CROSSFADE, curve1="qsin", curve2="qsin") for pair in pairs
        ]
        parts = [*joined, *parts[2 * len(pairs) :]]
    return parts[0]


def _part(samples: FilterPad, part: Span, count: int, handles: tuple[int, int]) -> FilterPad:
    """`count` samples of a part, with `handles` (samples) before and after it."""
    if isinstance(part, SpeedSpan):
        return _stretched(samples, part, count, handles)
    first = round(part.start * SOUND_RATE)
    piece = then(samples, "atrim", start_sample=first - handles[0], end_sample=first + count + handles[1])
    return then(piece, "asetpts", expr="PTS-STARTPTS")


def _stretched(samples: FilterPad, part: SpeedSpan, count: int, handles: tuple[int, int]) -> FilterPad:
    """The samples of a part with another speed and its handles; the whole sound has silence at both ends."""
    speed, lead_in, length = ratio(part), round(_LEAD_IN * SOUND_RATE), count + sum(handles)
    begin = round(part.start * SOUND_RATE) - round(handles[0] * speed)
    padded = then(then(samples, "adelay", delays=f"{lead_in}S", all=1), "apad", pad_dur=1)
    end = begin + round(length * speed) + 3 * lead_in
    trimmed = then(padded, "atrim", start_sample=begin, end_sample=end)
    stretched = then(then(trimmed, "asetpts", expr="PTS-STARTPTS"), "rubberband", tempo=number(speed))
    late = round(((_LEAD_IN - _CENTRE) / speed + _CENTRE) * SOUND_RATE)
    piece = then(stretched, "atrim", start_sample=late, end_sample=late + length)
    return then(piece, "asetpts", expr="PTS-STARTPTS")


def _exact(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}"
