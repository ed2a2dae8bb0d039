"""The programme of a clip before the first stage."""

from __future__ import annotations

from finish.errors import MediaError
from finish.model import ClipProgramme, Deliverable, Source


def unplanned(source: Source, deliverable: Deliverable) -> ClipProgramme:
    """The clip as it is. MediaError without a picture."""
    if source.video is None:
        raise MediaError(f"{source.path.name} has no picture", "use a clip with a video track")
    video, picture = source.video, source.picture
    return ClipProgramme(
        source=source,
        conformed=picture,
        picture=picture,
        sound=source.sound() if source.audio else picture,
        frame=video.size,
        rate=video.rate,
        frames=video.frames,
        locked=deliverable.locked,
    )
