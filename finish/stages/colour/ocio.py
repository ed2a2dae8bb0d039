"""Tables of other programs (.3dl .csp .spi1d .spi3d .clf .ctf), read and applied by OpenColorIO from memory."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, Final

import numpy as np

from finish.errors import LutError
from finish.stages.colour.table import Floats

KINDS: Final = {
    ".3dl": "a Lustre or Flame table",
    ".csp": "a cineSpace table",
    ".spi1d": "an Imageworks table",
    ".spi3d": "an Imageworks table",
    ".clf": "a Common LUT Format file",
    ".ctf": "a Color Transform Format file",
}
BYTES: Final = 64 * 2**20
_HINT: Final = "is it whole? Else export it as a .cube, 3D, 33 or 65 points"
_CONFIG: Final = """ocio_profile_version: 2
search_path: ""
roles: {default: raw}
file_rules:
  - !<Rule> {name: Default, colorspace: raw}
displays: {none: [!<View> {name: raw, colorspace: raw}]}
colorspaces:
  - !<ColorSpace> {name: raw, isdata: true}
"""
_ALONE: Final = threading.Lock()  # OpenColorIO logs for the whole process


@dataclass(frozen=True, eq=False)
class OcioTransform:
    """What OpenColorIO makes of a file, or of names of its own; its processor works in 32-bit floats."""

    processor: Any = field(repr=False)
    title: str = ""

    def apply(self, rgb: Floats) -> Floats:
        """Code values (n, 3) through it."""
        values = np.ascontiguousarray(rgb, np.float32)
        self.processor.applyRGB(values)
        return values.astype(np.float64)


def read(data: bytes, name: str) -> OcioTransform:
    """The transform in a file; FinishError "lut" for what OpenColorIO cannot read whole, with its reason."""
    if len(data) > BYTES:
        raise LutError(f"{len(data):,} bytes; {BYTES:,} are read at most", _HINT, where=name)
    suffix = PurePath(name).suffix.lower()
    said: list[str] = []
    with _ALONE:
        try:
            processor = _processor(data, f"look{suffix}", said)
        except Exception as wrong:  # OpenColorIO's exceptions have no base of their own
            raise LutError(
                f"{KINDS[suffix]} that is not understood: {_reason(str(wrong), said)}", _HINT, where=name
            ) from wrong
    # What it passes over it only logs: then the look would be another than its maker's.
    lost = [line for line in said if "not allowed with the given file" not in line]
    if lost:
        raise LutError(
            f"{KINDS[suffix]} with something that is not understood: {_plain(lost[0])}", _HINT, where=name
        )
    return OcioTransform(processor, KINDS[suffix])


def _processor(data: bytes, name: str, said: list[str]) -> Any:
    import PyOpenColorIO as ocio

    class InMemory(ocio.PyConfigIOProxy):  # type: ignore[misc]
        """The one file that there is."""

        def __init__(self) -> None:
            ocio.PyConfigIOProxy.__init__(self)

        def getConfigData(self) -> str:
            return _CONFIG

        def getLutData(self, path: str) -> list[int]:  # noqa: ARG002
            return list(data)

        def getFastLutFileHash(self, path: str) -> str:  # noqa: ARG002
            return str(hash(data))

    proxy = InMemory()  # must live as long as what is made of it is being made
    ocio.SetLoggingFunction(lambda line: said.append(line) if "Warning" in line or "Error" in line else None)
    try:
        ocio.ClearAllCaches()
        transform = ocio.FileTransform(name)
        transform.setInterpolation(ocio.INTERP_BEST)
        found = ocio.Config.CreateFromConfigIOProxy(proxy).getProcessor(transform)
        return found.getOptimizedCPUProcessor(ocio.OPTIMIZATION_LOSSLESS)
    finally:
        ocio.ResetToDefaultLoggingFunction()


def _reason(error: str, said: list[str]) -> str:
    """OpenColorIO tells what each of its readers says; the one of this format is the last that says something."""
    lines = [line.strip() for line in error.splitlines() if line.strip()]
    useful = [
        line
        for line in lines
        if "All formats have been tried" not in line and "could not be loaded" not in line
    ]
    return _plain((useful or said or lines or ["no reason given"])[-1])


def _plain(text: str) -> str:
    return " ".join(text.replace("[OpenColorIO Warning]: ", "").split())[:160]
