"""One track of a mix: a file's sound at its time, with its length, fades and width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeVar

from finish import graph
from finish.analysis.channel_levels import ChannelLevels
from finish.analysis.decode_faults import Decoding
from finish.errors import MediaError
from finish.graph import Stream
from finish.model import SOUND_RATE, Analyser, Ask, ChannelContent, Measure, Note, Source, as_decoded, phrase
from finish.model.sound_input import SoundInput, recorded
from finish.stages.mix import messages
from finish.units import gain, number

F = TypeVar("F")

# s; house value: a crossfade this long doesn't click, and is too short to be audible.
CLICK: Final = Fraction(1, 100)
# dB; how far FFmpeg's brown noise of amplitude 1, filtered as below, is below 0 LUFS (measured, and tested).
_BELOW: Final = 13.2
_SHORTEST: Final = Fraction(1, 2)  # s; house value: a shorter period buzzes


@dataclass(frozen=True)
class Loop:
    """How music repeats: every `period` s, with a crossfade of `crossfade` s into the next round."""

    period: Fraction
    crossfade: Fraction


@dataclass(frozen=True)
class MixedFile:
    """A file that is mixed in: the name of its setting, such as "music", the file, and how to measure it."""

    track: str
    file: Source
    ask: Ask

    def listen(self, sound: Stream) -> Sequence[ChannelContent]:
        """What each channel of a sound carries."""
        return self.answer(ChannelLevels(), sound).channels

    def answer(self, analyser: Analyser[F], sound: Stream) -> F:
        """An answer about this file's sound; an error names this file, not the clip."""
        try:
            return self.ask(Measure(analyser, sound))
        except MediaError as error:
            if self.file.path.name in error.message:
                raise
            damage = error.message.removeprefix("the clip is damaged: ")
            raise messages.damaged_file(self.track, self.file.path.name, damage) from error


def missing(mixed: MixedFile) -> tuple[Source, tuple[Note, ...]]:
    """A file that is mixed in, as it decodes, and notes about data that may be missing.

    MediaError if data is certainly missing.
    """
    track = mixed.file.track
    assert track is not None
    whole = mixed.file.sound()
    file = as_decoded(mixed.file, mixed.answer(Decoding((track.index,)), whole))
    losses = [loss for loss in file.losses if loss.track in (None, track.index)]
    certain = [loss for loss in losses if loss.certain]
    if certain:
        raise messages.damaged_file(mixed.track, file.path.name, phrase(certain, track.start))
    return file, tuple(
        messages.file_damage(mixed.track, file.path.name, loss, track.start) for loss in losses
    )


def sounded(mixed: MixedFile, begin: Fraction) -> tuple[SoundInput, Fraction]:
    """The sound of a file from `begin` (s) on, and its length (s); SpecError if nothing is left."""
    source, damage = missing(mixed)
    track = source.track
    assert track is not None
    whole = track.end - track.start
    left = whole - begin
    if left < CLICK:
        raise messages.nothing_left(source.path.name, whole, begin)
    read = recorded(source, mixed.listen)
    notes = (*damage, *(messages.file_note(source.path.name, note) for note in read.notes))
    return SoundInput(_from(read.sound, begin) if begin else read.sound, notes), left


def looped(
    sound: Stream, length: Fraction, target: Fraction, bar: Fraction | None, crossfade: Fraction
) -> tuple[Stream, Loop | None]:
    """A sound of `length`, repeated until it is as long as `target` (s).

    It repeats by whole bars if a `bar` is known, otherwise with a crossfade.
    """
    if length >= target:
        return sound, None
    loop = _loop(length, bar, crossfade)
    return _repeated(sound, loop), loop


def _loop(length: Fraction, bar: Fraction | None, crossfade: Fraction) -> Loop:
    """How a file repeats. A file of exactly whole bars leaves nothing for a crossfade."""
    over = min(crossfade, length / 4)
    period = length // bar * bar if bar else length - over
    if period < _SHORTEST:
        raise messages.music_too_short(length, bar)
    return Loop(period, min(CLICK, length - period) if bar else over)


def _repeated(sound: Stream, loop: Loop) -> Stream:
    """The first `crossfade` s, then the rest, repeated forever, with its end faded into the beginning."""
    size, over = round(loop.period * SOUND_RATE), round(loop.crossfade * SOUND_RATE)
    if not over:
        return _again(_samples(sound, 0, size), size)
    head = _samples(sound, 0, over)
    body = _samples(sound, over, size + over)
    faded = body.filter("acrossfade", head, nb_samples=over, curve1="qsin", curve2="qsin")
    return head.filter("concat", _again(faded, size), v=0, a=1, n=2)


def _again(sound: Stream, size: int) -> Stream:
    return sound.filter("aloop", loop=-1, size_=size).filter("asetpts", expr="N/SR/TB")


def _samples(sound: Stream, start: int, end: int) -> Stream:
    return sound.filter("atrim", start_sample=start, end_sample=end).filter("asetpts", expr="PTS-STARTPTS")


def _from(sound: Stream, begin: Fraction) -> Stream:
    return sound.filter("atrim", start_sample=round(begin * SOUND_RATE)).filter(
        "asetpts", expr="PTS-STARTPTS"
    )


def ended(sound: Stream, seconds: Fraction) -> Stream:
    """A sound, cut after `seconds`."""
    return sound.filter("atrim", end_sample=max(1, round(seconds * SOUND_RATE)))


def faded(sound: Stream, seconds: Fraction, fade_in: Fraction, fade_out: Fraction) -> Stream:
    """A sound of `seconds` with a fade-in and a fade-out, each at most half as long."""
    fade_in, fade_out = min(fade_in, seconds / 2), min(fade_out, seconds / 2)
    if fade_in:
        sound = sound.filter(
            "afade", type="in", start_sample=0, nb_samples=round(fade_in * SOUND_RATE), curve="qsin"
        )
    if fade_out:
        first = round((seconds - fade_out) * SOUND_RATE)
        sound = sound.filter(
            "afade", type="out", start_sample=first, nb_samples=round(fade_out * SOUND_RATE), curve="qsin"
        )
    return sound


def louder(sound: Stream, db: float) -> Stream:
    """A sound with a gain in dB."""
    return sound.filter("volume", volume=f"{number(db)}dB", precision="double") if db else sound


def wide(sound: Stream, width: float) -> Stream:
    """A sound with another stereo width: 0 is mono, 1 as recorded, 2 twice the difference of the sides."""
    if width == 1:
        return sound
    own, other = number((1 + width) / 2), number((1 - width) / 2)
    return sound.filter("pan", args=f"stereo|c0={own}*c0+{other}*c1|c1={other}*c0+{own}*c1")


def placed(sound: Stream, at: Fraction) -> Stream:
    """A sound that begins at a time of the programme (s)."""
    return sound.filter("adelay", delays=f"{round(at * SOUND_RATE)}S", all=1) if at else sound


def room_tone(level: float, seconds: Fraction) -> Stream:
    """Quiet room noise of `level` LUFS, different in both channels: brown noise without rumble and hiss."""
    sides = [
        graph.generate(
            "audio",
            "anoisesrc",
            amplitude=gain(level + _BELOW),
            color="brown",
            sample_rate=SOUND_RATE,
            seed=seed,
        )
        for seed in (1, 2)
    ]
    both = sides[0].filter("amerge", sides[1], inputs=2).filter("highpass", f=60).filter("lowpass", f=4000)
    return both.filter("aformat", channel_layouts="stereo").filter("atrim", end=seconds)
