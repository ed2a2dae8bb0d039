"""The settings of `captions:` in a job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import Field, field_validator, model_validator

from finish.model import Document, File, FileToCome, Fonts, StyleFile
from finish.model import Settings as Base
from finish.model.values import as_mistake
from finish.stages.captions.cues import stretch_factor
from finish.stages.captions.formats.markup import ENCODINGS, is_encoding
from finish.stages.captions.typesetting import style_file
from finish.stages.captions.typesetting.caption_style import CaptionStyle
from finish.units import LANGUAGE

NAME: Final = "captions"  # of the stage, and of its section in a job spec

Format = Literal["srt", "vtt", "ttml", "scc", "stl"]  # that a sidecar can have
StlMode = Literal["teletext", "open"]
Position = Literal["top", "middle", "bottom"]


class NeverWords(Base):
    """Words that no caption may contain."""

    words: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=100)], ...],
        Field(max_length=1000, description="words or phrases, whatever their case"),
    ] = ()
    refuse: bool = Field(default=False, description="refuse the deliverable instead of noting them")


class CaptionSettings(Base):
    """`captions:` of a job: the file, how it looks, and what happens to its cues."""

    unnamed: ClassVar[str] = "file"

    # Before `file`, which can be absent when this is set.
    recognise: bool = Field(
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
    stl_mode: StlMode = Field(
        default="teletext",
        description="EBU STL's display standard: teletext keeps colours, open keeps italics and underlining",
    )
    lang: Annotated[
        str,
        Field(
            pattern=f"^({LANGUAGE.pattern})?$",
            description="BCP 47 language, such as en or pt-BR: names sidecars; sets capitals and line breaks",
        ),
    ] = ""
    size: Annotated[float, Field(ge=0.5, le=2, description="factor on the style's own size")] = 1
    emphasis: tuple[Annotated[str, Field(min_length=1, max_length=100)], ...] = Field(
        default=(), description="words to draw bold, in the style's colour of emphasis"
    )
    position: Literal["auto", "file"] | Position = Field(
        default="auto", description="auto keeps clear of faces and letters; file takes the places of the file"
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
    never: NeverWords = Field(
        default=NeverWords(), description="words that no caption may contain: noted, or refused"
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
        """`captions: auto`: recognise speech once; after that, the written file counts."""
        return {"recognise": True, "file": "captions/{clip}.{lang}.srt"} if text == "auto" else None

    @field_validator("stretch")
    @classmethod
    def _two_rates(cls, text: str) -> str:
        stretch_factor(text)
        return text

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, name: str) -> str:
        if name and not is_encoding(name):
            raise ValueError(f'unknown text encoding "{name}" — {ENCODINGS}')
        return name

    @property
    def styled(self) -> CaptionStyle:
        """The style with the changes of `look` and `font`."""
        return style_file.styled(self.style, self.look, self.font)

    @field_validator("style")
    @classmethod
    def _valid_style(cls, document: Document) -> Document:
        with as_mistake():
            style_file.read(document)
        return document

    @model_validator(mode="after")
    def _valid_look(self) -> CaptionSettings:
        with as_mistake():
            _ = self.styled
        return self
