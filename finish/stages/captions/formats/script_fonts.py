"""The fonts of an ASS script: the user's, packaged ones, and a substitute for missing families."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import uharfbuzz as hb
from pysubs2 import SSAFile

from finish.model import Document, Note
from finish.stages.captions import messages
from finish.stages.captions.formats.font_substitutes import SUBSTITUTE, FontReplacement
from finish.stages.captions.typesetting import packaged_fonts
from finish.stages.captions.typesetting.custom_font import CustomFontFace, ass_encoded, custom_font

_REGULAR: Final = 400
_FONT_TAG: Final = re.compile(r"(\\fn)([^\\}]*)")
_OVERRIDE: Final = re.compile(r"\{[^{}]*\}")
_RESET_TAG: Final = re.compile(r"\\r([^\\}]+)")


def resolve_fonts(file: SSAFile, fonts: Sequence[Document]) -> list[Note]:
    """Replace, in place, every family that visible text names by one that exists, at the same width.

    Returns notes about it.

    The `fonts` of the user that are used are embedded in the script. FinishError for one that can't be used.
    """
    custom = _by_name(fonts)
    families = sorted(set(_used_families(file)), key=str.lower)
    resolved = {name: _resolved(name, custom) for name in families}
    missing = [name for name in families if resolved[name] == SUBSTITUTE and not _is_packaged(name)]
    FontReplacement(resolved, frozenset(missing)).replace_in(file)
    used = {custom[name.lower()] for name in families if name.lower() in custom}
    embedded = sorted(used, key=lambda face: face.digest)
    file.fonts_opaque.update({f"{face.family}.ttf": ass_encoded(face.font) for face in embedded})
    restricted = sorted(face.path.name for face in used if face.restricted)
    return [
        *([messages.font_substituted(missing, SUBSTITUTE)] if missing else []),
        *(messages.font_licence(name) for name in restricted),
    ]


def _used_families(file: SSAFile) -> Iterator[str]:
    """The families of visible text, as the script names them."""
    reset = {name.strip() for event in file.events for name in _RESET_TAG.findall(event.text)}
    used = {event.style for event in file.events} | reset
    families = [style.fontname for name, style in file.styles.items() if name in used]
    families += [
        tag[1].strip()
        for event in file.events
        for block in _OVERRIDE.findall(event.text)
        for tag in _FONT_TAG.findall(block)
    ]
    yield from (name for name in families if name not in ("", "0"))  # these mean the style's font


def _resolved(name: str, custom: Mapping[str, CustomFontFace]) -> str:
    """The family that draws what the script wants in `name`."""
    if name.lower() in custom:
        return custom[name.lower()].family
    return name if _is_packaged(name) else SUBSTITUTE


def _is_packaged(name: str) -> bool:
    return name.lower() in packaged_fonts.known_names()


def _by_name(fonts: Sequence[Document]) -> dict[str, CustomFontFace]:
    """The fonts by every name that they have, in lower case; the regular font represents its family."""
    faces: dict[str, CustomFontFace] = {}
    for document in sorted(fonts, key=_regular_first):
        face = custom_font(document, _REGULAR)
        for name in _names(document):
            faces.setdefault(name.lower(), face)
    return faces


def _regular_first(document: Document) -> tuple[bool, str]:
    return not document.path.stem.lower().endswith(("regular", "-roman", "book")), document.path.name


def _names(document: Document) -> list[str]:
    """Family, full name, PostScript name and typographic family, and the file's own name."""
    face: Any = hb.Face(hb.Blob(document.data))
    names = [str(face.get_name(number) or "") for number in (1, 4, 6, 16)]
    return [*filter(None, names), document.path.stem]
