"""Which of this machine's instructions x264 may use, so that a piece has the same bytes however busy the machine is."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

from finish.graph import Output

# x264's macroblock tree, written for AVX-512, reads past the row where a picture's width in macroblocks is no multiple of 8 or 16
# (360, 720, 1080 px): what lies there is whatever the memory held before. Its AVX2 code is as fast (16.3 against 16.4 CPU-s for 400
# frames of 1080x1920) and gives the bytes of a machine without AVX-512. The wider code cannot be left out by itself.
STEADY: Final = "asm=avx2"
_MACHINE: Final = Path("/proc/cpuinfo")
_WIDE: Final = "avx512vl"


def steadied(output: Output) -> Output:
    """An output whose x264, if it has one, uses no AVX-512; no part of a piece's name, because other machines need no such option."""
    if ("c:v", "libx264") not in output.options or not _wide(_MACHINE):
        return output
    given = dict(output.options).get("x264-params")
    params = ("x264-params", f"{given}:{STEADY}" if given else STEADY)
    return replace(output, options=(params, *(each for each in output.options if each[0] != "x264-params")))


@cache
def _wide(machine: Path) -> bool:
    """Whether the processor has AVX-512, as Linux describes it; elsewhere it is taken to have none."""
    return machine.is_file() and _WIDE in machine.read_text(encoding="utf-8", errors="replace").split()
