"""What a job says of its captions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import Field, field_validator, model_validator

from finish.errors import FinishError
from finish.model import Document, File, FileToCome, Fonts, StyleFile
from finish.model import Settings as Base
from finish.stages.captions.cues import stretch_factor
from finish.stages.captions.formats.markup import ENCODINGS, is_encoding
from finish.stages.captions.formats.sidecar import Format
from finish.stages.captions.placement.card_placement import Position
from finish.stages.captions.typesetting import caption_style as styles
from finish.stages.captions.typesetting.caption_style import CaptionStyle, styled

V = TypeVar("V")


class CaptionSettings(Base):
    """`captions:` of a job. `size` scales the style's own size; `lang` names sidecars and sets capitals (BCP 47, as "en" or "pt-BR").

    `font` is a file of one's own, `fonts` a folder with those that an ASS file names, and `look` says keys of the style otherwise: maps
    merge, none takes a part away.
    `emphasis`: words that are burnt bold, in the style's colour of emphasis. `position`: auto stands clear of faces, shot by shot.
    `encoding` is that of a file that is no Unicode; `stretch`, as 25:23.976, is for captions that were made for another speed.
    `recognise` writes the file from the clip's speech where it is not there yet; `words: speech` takes words' times from there; names
    in the `glossary` are spelt so where they are heard; `mask` hides words, or "profanity".
    `rules`: whether captions that break the rules for reading are noted (those that read too fast) or refused.
    """

    unnamed: ClassVar[str] = "file"

    recognise: bool = Field(  # before the file, which it lets be absent
        default=False,
        description="recognise the clip's speech and write `file` if it's missing; `captions: auto` sets it",
    )
    file: FileToCome | None = Field(
        default=None,
        description=".srt .vtt .ass .ttml .imsc .dfxp .scc .stl .json (words with times) .txt (no times)",
    )
    style: Annotated[
        StyleFile,
        Field(validate_default=True, description="a packaged caption style, or a folder's style.yaml"),
    ] = "clean"  # type: ignore[assignment]
    font: File | None = Field(default=None, description="a font file; Noto draws what it lacks")
    fonts: Fonts = Field(default=(), description="a folder with the fonts that an ASS file names")
    look: Mapping[str, Any] = Field(
        default_factory=dict,
        description="keys of the caption style to change; maps merge, `none` removes a part",
    )
    burn: bool = Field(default=True, description="draw the captions into the picture")
    sidecar: tuple[Format, ...] = Field(default=(), description="caption files to write beside the video")
    lang: Annotated[
        str,
        Field(
            pattern=r"^([A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*)?$",
            description="BCP 47 language, such as en or pt-BR: names sidecars; sets capitals and line breaks",
        ),
    ] = ""
    size: Annotated[float, Field(ge=0.5, le=2, description="factor on the style's own size")] = 1
    emphasis: tuple[Annotated[str, Field(min_length=1, max_length=100)], ...] = Field(
        default=(), description="words to draw bold, in the style's colour of emphasis"
    )
    position: Literal["auto"] | Position = Field(
        default="bottom", description="auto avoids faces and letters in the picture, shot by shot"
    )
    encoding: Annotated[
        str, Field(max_length=40, description="text encoding of a caption file that isn't Unicode")
    ] = ""
    words: Literal["file", "speech"] = Field(
        default="file",
        description="source of word times: the file, else syllables; or speech (needs finish[speech])",
    )
    glossary: tuple[Annotated[str, Field(min_length=1, max_length=100)], ...] = Field(
        default=(), description="names and how to spell them where speech recognition hears them"
    )
    mask: Literal["profanity"] | tuple[Annotated[str, Field(min_length=1, max_length=100)], ...] = Field(
        default=(), description="words to hide: profanity, or a list"
    )
    stretch: Annotated[
        str,
        Field(max_length=40, description="two frame rates, such as 25:23.976, for captions of another speed"),
    ] = ""
    rules: Literal["note", "require"] = Field(
        default="note",
        description="captions that break the reading rules: note them, or refuse the deliverable",
    )

    @classmethod
    def shorthand(cls, text: str) -> Mapping[str, Any] | None:
        """`captions: auto`: recognised once, then the file is what counts."""
        return {"recognise": True, "file": "captions/{clip}.{lang}.srt"} if text == "auto" else None

    @field_validator("stretch")
    @classmethod
    def _two_rates(cls, text: str) -> str:
        stretch_factor(text)
        return text

    @field_validator("encoding")
    @classmethod
    def _known(cls, name: str) -> str:
        if name and not is_encoding(name):
            raise ValueError(f'no encoding of texts is called "{name}" — {ENCODINGS}')
        return name

    @property
    def styled(self) -> CaptionStyle:
        """The style with what is said otherwise."""
        return styled(self.style, self.look, self.font)

    @field_validator("style")
    @classmethod
    def _readable(cls, document: Document) -> Document:
        return _or_value_error(lambda: styles.read(document), document)

    @model_validator(mode="after")
    def _styled(self) -> CaptionSettings:
        return _or_value_error(lambda: self.styled, self)


def _or_value_error(attempt: Callable[[], object], value: V) -> V:
    """What pydantic collects."""
    try:
        attempt()
    except FinishError as wrong:
        raise ValueError(str(wrong)) from wrong
    return value
