"""The clean clips: every format as several writers produce it, built by FFmpeg's generators."""

from __future__ import annotations

import os
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.damage.spots import box
from finish.media.ffmpeg import ffmpeg_runner

SECONDS: Final = 2
TAGS: Final = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"
# Noise in the picture, so that all frames differ and most bytes are payload; pink noise, so that no two
# moments sound alike.
PICTURE: Final = (
    "testsrc2=size={size}:rate={rate}:duration={seconds},noise=alls=8:allf=t:all_seed=7,format=yuv420p,"
    + TAGS
)
NOISE: Final = "anoisesrc=color=pink:amplitude=0.3:sample_rate={rate}:duration={seconds}:seed={seed}"
# The display matrix of a phone held upright: x and y exchanged, in 16.16, the last column in 2.30 (ISO/IEC
# 14496-12).
_QUARTER_TURN: Final = struct.pack(">9i", 0, 1 << 16, 0, -1 << 16, 0, 0, 120 << 16, 0, 1 << 30)
_CHAPTERS: Final = ";FFMETADATA1\n" + "".join(
    f"[CHAPTER]\nTIMEBASE=1/1000\nSTART={start}\nEND={start + 1000}\ntitle=part\n" for start in (0, 1000)
)
_SUBTITLES: Final = "1\n00:00:00,500 --> 00:00:01,500\nOne\n\n2\n00:00:01,800 --> 00:00:06,000\nTwo\n"
EXACT: Final = ("-threads", "1", "-bitexact", "-fflags", "+bitexact")

X264: Final = "-c:v libx264 -preset ultrafast -crf 20 -g 12"
AAC: Final = "-c:a aac -b:a 96k"
_B: Final = "-c:v libx264 -preset veryfast -crf 20 -g 12 -bf 2"
_MPEG2: Final = "-c:v mpeg2video -q:v 4 -g 12"
_VP9: Final = "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 12 -b:v 600k"
_AV1: Final = "-c:v libsvtav1 -preset 12 -crf 30 -g 12 -svtav1-params lp=1"
_FIELDS: Final = "-vf tinterlace=interleave_top,fieldorder=tff -r 30000/1001 -flags +ildct+ilme"


@dataclass(frozen=True)
class Clip:
    """How to build one clip: `args` and `mux` are FFmpeg's options.

    `rate` is in frames per second, `ears` is the number of channels (0: no sound). `later` is how many
    seconds the sound is longer than the picture. `piped` writes through a pipe, as live recorders do, so that
    nothing is filled in afterwards; `tail` are bytes after the end; `turned` is a phone's quarter turn;
    `beside` are texts that are inputs too, and a still picture where the name contains "cover". A clip of
    `music` has no picture, and is mixed under another clip.
    """

    name: str
    args: str
    mux: str = ""
    size: str = "160x120"
    rate: str = "25"
    ears: int = 1
    later: float = 0.0
    piped: bool = False
    tail: bytes = b""
    turned: bool = False
    beside: tuple[str, ...] = ()
    music: bool = False
    seconds: float = SECONDS

    @property
    def suffix(self) -> str:
        return self.name.rpartition(".")[2]


CLEAN: Final = (
    # MP4 and MOV
    Clip("plain.mp4", f"{X264} {AAC}"),
    Clip("faststart.mp4", f"{_B} {AAC}", "-movflags +faststart"),
    Clip("open-gop.mp4", f"{_B} -x264-params open-gop=1 {AAC}"),
    Clip("no-edit-list.mp4", f"{X264} {AAC}", "-use_editlist 0"),
    Clip("stereo.mp4", f"{X264} {AAC}", ears=2),
    Clip("six-channels.mp4", f"{X264} {AAC} -ac 6 -channel_layout 5.1", ears=2),
    Clip("fragmented.mp4", f"{X264} {AAC}", "-movflags +frag_keyframe+empty_moov"),
    Clip("fragmented-moov.mp4", f"{X264} {AAC}", "-movflags +frag_keyframe"),
    Clip(
        "fragmented-dash.mp4", f"{X264} {AAC}", "-movflags +dash+frag_keyframe+empty_moov+default_base_moof"
    ),
    Clip(
        "fragmented-live.mp4",
        f"{_B} {AAC}",
        "-movflags +frag_keyframe+empty_moov+default_base_moof -f mp4",
        piped=True,
    ),
    Clip("fragmented-ms.mp4", f"{X264} {AAC}", "-movflags +isml+frag_keyframe"),
    Clip("hybrid.mp4", f"{X264} {AAC}", "-movflags +hybrid_fragmented"),
    Clip("junk-after.mp4", f"{X264} {AAC}", tail=bytes(range(256)) * 5),
    Clip("zeros-after.mp4", f"{X264} {AAC}", tail=bytes(4096)),
    Clip("one-frame.mp4", f"{X264} -frames:v 1 -an", ears=0),
    Clip("silent.mp4", X264, ears=0),
    Clip("sound-longer.mp4", f"{X264} {AAC}", later=0.08),
    Clip("sound-shorter.mp4", f"{X264} {AAC}", later=-0.08),
    Clip("variable-rate.mp4", f"{X264} {AAC} -vf select='not(eq(mod(n\\,5)\\,3))' -fps_mode vfr"),
    Clip("anamorphic.mp4", f"{X264} -vf setsar=4/3 {AAC}"),
    Clip("rotated.mp4", f"{X264} {AAC}", turned=True),
    Clip("rate-5994.mp4", f"{X264} {AAC}", rate="60000/1001"),
    Clip("rate-23976.mp4", f"{_B} {AAC}", rate="24000/1001"),
    Clip("mp3-sound.mp4", f"{X264} -c:a libmp3lame"),
    Clip("ac3.mp4", f"{X264} -c:a ac3", ears=2),
    Clip(
        "hevc.mp4",
        "-c:v libx265 -preset ultrafast -x265-params log-level=none:pools=none:frame-threads=1:keyint=12 "
        f"-tag:v hvc1 {AAC}",
    ),
    Clip("av1.mp4", f"{_AV1} -c:a libopus"),
    Clip("vp9.mp4", f"{_VP9} -c:a libopus"),
    Clip("mpeg4.mp4", f"-c:v mpeg4 -q:v 4 -bf 2 -g 12 {AAC}"),
    Clip("ten-bits.mp4", f"{X264} -pix_fmt yuv420p10le {AAC}"),
    Clip("prores.mov", "-c:v prores_ks -profile:v 1 -c:a pcm_s16le"),
    Clip("dnxhr.mov", "-c:v dnxhd -profile:v dnxhr_sq -pix_fmt yuv422p -c:a pcm_s24le", size="256x144"),
    Clip("mjpeg.mov", "-c:v mjpeg -pix_fmt yuvj420p -color_range pc -q:v 4 -c:a pcm_s16le"),
    Clip("png.mov", "-c:v png -pix_fmt rgb24 -c:a pcm_s16le"),
    Clip("qtrle.mov", "-c:v qtrle -pix_fmt rgb24 -c:a alac"),
    Clip("lpcm-rate.mov", f"{X264} -c:a pcm_s16le -ar 44100"),
    Clip("timecode.mov", f"-timecode 10:00:00:00 {X264} -c:a pcm_s16le"),
    Clip("chapters.mp4", f"{X264} {AAC} -map 0 -map 1 -map_metadata 2", beside=(_CHAPTERS,)),
    Clip("subtitles-longer.mp4", f"{X264} {AAC} -c:s mov_text -map 0 -map 1 -map 2", beside=(_SUBTITLES,)),
    Clip(
        "subtitles-first.mov",
        f"{X264} {AAC} -c:s mov_text -map 0 -map 1 -map 2",
        "-movflags +faststart",
        beside=(_SUBTITLES,),
    ),
    Clip(
        "cover.mp4",
        f"-map 0 -map 1 -map 2 {X264} {AAC} -c:v:1 mjpeg -pix_fmt:v:1 yuvj420p -disposition:v:1 attached_pic",
    ),
    Clip("two-sounds.mp4", f"{X264} {AAC} -map 0 -map 1 -map 1"),
    Clip("starts-later.mp4", f"{X264} {AAC}", "-output_ts_offset 5"),
    Clip("later-picture.mp4", f"{X264} {AAC} -vf setpts=PTS+0.2/TB"),
    Clip("long-priming.mp4", f"{X264} -c:a libopus -frame_duration 60"),
    # Matroska and WebM
    Clip("plain.mkv", f"{_B} {AAC}"),
    Clip("live.mkv", f"{X264} {AAC}", "-f matroska", piped=True),
    Clip("cues-first.mkv", f"{X264} -c:a flac", "-reserve_index_space 4000"),
    Clip("ffv1.mkv", "-c:v ffv1 -level 3 -slices 4 -slicecrc 1 -g 1 -c:a flac"),
    Clip("mpeg2.mkv", f"{_MPEG2} -bf 2 -c:a ac3"),
    Clip("sound-longer.mkv", f"{X264} -c:a libopus", later=0.08),
    Clip("four-two-two.mkv", f"{X264} -pix_fmt yuv422p -c:a pcm_s16le"),
    Clip("subtitles-longer.mkv", f"{X264} {AAC} -c:s srt -map 0 -map 1 -map 2", beside=(_SUBTITLES,)),
    Clip("chapters.mkv", f"{X264} {AAC} -map 0 -map 1 -map_metadata 2", beside=(_CHAPTERS,)),
    Clip(
        "cover.mkv",
        f"-map 0 -map 1 -map 2 {X264} {AAC} -c:v:1 mjpeg -pix_fmt:v:1 yuvj420p -disposition:v:1 attached_pic",
    ),
    Clip("junk-after.mkv", f"{X264} {AAC}", tail=bytes(range(1, 256)) * 5),
    Clip("zeros-after.mkv", f"{X264} {AAC}", tail=bytes(3000)),
    Clip("variable-rate.mkv", f"{X264} {AAC} -vf select='not(between(n\\,20\\,31))' -fps_mode vfr"),
    Clip("later-sound.mkv", f"{X264} {AAC} -af asetpts=PTS+0.3/TB"),
    Clip(
        "hevc-ten-bits.mkv",
        "-c:v libx265 -preset ultrafast -pix_fmt yuv420p10le "
        "-x265-params log-level=none:pools=none:frame-threads=1:keyint=12:bframes=2 -c:a libvorbis",
        ears=2,
    ),
    Clip("vp9.webm", f"{_VP9} -c:a libopus"),
    Clip(
        "live.webm",
        "-c:v libvpx -deadline realtime -cpu-used 8 -g 12 -b:v 600k -c:a libvorbis",
        "-f webm",
        ears=2,
        piped=True,
    ),
    Clip("av1.webm", f"{_AV1} -c:a libopus"),
    # transport and program streams
    Clip("plain.ts", f"{X264} {AAC}"),
    Clip("offset.ts", f"{_B} -c:a mp2", "-output_ts_offset 3723.5"),
    Clip("wraps.ts", f"{X264} {AAC}", "-output_ts_offset 95442.7"),
    Clip("delayed.ts", f"{X264} {AAC}", "-muxdelay 0 -muxpreload 0 -pat_period 0.5 -muxrate 4000k"),
    Clip("later-sound.ts", f"{X264} {AAC} -af asetpts=PTS+0.3/TB"),
    Clip("mpeg2.ts", f"{_MPEG2} -bf 2 -c:a ac3"),
    Clip(
        "hevc.ts",
        "-c:v libx265 -preset ultrafast -x265-params log-level=none:pools=none:frame-threads=1:keyint=12 "
        + AAC,
    ),
    Clip("camera.m2ts", f"{_B} -c:a ac3", "-f mpegts -mpegts_m2ts_mode 1"),
    Clip("fields.mpg", f"{_MPEG2} {_FIELDS} -c:a mp2", rate="60000/1001"),
    Clip("plain.mpg", f"{_MPEG2} -bf 2 -c:a mp2"),
    Clip("dvd.vob", f"{_MPEG2} -c:a ac3", "-f vob"),
    # AVI
    Clip("mpeg4.avi", "-c:v mpeg4 -q:v 4 -g 12 -c:a libmp3lame"),
    Clip("mjpeg.avi", "-c:v mjpeg -pix_fmt yuvj420p -color_range pc -q:v 4 -c:a pcm_s16le"),
    Clip("h264.avi", f"{X264} -c:a ac3"),
    Clip("huffyuv.avi", "-c:v huffyuv -pix_fmt yuv422p -c:a pcm_s16le", ears=2),
    Clip("live.avi", "-c:v mpeg4 -q:v 4 -g 12 -c:a libmp3lame", "-f avi", piped=True),
    # Ogg
    Clip("theora.ogv", "-c:v libtheora -q:v 6 -g 12 -c:a libvorbis", ears=2),
    Clip("theora-opus.ogv", "-c:v libtheora -q:v 6 -g 12 -c:a libopus"),
    # the others
    Clip("h264.flv", f"{X264} {AAC}"),
    Clip("sorenson.flv", "-c:v flv -q:v 4 -g 12 -c:a libmp3lame -ar 44100"),
    Clip("live.flv", f"{X264} {AAC}", "-f flv", piped=True),
    Clip("wmv2.wmv", "-c:v wmv2 -q:v 4 -g 12 -c:a wmav2 -b:a 96k -ar 44100"),
    Clip("msmpeg4.asf", "-c:v msmpeg4 -q:v 4 -g 12 -c:a wmav2 -b:a 96k -ar 44100", ears=2),
    Clip("mpeg2.mxf", f"{_MPEG2} -c:a pcm_s16le", size="320x240"),
    Clip("h264.mxf", f"{X264} -c:a pcm_s16le"),
    Clip("mpeg4.nut", "-c:v mpeg4 -q:v 4 -g 12 -c:a libmp3lame"),
    Clip("ffv1.nut", "-c:v ffv1 -level 3 -slicecrc 1 -g 1 -c:a pcm_s16le"),
    # with pictures
    Clip("moving.gif", "-c:v gif", ears=0),
    Clip("moving.apng", "-c:v apng -pix_fmt rgb24", "-f apng", ears=0),
    Clip("moving.webp", "-c:v libwebp_anim -lossless 0 -q:v 60", ears=0),
    # music
    Clip("music.wav", "-c:a pcm_s16le", music=True, ears=2),
    Clip("music-tagged.wav", "-c:a pcm_s16le -metadata title=tone", "-write_bext 1", music=True, ears=2),
    Clip("music-piped.wav", "-c:a pcm_s16le", "-f wav", music=True, ears=2, piped=True),
    Clip("music-junk.wav", "-c:a pcm_s16le", music=True, ears=2, tail=bytes(range(256))),
    Clip(
        "music-cover.mp3",
        "-map 0 -map 1 -c:a libmp3lame -c:v png -disposition:v attached_pic -metadata title=tone",
        "-id3v2_version 3 -write_id3v1 1",
        music=True,
        ears=2,
    ),
    Clip("music-no-header.mp3", "-c:a libmp3lame", "-write_xing 0", music=True, ears=2),
    Clip(
        "music-cover.m4a",
        f"-map 0 -map 1 {AAC} -c:v mjpeg -pix_fmt yuvj420p -disposition:v attached_pic",
        music=True,
        ears=2,
    ),
    Clip(
        "music-cover.flac", "-map 0 -map 1 -c:a flac -c:v png -disposition:v attached_pic", music=True, ears=2
    ),
    Clip("music-piped.flac", "-c:a flac", "-f flac", music=True, ears=2, piped=True),
    Clip("music-24.wav", "-c:a pcm_s24le", music=True, ears=2),
    Clip("music.mp3", "-c:a libmp3lame -b:a 128k", music=True, ears=2),
    Clip("music-variable.mp3", "-c:a libmp3lame -q:a 4", music=True, ears=2),
    Clip("music.flac", "-c:a flac", music=True, ears=2),
    Clip("music.m4a", AAC, music=True, ears=2),
    Clip("music-alac.m4a", "-c:a alac", music=True, ears=2),
    Clip("music.aac", AAC, music=True, ears=2),
    Clip("music.opus", "-c:a libopus", music=True, ears=2),
    Clip("music.ogg", "-c:a libvorbis", music=True, ears=2),
)
BY_NAME: Final = {base.name: base for base in CLEAN}
# The bases of mutants: one clip of each container and of each codec family in it.
BASES: Final = (
    "plain.mp4",
    "faststart.mp4",
    "fragmented.mp4",
    "hevc.mp4",
    "prores.mov",
    "mjpeg.mov",
    "plain.mkv",
    "ffv1.mkv",
    "vp9.webm",
    "live.webm",
    "plain.ts",
    "mpeg2.ts",
    "plain.mpg",
    "mpeg4.avi",
    "mjpeg.avi",
    "theora.ogv",
    "h264.flv",
    "wmv2.wmv",
    "mpeg2.mxf",
    "mpeg4.nut",
    "av1.mp4",
    "moving.gif",
    "moving.apng",
    "moving.webp",
    "music.wav",
    "music.mp3",
    "music.flac",
    "music.m4a",
    "music.aac",
    "music.opus",
)


def build(clip: Clip, folder: Path) -> Path:
    """Write a clip into a folder; RuntimeError if this FFmpeg can't."""
    target, draft = folder / clip.name, folder / f"{os.getpid()}-{clip.name}"
    inputs: list[str] = []
    if not clip.music:
        picture = PICTURE.format(size=clip.size, rate=clip.rate, seconds=clip.seconds)
        inputs += ["-f", "lavfi", "-i", picture]
    if clip.ears:
        inputs += ["-f", "lavfi", "-i", _noise(clip.ears, clip.seconds + clip.later)]
    for number, text in enumerate(clip.beside):
        named = folder / f"{os.getpid()}-{number}-beside.{_kind(text)}"
        named.write_text(text)
        inputs += ["-i", str(named)]
    if "cover" in clip.name:
        inputs += ["-f", "lavfi", "-i", "color=red:size=64x64:duration=0.04"]
    command = [
        ffmpeg_runner.binary(),
        "-v",
        "error",
        "-nostdin",
        "-y",
        *inputs,
        *clip.args.split(),
        *EXACT,
        *clip.mux.split(),
    ]
    if clip.piped:
        done = subprocess.run([*command, "-"], capture_output=True, check=False)
        draft.write_bytes(done.stdout)
    else:
        done = subprocess.run([*command, str(draft)], capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{clip.name}: {done.stderr.decode()[-600:]}")
    if clip.tail:
        with draft.open("ab") as file:
            file.write(clip.tail)
    if clip.turned:
        data = draft.read_bytes()
        at = box(data, "moov/trak0/tkhd").body + 40
        draft.write_bytes(data[:at] + _QUARTER_TURN + data[at + len(_QUARTER_TURN) :])
    draft.replace(target)  # two workers may build the same one
    return target


def _kind(text: str) -> str:
    return "txt" if text.startswith(";FFMETADATA") else "srt"


def _noise(ears: int, seconds: float) -> str:
    """Different noise in each of the channels."""
    sources = [NOISE.format(rate=48000, seconds=seconds, seed=3 + number) for number in range(ears)]
    if ears == 1:
        return sources[0]
    made = ";".join(f"{source}[s{number}]" for number, source in enumerate(sources))
    return f"{made};{''.join(f'[s{number}]' for number in range(ears))}amerge=inputs={ears}"
