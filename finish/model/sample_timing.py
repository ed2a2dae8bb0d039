"""A track with each sample at its time: by the container's timestamps, or by the track's runs of samples if
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
_FINE: Final = 192_000  # the largest term of the fraction that states a rate: exact to 3 parts in 10¹¹
_DRIFT: Final = Fraction(2, 10_000)  # s over the whole sound; less isn't drift
_EQUAL: Final = Fraction(2, 1_000_000)  # s by which the lengths of runs with one rate may differ
_SLACK: Final = 4800  # samples on either side of a clock run, for the resampler's filter
_SPARE: Final = 1  # s after the end that are read
_FAR: Final = 5  # s after the end; silence up to later samples isn't filled in


@dataclass(frozen=True)
class ClockRun:
    """Runs of one clock: `first` is the number of its first sample, and `ratio` its duration compared with
    that by its rate."""

    first: int
    runs: tuple[SampleRun, ...]
    ratio: Fraction

    @property
    def end(self) -> int:
        """The number of the sample after the last."""
        return self.first + sum(run.samples for run in self.runs)


def timed(sound: Stream, track: AudioTrack, start: Fraction, end: Fraction) -> Stream:
    """A track at 48 kHz from `start` on (s on the file's clock), with silence where it has no samples. It may
    end before or after `end`."""
    if not track.runs:
        return _by_timestamps(
            sound.since(start), track.end - start, end - start, "0.01" if track.torn else "0.1"
        )
    clock_runs = clock_runs_of(track)
    whole = round((end - start) * SOUND_RATE)
    begins = (round((clock_run.runs[0].start - start) * SOUND_RATE) for clock_run in clock_runs[1:])
    # Overlapping samples are cut, not moved.
    edges = [*accumulate((min(max(begin, 0), whole) for begin in begins), max, initial=0), whole]
    parts = [
        _part(sound, track, clock_run, start, span)
        for clock_run, span in zip(clock_runs, pairwise(edges), strict=True)
        if span[0] < span[1]
    ]
    return parts[0] if len(parts) == 1 else parts[0].filter("concat", *parts[1:], v=0, a=1, n=len(parts))


def clock_runs_of(track: AudioTrack) -> tuple[ClockRun, ...]:
    """The runs of a track, grouped by their rate."""
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
        first = result[-1].end
    return tuple(result)


def _one_rate(runs: Sequence[SampleRun]) -> bool:
    longest = max(runs, key=lambda run: run.samples)
    return all(abs(run.seconds - longest.seconds * run.samples / longest.samples) <= _EQUAL for run in runs)


def _by_timestamps(sound: Stream, until: Fraction, duration: Fraction, gap: str) -> Stream:
    """The sound by its own timestamps; gaps and overlaps of at least `gap` (s) are filled or cut.

    Samples far after the end are dropped: FFmpeg would hold silence up to them in memory.
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
    sound: Stream, track: AudioTrack, clock_run: ClockRun, start: Fraction, span: tuple[int, int]
) -> Stream:
    """The samples (48 kHz) of a `span` of the programme, from a clock run: counted, so that jitter of the
    timestamps isn't audible."""
    first, end = span
    begin = start + Fraction(first, SOUND_RATE)
    whole = first == 0 and clock_run.end == sum(run.samples for run in track.runs)
    counted = sound.filter("asetpts", expr=f"round(({_clock(clock_run, track.rate, begin)})/TB)")
    if not whole:
        counted = counted.filter(
            "atrim", start_sample=max(0, clock_run.first - _SLACK), end_sample=clock_run.end + _SLACK
        )
    counted = counted.filter("atrim", end=Fraction(end - first, SOUND_RATE) / clock_run.ratio + _SPARE)
    out = _with_speed(counted, clock_run.ratio).filter(
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
    return out.filter("apad", whole_len=end - first).filter("atrim", end_sample=end - first)


def _clock(clock_run: ClockRun, rate: int, start: Fraction) -> str:
    """FFmpeg's expression for the time (s) of a frame by the number N of its first sample, before the rate is
    corrected."""
    at, known = clock_run.first, _offset(clock_run.runs[0], clock_run.first, rate, start, clock_run.ratio)
    terms = [f"N/SR{_signed(known)}"]
    for before, run in pairwise(clock_run.runs):
        at += before.samples
        offset = _offset(run, at, rate, start, clock_run.ratio)
        terms.append(f"{_signed(offset - known)}*gte(N,{at})")
        known = offset
    return "".join(terms)


def _offset(run: SampleRun, first: int, rate: int, start: Fraction, ratio: Fraction) -> Fraction:
    """How much later (s) a run begins than the count of samples implies."""
    return (run.start - start) / ratio - Fraction(first, rate)


def _signed(seconds: Fraction) -> str:
    """Seconds with a sign, rounded to a nanosecond, as a term of an expression."""
    nanos = round(seconds * 10**9)
    return f"{'-' if nanos < 0 else '+'}{abs(nanos)}/1000000000"


def _with_speed(sound: Stream, ratio: Fraction) -> Stream:
    """The sound, `ratio` times as long: resampled to one rate, and declared as another."""
    if ratio == 1:
        return sound
    near = ratio.limit_denominator(_FINE)
    scale = max(1, -(-SOUND_RATE // min(near.numerator, near.denominator)))
    resampled = sound.filter("aresample", osr=near.numerator * scale, out_sample_fmt="fltp")
    return resampled.filter("asetrate", sample_rate=near.denominator * scale)
