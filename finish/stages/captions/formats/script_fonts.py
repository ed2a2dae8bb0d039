"""The fonts that an ASS file asks for: the user's own from a folder, packaged ones, and a substitute for those that are not there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import uharfbuzz as hb
from pysubs2 import SSAFile

from finish.model import Document, Note, act, know
from finish.stages.captions.drawing.ass_writer import carried
from finish.stages.captions.typesetting import packaged_fonts
from finish.stages.captions.typesetting.custom_font import CustomFontFace, custom_font

# Drawn for every family that is not there: the widest coverage, and letters about as wide as those of Arial, which editors and FFmpeg
# name by default.
SUBSTITUTE: Final = "Noto Sans"
_REGULAR: Final = 400
_FONT_TAG: Final = re.compile(r"(\\fn)([^\\}]*)")
_OVERRIDE: Final = re.compile(r"\{[^{}]*\}")
_RESET_TAG: Final = re.compile(r"\\r([^\\}]+)")


def resolve_fonts(file: SSAFile, given: Sequence[Document]) -> list[Note]:
    """Give every family that the script's shown text asks for a font that is there, in place; what was done about it.

    FinishError for a font of the folder that cannot be used. Those that are used travel inside the script.
    """
    mine = _by_name(given)
    asked = sorted(set(_asked(file)), key=str.lower)
    new = {name: _instead(name, mine) for name in asked}
    for style in file.styles.values():
        style.fontname = new.get(style.fontname, style.fontname)
    for event in file.events:
        event.text = _OVERRIDE.sub(
            lambda block: _FONT_TAG.sub(lambda tag: tag[1] + new.get(tag[2].strip(), tag[2]), block[0]),
            event.text,
        )
    used = {mine[name.lower()] for name in asked if name.lower() in mine}
    file.fonts_opaque.update(
        {f"{face.family}.ttf": carried(face.font) for face in sorted(used, key=lambda face: face.digest)}
    )
    return _notes(
        [
            name
            for name in asked
            if new[name] == SUBSTITUTE and name.lower() not in packaged_fonts.known_names()
        ],
        used,
    )


def _notes(gone: Sequence[str], used: set[CustomFontFace]) -> list[Note]:
    text = (
        f"the ASS file asks for {', '.join(gone)}, not there: drawn in {SUBSTITUTE} "
        "(`captions: {fonts: FOLDER}` names a folder with fonts)"
    )
    forbidden = sorted(face.path.name for face in used if face.restricted)
    said = [know("font-substituted", text)] if gone else []
    return [
        *said,
        *(
            act("font-licence", f"{name} says that its licence forbids embedding: check it")
            for name in forbidden
        ),
    ]


def _asked(file: SSAFile) -> Iterator[str]:
    """The families of what is shown, as the script names them."""
    shown = {event.style for event in file.events} | {
        name.strip() for event in file.events for name in _RESET_TAG.findall(event.text)
    }
    names = [style.fontname for name, style in file.styles.items() if name in shown]
    names += [
        found[1].strip()
        for event in file.events
        for block in _OVERRIDE.findall(event.text)
        for found in _FONT_TAG.findall(block)
    ]
    yield from (name for name in names if name)


def _instead(name: str, mine: Mapping[str, CustomFontFace]) -> str:
    if name.lower() in mine:
        return mine[name.lower()].family
    return name if name.lower() in packaged_fonts.known_names() else SUBSTITUTE


def _by_name(given: Sequence[Document]) -> dict[str, CustomFontFace]:
    """The folder's fonts by every name that they go by, in lower case; of one family the regular one stands for it."""
    found: dict[str, CustomFontFace] = {}
    for document in sorted(given, key=_weighty):
        face = custom_font(document, _REGULAR)
        for name in _names(document):
            found.setdefault(name.lower(), face)
    return found


def _weighty(document: Document) -> tuple[bool, str]:
    return not document.path.stem.lower().endswith(("regular", "-roman", "book")), document.path.name


def _names(document: Document) -> list[str]:
    """Family, full name, PostScript name and typographic family, and the file's own name."""
    face: Any = hb.Face(hb.Blob(document.data))
    return [name for number in (1, 4, 6, 16) if (name := str(face.get_name(number) or ""))] + [
        document.path.stem
    ]
