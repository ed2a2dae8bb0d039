"""The settings of the mix stage."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Final, Literal

from pydantic import ConfigDict, Field

from finish import model
from finish.checks.requirements import MonoRequirement
from finish.model import Recording, Seconds

NAME: Final = "mix"  # of the stage, and of its section in a job spec

Level = Annotated[
    float, Field(ge=-40, le=20, description="LU above the clip's own sound, else above the voice-over")
]
Gain = Annotated[float, Field(ge=-40, le=20, description="dB")]
Width = Annotated[float, Field(ge=0, le=2, description="of the stereo picture: 0 is mono, 1 as recorded")]
At = Annotated[Seconds, Field(ge=0, description="s of the programme")]
_Ramp = Annotated[Seconds, Field(ge=Fraction(1, 50), le=10)]
_Fade = Annotated[Seconds, Field(ge=0, le=30)]


@dataclass(frozen=True)
class DuckingShape:
    """How a track is ducked: by `depth` dB, within `attack` s before speech.

    It stays down for `hold` s after speech and comes back within `release` s.
    """

    depth: float
    attack: Fraction
    hold: Fraction
    release: Fraction


class Duck(model.Settings):
    """How far and how fast a sound goes down under speech: before the first word, and up after the last."""

    depth: Annotated[float, Field(ge=0, le=40, description="dB")] = 10
    attack: Annotated[_Ramp, Field(description="s to go down in, before speech begins")] = Fraction(3, 10)
    hold: Annotated[_Fade, Field(description="s to stay down after speech")] = Fraction(2, 5)
    release: Annotated[_Ramp, Field(description="s to come back in")] = Fraction(4, 5)

    @property
    def shape(self) -> DuckingShape:
        """The shape of the ducking."""
        return DuckingShape(self.depth, self.attack, self.hold, self.release)


class ClipMixSettings(model.Settings):
    """The clip's own sound; under a voice-over it is ducked."""

    gain: Gain = 0
    mute: bool = Field(default=False, description="leave the clip's own sound out")
    width: Width = 1
    duck: Duck | None = Field(default=Duck(), description="lower it under a voice-over; null never lowers it")


class VoiceOver(model.Settings):
    """A voice-over: a file, when it begins, and its level relative to the clip's own sound."""

    file: Recording = Field(description="a sound file")
    at: At = Fraction(0)
    level: Level = 0


class Music(model.Settings):
    """A music bed as long as the programme, with fades, ducked under speech.

    It repeats by whole bars if `bpm` is known, otherwise with crossfades.
    """

    model_config = ConfigDict(populate_by_name=True)

    file: Recording = Field(description="a sound file")
    level: Level = -8
    at: At = Fraction(0)
    begin: Annotated[Seconds, Field(alias="from", ge=0, description="s of the music to begin with")] = (
        Fraction(0)
    )
    loop: bool = Field(default=True, description="repeat the music until the programme ends")
    crossfade: Annotated[_Ramp, Field(description="s from the end of a round into the next")] = Fraction(1)
    bpm: Annotated[
        float | None, Field(ge=20, le=400, description="beats a minute: rounds are whole bars")
    ] = None
    beats: Annotated[int, Field(ge=1, le=16, description="beats in a bar")] = 4
    fade_in: Annotated[_Fade, Field(description="s")] = Fraction(1, 2)
    fade_out: Annotated[_Fade, Field(description="s")] = Fraction(2)
    width: Width = 1
    duck: Duck | None = Field(default=Duck(), description="lower it under speech; null never lowers it")

    @property
    def bar(self) -> Fraction | None:
        """Length of a bar (s)."""
        return None if self.bpm is None else Fraction(60) / Fraction(str(self.bpm)) * self.beats


class SoundEffect(model.Settings):
    """A sound at a time of the programme."""

    file: Recording = Field(description="a sound file")
    at: At
    gain: Gain = 0
    width: Width = 1


class MixSettings(model.Settings):
    """The sounds that play together: the clip, a voice-over, music, effects."""

    clip: ClipMixSettings = Field(default=ClipMixSettings(), description="the clip's own sound")
    voice: VoiceOver | None = Field(default=None, description="a voice-over")
    music: Music | None = Field(default=None, description="a music bed as long as the programme")
    effects: Annotated[
        tuple[SoundEffect, ...], Field(max_length=64, description="sounds at times of the programme")
    ] = ()
    room: Annotated[
        Literal["auto", "none"],
        Field(description="auto: quiet room tone if nothing else is audible; none: silence"),
    ] = "auto"
    mono: Annotated[
        Literal["note", "require"],
        Field(description="a mono downmix that loses more than 6 dB: note reports it, require refuses it"),
    ] = "note"

    @property
    def requirements(self) -> tuple[MonoRequirement, ...]:
        """Mono compatibility, if the job requires it."""
        return (MonoRequirement(),) if self.mono == "require" else ()
