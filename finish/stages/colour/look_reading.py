"""A look's file, by its suffix → what it does to colours; understood exactly or refused with the reason."""

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


@lru_cache(maxsize=16)  # checked with the spec, used by every plan
def read(data: bytes, name: str, part: str = "") -> Transform:
    """The transform in a file called `name`, or the one of several in it that `part` names; FinishError "lut" with file and line."""
    suffix = PurePath(name).suffix.lower()
    if suffix in _OF_SEVERAL:
        return cdl.read(data, name, part)
    reader = READERS.get(suffix)
    if reader is None:
        kind = _NOT_READ.get(suffix, f'a "{suffix}" file')
        raise LutError(
            f"{kind} is not read as a look", f"these are: {' '.join((*READERS, *_OF_SEVERAL))}", where=name
        )
    if part:
        raise LutError(
            f'"#{part}" names a correction, and a {suffix} file has one look', f"write {name}", where=name
        )
    return reader(data, name)


@lru_cache(maxsize=16)
def usable(data: bytes, name: str, part: str = "") -> tuple[Transform, LookEffect]:
    """The same with what it does; FinishError "lut" too for a look that leaves no picture, as one in whole codes."""
    transform = read(data, name, part)
    done = effect(transform)
    if wrong := fault(transform, done):
        raise LutError(*wrong, where=name)
    return transform, done


def fault(transform: Transform, done: LookEffect) -> tuple[str, str] | None:
    """Why a look leaves no picture, and what to do; None for one that can be used."""
    return domain_fault(transform) or done.fault()
