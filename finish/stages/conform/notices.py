"""What a clip carries and a delivery drops, noted before it is lost."""

from __future__ import annotations

from collections.abc import Iterator

from finish.model import Note
from finish.model.media_extras import Extras
from finish.stages.conform import messages


def dropped_extras(extras: Extras) -> Iterator[Note]:
    """A note about everything in the clip that is neither picture nor sound."""
    if extras.chapters:
        yield messages.chapters(extras.chapters)
    if extras.timecode:
        yield messages.timecode(extras.timecode)
    if extras.closed_captions:
        yield messages.closed_captions()
    if extras.subtitles:
        yield messages.subtitles(extras.subtitles, extras.drawn)
