"""The settings of the pacing stage."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from finish import model
from finish.model import ClipRange, Document, File, Seconds, TimeRange

NAME: Final = "pacing"  # of the stage, and of its section in a job spec

FASTEST: Final = Fraction(
    11, 10
)  # house value: up to this factor, listeners don't notice that speech is faster
LEAST: Final = Fraction(1, 5)  # s; house value: with shorter pauses, words run into each other

# Sounds of hesitation in the languages with line-breaking rules. "er" isn't one: it is German for "he".
FILLERS: Final = frozenset(
    {
        "um",
        "umm",
        "uh",
        "uhh",
        "uhm",
        "erm",
        "hmm",
        "mhm",
        "äh",
        "ähm",
        "öh",
        "öhm",
        "euh",
        "heu",
        "ehm",
        "mmm",
    }
)

_Pause = Annotated[Seconds, Field(ge=LEAST, le=10)]
_Factor = Annotated[float, Field(ge=0.25, le=4)]


class Pauses(model.Settings):
    """A pause of more than `longer` s is cut to `keep` s: half after the last word, half before the next."""

    longer: Annotated[_Pause, Field(description="s; shorter pauses stay as they are")] = Fraction(7, 10)
    keep: Annotated[_Pause, Field(description="s; what is left of a longer one")] = Fraction(2, 5)

    @model_validator(mode="after")
    def _shorter(self) -> Pauses:
        if self.keep > self.longer:
            raise ValueError(
                f"keep: {float(self.keep):g} s is longer than longer: {float(self.longer):g} s — lower keep"
            )
        return self


class SpokenPassage(model.Settings):
    """The clip from the first to the last of these words, wherever they are spoken in a row."""

    text: Annotated[str, Field(min_length=1, max_length=500, description="words that are spoken in a row")]


class Speed(model.Settings):
    """A part of the clip that plays `by` times as fast at the same pitch; the whole clip without a range."""

    range: TimeRange = Field(default=ClipRange(Fraction(0), None), description="s of the clip, such as 3-8")
    by: _Factor = Field(description="how many times as fast")


class LengthFit(model.Settings):
    """The programme's length: pauses are shortened first, then everything is up to 1.1 times as fast.

    A longer programme is refused.
    """

    max: Annotated[Seconds | None, Field(gt=0, description="s at most")] = None
    exactly: Annotated[Seconds | None, Field(gt=0, description="s, to the frame")] = None

    @model_validator(mode="after")
    def _one(self) -> LengthFit:
        if (self.max is None) is (self.exactly is None):
            raise ValueError("fit takes either max or exactly — set one of them")
        return self

    @property
    def seconds(self) -> Fraction:
        """The requested length (s)."""
        return self.max or self.exactly or Fraction(0)


def _speeds(value: Any) -> Any:
    """A single number is the speed of the whole clip."""
    return ({"by": value},) if isinstance(value, int | float) and not isinstance(value, bool) else value


_Cut = TimeRange | SpokenPassage


@dataclass(frozen=True)
class _SpeedsSchema:
    """The JSON Schema of speeds: a factor for all, or a list. It's made when somebody asks for it."""

    def __get_pydantic_json_schema__(self, _: CoreSchema, __: GetJsonSchemaHandler) -> JsonSchemaValue:
        factor = {"type": "number", "minimum": 0.25, "maximum": 4}
        return {"anyOf": [factor, {"type": "array", "items": Speed.model_json_schema()}]}


Speeds = Annotated[tuple[Speed, ...], BeforeValidator(_speeds), _SpeedsSchema()]


class PacingSettings(model.Settings):
    """Which parts of a clip are kept, and how fast they play."""

    trim: Annotated[TimeRange | None, Field(description="the part to use, such as 3-57, 3- or -57")] = None
    keep: Annotated[
        tuple[_Cut, ...],
        Field(description="parts to keep, such as 3-57 or {text: words}; without any, all is kept"),
    ] = ()
    cut: Annotated[
        tuple[_Cut, ...], Field(description="parts to leave out, such as 3-57 or {text: words}")
    ] = ()
    pauses: Annotated[Pauses | None, Field(description="long pauses, shortened where nobody speaks")] = None
    voice: Annotated[
        Literal["webrtc", "silero"],
        Field(description="what detects speech: webrtc, or silero (finish[speech])"),
    ] = "webrtc"
    fillers: Annotated[
        bool | tuple[str, ...],
        Field(description="words to leave out: true for um, uh and similar sounds, or a list"),
    ] = False
    words: Annotated[
        Literal["speech"] | File | None,
        Field(description="the times of words: a transcript (.json), or speech to recognise them"),
    ] = None
    speed: Annotated[Speeds, Field(description="a factor for all, or {range, by} for parts")] = ()
    fit: Annotated[
        LengthFit | None, Field(description="the programme's length: {max: s} or {exactly: s}")
    ] = None

    @model_validator(mode="after")
    def _words_for_words(self) -> PacingSettings:
        if self.by_words and self.words is None:
            raise ValueError(
                "fillers and {text: …} need word times — "
                "set pacing: {words: transcript.json}, or words: speech"
            )
        return self

    @property
    def by_words(self) -> bool:
        """Whether any part is named by its words."""
        return bool(self.fillers) or any(isinstance(part, SpokenPassage) for part in (*self.keep, *self.cut))

    @property
    def fillers_meant(self) -> frozenset[str]:
        """The words to leave out, in lower case."""
        return FILLERS if self.fillers is True else frozenset(word.lower() for word in self.fillers or ())

    @property
    def transcript(self) -> Document | None:
        """The file with the words' times."""
        return self.words if isinstance(self.words, Document) else None
