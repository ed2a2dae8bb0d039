"""A "cut" as FFmpeg's filters: the frames and samples of each part, one part after the other, some of them faster or slower."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

from ffmpeg.nodes import FilterNode

from finish.graph.timeline import SpeedSpan, Timeline, ratio
from finish.units import Span, number

SOUND_RATE: Final = 48_000  # Hz: what sound is cut at
CROSSFADE: Final = 480  # samples, 10 ms; house: no click, and too short to hear the other side's words

# What of a frame a clock must be able to tell apart where pictures are sped: FFmpeg's numbers for a timebase end at 2^31.
_FINE: Final = 1 << 14
# Rubber Band gives at r times the speed what it was given at τ at (τ − C)/r + C; and it needs to have heard something before (measured,
# and tested: clicks at 0.5, 1.1 and 2 times the speed come where they should within 0.6 ms).
_CENTRE: Final = Fraction(286, 10_000)  # s
_BEFORE: Final = Fraction(1, 4)  # s


def cut_picture(frames: Any, kept: Timeline) -> Any:
    """The frames of each part, with times that close the gaps.

    Expressions get times half a frame early, far from where clocks round; `trim` rounds to a frame by itself.
    """
    half = Fraction(1, 2) / kept.rate
    over = math.ceil(kept.parts[-1].end * kept.rate) / kept.rate
    windows = "+".join(_window(part, kept.rate, "t") for part in kept.parts)
    ended = _then(frames, "trim", end=number(over))
    shown = _then(ended, "select", expr=windows)
    if kept.sped:
        return _sped_picture(shown, kept)
    gaps = "".join(
        f"-gte(T,{number(at - half)})*{gap.numerator}/{gap.denominator}/TB" for at, gap in kept.gaps
    )
    return _then(shown, "setpts", expr=f"round(PTS{gaps})")


def _window(part: Span, rate: Fraction, clock: str) -> str:
    """1 for frames of a part, each of which begins half a frame early."""
    half = Fraction(1, 2) / rate
    first, over = math.floor(part.start * rate) / rate, math.ceil(part.end * rate) / rate
    return f"gte({clock},{number(first - half)})*lt({clock},{number(over - half)})"


def _sped_picture(frames: Any, kept: Timeline) -> Any:
    """Each frame at the first moment of the programme at or after which it is due, until the next is: the last that is due is shown.

    `fps` rounds up, so a moment is told a little early: by half of what its clock can tell apart, far less than lies between two moments.
    """
    early = Fraction(1, 2) / kept.rate / _FINE
    windows = [_window(part, kept.rate, "T") for part in kept.parts]
    windows[-1] = windows[-1].split("*")[
        0
    ]  # and beyond: `fps` drops a last frame that seems to last for nothing
    moved = "+".join(
        f"{window}*({_exact(begins)}+max(0,(T-{_exact(part.start)})/({_exact(ratio(part))})))"
        for window, (part, begins) in zip(windows, kept.placed, strict=True)
    )
    fine = _then(frames, "settb", expr=f"{kept.rate.denominator}/{kept.rate.numerator * _FINE}")
    timed = _then(fine, "setpts", expr=f"round(({moved}-{_exact(early)})/TB)")
    steady = _then(timed, "fps", fps=f"{kept.rate.numerator}/{kept.rate.denominator}", round="up")
    held = _then(
        steady,
        "tpad",
        stop_mode="clone",
        stop_duration=number(max(1 / ratio(part) for part in kept.parts) / kept.rate + 1),
    )
    return _then(held, "trim", end=number(kept.end))


def cut_sound(samples: Any, kept: Timeline) -> Any:
    """The samples of each part, joined by equal-power crossfades around the joints; as many in all as the parts are long.

    Each part lends half of a crossfade from what is left out beside it. A faster or slower part keeps its pitch.
    """
    starts = [round(begins * SOUND_RATE) for _, begins in kept.placed] + [round(kept.end * SOUND_RATE)]
    copies = FilterNode([samples], "asplit", args=[len(kept.parts)]).stream
    parts = [
        _part(
            copies(at),
            part,
            end - begin,
            (CROSSFADE // 2 * bool(at), CROSSFADE // 2 * (at < len(kept.parts) - 1)),
        )
        for at, (part, (begin, end)) in enumerate(zip(kept.parts, pairwise(starts), strict=True))
    ]
    return _joined(parts)


def _joined(parts: Sequence[Any]) -> Any:
    """Neighbours in pairs, then pairs of those: joints don't reach each other, and a chain of a thousand filters is too deep to build."""
    while len(parts) > 1:
        pairs = [(one, other) for one, other in zip(parts[::2], parts[1::2], strict=False)]
        joined = [
            FilterNode(
                list(pair),
                "acrossfade",
                max_inputs=2,
                kwargs={"nb_samples": CROSSFADE, "curve1": "qsin", "curve2": "qsin"},
            ).stream()
            for pair in pairs
        ]
        parts = [*joined, *parts[2 * len(pairs) :]]
    return parts[0]


def _part(samples: Any, part: Span, count: int, lent: tuple[int, int]) -> Any:
    """`count` samples of a part with what it lends before and after."""
    if isinstance(part, SpeedSpan):
        return _stretched(samples, part, count, lent)
    first = round(part.start * SOUND_RATE)
    piece = _then(samples, "atrim", start_sample=first - lent[0], end_sample=first + count + lent[1])
    return _then(piece, "asetpts", expr="PTS-STARTPTS")


def _stretched(samples: Any, part: SpeedSpan, count: int, lent: tuple[int, int]) -> Any:
    """The same of a part with another speed; silence stands in for what lies before and after all of the sound."""
    speed, led, wanted = ratio(part), round(_BEFORE * SOUND_RATE), count + sum(lent)
    begin = round(part.start * SOUND_RATE) - round(lent[0] * speed)
    longer = _then(_then(samples, "adelay", delays=f"{led}S", all=1), "apad", pad_dur=1)
    given = _then(longer, "atrim", start_sample=begin, end_sample=begin + round(wanted * speed) + 3 * led)
    given = _then(given, "asetpts", expr="PTS-STARTPTS")
    moved = _then(given, "rubberband", tempo=number(speed))
    late = round(((_BEFORE - _CENTRE) / speed + _CENTRE) * SOUND_RATE)
    return _then(
        _then(moved, "atrim", start_sample=late, end_sample=late + wanted), "asetpts", expr="PTS-STARTPTS"
    )


def _then(stream: Any, name: str, **options: Any) -> Any:
    return FilterNode([stream], name, kwargs=options).stream()


def _exact(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}"
