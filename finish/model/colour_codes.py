"""The colours that a clip's code values mean: by its tags, or by a guess without them; and the tags that are
refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal, cast

from finish.errors import MediaError
from finish.model import messages
from finish.model.media import VideoTrack
from finish.model.notes import Note

# BT.601 was made for pictures of up to 576 lines. Players read a small picture without tags as BT.601 and a
# larger one as BT.709, so a clip without tags is graded as players show it.
_LAST_601_HEIGHT: Final = 576
# The names of ITU-T H.273 tables 2 to 4 that zscale converts. All camera-like SDR transfers are read as
# BT.709's, as players show them; linear and logarithmic light is converted. Other names are refused.
MATRICES: Final = frozenset(
    {"bt709", "fcc", "bt470bg", "smpte170m", "smpte240m", "ycgco", "bt2020nc", "bt2020c"}
)
PRIMARIES: Final = {
    "bt470m": "bt470m",
    "bt470bg": "bt470bg",
    "smpte170m": "smpte170m",
    "smpte240m": "smpte240m",
    "film": "film",
    "bt2020": "bt2020",
    "smpte431": "smpte431",
    "smpte432": "smpte432",
    "ebu3213": "ebu3213",
}
_CAMERA: Final = frozenset(
    {
        "",
        "bt709",
        "bt470m",
        "bt470bg",
        "smpte170m",
        "smpte240m",
        "iec61966-2-4",
        "bt1361e",
        "iec61966-2-1",
        "bt2020-10",
        "bt2020-12",
        "vlog",
    }
)
LIGHT: Final = {"linear": "linear", "log100": "log100", "log316": "log316"}
HDR: Final = frozenset({"smpte2084", "arib-std-b67"})


@dataclass(frozen=True)
class ColourOverrides:
    """The job's overrides of a clip's tags: matrix, range, colour, and fields ("auto": the clip's own tags
    and rows); and the colour behind transparent areas.
    """

    matrix: str
    range: str
    background: str = "#ffffff"
    colour: str = "auto"
    fields: str = "auto"

    def of(self, video: VideoTrack) -> VideoTrack:
        """The picture with the overrides; MediaError for colours that can't be converted and aren't
        overridden."""
        if self.colour != "auto":
            video = replace(video, primaries="bt709", transfer="bt709", hdr=False, dolby=None)
        if self.fields != "auto":
            order = cast(Literal["progressive", "tff", "bff"], self.fields)
            video = replace(
                video,
                interlaced=order != "progressive",
                fields=order,
                partly=False,
                flagged=order != "progressive",
            )
        _refuse_dolby(video)
        plain = (
            "if the tag is wrong, set conform: {colour: bt709} to read it as BT.709; "
            "else export the clip in BT.709"
        )
        if video.transfer not in (_CAMERA | HDR) and video.transfer not in LIGHT:
            raise MediaError(f"the picture's transfer is {video.transfer}, which can't be converted", plain)
        if video.primaries not in ("", "bt709", "vgamut", *PRIMARIES):
            raise MediaError(
                f"the picture's primaries are {video.primaries}, which can't be converted", plain
            )
        if self.matrix == "auto" and video.matrix not in ("", "gbr", *MATRICES):
            hint = (
                "if the tag is wrong, set conform: {matrix: bt709} to read it as BT.709; "
                "else export the clip in BT.709"
            )
            raise MediaError(f"the picture's colour matrix is {video.matrix}, which can't be converted", hint)
        return video


def _refuse_dolby(video: VideoTrack) -> None:
    """MediaError for profile 5, and for any other profile without a picture for ordinary displays: Dolby
    Vision Profiles and Levels, table 3."""
    if video.dolby is not None and video.dolby[1] == 0:
        message = (
            f"the picture is Dolby Vision profile {video.dolby[0]}, which only Dolby Vision displays can show"
        )
        hint = (
            "export it in SDR, HLG (Dolby Vision profile 8.4) or HDR10 (8.1); "
            "if the tag is wrong, set conform: {colour: bt709}"
        )
        raise MediaError(message, hint)


def matrix_of(reading: ColourOverrides, video: VideoTrack, *, rgb: bool) -> str:
    """FFmpeg's name of the matrix of a picture; `rgb` if its code values aren't luma and colour
    differences."""
    if rgb:
        return "gbr"
    if reading.matrix != "auto":
        return {"bt601": "smpte170m", "bt709": "bt709"}[reading.matrix]
    if video.matrix not in ("", "gbr"):
        return video.matrix
    if video.hdr:
        return "bt2020nc"
    return "smpte170m" if video.coded.height <= _LAST_601_HEIGHT else "bt709"


def guessed(reading: ColourOverrides, video: VideoTrack, *, rgb: bool) -> Iterator[Note]:
    """A note if the matrix is guessed, with the reason."""
    if reading.matrix != "auto" or video.matrix not in ("", "gbr") or rgb or (video.hdr and not video.matrix):
        return
    matrix = {"smpte170m": "BT.601", "bt709": "BT.709", "bt2020nc": "BT.2020"}[
        matrix_of(reading, video, rgb=rgb)
    ]
    code = "odd-matrix" if video.matrix else "no-colour-tags"
    yield messages.colour_matrix_guessed(code, video.coded.height, matrix)
