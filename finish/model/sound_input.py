"""A file's sound as 48 kHz stereo, with each sample at its time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Final

from finish import graph
from finish.errors import MediaError, SpecError
from finish.graph import Encoding, Stream
from finish.model import messages
from finish.model.downmix import PLACES, fold, matrix, picked
from finish.model.media import AudioTrack, Source
from finish.model.notes import Note
from finish.model.sample_timing import SOUND_RATE, timed
from finish.model.track_selection import ChosenTracks, Listen, best, show
from finish.units import clock

# FFmpeg rebuilds its filters where a sound changes, and they lose their state: such a sound is first written
# to a file by its timestamps.
_WRITTEN: Final = Encoding(".nut", "nut", (("map_metadata", "-1"), ("c:a", "pcm_f32le")))
_NOTICED: Final = Fraction(5, 1000)  # s; house: a third of the least that anyone notices (BT.1359: 15 ms)
_MISSED: Final = Fraction(1, 10)  # s of missing sound from which the note is urgent
_STRANGE: Final = 0.02  # of the rate; house: no clock is so wrong, but a header may be
_MOST: Final = 3  # places that a note lists
# s; house value: a whole cycle of 50 Hz, so that sound that ends doesn't click.
_SILENCED: Final = Fraction(1, 50)


@dataclass(frozen=True)
class SoundInput:
    """A sound as 48 kHz stereo, and notes about how it was read."""

    sound: Stream
    notes: tuple[Note, ...] = ()


def read_sound(
    source: Source,
    chosen: ChosenTracks,
    span: tuple[Fraction, Fraction],
    listen: Listen,
    channels: tuple[int, ...] = (),
) -> SoundInput:
    """A file's sound in a span of its clock (s), exactly as long as the span: the chosen tracks, with all
    channels or the named ones (from 1).

    SpecError for channels that a track doesn't have.
    """
    parts = [_track(source, number, channels, span, listen) for number in chosen.tracks]
    notes = (*chosen.notes, *dict.fromkeys(note for part in parts for note in part.notes))
    if len(parts) == 1:
        return SoundInput(parts[0].sound, notes)
    left, right = (part.sound.filter("pan", args="mono|c0=0.5*c0+0.5*c1") for part in parts)
    return SoundInput(
        left.filter("amerge", right, inputs=2).filter("aformat", channel_layouts="stereo"), notes
    )


def _track(
    source: Source, number: int, channels: tuple[int, ...], span: tuple[Fraction, Fraction], listen: Listen
) -> SoundInput:
    """One track of a file."""
    track, (start, end) = source.audio[number], span
    if most := next((channel for channel in channels if channel > track.channels), 0):
        message = f"conform.channels: sound track {number} of {source.path.name} has no channel {most}"
        raise SpecError(message, f"choose from 1 to {track.channels}")
    sound = source.sound(number)
    if track.start >= end:
        return SoundInput(silence(end - start), (messages.sound_too_late(show(number, track)),))
    if changes(track):
        written, even = _written(source, track, sound), replace(track, rate=SOUND_RATE)
        whole, notes = timed(written.sound, even, start, end), (*written.notes, *_clock_notes(even))
    else:
        how = picked(track, channels) if channels else fold(track, sound, listen)
        whole, notes = (
            timed(sound, track, start, end).filter("pan", args=how.args),
            (*how.notes, *_clock_notes(track)),
        )
    return SoundInput(whole.filter("apad", whole_dur=end - start).filter("atrim", end=end - start), notes)


def changes(track: AudioTrack) -> bool:
    """Whether a track's rate or channels change midway."""
    return len(track.changes) > 1


def _written(source: Source, track: AudioTrack, sound: Stream) -> SoundInput:
    """A sound that changes, as 48 kHz stereo throughout. MediaError if channels have no positions for a
    downmix."""
    listed = "; ".join(
        f"{change.layout} at {change.rate} Hz from {clock(change.time)} on"
        for change in track.changes[:_MOST]
    )
    text = f"the sound changes: {listed}{'; …' if len(track.changes) > _MOST else ''}"
    if unknown := next(
        (change for change in track.changes if not change.places or not set(change.places) <= set(PLACES)),
        None,
    ):
        message = f"{source.path.name}: {text}, and the positions of its {unknown.layout} are unknown"
        raise MediaError(message, "cut the clip there, or export its sound again")
    even = sound.filter("aresample", osr=SOUND_RATE, out_sample_fmt="fltp")
    args = matrix(tuple(dict.fromkeys(place for change in track.changes for place in change.places)))
    if all(len(change.places) <= 2 for change in track.changes):  # mono is as loud as stereo on both sides
        args = args.replace("0.7071*", "")
    return SoundInput(even.filter("pan", args=args).encoded(_WRITTEN), (messages.sound_changes(text),))


def _clock_notes(track: AudioTrack) -> Iterator[Note]:
    """Notes about noticeable drift of the samples' clock, and about gaps between samples."""
    slow = sum((run.seconds - Fraction(run.samples, track.rate) for run in track.runs), Fraction(0))
    gaps = [
        (one.start + one.seconds, other.start - one.start - one.seconds)
        for one, other in pairwise(track.runs)
    ]
    if abs(slow) > _NOTICED:
        total = sum((run.seconds for run in track.runs), Fraction(0))
        share = float(slow / (total - slow))
        yield messages.sound_clock(share, abs(slow), total, urgent=abs(share) > _STRANGE)
    if track.torn:
        yield messages.sound_gaps()
    missing = [(time, gap) for time, gap in gaps if gap > 0]
    doubled = [(time, -gap) for time, gap in gaps if gap < 0]
    if (seconds := _total(missing)) > _NOTICED:
        yield messages.sound_gap(seconds, [time for time, _ in missing], urgent=seconds >= _MISSED)
    if (seconds := _total(doubled)) > _NOTICED:
        yield messages.sound_overlap(seconds, [time for time, _ in doubled])


def _total(gaps: Sequence[tuple[Fraction, Fraction]]) -> Fraction:
    """The seconds of all gaps together."""
    return sum((seconds for _, seconds in gaps), Fraction(0))


def recorded(source: Source, listen: Listen) -> SoundInput:
    """A file's whole sound, its first sample at 0."""
    track = source.track
    assert track is not None
    if len(source.audio) == 1 and not track.runs and not changes(track):
        begun = (
            source.sound()
            .filter("asetpts", expr="PTS-STARTPTS")
            .filter("aresample", osr=SOUND_RATE, out_sample_fmt="fltp")
        )
        how = fold(track, source.sound(), listen)
        return SoundInput(begun.filter("pan", args=how.args), how.notes)
    return read_sound(
        source, best(source, listen), (track.runs[0].start if track.runs else track.start, track.end), listen
    )


def silence(duration: Fraction) -> Stream:
    """Digital silence of `duration` s."""
    return graph.generate("audio", "anullsrc", channel_layout="stereo", sample_rate=SOUND_RATE).filter(
        "atrim", end=duration
    )


def silent_after(sound: Stream, end: Fraction, length: Fraction) -> Stream:
    """A sound of `end` s, faded out, and silence after it: `length` s together."""
    quiet = sound.filter(
        "afade", type="out", start_time=max(Fraction(0), end - _SILENCED), duration=_SILENCED
    )
    return quiet.filter("apad", whole_dur=length).filter("atrim", end=length)
