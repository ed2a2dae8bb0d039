"""Tables of other programs (.3dl .csp .spi1d .spi3d .clf .ctf), read and applied by OpenColorIO."""

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
_HINT: Final = "check that the file is complete, or export it as a .cube (3D, 33 or 65 points)"
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
    """A transform by OpenColorIO, from a file or built in. Its processor works in 32-bit floats."""

    processor: Any = field(repr=False)
    title: str = ""

    def apply(self, rgb: Floats) -> Floats:
        """Code values (n, 3) through it."""
        values = np.ascontiguousarray(rgb, np.float32)
        self.processor.applyRGB(values)
        return values.astype(np.float64)


def read(data: bytes, name: str) -> OcioTransform:
    """The transform in a file. LutError, with OpenColorIO's reason, if it can't read all of the file."""
    if len(data) > BYTES:
        raise LutError(f"the file has {len(data):,} bytes; at most {BYTES:,} are read", _HINT, where=name)
    suffix = PurePath(name).suffix.lower()
    log: list[str] = []
    with _ALONE:
        try:
            processor = _processor(data, f"look{suffix}", log)
        except Exception as error:  # OpenColorIO's exceptions have no base of their own
            raise LutError(
                f"{KINDS[suffix]} can't be read: {_reason(str(error), log)}", _HINT, where=name
            ) from error
    # OpenColorIO only logs what it ignores, and the look would differ from the original.
    ignored = [line for line in log if "not allowed with the given file" not in line]
    if ignored:
        raise LutError(
            f"{KINDS[suffix]} has content that can't be read: {_one_line(ignored[0])}", _HINT, where=name
        )
    return OcioTransform(processor, KINDS[suffix])


def _processor(data: bytes, name: str, log: list[str]) -> Any:
    import PyOpenColorIO as ocio

    class InMemory(ocio.PyConfigIOProxy):  # type: ignore[misc]
        """A file system with one file."""

        def __init__(self) -> None:
            ocio.PyConfigIOProxy.__init__(self)

        def getConfigData(self) -> str:
            return _CONFIG

        def getLutData(self, path: str) -> list[int]:  # noqa: ARG002
            return list(data)

        def getFastLutFileHash(self, path: str) -> str:  # noqa: ARG002
            return str(hash(data))

    proxy = InMemory()  # must live until the processor is built
    ocio.SetLoggingFunction(lambda line: log.append(line) if "Warning" in line or "Error" in line else None)
    try:
        ocio.ClearAllCaches()
        transform = ocio.FileTransform(name)
        transform.setInterpolation(ocio.INTERP_BEST)
        processor = ocio.Config.CreateFromConfigIOProxy(proxy).getProcessor(transform)
        return processor.getOptimizedCPUProcessor(ocio.OPTIMIZATION_LOSSLESS)
    finally:
        ocio.ResetToDefaultLoggingFunction()


def _reason(error: str, log: list[str]) -> str:
    """The reason in OpenColorIO's text, which has the error of each reader; the last is of this format."""
    lines = [line.strip() for line in error.splitlines() if line.strip()]
    useful = [
        line
        for line in lines
        if "All formats have been tried" not in line and "could not be loaded" not in line
    ]
    return _one_line((useful or log or lines or ["no reason given"])[-1])


def _one_line(text: str) -> str:
    return " ".join(text.replace("[OpenColorIO Warning]: ", "").split())[:160]
