"""A look's file, by its suffix → what it does to colours; understood exactly or refused with the reason."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import PurePath
from typing import Final

from finish.errors import FinishError
from finish.stages.colour import cdl, cube, foreign, hald
from finish.stages.colour.table import Transform

READERS: Final[dict[str, Callable[[bytes, str], Transform]]] = {
    ".cube": cube.read, **dict.fromkeys(foreign.KINDS, foreign.read), ".cc": cdl.read, ".ccc": cdl.read, ".cdl": cdl.read,
    ".png": hald.read,
}
_NOT_READ: Final = {".look": "an IRIDAS look", ".m3d": "a Pandora table", ".dat": "a DaVinci table", ".xmp": "an Adobe profile"}


@lru_cache(maxsize=16)  # checked with the spec, used by every plan
def read(data: bytes, name: str) -> Transform:
    """The transform in a file called `name`; FinishError "lut" with file and line for what is none."""
    suffix = PurePath(name).suffix.lower()
    reader = READERS.get(suffix)
    if reader is None:
        kind = _NOT_READ.get(suffix, f'a "{suffix}" file')
        raise FinishError("lut", f"{kind} is not read as a look", f"these are: {' '.join(READERS)}", where=name)
    return reader(data, name)
