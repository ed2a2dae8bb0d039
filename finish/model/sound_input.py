"""How a file's sound is read, whoever hears it: as 48 kHz stereo, each sample at its moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Final

from finish import graph
from finish.errors import MediaError, SpecError
from finish.graph import Encoding, Stream
from finish.model.downmix import PLACES, fold, matrix, picked
from finish.model.media import AudioTrack, Source
from finish.model.notes import Note, act, know
from finish.model.sample_timing import SOUND_RATE, timed
from finish.model.track_selection import ChosenTracks, Listen, best, show
from finish.units import clock

# FFmpeg builds its filters anew where a sound changes, and they forget what came before: such a sound is first written by its stamps.
_WRITTEN: Final = Encoding(".nut", "nut", (("map_metadata", "-1"), ("c:a", "pcm_f32le")))
_NOTICED: Final = Fraction(5, 1000)  # s; house: a third of the least that anyone notices (BT.1359: 15 ms)
_MISSED: Final = Fraction(1, 10)  # s of missing sound that are worth a look
_STRANGE: Final = 0.02  # of the rate; house: no clock is so wrong, a header may be
_MOST: Final = 3  # places that a note lists


@dataclass(frozen=True)
class SoundInput:
    """A sound as 48 kHz stereo, and what is to be reported of how it was read."""

    sound: Stream
    notes: tuple[Note, ...] = ()


def heard(
    source: Source,
    chosen: ChosenTracks,
    span: tuple[Fraction, Fraction],
    listen: Listen,
    channels: tuple[int, ...] = (),
) -> SoundInput:
    """A file's sound in a span of its clock (s), exactly so long: the tracks that are chosen, of each all channels or those named (from 1).

    SpecError for channels that it hasn't.
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
    if most := next((each for each in channels if each > track.channels), 0):
        message = f"conform.channels: sound track {number} of {source.path.name} has no channel {most}"
        raise SpecError(message, f"it has {track.channels}, counted from 1")
    sound = source.sound(number)
    if track.start >= end:
        text = f"sound track {show(number, track)} begins after the picture's end: silence is delivered"
        return SoundInput(silence(end - start), (act("sound-too-late", text),))
    if changes(track):
        written, even = _written(source, track, sound), replace(track, rate=SOUND_RATE)
        whole, notes = timed(written.sound, even, start, end), (*written.notes, *_clocked(even))
    else:
        how = picked(track, channels) if channels else fold(track, sound, listen)
        whole, notes = (
            timed(sound, track, start, end).filter("pan", args=how.args),
            (*how.notes, *_clocked(track)),
        )
    return SoundInput(whole.filter("apad", whole_dur=end - start).filter("atrim", end=end - start), notes)


def changes(track: AudioTrack) -> bool:
    """Whether a track's rate or channels change on the way."""
    return len(track.changes) > 1


def _written(source: Source, track: AudioTrack, sound: Stream) -> SoundInput:
    """A sound that changes, as 48 kHz stereo throughout. MediaError where channels have no places to be folded by."""
    listed = "; ".join(
        f"{change.layout} at {change.rate} Hz from {clock(change.time)} on"
        for change in track.changes[:_MOST]
    )
    text = f"the sound changes: {listed}{'; …' if len(track.changes) > _MOST else ''}"
    if unknown := next(
        (change for change in track.changes if not change.places or not set(change.places) <= set(PLACES)),
        None,
    ):
        message = f"{source.path.name}: {text}, and nothing says where its {unknown.layout} belong"
        raise MediaError(message, "cut the clip there, or export its sound anew")
    even = sound.filter("aresample", osr=SOUND_RATE, out_sample_fmt="fltp")
    args = matrix(tuple(dict.fromkeys(place for change in track.changes for place in change.places)))
    if all(
        len(change.places) <= 2 for change in track.changes
    ):  # mono beside stereo is heard as loud on both sides
        args = args.replace("0.7071*", "")
    return SoundInput(
        even.filter("pan", args=args).encoded(_WRITTEN),
        (know("sound-changes", f"{text}; delivered as stereo throughout"),),
    )


def _clocked(track: AudioTrack) -> Iterator[Note]:
    """What the samples' own clock and holes between them are, where they are more than nobody notices."""
    slow = sum((run.seconds - Fraction(run.samples, track.rate) for run in track.runs), Fraction(0))
    gaps = [
        (one.start + one.seconds, other.start - one.start - one.seconds)
        for one, other in pairwise(track.runs)
    ]
    if abs(slow) > _NOTICED:
        total = sum((run.seconds for run in track.runs), Fraction(0))
        share = float(slow / (total - slow))
        text = (
            f"the sound's clock is {abs(share):.2%} {'slow' if share > 0 else 'fast'} against its stamps "
            f"({float(abs(slow)) * 1000:.0f} ms in {float(total):.0f} s): resampled to them"
        )
        yield (act if abs(share) > _STRANGE else know)("sound-clock", text)
    if track.torn:
        yield act(
            "sound-gaps",
            "the sound has more gaps, or a clock less steady, than can be put right: it follows its stamps in steps",
        )
    missing, doubled = (
        sum((sign * gap for _, gap in gaps if sign * gap > 0), Fraction(0)) for sign in (1, -1)
    )
    for seconds, what, done in (
        (missing, "is missing", "silence there"),
        (doubled, "overlaps", "so much of the later part is left out"),
    ):
        if seconds > _NOTICED:
            sign = 1 if done == "silence there" else -1
            places = [clock(at) for at, gap in gaps if sign * gap > 0]
            listed = ", ".join(places[:_MOST]) + (
                f" and {len(places) - _MOST} more" if len(places) > _MOST else ""
            )
            note = act if seconds >= _MISSED and sign > 0 else know
            yield note(
                f"sound-{'gap' if sign > 0 else 'overlap'}",
                f"{float(seconds):.2f} s of sound {what} at {listed}: {done}",
            )


def recorded(source: Source, listen: Listen) -> SoundInput:
    """All of a file's sound, its first sample at 0."""
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
    return heard(
        source, best(source, listen), (track.runs[0].start if track.runs else track.start, track.end), listen
    )


def silence(duration: Fraction) -> Stream:
    """Digital silence of so many seconds."""
    return graph.generate("audio", "anullsrc", channel_layout="stereo", sample_rate=SOUND_RATE).filter(
        "atrim", end=duration
    )
