"""The settings of the disclosure stage."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Annotated, Any, Final, Literal, Self, get_args

from pydantic import Field, field_validator, model_validator

from finish import model

NAME: Final = "disclosure"  # of the stage, and of its section in a job spec

# IPTC NewsCodes, "Digital Source Type" (cv.iptc.org/newscodes/digitalsourcetype), without retired codes.
SourceType = Literal[
    "digitalCapture",
    "computationalCapture",
    "negativeFilm",
    "positiveFilm",
    "print",
    "humanEdits",
    "compositeCapture",
    "algorithmicallyEnhanced",
    "digitalCreation",
    "dataDrivenMedia",
    "screenCapture",
    "virtualRecording",
    "composite",
    "compositeSynthetic",
    "trainedAlgorithmicMedia",
    "compositeWithTrainedAlgorithmicMedia",
    "algorithmicMedia",
]
_WORDS: Final = frozenset({"auto", "none", *get_args(SourceType)})
_ALIKE: Final = 0.75  # house value: one or two letters of a source type


class DisclosureSettings(model.Settings):
    """How the deliverable was made. `auto` takes what its clips state."""

    source_type: Annotated[
        Literal["auto", "none"] | SourceType,
        Field(
            description="IPTC's digital source type, written into the file as XMP: auto inherits that of "
            "generated clips; none states nothing, and needs a `reason`"
        ),
    ] = "auto"
    reason: Annotated[
        str, Field(max_length=200, description="why nothing is stated, for `source_type: none`")
    ] = ""
    required: Annotated[
        bool,
        Field(description="refuse a deliverable whose `source_type` nobody states; for brands and presets"),
    ] = False

    text: Annotated[
        str,
        Field(
            max_length=120,
            description="in a brand, the text that {disclosure} stands for in titles and end cards",
        ),
    ] = ""

    @classmethod
    def shorthand(cls, text: str) -> Mapping[str, Any] | None:
        if text in _WORDS:
            return {"source_type": text}
        # A misspelt source type is a mistake, and no text.
        return None if get_close_matches(text, _WORDS, n=1, cutoff=_ALIKE) else {"text": text}

    @field_validator("text")
    @classmethod
    def _printable(cls, text: str) -> str:
        if not text.isprintable():
            raise ValueError("the text has line breaks or control characters — write one line of text")
        return text

    @model_validator(mode="after")
    def _is_explicit(self) -> Self:
        if self.source_type == "none" and not self.reason.strip():
            raise ValueError("`source_type: none` needs a reason — add reason: why nothing is disclosed")
        if self.required and self.source_type == "auto":
            raise ValueError(
                "a source type must be stated, because `required` is set — state source_type, such as "
                "digitalCapture or trainedAlgorithmicMedia"
            )
        return self
