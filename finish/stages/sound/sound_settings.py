"""The settings of the sound stage."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from finish import model
from finish.checks.loudness_targets import TARGETS, LoudnessStandard
from finish.checks.requirements import LoudnessRequirement
from finish.model import Series, Source

NAME: Final = "sound"  # of the stage, and of its section in a job spec

_Target = Annotated[
    Literal[
        "social",
        "youtube",
        "spotify",
        "snapchat",
        "podcast",
        "aes-speech",
        "aes-music",
        "r128",
        "r128-s1",
        "r128-s2",
        "dpp",
        "a85",
        "netflix",
        "streaming",
        "none",
    ],
    Field(
        description="whose loudness: social, youtube, spotify -14 LUFS, podcast, snapchat, aes-music -16, "
        "aes-speech, r128-s2 -18, "
        "r128, r128-s1, dpp -23, a85 -24, netflix, streaming -27 of dialogue; none leaves the sound alone"
    ),
]
# House value: from quieter than any dialogue to louder than any destination; peaks as FFmpeg's loudnorm
# takes them.
_Lufs = Annotated[
    float, Field(ge=-40, le=-5, description="integrated loudness in LUFS, instead of the target's")
]
_Ceiling = Annotated[
    float, Field(ge=-9, le=0, description="highest true peak in dBTP, instead of the target's")
]
_Accept = Annotated[
    Literal["exact", "achievable"],
    Field(
        description="beyond 32 dB of gain or 8 dB of limiting: exact refuses, "
        "achievable delivers the nearest loudness"
    ),
]


class SoundSettings(model.Settings):
    """How loud the delivered sound is, and how high it peaks."""

    target: _Target = "social"
    lufs: _Lufs | None = None
    ceiling: _Ceiling | None = None
    accept: _Accept = "exact"
    album: Annotated[
        Series, Field(description="clips that get one gain: true for all of the job, or their names")
    ] = ()

    @model_validator(mode="after")
    def _numbers_need_a_target(self) -> SoundSettings:
        if self.target == "none" and (self.lufs, self.ceiling) != (None, None):
            raise ValueError(
                "target: none leaves the sound unchanged — remove lufs and ceiling, or name a target"
            )
        return self

    @property
    def together(self) -> tuple[Source, ...]:
        """The album's clips: one gain needs the sounds of all of them."""
        return self.album

    @property
    def requirements(self) -> tuple[LoudnessRequirement, ...]:
        """The target's loudness and peaks, of any finished file."""
        if self.target == "none":
            return ()
        return (LoudnessRequirement(self.aim, exact=self.accept == "exact", album=bool(self.album)),)

    @property
    def aim(self) -> LoudnessStandard:
        """The named target, with the numbers that the job or its preset states."""
        named = TARGETS[self.target]
        own = [key for key in ("lufs", "ceiling") if getattr(self, key) is not None]
        if not own:
            return named
        lufs, ceiling = (
            getattr(named if getattr(self, key) is None else self, key) for key in ("lufs", "ceiling")
        )
        return replace(
            named, lufs=lufs, ceiling=ceiling, source=f"{' and '.join(own)} as stated; else {named.source}"
        )
