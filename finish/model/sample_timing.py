"""Each sample of a track at its time: by the container's time stamps, or by the track's runs of samples where
it has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Final

from finish.graph import Stream
from finish.model.media import AudioTrack, SampleRun

SOUND_RATE: Final = 48_000
_FINE: Final = 192_000  # a rate is the quotient of two whole numbers up to this: right to 3 parts in 10¹¹
_DRIFT: Final = Fraction(2, 10_000)  # s over all of a sound that are no drift
_EQUAL: Final = Fraction(2, 1_000_000)  # s; runs whose lengths agree so well are of one rate
_SLACK: Final = 4800  # samples on either side of a stretch, for the resampler to have heard
_SPARE: Final = 1  # s behind the end that are still read
_FAR: Final = 5  # s behind the end at which stamps are not filled up to


@dataclass(frozen=True)
class ClockRun:
    """Runs of one clock: `first` is the number of its first sample, `ratio` how long it lasts against what
    its rate says."""

    first: int
    runs: tuple[SampleRun, ...]
    ratio: Fraction

    @property
    def over(self) -> int:
        """The number of the sample after its last."""
        return self.first + sum(run.samples for run in self.runs)


def timed(sound: Stream, track: AudioTrack, start: Fraction, end: Fraction) -> Stream:
    """A track at 48 kHz from `start` on (s on the file's clock), silence where it has no samples; it may end
    early or late."""
    if not track.runs:
        return _stamped(sound.since(start), track.end - start, end - start, "0.01" if track.torn else "0.1")
    stretches = stretched(track)
    whole = round((end - start) * SOUND_RATE)
    begins = (round((stretch.runs[0].start - start) * SOUND_RATE) for stretch in stretches[1:])
    edges = [
        *accumulate((min(max(begin, 0), whole) for begin in begins), max, initial=0),
        whole,
    ]  # what overlaps is cut, not moved
    parts = [
        _part(sound, track, stretch, start, span)
        for stretch, span in zip(stretches, pairwise(edges), strict=True)
        if span[0] < span[1]
    ]
    return parts[0] if len(parts) == 1 else parts[0].filter("concat", *parts[1:], v=0, a=1, n=len(parts))


def stretched(track: AudioTrack) -> tuple[ClockRun, ...]:
    """The runs of a track, those of one rate together."""
    drift = sum(abs(run.seconds - Fraction(run.samples, track.rate)) for run in track.runs)
    groups: list[list[SampleRun]] = []
    for run in track.runs:
        if groups and (drift <= _DRIFT or _one_rate([*groups[-1], run])):
            groups[-1].append(run)
        else:
            groups.append([run])
    result, first = list[ClockRun](), 0
    for group in groups:
        longest = max(group, key=lambda run: run.samples)
        ratio = Fraction(1) if drift <= _DRIFT else longest.seconds * track.rate / longest.samples
        result.append(ClockRun(first, tuple(group), ratio))
        first = result[-1].over
    return tuple(result)


def _one_rate(runs: Sequence[SampleRun]) -> bool:
    longest = max(runs, key=lambda run: run.samples)
    return all(abs(run.seconds - longest.seconds * run.samples / longest.samples) <= _EQUAL for run in runs)


def _stamped(sound: Stream, until: Fraction, duration: Fraction, gap: str) -> Stream:
    """By its own stamps, where a `gap` (s) or more is filled or cut.

    What lies far behind the end is not waited for: silence up to there would be held in memory.
    """
    near = sound.filter("atrim", end=duration + _FAR) if until > duration + 2 * _FAR else sound
    return near.filter(
        "aresample",
        osr=SOUND_RATE,
        out_sample_fmt="fltp",
        async_=1,
        first_pts=0,
        min_comp="0.00001",
        min_hard_comp=gap,
    )


def _part(
    sound: Stream, track: AudioTrack, stretch: ClockRun, start: Fraction, span: tuple[int, int]
) -> Stream:
    """The samples (48 kHz) of a `span` of the programme, from a stretch: counted, so that no jitter of stamps
    is heard."""
    first, over = span
    begin = start + Fraction(first, SOUND_RATE)
    whole = first == 0 and stretch.over == sum(run.samples for run in track.runs)
    counted = sound.filter("asetpts", expr=f"round(({_clock(stretch, track.rate, begin)})/TB)")
    if not whole:
        counted = counted.filter(
            "atrim", start_sample=max(0, stretch.first - _SLACK), end_sample=stretch.over + _SLACK
        )
    counted = counted.filter("atrim", end=Fraction(over - first, SOUND_RATE) / stretch.ratio + _SPARE)
    out = _sped(counted, stretch.ratio).filter(
        "aresample",
        osr=SOUND_RATE,
        out_sample_fmt="fltp",
        async_=1,
        first_pts=0,
        min_comp="0.00001",
        min_hard_comp="0.001",
    )
    if whole:
        return out
    return out.filter("apad", whole_len=over - first).filter("atrim", end_sample=over - first)


def _clock(stretch: ClockRun, rate: int, start: Fraction) -> str:
    """The moment (s) of a frame by the number N of its first sample, as it is before the rate is
    corrected."""
    at, known = stretch.first, _offset(stretch.runs[0], stretch.first, rate, start, stretch.ratio)
    terms = [f"N/SR{_signed(known)}"]
    for before, run in pairwise(stretch.runs):
        at += before.samples
        offset = _offset(run, at, rate, start, stretch.ratio)
        terms.append(f"{_signed(offset - known)}*gte(N,{at})")
        known = offset
    return "".join(terms)


def _offset(run: SampleRun, first: int, rate: int, start: Fraction, ratio: Fraction) -> Fraction:
    """By how much a run begins later than its samples' count says (s)."""
    return (run.start - start) / ratio - Fraction(first, rate)


def _signed(seconds: Fraction) -> str:
    """To a billionth of a second."""
    nanos = round(seconds * 10**9)
    return f"{'-' if nanos < 0 else '+'}{abs(nanos)}/1000000000"


def _sped(sound: Stream, ratio: Fraction) -> Stream:
    """So that it lasts `ratio` times as long: resampled to one rate, and taken for another."""
    if ratio == 1:
        return sound
    near = ratio.limit_denominator(_FINE)
    scale = max(1, -(-SOUND_RATE // min(near.numerator, near.denominator)))
    taken = sound.filter("aresample", osr=near.numerator * scale, out_sample_fmt="fltp")
    return taken.filter("asetrate", sample_rate=near.denominator * scale)
