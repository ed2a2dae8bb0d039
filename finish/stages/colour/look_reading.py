"""A look's file, by its suffix, to a transform of colours: read exactly, or refused with the reason."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import PurePath
from typing import Final

from finish.errors import LutError
from finish.stages.colour import cdl, cube, hald_clut, ocio
from finish.stages.colour.look_effect import LookEffect, domain_fault, effect
from finish.stages.colour.table import Transform

READERS: Final[dict[str, Callable[[bytes, str], Transform]]] = {
    ".cube": cube.read,
    **dict.fromkeys(ocio.KINDS, ocio.read),
    ".png": hald_clut.read,
}
_OF_SEVERAL: Final = (".cc", ".ccc", ".cdl")
_NOT_READ: Final = {
    ".look": "an IRIDAS look",
    ".m3d": "a Pandora table",
    ".dat": "a DaVinci table",
    ".xmp": "an Adobe profile",
}


@lru_cache(maxsize=16)  # read with the spec and again by every plan
def read(data: bytes, name: str, part: str = "") -> Transform:
    """The transform in a file called `name`, or the one of several that `part` names.

    LutError, with file and line, for a file that can't be read.
    """
    suffix = PurePath(name).suffix.lower()
    if suffix in _OF_SEVERAL:
        return cdl.read(data, name, part)
    reader = READERS.get(suffix)
    if reader is None:
        kind = _NOT_READ.get(suffix, f'a "{suffix}" file')
        raise LutError(
            f"{kind} isn't supported as a look",
            f"supported: {' '.join((*READERS, *_OF_SEVERAL))}",
            where=name,
        )
    if part:
        raise LutError(
            f'"#{part}" selects a correction, but a {suffix} file has one look', f"use {name}", where=name
        )
    return reader(data, name)


@lru_cache(maxsize=16)
def read_usable(data: bytes, name: str, part: str = "") -> tuple[Transform, LookEffect]:
    """The transform and its effect.

    LutError also for a look that leaves no picture, such as one in integer codes.
    """
    transform = read(data, name, part)
    measured = effect(transform)
    if reason := fault(transform, measured):
        raise LutError(*reason, where=name)
    return transform, measured


def fault(transform: Transform, measured: LookEffect) -> tuple[str, str] | None:
    """Why a look leaves no picture, and what to do; None for a usable look."""
    return domain_fault(transform) or measured.fault()
