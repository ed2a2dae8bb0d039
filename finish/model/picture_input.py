"""A clip's picture as it is read: progressive, with stated colour, in SDR, with an even size and square
pixels."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from finish.errors import MediaError
from finish.graph import Stream
from finish.model import messages
from finish.model.alpha import flattened
from finish.model.colour_codes import LIGHT, PRIMARIES, ColourOverrides, guessed, matrix_of
from finish.model.deinterlacing import field_notes, progressive
from finish.model.format_changes import change_notes, steadied
from finish.model.media import VideoTrack
from finish.model.notes import Note
from finish.units import Size

# The formats that zscale reads without FFmpeg's own scaler before it. Others are repacked first without loss:
# the same code values in planes.
_PLANAR: Final = ("yuv4", "yuvj4", "yuva4", "gbr", "gray")
_REPACKED: Final = {
    "nv12": "yuv420p",
    "nv21": "yuv420p",
    "nv16": "yuv422p",
    "nv24": "yuv444p",
    "p010le": "yuv420p10le",
    "p012le": "yuv420p12le",
    "p210le": "yuv422p10le",
    "p410le": "yuv444p10le",
    "nv20le": "yuv422p10le",
    "p016le": "yuv420p16le",
    "p216le": "yuv422p16le",
    "p416le": "yuv444p16le",
    "yuyv422": "yuv422p",
    "uyvy422": "yuv422p",
    "yvyu422": "yuv422p",
    "y210le": "yuv422p10le",
    "y212le": "yuv422p12le",
    "xv30le": "yuv444p10le",
    "xv36le": "yuv444p12le",
    "vuyx": "yuv444p",
    "vuya": "yuv444p",
    "ayuv64le": "yuv444p16le",
    "uyyvyy411": "yuv411p",
    "x2rgb10le": "gbrp10le",
    "ya8": "gray",
    "ya16le": "gray16le",
}
# ITU-R BT.2408: HDR reference white is 203 cd/m². BT.2100 table 5: HLG's nominal peak is 1,000 cd/m². Most PQ
# is graded to the same peak (BT.2408 annex 1), so it is assumed for a PQ clip that states none. SMPTE ST
# 2084: PQ ends at 10,000 cd/m².
HDR_WHITE: Final = 203
HDR_PEAK: Final = Fraction(1000)
_PQ_END: Final = Fraction(10_000)
# House, judged on phone clips, whose paper white is often 300 to 600 cd/m²: below 100 cd/m² nothing changes,
# and reference white becomes 0.89 of the signal. A knee at 0.75 leaves hardly any range for clouds and white
# paper; with one at 0.3, skies gain, but paper turns grey.
_KNEE: Final = Fraction(1, 2)


def conformed(
    reading: ColourOverrides, video: VideoTrack, picture: Stream
) -> tuple[Stream, tuple[Note, ...]]:
    """The conformed picture of a track, from its stream as decoded and turned upright; and notes about its
    conversion.

    MediaError for a picture that can't be converted.
    """
    video = reading.of(video)
    notes: list[Note] = [
        *change_notes(video),
        *_conversion_notes(reading, video),
        *guessed(reading, video, rgb=_rgb(video)),
    ]
    if video.changes:
        picture = steadied(video, _stated(reading, video, picture))
    if video.straight:
        picture, video = flattened(picture, video, reading.background)
    planes = _planes(video)
    if planes != video.pix_fmt:
        picture = picture.filter("format", pix_fmts=planes)
    if video.interlaced:
        picture = progressive(video, picture)
    picture = _stated(reading, video, picture)
    if video.hdr:
        picture = _tone_mapped(video, picture)
    elif video.transfer in LIGHT:
        picture = _curved(picture)
    upright = _upright(video)
    whole = Size(upright.width & ~1, upright.height & ~1)
    if not whole.pixels:
        raise MediaError(f"a picture of {upright} px is too small", "use one of at least 2x2 px")
    if whole != upright:
        picture = picture.filter("crop", w=whole.width, h=whole.height, x=0, y=0, size=whole)
        notes.append(messages.odd_size(upright))
    if video.sample_aspect != 1:
        square = video.size
        picture = picture.filter(
            "zscale", width=square.width, height=square.height, filter="spline36", size=square
        )
        notes.append(messages.pixel_aspect(video.sample_aspect, whole, square))
    return picture.filter("setsar", sar=1), tuple(notes)


def _conversion_notes(reading: ColourOverrides, video: VideoTrack) -> Iterator[Note]:
    """A note for each conversion of the picture."""
    if video.variable:
        yield messages.variable_rate(video.rate)
    yield from field_notes(video)
    if video.rotation % 90:
        yield messages.odd_rotation(video.rotation)
    if video.straight:
        yield messages.transparent(reading.background)
    elif video.alpha:
        yield messages.alpha()
    if video.hdr:
        yield messages.hdr(video.transfer, HDR_WHITE, _peak(video))
    elif video.primaries in PRIMARIES:
        yield messages.primaries(video.primaries)
    if video.transfer == "vlog":
        yield messages.camera()
    if video.transfer in LIGHT:
        yield messages.transfer(video.transfer)


def _upright(video: VideoTrack) -> Size:
    return Size(video.coded.height, video.coded.width) if video.rotation % 180 == 90 else video.coded


def _planes(video: VideoTrack) -> str:
    """The planar format with the same code values; a format that is neither planar nor listed is packed RGB
    or a palette."""
    if video.pix_fmt.startswith(_PLANAR):
        return video.pix_fmt
    return _REPACKED.get(video.pix_fmt, "gbrp16le" if video.bits > 8 else "gbrp")


def _stated(reading: ColourOverrides, video: VideoTrack, picture: Stream) -> Stream:
    """The picture with stated colour. All SDR transfers are read as BT.709's, as players show them.

    RGB without a range is full range: only YUV is limited by convention.
    """
    assumed = _rgb(video) if video.full_range is None else video.full_range
    full = assumed if reading.range == "auto" else reading.range == "full"
    curve = video.transfer if video.hdr or video.transfer in LIGHT else "bt709"
    return picture.filter(
        "setparams",
        size=_upright(video),
        colorspace=matrix_of(reading, video, rgb=_rgb(video)),
        range="pc" if full else "tv",
        color_trc=curve,
        color_primaries="bt2020" if video.hdr else PRIMARIES.get(video.primaries, "bt709"),
    )


def _rgb(video: VideoTrack) -> bool:
    return _planes(video).startswith("gbr")


def _peak(video: VideoTrack) -> Fraction:
    """The luminance that is rolled off to white (cd/m²): the nominal peak of HLG, or the peak that a PQ clip
    states, at least reference white."""
    if video.transfer != "smpte2084" or video.peak is None:
        return HDR_PEAK
    return min(max(video.peak, Fraction(HDR_WHITE)), _PQ_END)


def _curved(picture: Stream) -> Stream:
    """Linear or logarithmic light with BT.709's curve, in 16 bits."""
    curved = picture.filter("zscale", pointwise=True, transfer="bt709", matrix="gbr", range="full")
    return curved.filter("format", pointwise=True, pix_fmts="gbrp16le")


def _tone_mapped(video: VideoTrack, picture: Stream) -> Stream:
    """HDR to SDR: linear light with reference white at 1, BT.709 primaries, and a knee.

    zscale applies the system gamma of HLG's 1,000 cd/m² display (BT.2100: 1.2). Without approximation it
    applies it to the luminance, as BT.2100 defines it; with approximation, to each channel, and a pure blue
    becomes 1.5 times as bright. The peak is stated, because `tonemap` would guess one in units of 100 cd/m².
    16 bits hold only 0 to 1: light above the stated peak becomes white.
    """
    approximate = 0 if video.transfer == "arib-std-b67" else 1
    linear = picture.filter(
        "zscale",
        pointwise=True,
        transfer="linear",
        npl=HDR_WHITE,
        agamma=approximate,
        matrix="gbr",
        range="full",
    )
    linear = linear.filter("format", pointwise=True, pix_fmts="gbrpf32le").filter(
        "zscale", pointwise=True, primaries="bt709"
    )
    mapped = linear.filter(
        "tonemap", pointwise=True, tonemap="mobius", param=_KNEE, peak=_peak(video) / HDR_WHITE, desat=0
    )
    return mapped.filter("zscale", pointwise=True, transfer="bt709", matrix="gbr", range="full").filter(
        "format", pointwise=True, pix_fmts="gbrp16le"
    )
