"""The packaged display families: one folder each in `finish/fonts`, with static weights and their licence.

They are drawn as a user's font is: embedded, and renamed by their bytes. Letters that one lacks are drawn in
Noto.
"""

from __future__ import annotations

import struct
from functools import cache
from pathlib import Path
from typing import Final

from finish import resources
from finish.errors import FontError
from finish.model import Document
from finish.stages.captions.typesetting import packaged_fonts
from finish.stages.captions.typesetting.custom_font import custom_font
from finish.stages.captions.typesetting.packaged_fonts import FontFace

_NOTO_WEIGHTS: Final = range(400, 701)


def face(name: str, weight: int) -> FontFace:
    """The font of a packaged family at a weight; FontError for an unknown family, or one without the weight.

    A family of a single weight has it for every number.
    """
    files = _files(name)
    if not files:
        noto = packaged_fonts.family(name, also=families())
        if weight not in _NOTO_WEIGHTS:
            raise FontError(f"{noto.family} has the weights 400 to 700", "state one, or another family")
        return noto
    if len(files) > 1 and weight not in files:
        listed = ", ".join(map(str, sorted(files)))
        raise FontError(f"{name} has the weights {listed}, not {weight}", "state one of them")
    path = files.get(weight) or next(iter(files.values()))
    return custom_font(Document(path, path.read_bytes()), weight)


@cache
def families() -> tuple[str, ...]:
    """The names of the packaged display families."""
    return tuple(_family(next(folder.glob("*.ttf"))) for folder in _folders())


def _folders() -> list[Path]:
    return sorted(path for path in resources.folder("fonts").iterdir() if path.is_dir())


@cache
def _files(name: str) -> dict[int, Path]:
    """The files of a family by weight; {} for an unknown one."""
    slug = "-".join(name.lower().split())
    known = next((folder for folder in _folders() if folder.name == slug), None)
    return {_weight(path): path for path in sorted(known.glob("*.ttf"))} if known else {}


def _family(path: Path) -> str:
    return FontFace(path).family


def _weight(path: Path) -> int:
    """The weight that a file states (OS/2 usWeightClass)."""
    return int(struct.unpack_from(">H", FontFace(path).table("OS/2"), 4)[0])
