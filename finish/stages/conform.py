"""Conform: any clip to an upright, square-pixel picture with pinned colour, and 48 kHz stereo sound of the same length."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from finish import graph
from finish.errors import FinishError
from finish.graph import Kind, Stream
from finish.model import Analyser, Ask, AudioTrack, Delivery, Programme, Promise, VideoTrack
from finish.model import Settings as Base
from finish.units import Size

name: Final = "conform"
touches: Final[tuple[Kind, ...]] = ("video", "audio")
SOUND_RATE: Final = 48_000

# BT.601 was made for pictures of up to 576 lines; players read an untagged small picture as BT.601 and a larger one as
# BT.709, so an untagged clip is graded as it was last seen.
_LAST_601_HEIGHT: Final = 576
# ITU-R BT.775-3 annex 4: centre and surrounds 3 dB down, no LFE. Named channels, so both 5.1 layouts of FFmpeg.
_DOWNMIX: Final = {
    "mono": "stereo|c0=c0|c1=c0",
    "stereo": "stereo|c0=c0|c1=c1",
    "5.0": "stereo|c0=FL+0.7071*FC+0.7071*BL|c1=FR+0.7071*FC+0.7071*BR",
    "5.1": "stereo|c0=FL+0.7071*FC+0.7071*BL|c1=FR+0.7071*FC+0.7071*BR",
    "5.0(side)": "stereo|c0=FL+0.7071*FC+0.7071*SL|c1=FR+0.7071*FC+0.7071*SR",
    "5.1(side)": "stereo|c0=FL+0.7071*FC+0.7071*SL|c1=FR+0.7071*FC+0.7071*SR",
    "quad": "stereo|c0=FL+0.7071*BL|c1=FR+0.7071*BR",
}
# What zscale reads without another scaler slipping in before it. Anything else is repacked first, losslessly: the same code
# values in planes.
_PLANAR: Final = ("yuv4", "yuvj4", "yuva4", "gbr", "gray")
_REPACKED: Final = {
    "nv12": "yuv420p", "nv21": "yuv420p", "nv16": "yuv422p", "nv24": "yuv444p", "p010le": "yuv420p10le", "p012le": "yuv420p12le",
    "p210le": "yuv422p10le", "p410le": "yuv444p10le", "yuyv422": "yuv422p", "uyvy422": "yuv422p", "yvyu422": "yuv422p",
    "y210le": "yuv422p10le", "uyyvyy411": "yuv411p", "rgb48le": "gbrp16le", "rgb48be": "gbrp16le", "rgba64le": "gbrp16le",
    "rgba64be": "gbrp16le", "x2rgb10le": "gbrp10le",
}
# ITU-R BT.2408: HDR reference white is 203 cd/m².
HDR_WHITE: Final = 203


class Settings(Base):
    """How a source is read. `auto` follows the clip's own tags, then its size."""

    matrix: Annotated[Literal["auto", "bt601", "bt709"], Field(description="colour matrix of an untagged or mistagged clip")] = "auto"
    range: Annotated[Literal["auto", "limited", "full"], Field(description="code value range of the clip")] = "auto"
    track: Annotated[int, Field(ge=0, le=31, description="which of the clip's sound tracks, from 0")] = 0


def questions(settings: Settings) -> tuple[Analyser[Any], ...]:  # noqa: ARG001 (the protocol of a stage)
    """None: the container tells all."""
    return ()


def standing(settings: Settings) -> tuple[Promise, ...]:  # noqa: ARG001
    """None: what the file is like is the delivery's to promise."""
    return ()


def plan(settings: Settings, programme: Programme, delivery: Delivery, ask: Ask) -> Programme:  # noqa: ARG001
    """The programme upright, in square pixels, with known colour, starting at 0; FinishError("media") without a picture."""
    source = programme.source
    if source.video is None:
        raise FinishError("media", f"{source.path.name} has no picture", "name a video clip")
    video = source.video
    frames = max(1, round((video.end - source.start) * video.rate))
    duration = frames / video.rate
    picture, notes = _picture(settings, video, _zeroed(source.picture, source.start))
    sound, said = _sound(settings, programme, duration)
    assert picture.size is not None
    return programme.but(
        conformed=picture, picture=picture, sound=sound, frame=picture.size, rate=video.rate, frames=frames,
        notes=(*source.warnings, *notes, *said),
    )


def _zeroed(stream: Stream, start: Fraction) -> Stream:
    """Programme time starts where the file's clock does."""
    if not start:
        return stream
    return stream.filter("setpts" if stream.kind == "video" else "asetpts", expr=f"PTS-({start.numerator}/{start.denominator})/TB")


def _picture(settings: Settings, video: VideoTrack, picture: Stream) -> tuple[Stream, tuple[str, ...]]:
    notes: list[str] = []
    upright = Size(video.coded.height, video.coded.width) if video.rotation % 180 else video.coded
    planes = _planes(video.pix_fmt)
    if planes != video.pix_fmt:
        picture = picture.filter("format", pix_fmts=planes)
    if video.interlaced:
        picture = picture.filter("bwdif", mode="send_frame", deint="all")
        notes.append("interlaced: made progressive by bwdif, one frame per frame")
    matrix, said = _matrix(settings, video)
    full = settings.range == "full" or (settings.range == "auto" and bool(video.full_range))
    transfer = video.transfer if video.hdr else "bt709"
    primaries = "bt2020" if video.hdr else "bt709"
    coded = "pc" if full else "tv"
    picture = picture.filter("setparams", size=upright, color_primaries=primaries, color_trc=transfer, colorspace=matrix, range=coded)
    if video.hdr:
        picture = _tone_mapped(picture)
        notes.append(f"HDR ({video.transfer}) made SDR: white at {HDR_WHITE} cd/m² (BT.2408), highlights rolled off by the Mobius curve")
    whole = Size(upright.width & ~1, upright.height & ~1)
    if not whole.pixels:
        raise FinishError("media", f"a picture of {upright} is too small", "at least 2x2 pixels")
    if whole != upright:
        picture = picture.filter("crop", w=whole.width, h=whole.height, x=0, y=0, size=whole)
        notes.append(f"odd size {upright}: the last row or column is cut off")
    if video.sample_aspect != 1:
        square = video.size
        picture = picture.filter("zscale", width=square.width, height=square.height, filter="spline36", size=square)
        notes.append(f"pixels of {video.sample_aspect} made square: {whole} → {square}")
    picture = picture.filter("setsar", sar=1)
    return picture, (*notes, *said)


def _planes(pix_fmt: str) -> str:
    """The planar format that holds the same code values; what is neither planar nor listed is some packed RGB or palette."""
    return pix_fmt if pix_fmt.startswith(_PLANAR) else _REPACKED.get(pix_fmt, "gbrp")


def _matrix(settings: Settings, video: VideoTrack) -> tuple[str, tuple[str, ...]]:
    if settings.matrix != "auto":
        return {"bt601": "smpte170m", "bt709": "bt709"}[settings.matrix], ()
    if _planes(video.pix_fmt).startswith("gbr"):
        return "gbr", ()
    if video.matrix:
        return video.matrix, ()
    guess = "smpte170m" if video.coded.height <= _LAST_601_HEIGHT else "bt709"
    shown = "BT.601" if guess == "smpte170m" else "BT.709"
    return guess, (f"no colour tags: a picture of {video.coded.height} lines is read as {shown} (conform: {{matrix: …}} overrules)",)


def _tone_mapped(picture: Stream) -> Stream:
    """HDR to SDR: linear light with reference white at 1, BT.709 primaries, a knee that leaves all below 0.75 as it is."""
    linear = picture.filter("zscale", pointwise=True, transfer="linear", npl=HDR_WHITE, matrix="gbr", range="full")
    linear = linear.filter("format", pointwise=True, pix_fmts="gbrpf32le").filter("zscale", pointwise=True, primaries="bt709")
    mapped = linear.filter("tonemap", pointwise=True, tonemap="mobius", param=Fraction(3, 4), desat=0)
    return mapped.filter("zscale", pointwise=True, transfer="bt709", matrix="gbr", range="full").filter(
        "format", pointwise=True, pix_fmts="gbrpf32le"
    )


def _sound(settings: Settings, programme: Programme, duration: Fraction) -> tuple[Stream, tuple[str, ...]]:
    source = programme.source
    if not source.audio:
        silence = graph.generate("audio", "anullsrc", channel_layout="stereo", sample_rate=SOUND_RATE)
        return silence.filter("atrim", end=duration), ("no sound track: a silent one is delivered",)
    if settings.track >= len(source.audio):
        message = f"conform.track: {source.path.name} has {len(source.audio)} sound tracks, no number {settings.track}"
        raise FinishError("spec", message, "count from 0")
    track = source.audio[settings.track]
    sound = _zeroed(source.sound(settings.track), source.start)
    sound = sound.filter("aresample", osr=SOUND_RATE, out_sample_fmt="fltp", async_=1, first_pts=0)
    sound = _stereo(sound, track).filter("apad", whole_dur=duration).filter("atrim", end=duration)
    if track.layout in ("mono", "stereo"):
        return sound, ()
    how = "BT.775: centre and surrounds −3 dB, no LFE" if track.layout in _DOWNMIX else "FFmpeg's own matrix"
    return sound, (f"{track.layout} sound folded to stereo ({how})",)


def _stereo(sound: Stream, track: AudioTrack) -> Stream:
    matrix = _DOWNMIX.get(track.layout)
    return sound.filter("pan", args=matrix) if matrix else sound.filter("aformat", channel_layouts="stereo")
