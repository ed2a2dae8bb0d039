"""Which colours a clip's codes mean: what its tags say, what stands in where they say nothing, and which of them are refused by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal, cast

from finish.errors import MediaError
from finish.model.media import VideoTrack
from finish.model.notes import Note, know

# BT.601 was made for pictures of up to 576 lines; players read an untagged small picture as BT.601 and a larger one as
# BT.709, so an untagged clip is graded as it was last seen.
_LAST_601_HEIGHT: Final = 576
# What zscale converts, of the names in ITU-T H.273 tables 2 to 4. Transfers of camera-like SDR are all read as BT.709's, as players
# show them; light that is linear or logarithmic is not, and is converted. What is not here is refused.
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
    """What the job says of a clip's codes: matrix, range, colour and fields, "auto" for the clip's own tags and rows; and the colour
    behind what is transparent.
    """

    matrix: str
    range: str
    background: str = "#ffffff"
    colour: str = "auto"
    fields: str = "auto"

    def of(self, video: VideoTrack) -> VideoTrack:
        """The picture as the job reads it; MediaError for colours that are not converted, and that nothing overrules."""
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
            "if the tag is wrong, conform: {colour: bt709} reads it as BT.709; else export the clip in BT.709"
        )
        if video.transfer not in (_CAMERA | HDR) and video.transfer not in LIGHT:
            raise MediaError(f"the picture's transfer is {video.transfer}, which is not converted", plain)
        if video.primaries not in ("", "bt709", "vgamut", *PRIMARIES):
            raise MediaError(f"the picture's primaries are {video.primaries}, which are not converted", plain)
        if self.matrix == "auto" and video.matrix not in ("", "gbr", *MATRICES):
            hint = "if the tag is wrong, conform: {matrix: bt709} reads it as BT.709; else export the clip in BT.709"
            raise MediaError(f"the picture's colour matrix is {video.matrix}, which is not converted", hint)
        return video


def _refuse_dolby(video: VideoTrack) -> None:
    """Profile 5, and any other without a picture for ordinary displays: Dolby Vision Profiles and Levels, table 3."""
    if video.dolby is not None and video.dolby[1] == 0:
        message = f"the picture is Dolby Vision profile {video.dolby[0]}, whose codes are no colours that anything else shows"
        hint = "export it in SDR, HLG (Dolby Vision profile 8.4) or HDR10 (8.1); conform: {colour: bt709} where the tag is wrong"
        raise MediaError(message, hint)


def matrix_of(reading: ColourOverrides, video: VideoTrack, *, rgb: bool) -> str:
    """FFmpeg's name of the matrix that a picture's codes are read by; `rgb`: they are no luma and colour differences."""
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
    """That a matrix was guessed, and why."""
    if reading.matrix != "auto" or video.matrix not in ("", "gbr") or rgb or (video.hdr and not video.matrix):
        return
    shown = {"smpte170m": "BT.601", "bt709": "BT.709", "bt2020nc": "BT.2020"}[
        matrix_of(reading, video, rgb=rgb)
    ]
    said, code = (
        ("its matrix tag says RGB, which it is not", "odd-matrix")
        if video.matrix
        else ("no colour tags", "no-colour-tags")
    )
    yield know(
        code,
        f"{said}: a picture of {video.coded.height} lines is read as {shown} (conform: {{matrix: …}} overrules)",
    )
