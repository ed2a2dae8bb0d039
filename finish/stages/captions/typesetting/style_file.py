"""A style.yaml → the caption style that it describes, or an error for each mistake, with its line."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from pydantic import ValidationError

from finish.errors import FontError, SpecError
from finish.model import Document
from finish.model.yaml_models import YamlKind, reason
from finish.stages.captions.typesetting.caption_style import CaptionStyle
from finish.units import composed

DEPTH: Final = 4  # the packaged styles have two levels
_SEE_CLEAN: Final = "see the packaged style `clean` for every key"
# Parts that a style can omit. A job can't write null for them: there null means that the job states nothing.
_OPTIONAL: Final = frozenset(
    {"outline", "shadow", "echo", "glow", "box", "word_plate", "words", "spoken", "emphasis"}
)
_KIND: Final = YamlKind(CaptionStyle, "style", _SEE_CLEAN, DEPTH, ("title", "family", "font"))


def styled(document: Document, look: Mapping[str, Any], font: Document | None) -> CaptionStyle:
    """A style with the changes of a job or brand, in its own font or in `font`; FinishError for a mistake.

    In a `look` maps merge, and `none` removes a part.
    """
    style = read(document)
    if look:
        style = _changed(style, look)
    if font is None and style.font:
        font = _font_beside(document, style.font)
    return style.drawn_by(font) if font else style


@lru_cache(maxsize=32)  # validated with the spec, used by every plan
def read(document: Document) -> CaptionStyle:
    """The style in a document; FinishError with every mistake, each with its line."""
    return _KIND.read(document)


def _font_beside(document: Document, name: str) -> Document:
    """The font file of this name next to a style."""
    for font in document.beside:
        if composed(font.path.name) == composed(name):
            return font
    names = ", ".join(font.path.name for font in document.beside)
    hint = f"use one of {names}" if names else "put the font file into the style's folder"
    raise FontError(f"no font {name!r} next to the style", hint, where=str(document.path))


def _changed(style: CaptionStyle, look: Mapping[str, Any]) -> CaptionStyle:
    try:
        return CaptionStyle.model_validate(_merged(style.model_dump(), look))
    except ValidationError as error:
        mistakes = "; ".join(
            f"{'.'.join(str(part) for part in mistake['loc'])}: {reason(mistake)}"
            for mistake in error.errors(include_url=False)
        )
        raise SpecError(f"look: {mistakes}", _SEE_CLEAN) from error


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    both = {
        key: _merged(below[key], value)
        if isinstance(value, Mapping) and isinstance(below.get(key), Mapping)
        else value
        for key, value in above.items()
    }
    removed = {key: None for key, value in both.items() if value == "none" and key in _OPTIONAL}
    return {**below, **both, **removed}
