"""Build a mix: levels relative to each other, ducking under speech, and the sum of all tracks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from finish.analysis.loudness import Loudness, LoudnessFacts
from finish.analysis.speech_detection import Voice
from finish.analysis.speech_likeness import BEAT, GAPS, TONES, Speechlike
from finish.graph import Stream
from finish.model import Ask, ClipRange, Decision, Measure, Note, Programme, Source, Values, reading_lock
from finish.model.programme_records import Stem
from finish.model.sound_input import silence
from finish.stages.mix import messages, mix_tracks
from finish.stages.mix.ducking_curve import ducked, moved
from finish.stages.mix.mix_settings import NAME, Duck, MixSettings
from finish.units import Span, digest

MOST: Final = 40.0  # dB; house value: a larger gain is a mistake
FAINT: Final = -90.0  # dBTP; house value: lower peaks are digital silence with its dither


@dataclass(frozen=True)
class SpeechTimes:
    """When somebody speaks (s of the programme): in the clip's own sound, and in the voice-over.

    The lock file keeps these times, for people to read and change.
    """

    clip: tuple[Span, ...] = ()
    voice: tuple[Span, ...] = ()

    @property
    def values(self) -> Values:
        """The times as the lock file keeps them."""
        return {
            part: [str(ClipRange(span.start, span.end)) for span in spans]
            for part, spans in (("clip", self.clip), ("voice", self.voice))
        }

    @classmethod
    def read(cls, values: Values, end: Fraction) -> SpeechTimes:
        """The times in a lock file, at most until `end` (s). SpecError for values that aren't spans."""
        with reading_lock(NAME):
            return cls(
                *(
                    tuple(ClipRange.parse(str(text)).within(end) for text in values[part])
                    for part in ("clip", "voice")
                )
            )


class MixBuilder:
    """One mix in progress: its tracks, the levels that they are measured against, and its notes."""

    def __init__(self, settings: MixSettings, programme: Programme, ask: Ask) -> None:
        self.settings, self.programme, self.ask = settings, programme, ask
        self.notes: list[Note] = []
        own = (
            None if settings.clip.mute or programme.content_sound is None else self._loudness(programme.sound)
        )
        self.clip = own.integrated if own else None
        self.faint = own is not None and own.true_peak > FAINT
        self.voice = self._voice_over() if settings.voice else None
        self.audible = any((self.clip is not None, settings.voice, settings.music, settings.effects))

    def mixed(self) -> Programme:
        """The programme with its mix; unchanged if nothing is audible."""
        if not self.audible:
            return self.programme
        speech, decisions = self._speech()
        stems = (
            *(Stem("dialogue", sound) for sound in (*self._clip(speech), *self._voice())),
            *(Stem("music", sound) for sound in self._music(speech)),
            *(Stem("effects", sound) for sound in self._effects()),
        )
        sound, *others = (stem.sound for stem in stems)
        if others:
            sound = sound.filter("amix", *others, inputs=len(stems), normalize=0, duration="first")
        mixed = replace(self.programme, sound=sound, stems=stems)
        return mixed.add_notes(*self.notes).add_decisions(*decisions)

    def _clip(self, speech: SpeechTimes) -> Iterator[Stream]:
        """The base of the mix: the clip's own sound, or silence of the same length."""
        clip = self.settings.clip
        if self.clip is None:
            yield silence(self.programme.duration)
            return
        sound = mix_tracks.wide(mix_tracks.louder(self.programme.sound, clip.gain), clip.width)
        yield self._ducked(sound, clip.duck, speech.voice, "the clip", self.programme.duration)

    def _voice_over(self) -> tuple[Stream, Fraction]:
        settings = self.settings.voice
        assert settings is not None
        sound, length = self._sounded("voice", settings.file, Fraction(0))
        # Measured now, so that an error names this file.
        mix_tracks.MixedFile("voice", settings.file, self.ask).answer(Loudness(), sound)
        return self._fitted(sound, settings.file, length, settings.at), min(
            length, self.programme.duration - settings.at
        )

    def _sounded(self, name: str, file: Source, begin: Fraction) -> tuple[Stream, Fraction]:
        """The sound of a file that is mixed in, from `begin` on, and how long it is."""
        read, length = mix_tracks.sounded(mix_tracks.MixedFile(name, file, self.ask), begin)
        self.notes += read.notes
        return read.sound, length

    def _voice(self) -> Iterator[Stream]:
        settings = self.settings.voice
        if settings and self.voice:
            raised = self._beside(
                self.voice[0],
                ("voice", settings.file),
                settings.level if self.clip is not None else 0.0,
                self.clip,
            )
            yield mix_tracks.placed(raised, settings.at)

    def _music(self, speech: SpeechTimes) -> Iterator[Stream]:
        settings = self.settings.music
        if settings is None:
            return
        sound, length = self._sounded("music", settings.file, settings.begin)
        room = self._room(settings.file, settings.at)
        sound = self._beside(sound, ("music", settings.file), settings.level, self._anchor())
        if settings.loop:
            sound, loop = mix_tracks.looped(sound, length, room, settings.bar, settings.crossfade)
            if loop:
                bars = settings.bar is not None
                self.notes.append(messages.music_loops(settings.file.path.name, loop.period, bars))
        seconds = room if settings.loop else min(room, length)
        sound = mix_tracks.faded(
            mix_tracks.ended(mix_tracks.wide(sound, settings.width), seconds),
            seconds,
            settings.fade_in,
            settings.fade_out,
        )
        spans = [
            Span(max(Fraction(0), span.start - settings.at), span.end - settings.at)
            for span in (*speech.clip, *speech.voice)
            if span.end > settings.at
        ]
        yield mix_tracks.placed(
            self._ducked(sound, settings.duck, spans, settings.file.path.name, seconds), settings.at
        )

    def _effects(self) -> Iterator[Stream]:
        for effect in self.settings.effects:
            sound, length = self._sounded("effects", effect.file, Fraction(0))
            facts = mix_tracks.MixedFile("effects", effect.file, self.ask).answer(Loudness(), sound)
            if facts.integrated is None:
                self.notes.append(messages.silent_effect(effect.file.path.name))
            ended = self._fitted(mix_tracks.louder(sound, effect.gain), effect.file, length, effect.at)
            yield mix_tracks.placed(mix_tracks.wide(ended, effect.width), effect.at)

    def _room(self, file: Source, at: Fraction) -> Fraction:
        """How much of the programme is left for a track (s)."""
        left = self.programme.duration - at
        if left <= mix_tracks.CLICK:
            raise messages.begins_after_end(file.path.name, at, self.programme.duration)
        return left

    def _fitted(self, sound: Stream, file: Source, length: Fraction, at: Fraction) -> Stream:
        """A track, cut at the programme's end; a note says what is lost."""
        left = self._room(file, at)
        if length > left + mix_tracks.CLICK:
            self.notes.append(messages.track_cut(file.path.name, length - left))
        return mix_tracks.ended(sound, left)

    def _anchor(self) -> float | None:
        """The loudness that the music's level is relative to (LUFS)."""
        if self.clip is not None:
            return self.clip + self.settings.clip.gain
        return self._loudness(self.voice[0]).integrated if self.voice else None

    def _beside(self, sound: Stream, named: tuple[str, Source], level: float, anchor: float | None) -> Stream:
        """A track `level` LU above the anchor (LUFS); as recorded without an anchor."""
        name, file = named
        own = mix_tracks.MixedFile(name, file, self.ask).answer(Loudness(), sound).integrated
        if own is None:
            raise messages.silent_file(name, file.path.name)
        gain = 0.0 if anchor is None else round(anchor + level - own, 1)
        if abs(gain) > MOST:
            raise messages.gain_too_large(file.path.name, own, gain, anchor or 0, level)
        if gain:
            self.notes.append(messages.track_gain(file.path.name, gain, own + gain))
        return mix_tracks.louder(sound, gain)

    def _ducked(
        self, sound: Stream, duck: Duck | None, spans: Sequence[Span], name: str, seconds: Fraction
    ) -> Stream:
        if duck is None or not duck.depth or not spans:
            return sound
        curve = ducked([(span.start, span.end) for span in spans], duck.shape, seconds)
        self.notes.append(messages.ducked(name, duck.depth, curve.low))
        return moved(sound, curve)

    def _speech(self) -> tuple[SpeechTimes, tuple[Decision, ...]]:
        """When somebody speaks, as decided before or detected now; nothing if no track is ducked for it."""
        music, voice, clip = self.settings.music, self.voice, self.settings.clip
        if not (music and music.duck) and not (voice and clip.duck):
            return SpeechTimes(), ()
        about = digest(
            "mix", self.programme.sound.key, voice[0].key if voice else "", str(self.clip is None)
        )[:16]
        known = self.programme.decided(NAME, about)
        speech = (
            self._detected(bool(music and music.duck))
            if known is None
            else SpeechTimes.read(known, self.programme.duration)
        )
        return speech, (Decision(NAME, about, speech.values),)

    def _detected(self, in_clip: bool) -> SpeechTimes:
        programme, settings = self.programme, self.settings
        own: list[Span] = []
        if in_clip and self.clip is not None and programme.content_sound is not None:
            spans = (programme.programme_span(span) for span in self._clear_speech(programme.content_sound))
            own = [Span(_hundredths(span.start), _hundredths(span.end)) for span in spans if span is not None]
        at = settings.voice.at if settings.voice else Fraction(0)
        voice = self._spoken(self.voice[0]) if self.voice else []
        return SpeechTimes(tuple(own), tuple(Span(span.start + at, span.end + at) for span in voice))

    def _clear_speech(self, sound: Stream) -> list[Span]:
        """When somebody speaks in the clip.

        It is empty, with a note, if the detector may have mistaken music or noise for speech.
        """
        spans = self._spoken(sound)
        if not spans:
            return spans
        facts = self.ask(Measure(Speechlike(tuple(spans)), sound))
        if facts.clear:
            return spans
        self.notes.append(
            messages.speech_unclear((facts.gaps, GAPS), (facts.beat, BEAT), (facts.tones, TONES))
        )
        return []

    def _spoken(self, sound: Stream) -> list[Span]:
        return [Span(speech.start, speech.end) for speech in self.ask(Measure(Voice(), sound)).spans]

    def _loudness(self, sound: Stream) -> LoudnessFacts:
        return self.ask(Measure(Loudness(), sound))


def _hundredths(time: Fraction) -> Fraction:
    """The detector's precision, which is also readable in a lock file."""
    return Fraction(round(time * 100), 100)
