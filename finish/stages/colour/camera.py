"""Cameras' logarithmic pictures to scene light, and scene light to a picture for BT.709 screens.

Both are OpenColorIO's built-in transforms, except for DJI's D-Log, which has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final, get_args

import numpy as np

from finish.stages.colour.colour_settings import Camera
from finish.stages.colour.ocio import OcioTransform
from finish.stages.colour.table import Floats

# Each maker's own curve and primaries, to ACES2065-1 (OpenColorIO 2.4's registry; LogC3 at EI 800).
_BUILTIN: Final[dict[str, str]] = {
    "slog3-sgamut3cine": "SONY_SLOG3-SGAMUT3.CINE_to_ACES2065-1",
    "slog3-sgamut3": "SONY_SLOG3-SGAMUT3_to_ACES2065-1",
    "logc3": "ARRI_ALEXA-LOGC-EI800-AWG_to_ACES2065-1",
    "logc4": "ARRI_LOGC4_to_ACES2065-1",
    "vlog": "PANASONIC_VLOG-VGAMUT_to_ACES2065-1",
    "clog2": "CANON_CLOG2-CGAMUT_to_ACES2065-1",
    "clog3": "CANON_CLOG3-CGAMUT_to_ACES2065-1",
    "applelog": "APPLE_LOG_to_ACES2065-1",
    "log3g10": "RED_LOG3G10-RWG_to_ACES2065-1",
    "redlogfilm": "RED_REDLOGFILM-RWG_to_ACES2065-1",
}
# The ACES 1.1 rendering for SDR video within BT.709: a published curve, with 18 % grey at a tenth of the
# screen's white.
_RENDERED: Final = (
    "ACES-OUTPUT - ACES2065-1_to_CIE-XYZ-D65 - SDR-VIDEO-REC709lim_1.1",
    "DISPLAY - CIE-XYZ-D65_to_REC.1886-REC.709",
)
RENDERING: Final = "ACES 1.1, SDR video within BT.709"

# Primaries and white (x, y) of SMPTE ST 2065-1 (AP0) and of BT.709; the ACES white is adapted to D65 by
# Bradford.
_AP0: Final = ((0.7347, 0.2653), (0.0, 1.0), (0.0001, -0.077), (0.32168, 0.33767))
_709: Final = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06), (0.3127, 0.3290))
# DJI, "White Paper on D-Log and D-Gamut" (2017).
_D_GAMUT: Final = ((0.71, 0.31), (0.21, 0.88), (0.09, -0.08), (0.3127, 0.3290))
# Lam, "Metamerism and Colour Constancy" (Bradford, 1985).
_BRADFORD: Final = np.array(((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296)))
_Primaries = tuple[tuple[float, float], ...]


@dataclass(frozen=True, eq=False)
class CameraTransform:
    """A camera's code values (0 to 1, full scale of the RGB picture) to scene light in BT.709's primaries.

    In scene light, 0.18 is mid grey, and white is unbounded.
    """

    camera: Camera

    def apply(self, rgb: Floats) -> Floats:
        """Code values (n, 3) to scene light (n, 3)."""
        if self.camera == "dlog":
            return _d_log(rgb) @ _between(_D_GAMUT, _709).T
        return _builtin(_BUILTIN[self.camera]).apply(rgb) @ _between(_AP0, _709).T


@dataclass(frozen=True, eq=False)
class DisplayRendering:
    """Scene light in BT.709's primaries to the code values of a BT.1886 screen."""

    def apply(self, rgb: Floats) -> Floats:
        """Scene light (n, 3) to code values (n, 3)."""
        return _builtin(*_RENDERED).apply(rgb @ _between(_709, _AP0).T)


def cameras() -> tuple[str, ...]:
    """The log formats that can be rendered."""
    return get_args(Camera)


def adapted(source: tuple[float, float], target: tuple[float, float]) -> Floats:
    """The matrix, in XYZ, that turns one white (x, y) into another, by Bradford's method."""
    before, after = (_BRADFORD @ _xyz(white) for white in (source, target))
    matrix: Floats = np.linalg.inv(_BRADFORD) @ np.diag(after / before) @ _BRADFORD
    return matrix


def to_xyz(primaries: _Primaries) -> Floats:
    """The matrix to XYZ from light in `primaries`: red, green, blue and white, (x, y) each (SMPTE RP 177)."""
    columns = np.stack([_xyz(primary) for primary in primaries[:3]], axis=1)
    matrix: Floats = columns * np.linalg.solve(columns, _xyz(primaries[3]))
    return matrix


def bt709() -> Floats:
    """The matrix from light in BT.709's primaries to XYZ."""
    return to_xyz(_709)


@cache
def _between(source: _Primaries, target: _Primaries) -> Floats:
    matrix: Floats = np.linalg.inv(to_xyz(target)) @ adapted(source[3], target[3]) @ to_xyz(source)
    return matrix


def _xyz(white: tuple[float, float]) -> Floats:
    x, y = white
    return np.array((x / y, 1.0, (1 - x - y) / y))


def _d_log(code: Floats) -> Floats:
    """D-Log's code values to light in D-Gamut (DJI's white paper)."""
    return np.where(
        code <= 0.14, (code - 0.0929) / 6.025, (10 ** ((code - 0.584555) / 0.256663) - 0.0108) / 0.9892
    )


@cache
def _builtin(*names: str) -> OcioTransform:
    import PyOpenColorIO as ocio

    chain = ocio.GroupTransform([ocio.BuiltinTransform(name) for name in names])
    return OcioTransform(
        ocio.Config.CreateRaw().getProcessor(chain).getOptimizedCPUProcessor(ocio.OPTIMIZATION_LOSSLESS)
    )
