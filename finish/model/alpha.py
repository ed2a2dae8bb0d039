"""A transparent picture on a colour, for pictures with straight alpha: PNG, GIF, and WebP."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from finish.graph import Stream
from finish.model.media import VideoTrack


def flattened(picture: Stream, video: VideoTrack, colour: str) -> tuple[Stream, VideoTrack]:
    """The picture on a `colour` (#RRGGBB), and the track of the result.

    It is picture · alpha + colour · (1 − alpha), in the picture's own bit depth.
    """
    depth = "16le" if video.bits > 8 else ""
    red, green, blue = (Fraction(int(colour[at : at + 2], 16), 255) for at in (1, 3, 5))
    multiplied = picture.filter("format", pointwise=True, pix_fmts=f"gbrap{depth}").filter(
        "premultiply", pointwise=True, inplace=1
    )
    composed = multiplied.filter("lutrgb", pointwise=True, a="negval").filter(
        "colorchannelmixer", pointwise=True, ra=red, ga=green, ba=blue
    )
    planes = f"gbrp{depth}"
    return composed.filter("format", pointwise=True, pix_fmts=planes), replace(video, pix_fmt=planes)
