"""The work of a mix: levels measured against each other, room made for speech, all of it added up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from finish.analysis.loudness import Loudness, LoudnessFacts
from finish.analysis.speech_detection import Voice
from finish.analysis.speech_likeness import BEAT, GAPS, TONES, Speechlike
from finish.errors import SpecError
from finish.graph import Stream
from finish.model import (
    Ask,
    ClipRange,
    Decision,
    Measure,
    Note,
    Programme,
    Source,
    act,
    detail,
    know,
    reading_lock,
)
from finish.model.sound_input import silence
from finish.stages.mix import mix_tracks
from finish.stages.mix.ducking_curve import ducked, moved
from finish.stages.mix.mix_settings import Duck, MixSettings
from finish.units import Span, clock, digest

NAME: Final = "mix"
MOST: Final = 40.0  # dB; house: what must be raised or lowered further is no bed but a mistake
FAINT: Final = -90.0  # dBTP; house: what peaks lower is digital silence with its dither, no sound
TOLD: Final = 4  # places that a note lists


@dataclass(frozen=True)
class Speech:
    """Where somebody speaks (s of the programme): in the clip's own sound, in the voice-over."""

    clip: tuple[Span, ...] = ()
    voice: tuple[Span, ...] = ()

    @property
    def values(self) -> dict[str, list[str]]:
        return {
            part: [str(ClipRange(span.start, span.end)) for span in spans]
            for part, spans in (("clip", self.clip), ("voice", self.voice))
        }

    @classmethod
    def read(cls, values: Any, end: Fraction) -> Speech:
        """What a lock file says; SpecError for what is none."""
        with reading_lock(NAME):
            return cls(
                *(
                    tuple(ClipRange.parse(str(each)).within(end) for each in values[part])
                    for part in ("clip", "voice")
                )
            )


class MixBuilder:
    """One mix on its way: its tracks, what they are measured against, and what is said of them."""

    def __init__(self, settings: MixSettings, programme: Programme, ask: Ask) -> None:
        self.settings, self.programme, self.ask = settings, programme, ask
        self.notes: list[Note] = []
        own = None if settings.clip.mute or programme.heard is None else self._loudness(programme.sound)
        self.clip = own.integrated if own else None
        self.faint = own is not None and own.true_peak > FAINT
        self.voice = self._voice_over() if settings.voice else None
        self.audible = any((self.clip is not None, settings.voice, settings.music, settings.effects))

    def done(self) -> Programme:
        if not self.audible:
            return self.programme
        speech, decisions = self._speech()
        parts = [*self._clip(speech), *self._voice(), *self._music(speech), *self._effects()]
        sound = (
            parts[0]
            if len(parts) == 1
            else parts[0].filter("amix", *parts[1:], inputs=len(parts), normalize=0, duration="first")
        )
        return self.programme.with_sound(sound).add_notes(*self.notes).add_decisions(*decisions)

    def _clip(self, speech: Speech) -> Iterator[Stream]:
        """What all else is added to: the clip's own sound, or silence as long."""
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
        mix_tracks.MixedFile("voice", settings.file, self.ask).answer(
            Loudness(), sound
        )  # asked here, its faults are its own
        return self._fitted(sound, settings.file, length, settings.at), min(
            length, self.programme.duration - settings.at
        )

    def _sounded(self, what: str, file: Source, begin: Fraction) -> tuple[Stream, Fraction]:
        """The sound of a file that is mixed in, from `begin` on, and how long it is."""
        found, length = mix_tracks.sounded(mix_tracks.MixedFile(what, file, self.ask), begin)
        self.notes += found.notes
        return found.sound, length

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

    def _music(self, speech: Speech) -> Iterator[Stream]:
        settings = self.settings.music
        if settings is None:
            return
        sound, length = self._sounded("music", settings.file, settings.begin)
        wanted = self._room(settings.file, settings.at)
        sound = self._beside(sound, ("music", settings.file), settings.level, self._anchor())
        if settings.loop:
            sound, loop = mix_tracks.looped(sound, length, wanted, settings.bar, settings.crossfade)
            if loop:
                bars = " (whole bars)" if settings.bar else ""
                self.notes.append(
                    detail(
                        "music-loops",
                        f"mix: {settings.file.path.name} again every {float(loop.period):.2f} s{bars}",
                    )
                )
        seconds = wanted if settings.loop else min(wanted, length)
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
        for each in self.settings.effects:
            sound, length = self._sounded("effects", each.file, Fraction(0))
            if (
                mix_tracks.MixedFile("effects", each.file, self.ask).answer(Loudness(), sound).integrated
                is None
            ):
                self.notes.append(
                    act("silent-effect", f"mix.effects: {each.file.path.name} is silent: name another file")
                )
            ended = self._fitted(mix_tracks.louder(sound, each.gain), each.file, length, each.at)
            yield mix_tracks.placed(mix_tracks.wide(ended, each.width), each.at)

    def _room(self, file: Source, at: Fraction) -> Fraction:
        """How much of the programme is left for a track (s)."""
        left = self.programme.duration - at
        if left <= mix_tracks.CLICK:
            message = f"{file.path.name} would begin at {clock(at)}, and the programme ends at {clock(self.programme.duration)}"
            raise SpecError(message, "let it begin earlier")
        return left

    def _fitted(self, sound: Stream, file: Source, length: Fraction, at: Fraction) -> Stream:
        """As much of a track as the programme has room for; what is lost is said."""
        left = self._room(file, at)
        if length > left + mix_tracks.CLICK:
            text = f"mix: {file.path.name} goes on for {float(length - left):.1f} s after the programme's end, and is cut there"
            self.notes.append(know("track-cut", text))
        return mix_tracks.ended(sound, left)

    def _anchor(self) -> float | None:
        """What the music's level is counted from (LUFS)."""
        if self.clip is not None:
            return self.clip + self.settings.clip.gain
        return self._loudness(self.voice[0]).integrated if self.voice else None

    def _beside(self, sound: Stream, named: tuple[str, Source], level: float, anchor: float | None) -> Stream:
        """A track `level` LU above the anchor; as it is recorded where there is none."""
        what, file = named
        own = mix_tracks.MixedFile(what, file, self.ask).answer(Loudness(), sound).integrated
        if own is None:
            raise SpecError(f"mix.{what}: {file.path.name} is silent", "name another file")
        gain = 0.0 if anchor is None else round(anchor + level - own, 1)
        if abs(gain) > MOST:
            message = f"{file.path.name} has {own:.1f} LUFS, and would need {gain:+.1f} dB to come to {anchor or 0:.1f} {level:+g} LU"
            raise SpecError(message, "state another level")
        if gain:
            self.notes.append(
                detail("track-gain", f"mix: {file.path.name} {gain:+.1f} dB, to {own + gain:.1f} LUFS")
            )
        return mix_tracks.louder(sound, gain)

    def _ducked(
        self, sound: Stream, duck: Duck | None, spans: Sequence[Span], what: str, seconds: Fraction
    ) -> Stream:
        if duck is None or not duck.depth or not spans:
            return sound
        curve = ducked([(span.start, span.end) for span in spans], duck.shape, seconds)
        self.notes.append(detail("ducked", f"mix: {what} {duck.depth:g} dB down in {_told(curve.low)}"))
        return moved(sound, curve)

    def _speech(self) -> tuple[Speech, tuple[Decision, ...]]:
        """Where somebody speaks, as decided before or heard now, where anything makes room for it."""
        music, voice, clip = self.settings.music, self.voice, self.settings.clip
        if not (music and music.duck) and not (voice and clip.duck):
            return Speech(), ()
        about = digest(
            "mix", self.programme.sound.key, voice[0].key if voice else "", str(self.clip is None)
        )[:16]
        known = self.programme.decided(NAME, about)
        found = (
            self._heard(bool(music and music.duck))
            if known is None
            else Speech.read(known, self.programme.duration)
        )
        return found, (Decision(NAME, about, found.values),)

    def _heard(self, in_clip: bool) -> Speech:
        programme, settings = self.programme, self.settings
        own: list[Span] = []
        if in_clip and self.clip is not None and programme.heard is not None:
            shown = (programme.shown(span) for span in self._clearly(programme.heard))
            own = [Span(_hundredths(span.start), _hundredths(span.end)) for span in shown if span is not None]
        at = settings.voice.at if settings.voice else Fraction(0)
        over = (
            [Span(span.start + at, span.end + at) for span in self._spoken(self.voice[0])]
            if self.voice
            else []
        )
        return Speech(tuple(own), tuple(over))

    def _clearly(self, sound: Stream) -> list[Span]:
        """Where somebody speaks in the clip; nowhere, and said, where the detector may have taken music or noise for speech."""
        spans = self._spoken(sound)
        if not spans:
            return spans
        facts = self.ask(Measure(Speechlike(tuple(spans)), sound))
        if facts.clear:
            return spans
        beat = "" if facts.beat is None else f", beat {facts.beat:.2f} of at most {BEAT:g}"
        text = (
            f"mix: whether somebody speaks in the clip cannot be told from music or noise (gaps {facts.gaps:.2f} of at least {GAPS:g}"
            f"{beat}, steady tones {facts.tones:.2f} of at most {TONES:g}): nothing is ducked for it"
        )
        self.notes.append(know("speech-unclear", text))
        return []

    def _spoken(self, sound: Stream) -> list[Span]:
        return [Span(each.start, each.end) for each in self.ask(Measure(Voice(), sound)).spans]

    def _loudness(self, sound: Stream) -> LoudnessFacts:
        return self.ask(Measure(Loudness(), sound))


def _hundredths(time: Fraction) -> Fraction:
    """As finely as the detector hears, and as people read in a lock file."""
    return Fraction(round(time * 100), 100)


def _told(spans: Iterable[Span]) -> str:
    listed = [f"{clock(span.start)}–{clock(span.end)}" for span in spans]
    return ", ".join(listed[:TOLD]) + (f" and {len(listed) - TOLD} more" if len(listed) > TOLD else "")
