"""The types of settings that are read from YAML: sizes, rates, documents; frozen and strict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Self, cast

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetPydanticSchema,
    PlainSerializer,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import core_schema

from finish import units
from finish.errors import FinishError
from finish.model.media import Source
from finish.model.spec_documents import Document, Library
from finish.units import Size

if TYPE_CHECKING:
    from finish.model.delivery import Delivery
    from finish.model.drawn_text import TextFit

STILLS: Final = frozenset({".png", ".jpg", ".jpeg"})
TYPES: Final = frozenset({".ttf", ".otf"})
# For values that a validator makes, so that pydantic doesn't describe their fields. It must come before that
# validator. Describing a clip's facts in every setting that names a clip took a third of a cold start.
BY_CLASS: Final = GetPydanticSchema(lambda kind, _: core_schema.is_instance_schema(kind))
_Document = Annotated[Document, BY_CLASS]
_Source = Annotated[Source, BY_CLASS]


class Requirement:
    """A requirement that settings have for any finished file, no matter how it was made. A check turns it
    into promises (`finish.checks`).

    To add one: a frozen dataclass derived from this class, in the module of its check.
    """


class Settings(BaseModel):
    """Base of everything that is read from YAML: frozen, and an unknown key is an error."""

    # Validators are built for what a job states, when it is validated, and not for every part of it by
    # itself.
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True)

    # The setting that Python accepts without its name, if it isn't the first.
    unnamed: ClassVar[str] = ""

    @property
    def filling(self) -> Self:
        """The same settings for a picture that fills a part of the frame, beside or over others."""
        return self

    @property
    def together(self) -> tuple[Source, ...]:
        """The clips whose sounds the stage needs, planned up to the same stage."""
        return ()

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """The requirements of these settings for any finished file: `finish qc` checks them."""
        return ()

    def text_fits(self, delivery: Delivery, *, rooms: bool = False) -> Iterable[TextFit]:  # noqa: ARG002
        """How each text of the settings fits into the frame of a delivery.

        Without `rooms`, texts that fit for certain can be left out.
        """
        return ()

    @property
    def documents(self) -> Iterator[Document]:
        """Every document that the settings name, in the order of their fields."""
        return (file for file in self.files if isinstance(file, Document))

    @property
    def files(self) -> Iterator[Document | Source]:
        """Every document and clip that the settings name, in the order of their fields."""
        return _files(self)

    @classmethod
    def shorthand(cls, text: str) -> Mapping[str, Any] | None:  # noqa: ARG003 (for those that have one)
        """The settings that a single word means, written in their place; None if it means nothing."""
        return None


@contextmanager
def as_mistake() -> Iterator[None]:
    """Turn a FinishError of a validator into a ValueError: pydantic reports it with every other mistake."""
    try:
        yield
    except FinishError as error:
        raise ValueError(str(error)) from error


def _document(kind: str, awaited: str = "") -> BeforeValidator:
    """Reads the document that a setting names. A file of the job may be absent if the setting `awaited`,
    which is stated before it, is true."""

    def read(value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, Document):
            return value
        if not isinstance(value, str):
            raise ValueError(f"must be a file name, not {value!r}")  # noqa: TRY004 (for pydantic)
        library = cast(Library, info.context)
        written_later = library.absent(value) if awaited and info.data.get(awaited) is True else None
        return written_later or library.document(value, kind)

    return BeforeValidator(read)


_FILE_SCHEMA = WithJsonSchema({"type": "string"})
_as_path = PlainSerializer(
    lambda document: f"{document.path}#{document.part}" if document.part else str(document.path),
    return_type=str,
)
File = Annotated[_Document, _document(""), _as_path, _FILE_SCHEMA]
FileToCome = Annotated[_Document, _document("", awaited="recognise"), _as_path, _FILE_SCHEMA]
Look = Annotated[_Document, _document("luts"), _as_path, _FILE_SCHEMA]


def _picture(value: Any, info: ValidationInfo) -> Any:
    """The content of a still picture, or the facts of a clip."""
    if isinstance(value, Document | Source):
        return value
    if not isinstance(value, str):
        raise ValueError(f"must be a file name, not {value!r}")  # noqa: TRY004 (for pydantic)
    library = cast(Library, info.context)
    return library.document(value, "") if PurePath(value).suffix.lower() in STILLS else library.footage(value)


Picture = Annotated[
    _Document | _Source,
    BeforeValidator(_picture),
    PlainSerializer(lambda picture: str(picture.path), return_type=str),
    _FILE_SCHEMA,
]


def _recording(value: Any, info: ValidationInfo) -> Any:
    if isinstance(value, Source):
        return value
    if not isinstance(value, str):
        raise ValueError(f"must be a file name, not {value!r}")  # noqa: TRY004 (for pydantic)
    return cast(Library, info.context).footage(value, "sound")


Recording = Annotated[
    _Source,
    BeforeValidator(_recording),
    PlainSerializer(lambda recording: str(recording.path), return_type=str),
    _FILE_SCHEMA,
]


def _series(value: Any, info: ValidationInfo) -> Any:
    """The recordings that a setting names: `true` for all clips of the job, else names."""
    if isinstance(value, bool):
        return cast(Library, info.context).series() if value else ()
    return value


Series = Annotated[
    tuple[Recording, ...],
    BeforeValidator(_series),
    WithJsonSchema({"anyOf": [{"type": "boolean"}, {"type": "array", "items": {"type": "string"}}]}),
]


def _fonts(value: Any, info: ValidationInfo) -> Any:
    """The fonts that a setting names: a folder of them, or a list of folders and files."""
    documents: list[Document] = []
    for name in value if isinstance(value, tuple | list) else (value,):
        if isinstance(name, Document):
            documents.append(name)
        elif not isinstance(name, str):
            message = f"must be the name of a folder with fonts, not {name!r}"
            raise ValueError(message)  # noqa: TRY004 (for pydantic)
        elif PurePath(name).suffix.lower() in TYPES:
            documents.append(cast(Library, info.context).document(name, ""))
        else:
            documents += cast(Library, info.context).fonts(name)
    return tuple(documents)


Fonts = Annotated[
    tuple[_Document, ...],
    BeforeValidator(_fonts),
    PlainSerializer(lambda fonts: [str(font.path) for font in fonts], return_type=list[str]),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
StyleFile = Annotated[_Document, _document("styles"), _as_path, _FILE_SCHEMA]
TitleFile = Annotated[_Document, _document("titles"), _as_path, _FILE_SCHEMA]


def _size(value: Any) -> Any:
    return value if isinstance(value, Size) else Size.parse(str(value))


def _rate(value: Any) -> Any:
    try:
        return units.rate(value if isinstance(value, Fraction | float | int) else str(value))
    except (ValueError, ZeroDivisionError) as error:
        raise ValueError(f"{value!r} isn't a frame rate: write 25, 29.97 or 30000/1001") from error


def _seconds(value: Any) -> Any:
    return value if isinstance(value, Fraction) else units.seconds(value)


FrameSize = Annotated[
    Size,
    BY_CLASS,
    BeforeValidator(_size),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d+x\d+$"}),
]
Rate = Annotated[
    Fraction,
    BeforeValidator(_rate),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": ["number", "string"]}),
]
Seconds = Annotated[
    Fraction,
    BeforeValidator(_seconds),
    PlainSerializer(float, return_type=float),
    WithJsonSchema({"type": ["number", "string"]}),
]


class Stretch(Settings):
    """A range of a clip, from `from` to `to` seconds, or to its end."""

    model_config = ConfigDict(populate_by_name=True)

    start: Annotated[Seconds, Field(alias="from", ge=0, description="s of the clip")] = Fraction(0)
    end: Annotated[Seconds | None, Field(alias="to", description="s; the end if left out")] = None

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.end is not None and self.end <= self.start:
            times = f"{float(self.start):g} to {float(self.end):g} s"
            raise ValueError(f"a range must end after it starts, but this one is {times}")
        return self


def _files(value: Any) -> Iterator[Document | Source]:
    if isinstance(value, Document | Source):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _files(getattr(value, name))
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _files(item)
