"""FFmpeg's planar Y'CbCr formats: their planes, their depth, and the codes of a colour."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Luma weights of red and blue: ITU-R BT.709-6 item 3.2.
_RED, _BLUE = 0.2126, 0.0722


@dataclass(frozen=True)
class PlanarFormat:
    """A pixel format such as "yuv420p10le", of BT.709 in limited range."""

    name: str

    @property
    def planes(self) -> str:
        """One letter per plane, as `extractplanes` names them."""
        return "yuva" if self.name.startswith("yuva") else "yuv"

    @property
    def bits(self) -> int:
        depth = re.search(r"p(\d+)le$", self.name)
        return int(depth[1]) if depth else 8

    def shared(self, plane: str) -> tuple[int, int]:
        """How many pixels across and down share one sample of a plane."""
        if plane in "ya":
            return 1, 1
        return {"420": (2, 2), "422": (2, 1), "444": (1, 1)}[self.name.lstrip("yuva")[:3]]

    def codes(self, colour: str) -> dict[str, int]:
        """The codes of an opaque colour (#RRGGBB): BT.709-6 items 3.2 to 3.5."""
        red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
        luma = _RED * red + (1 - _RED - _BLUE) * green + _BLUE * blue
        unit = 2 ** (self.bits - 8)
        codes = {
            "y": round((16 + 219 * luma) * unit),
            "u": round((128 + 224 * (blue - luma) / (2 - 2 * _BLUE)) * unit),
            "v": round((128 + 224 * (red - luma) / (2 - 2 * _RED)) * unit),
            "a": 2**self.bits - 1,
        }
        return {plane: codes[plane] for plane in self.planes}
