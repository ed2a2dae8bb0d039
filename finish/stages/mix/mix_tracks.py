"""One track of a mix: a file's sound at its place, as long as it is wanted, wide as it is wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeVar

from finish import graph
from finish.analysis.channel_levels import ChannelLevels
from finish.analysis.decode_faults import Decoding
from finish.errors import MediaError, SpecError
from finish.graph import Stream
from finish.model import (
    BEHIND,
    SOUND_RATE,
    Analyser,
    Ask,
    ChannelContent,
    Measure,
    Note,
    Source,
    act,
    know,
    phrase,
    witnessed,
)
from finish.model.sound_input import SoundInput, recorded
from finish.units import gain, number

F = TypeVar("F")

CLICK: Final = Fraction(
    1, 100
)  # s; house: so short a crossfade is no click, and too short to be heard as one
_MADE: Final = 13.2  # dB; what FFmpeg's brown noise of amplitude 1 lies below 0 LUFS, filtered as below (measured, and tested)
_SHORTEST: Final = Fraction(1, 2)  # s; house: what is repeated faster is a buzz, no bed


@dataclass(frozen=True)
class Loop:
    """How a bed is repeated: every so many seconds (`period`), the end of one round fading into the next for `crossfade` s."""

    period: Fraction
    crossfade: Fraction


@dataclass(frozen=True)
class MixedFile:
    """A file that is mixed in: what people call it ("music"), the file, and how its channels are listened to."""

    what: str
    file: Source
    ask: Ask

    def listen(self, sound: Stream) -> Sequence[ChannelContent]:
        """What each channel of a sound carries."""
        return self.answer(ChannelLevels(), sound).channels

    def answer(self, analyser: Analyser[F], sound: Stream) -> F:
        """An answer about this file's sound: what is wrong with it is not the clip's fault."""
        try:
            return self.ask(Measure(analyser, sound))
        except MediaError as wrong:
            if self.file.path.name in wrong.message:
                raise
            said = wrong.message.removeprefix("the clip is damaged: ")
            message = f"mix.{self.what}: {self.file.path.name} is damaged: {said}"
            raise MediaError(message, "export or copy it again, or name another file") from wrong


def missing(mixed: MixedFile) -> tuple[Source, tuple[Note, ...]]:
    """A file that is mixed in, as it decodes, and notes about what may be missing of it; MediaError for what certainly is."""
    track = mixed.file.track
    assert track is not None
    whole = mixed.file.sound()
    file = witnessed(mixed.file, mixed.answer(Decoding((track.index,)), whole))
    losses = [each for each in file.losses if each.track in (None, track.index)]
    certain = [each for each in losses if each.certain]
    name = f"mix.{mixed.what}: {file.path.name}"
    if certain:
        hint = "export or copy it again, or name another file"
        raise MediaError(f"{name} is damaged: {phrase(certain, track.start)}", hint)
    notes = ((know if each.code == BEHIND else act, each) for each in losses)
    return file, tuple(note(each.code, f"{name}: {each.told(track.start)}") for note, each in notes)


def sounded(mixed: MixedFile, begin: Fraction) -> tuple[SoundInput, Fraction]:
    """The sound of a file from `begin` (s) on, and how long it is; SpecError where nothing is left."""
    source, lost = missing(mixed)
    track = source.track
    assert track is not None
    whole = track.end - track.start
    left = whole - begin
    if left < CLICK:
        message = (
            f"{source.path.name} is {float(whole):.2f} s long: nothing is left from {number(begin)} s on"
        )
        raise SpecError(message, "begin earlier")
    found = recorded(source, mixed.listen)
    notes = (
        *lost,
        *(type(note)(f"mix: {source.path.name}: {note}", note.code, note.level) for note in found.notes),
    )
    return SoundInput(_from(found.sound, begin) if begin else found.sound, notes), left


def looped(
    sound: Stream, length: Fraction, wanted: Fraction, bar: Fraction | None, crossfade: Fraction
) -> tuple[Stream, Loop | None]:
    """A sound of `length` repeated until it is as long as `wanted` (s): by whole bars where a `bar` is known, else with a crossfade."""
    if length >= wanted:
        return sound, None
    loop = _loop(length, bar, crossfade)
    return _repeated(sound, loop), loop


def _loop(length: Fraction, bar: Fraction | None, crossfade: Fraction) -> Loop:
    """Of a file that is whole bars and nothing more, nothing is left to fade: it is made to follow itself."""
    over = min(crossfade, length / 4)
    period = length // bar * bar if bar else length - over
    if period < _SHORTEST:
        what = f"no whole bar of {float(bar):.2f} s" if bar else "nothing that could be repeated"
        hint = "mix: {music: {loop: false}}, or a longer file"
        raise SpecError(f"the music is {float(length):.2f} s long: {what}", hint)
    return Loop(period, min(CLICK, length - period) if bar else over)


def _repeated(sound: Stream, loop: Loop) -> Stream:
    """The first crossfade's worth, then for ever what follows until its end has faded into the beginning."""
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
    """No more than so many seconds of a sound."""
    return sound.filter("atrim", end_sample=max(1, round(seconds * SOUND_RATE)))


def faded(sound: Stream, seconds: Fraction, coming: Fraction, going: Fraction) -> Stream:
    """A sound of so many seconds that comes and goes, each within no more than half of it."""
    coming, going = min(coming, seconds / 2), min(going, seconds / 2)
    if coming:
        sound = sound.filter(
            "afade", type="in", start_sample=0, nb_samples=round(coming * SOUND_RATE), curve="qsin"
        )
    if going:
        first = round((seconds - going) * SOUND_RATE)
        sound = sound.filter(
            "afade", type="out", start_sample=first, nb_samples=round(going * SOUND_RATE), curve="qsin"
        )
    return sound


def louder(sound: Stream, db: float) -> Stream:
    """A sound with a gain in dB."""
    return sound.filter("volume", volume=f"{number(db)}dB", precision="double") if db else sound


def wide(sound: Stream, width: float) -> Stream:
    """Both channels nearer or farther apart: 0 is mono, 1 as it was, 2 twice the difference."""
    if width == 1:
        return sound
    own, other = number((1 + width) / 2), number((1 - width) / 2)
    return sound.filter("pan", args=f"stereo|c0={own}*c0+{other}*c1|c1={other}*c0+{own}*c1")


def placed(sound: Stream, at: Fraction) -> Stream:
    """A sound that begins at a time of the programme (s)."""
    return sound.filter("adelay", delays=f"{round(at * SOUND_RATE)}S", all=1) if at else sound


def room_tone(level: float, seconds: Fraction) -> Stream:
    """Quiet noise as of a room, of `level` LUFS, different in both channels: brown, without rumble and hiss."""
    sides = [
        graph.generate(
            "audio",
            "anoisesrc",
            amplitude=gain(level + _MADE),
            color="brown",
            sample_rate=SOUND_RATE,
            seed=seed,
        )
        for seed in (1, 2)
    ]
    both = sides[0].filter("amerge", sides[1], inputs=2).filter("highpass", f=60).filter("lowpass", f=4000)
    return both.filter("aformat", channel_layouts="stereo").filter("atrim", end=seconds)
