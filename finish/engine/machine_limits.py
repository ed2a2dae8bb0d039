"""How much of a job runs at the same time."""

from __future__ import annotations

import os
from typing import Final

from finish.media.ffmpeg import process
from finish.storage import platform

CHECKED_AT_ONCE: Final = 2
# Picture processes. One has an encoder with four threads for each deliverable and uses two to four cores by
# itself. On 2 cores, two in parallel took as long as one after the other (1.00 of wall time, 0.99 to 1.03 of
# CPU time).
RENDERED_AT_ONCE: Final = max(1, (os.cpu_count() or 1) // 4)
# Clips: while the pictures of one are rendered, the next is read, analysed and planned. On 2 cores, twenty
# clips of a second took 36.4 and 33.7 s with one clip at a time, 29.1 and 25.5 s with two, and 30.4 and 27.9
# s with three.
CLIPS_AT_ONCE: Final = 2
# A picture process uses about 130 bytes for each pixel of each picture that it encodes (measured at 1080p:
# 378 MB for one picture, 270 MB for each further one). All processes together may use half of the machine's
# memory. A process needs more address space than memory: its limit of 12 GiB was too small for 32 pictures of
# the social frame sizes (about 190 bytes a pixel) and large enough for 16.
PIXELS_AT_ONCE: Final = min(platform.memory_bytes() // 2 // 130 // RENDERED_AT_ONCE, process.MEMORY // 300)
