"""The CPU instructions that x264 may use, so that the same frames always give the same bytes."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from finish.graph import Output
from finish.storage import platform

# The AVX-512 code of x264's macroblock tree reads past the row where a picture's width in macroblocks isn't a
# multiple of 8 or 16 (360, 720, 1080 px), so its result depends on what the memory held before. Its AVX2 code
# is as fast (16.3 against 16.4 CPU-s for 400 frames of 1080x1920) and gives the bytes of a machine without
# AVX-512. x264 has no option that disables the wider code alone.
STEADY: Final = "asm=avx2"
_WIDE: Final = "avx512vl"


def steadied(output: Output) -> Output:
    """An output whose x264, if it has one, uses no AVX-512. The option isn't part of a piece's name, because
    machines without AVX-512 don't need it."""
    if ("c:v", "libx264") not in output.options or _WIDE not in platform.cpu_flags(platform.CPU_FACTS):
        return output
    given = dict(output.options).get("x264-params")
    params = ("x264-params", f"{given}:{STEADY}" if given else STEADY)
    return replace(
        output, options=(params, *(option for option in output.options if option[0] != "x264-params"))
    )
