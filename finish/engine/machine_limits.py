"""How much of a job is in hand at once."""

from __future__ import annotations

import os
from typing import Final

from finish.media.ffmpeg import process
from finish.storage import platform

CHECKED_AT_ONCE: Final = 2
# Picture processes at once. One has an encoder of four threads for each deliverable and fills two to four cores by itself; on 2
# cores two at once took as long as one after the other (1.00 of wall, 0.99 to 1.03 of CPU).
RENDERED_AT_ONCE: Final = max(1, (os.cpu_count() or 1) // 4)
# Clips in hand: while one's pictures are rendered, the next is read, listened to and planned. On 2 cores twenty clips of a second
# took 36.4 and 33.7 s with one in hand, 29.1 and 25.5 with two, 30.4 and 27.9 with three.
CLIPS_AT_ONCE: Final = 2
# A picture process takes about 130 bytes for each pixel of each picture that it encodes (measured at 1080p: 378 MB for one, 270 more
# for each other); all that run at once may take half of the machine's memory. Of addresses it takes more: the limit of one process, 12 GiB,
# did not hold 32 pictures of the social frames (about 190 bytes a pixel) and held 16.
PIXELS_AT_ONCE: Final = min(platform.memory_bytes() // 2 // 130 // RENDERED_AT_ONCE, process.MEMORY // 300)
