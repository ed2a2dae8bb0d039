"""A caption style: how captions look, in parts of an em, so that it is the same on every frame. A style is a folder with `style.yaml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Annotated, Any, Final, Literal

from pydantic import Field, PrivateAttr, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent
from ruamel.yaml.nodes import MappingNode, Node

from finish.errors import FinishError, FontError, SpecError, several
from finish.model import Document, Settings
from finish.model.yaml_text import cuts
from finish.stages.captions.typesetting import packaged_fonts
from finish.stages.captions.typesetting.custom_font import custom_font
from finish.stages.captions.typesetting.packaged_fonts import FontFace
from finish.units import composed

BYTES: Final = 64_000  # the packaged styles are under 1 kB
DEPTH: Final = 4  # and two levels deep
_MODEL: Final = "see the packaged style `clean` for every key"

Colour = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]
Opacity = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Ems = Annotated[float, Field(ge=0, le=2, allow_inf_nan=False)]


class OutlineStyle(Settings):
    """A line around every letter; `blur` softens its outer edge."""

    width: Ems = Field(description="em")
    blur: Ems = Field(default=0, description="em by which the outer edge is softened")
    colour: Colour = Field(default="#000000", description="#RRGGBB")
    opacity: Opacity = Field(default=1, description="0 transparent to 1 opaque")


class ShadowStyle(Settings):
    """A soft copy of the text, `drop` below it."""

    drop: Ems = Field(description="em below the text")
    blur: Ems = Field(default=0, description="em by which the shadow is softened")
    colour: Colour = Field(default="#000000", description="#RRGGBB")
    opacity: Opacity = Field(default=0.5, description="0 transparent to 1 opaque")


class PlateStyle(Settings):
    """A rounded plate behind the whole card; `padding` is what it shows beside and above the text; `across`: as wide as the safe zone."""

    colour: Colour = Field(default="#000000", description="#RRGGBB")
    opacity: Opacity = Field(default=0.8, description="0 transparent to 1 opaque")
    padding: tuple[Ems, Ems] = Field(
        default=(0.5, 0.25), description="em beside the text, em above and below it"
    )
    radius: Ems = Field(default=0.25, description="em; radius of the corners")
    across: bool = Field(default=False, description="as wide as the safe area")


class SpokenWordStyle(Settings):
    """How a card shows which word is spoken: `fill` sweeps over each, `word` lights up the present one, `type` lets letters appear."""

    how: Literal["fill", "word", "type"] = Field(
        description="fill: a sweep over each word; word: the spoken word lights up; type: letters appear"
    )
    colour: Colour = Field(default="#FFE500", description="#RRGGBB of what is spoken")


class CaptionStyle(Settings):
    """One caption style. `size` is the em as a part of the frame's shorter side, `leading` the distance of two baselines in em.

    `words` is the most words of a card (None: as many as fit in `lines`); `entrance` is how a card comes in; `spoken` how it follows
    the words as they are spoken; `emphasis` is the colour of what is bold (None: that of the rest). `font` names a file beside the style
    instead of a `family`; once it is found, it says which font that is, by its bytes.
    """

    title: str = Field(description="the name that people read")
    family: str = Field(default="Noto Sans", description="a packaged font family")
    font: Annotated[str, Field(pattern=r"^[^/\\\\]+$", max_length=200)] | None = Field(
        default=None, description="a font file beside the style, instead of a family"
    )
    weight: Literal[400, 500, 600, 700] = Field(default=600, description="400 regular to 700 bold")
    size: Annotated[float, Field(ge=0.02, le=0.2, description="the em, as a share of the frame's short side")]
    case: Literal["as-is", "upper"] = Field(default="as-is", description="upper draws capitals only")
    colour: Colour = Field(default="#FFFFFF", description="#RRGGBB of the letters")
    outline: OutlineStyle | None = Field(default=None, description="a line around every letter")
    shadow: ShadowStyle | None = Field(default=None, description="a soft copy below the text")
    box: PlateStyle | None = Field(default=None, description="a plate behind the card")
    leading: Annotated[float, Field(ge=1, le=2, description="em from baseline to baseline")] = 1.25
    lines: Literal[1, 2] = Field(default=2, description="the most lines of a card")
    words: Annotated[int, Field(ge=1, le=50)] | None = Field(
        default=None, description="the most words of a card; without a number, as many as fit"
    )
    entrance: Literal["none", "pop"] = Field(default="none", description="how a card comes in")
    spoken: SpokenWordStyle | None = Field(default=None, description="how the card follows the spoken words")
    emphasis: Colour | None = Field(
        default=None, description="#RRGGBB of bold words; otherwise the letters' colour"
    )
    _own: FontFace | None = PrivateAttr(default=None)

    @property
    def face(self) -> FontFace:
        """The font that draws what it can; FontError for a family that is not packaged."""
        return self._own or packaged_fonts.family(self.family)

    def drawn_by(self, document: Document) -> CaptionStyle:
        """The style with a font of one's own."""
        face = custom_font(document, self.weight)
        style = self.model_copy(update={"font": face.family})
        style._own = face
        return style


def styled(document: Document, look: Mapping[str, Any], font: Document | None) -> CaptionStyle:
    """A style with what a job or brand says otherwise, in its own font or another; FinishError.

    In a `look` maps merge, and none takes a part away.
    """
    style = read(document)
    if look:
        style = _bent(style, look)
    if font is None and style.font:
        font = next(
            (each for each in document.beside if composed(each.path.name) == composed(style.font)), None
        )
        if font is None:
            there = ", ".join(each.path.name for each in document.beside) or "no font lies there"
            raise FontError(f"no font {style.font!r} beside the style", there, where=str(document.path))
    return style.drawn_by(font) if font else style


def _bent(style: CaptionStyle, look: Mapping[str, Any]) -> CaptionStyle:
    try:
        return CaptionStyle.model_validate(_merged(style.model_dump(), look))
    except ValidationError as wrong:
        said = "; ".join(
            f"{'.'.join(str(part) for part in error['loc'])}: {_told(error)}"
            for error in wrong.errors(include_url=False)
        )
        raise SpecError(f"look: {said}", _MODEL) from wrong


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    both = {
        key: _merged(below[key], value)
        if isinstance(value, Mapping) and isinstance(below.get(key), Mapping)
        else value
        for key, value in above.items()
    }
    gone = {key: None for key, value in both.items() if value == "none" and key in _OPTIONAL}
    return {**below, **both, **gone}


# Parts that a style may do without. A job cannot say null of them: there it means that nothing is said.
_OPTIONAL: Final = frozenset({"outline", "shadow", "box", "words", "spoken", "emphasis"})


@lru_cache(maxsize=32)  # checked with the spec, used by every plan
def read(document: Document) -> CaptionStyle:
    """The style in a document; FinishError with every mistake, each with its line."""
    path = str(document.path)
    if len(document.data) > BYTES:
        raise SpecError(
            f"a style of {len(document.data):,} bytes; {BYTES:,} are read at most", _MODEL, where=path
        )
    try:
        text = document.data.decode("utf-8-sig")
        _refuse_bombs(text, path)
        _refuse_cuts(text, path)
        return CaptionStyle.model_validate(YAML(typ="safe", pure=True).load(text))
    except ValidationError as wrong:
        raise several(tuple(_mistakes(wrong, YAML(typ="safe", pure=True).compose(text), path))) from wrong
    except UnicodeDecodeError as wrong:
        raise SpecError("a style that is not UTF-8", "save the file as UTF-8", where=path) from wrong
    except MarkedYAMLError as wrong:
        line = wrong.problem_mark.line + 1 if wrong.problem_mark else 1
        raise SpecError(f"no YAML: {wrong.problem}", _MODEL, where=f"{path}:{line}") from wrong
    except (YAMLError, ValueError, RecursionError) as wrong:
        raise SpecError("no YAML", _MODEL, where=path) from wrong


def _refuse_cuts(text: str, path: str) -> None:
    """A colour without quotes is a comment in YAML, and so is the rest of a title behind " #"."""
    found = [
        cut
        for cut in cuts(text, YAML(typ="safe", pure=True).parse(text))
        if not cut.written or cut.key in _TEXTS
    ]
    mistakes = [
        SpecError(
            f'{cut.key}: "{cut.comment.strip()}" is read as a comment',
            f"put it in quotes: {cut.form}",
            where=f"{path}:{cut.line}",
        )
        for cut in found
    ]
    if mistakes:
        raise several(tuple(mistakes))


_TEXTS: Final = ("title", "family", "font")


def _refuse_bombs(text: str, path: str) -> None:
    """An alias makes a huge value of a small file, and ruamel takes 16 s for 5,000 open brackets; a style has no use for either."""
    depth = 0
    for event in YAML(typ="safe", pure=True).parse(text):
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if isinstance(event, AliasEvent) or depth > DEPTH:
            what = "a YAML alias" if isinstance(event, AliasEvent) else f"YAML nested more than {DEPTH} deep"
            raise SpecError(what, "write the value out", where=f"{path}:{event.start_mark.line + 1}")


def _mistakes(wrong: ValidationError, tree: Node | None, path: str) -> Iterator[FinishError]:
    for error in wrong.errors(include_url=False):
        key = ".".join(str(part) for part in error["loc"]) or "style"
        yield SpecError(f"{key}: {_told(error)}", _MODEL, where=f"{path}:{_line(tree, error['loc'])}")


def _told(error: Mapping[str, Any]) -> str:
    """What is wrong with a value of a style, in a user's words."""
    kind, value = str(error["type"]), error.get("input")
    if kind == "extra_forbidden":
        return "unknown key"
    if kind == "missing":
        return "missing"
    if kind == "string_pattern_mismatch" and "#" in str(error.get("ctx", {}).get("pattern", "")):
        return f'"{str(value)[:40]}" is no colour: write six hexadecimal digits in quotes, as "#FF8800"'
    if kind == "string_pattern_mismatch":
        return f'"{str(value)[:40]}" is no file name: name a font beside the style'
    if kind == "literal_error":
        return f"{str(value)[:40]!r} is none of {error['ctx']['expected']}"
    if kind.endswith(("_type", "_parsing")):
        return (
            f"wanted {_WANTED.get(kind.rpartition('_')[0], 'another kind of value')}, not {str(value)[:40]!r}"
        )
    bounds = {name: error.get("ctx", {}).get(name) for name in ("ge", "le", "gt", "lt")}
    stated = ", ".join(
        f"{_BOUNDS[name]} {bound:g}" for name, bound in bounds.items() if isinstance(bound, int | float)
    )
    return f"{str(value)[:40]} is out of range: {stated}" if stated else str(error["msg"])


_WANTED: Final = {
    "string": "text",
    "float": "a number",
    "int": "a whole number",
    "bool": "true or false",
    "model": "a map",
    "dict": "a map",
    "tuple": "a list",
}
_BOUNDS: Final = {"ge": "at least", "le": "at most", "gt": "more than", "lt": "less than"}


def _line(tree: Node | None, location: tuple[Any, ...]) -> int:
    """Where the value at a location stands: the line of its key, or of the nearest mapping around it."""
    line = 1
    for part in location:
        if not isinstance(tree, MappingNode):
            break
        pair = next(((key, value) for key, value in tree.value if key.value == part), None)
        if pair is None:
            break
        line, tree = pair[0].start_mark.line + 1, pair[1]
    return line
