"""Fields: detected from rows in any order, flagged or not; still or fine-grained pictures aren't mistaken."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from clip_files import ffmpeg_by_hand
from known import conformed, framed, read

from finish.analysis.field_order import FieldEvidence, _Pair
from finish.media.probe import probe
from finish.model import Programme, VideoTrack

pytestmark = pytest.mark.render

FLAGS = ("-flags", "+ilme+ildct")


def clip(path: Path, picture: str, filters: str = "null", *after: str, crf: int = 20) -> Path:
    ffmpeg_by_hand(
        "-f",
        "lavfi",
        "-i",
        picture,
        "-vf",
        f"{filters},format=yuv420p",
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        "-crf",
        str(crf),
        *after,
        str(path),
    )
    return path


def track(path: Path) -> VideoTrack:
    video = probe(path).video
    assert video is not None
    return video


def moving(rate: str = "50", seconds: float = 1.6, size: str = "320x180") -> str:
    return f"testsrc2=s={size}:r={rate}:d={seconds},scroll=h={0.5 / float(Fraction(rate)):.4f}"


def note(done: Programme, code: str) -> str:
    (found,) = (each for each in done.notes if each.code == code)
    return str(found)


def combing(path: Path, **settings: object) -> float:
    """How much more neighbouring rows differ than rows of one field, in the delivered pictures."""
    frames = read(framed(conformed(path, **settings)).picture)
    luma = np.stack([planes[0] for _, planes in frames])
    near = np.abs(2 * luma[:, 1:-1] - luma[:, :-2] - luma[:, 2:]).mean()
    same = np.abs(2 * luma[:, 2:-2] - luma[:, :-4] - luma[:, 4:]).mean()
    return float(near / same)


@pytest.mark.parametrize(("order", "weave"), [("tff", "interleave_top"), ("bff", "interleave_bottom")])
@pytest.mark.parametrize("flagged", [False, True])
@pytest.mark.parametrize("noise", [0, 30])
def test_fields_are_found_flagged_or_not(
    order: str, weave: str, flagged: bool, noise: int, tmp_path: Path
) -> None:
    path = clip(
        tmp_path / "x.mp4",
        moving(),
        f"noise=alls={noise}:allf=t,tinterlace={weave}",
        *(FLAGS if flagged else ()),
    )
    video = track(path)
    assert (video.interlaced, video.fields, video.flagged) == (True, order, flagged)
    done = conformed(path)
    assert ("but not flagged as interlaced" in note(done, "interlaced")) is not flagged
    if not noise:
        assert combing(path) < 0.9 < combing(path, fields="progressive")


def test_a_wrong_order_of_flags_is_outweighed(tmp_path: Path) -> None:
    path = clip(
        tmp_path / "x.mp4", moving(), "tinterlace=interleave_top,setfield=bff", "-x264-params", "bff=1"
    )
    assert (track(path).fields, track(path).flagged) == ("tff", True) and combing(path) < 0.9


def test_fields_after_whole_frames_are_found(tmp_path: Path) -> None:
    """Ten progressive frames, then fields: the first frame doesn't represent the clip."""
    one = clip(tmp_path / "1.ts", moving("25", 0.4))
    two = clip(tmp_path / "2.ts", moving(), "tinterlace=interleave_top", *FLAGS)
    listed = tmp_path / "list.txt"
    listed.write_text(f"file '{one}'\nfile '{two}'\n")
    path = tmp_path / "x.ts"
    ffmpeg_by_hand("-f", "concat", "-safe", "0", "-i", str(listed), "-c", "copy", str(path))
    assert track(path).interlaced and track(path).fields == "tff" and combing(path) < 0.9


@pytest.mark.parametrize(("rate", "stored", "every"), [("24", "30", 5), ("25", "30", 6), ("30", "60", 2)])
def test_frames_that_repeat_are_reported(rate: str, stored: str, every: int, tmp_path: Path) -> None:
    path = clip(tmp_path / "x.mp4", moving(rate, 1.6), f"fps={stored}")
    assert track(path).repeats == every and not track(path).interlaced
    assert note(conformed(path), "repeats").startswith(
        f"one frame in {every} repeats the one before: {rate} fps would show"
    )


# The finest rows, moving along and across the rows, fading; pure noise; film grain; flashes; rolling and
# crawling text.
STRIPES = "color=c=gray:s=320x180:r=25:d=1.6,format=gray,geq=lum="
WHOLE = {
    "test picture": moving("25"),
    "stripes across": STRIPES
    + "'if(mod(Y,2),40,200)*between(mod(X-N*7,200),0,100)+90*(1-between(mod(X-N*7,200),0,100))'",
    "stripes up": STRIPES + "'if(mod(Y+N,2),40,200)'",
    "broad stripes up": STRIPES + "'if(mod(floor((Y+N*3)/3),2),40,200)'",
    "stripes fading": STRIPES + "'if(mod(Y,2),40,200)',fade=in:0:30",
    "noise": "color=c=gray:s=320x180:r=25:d=1.6,noise=alls=60:allf=t",
    "grain": moving("25") + ",noise=alls=30:allf=t",
    "flashes": moving("25") + ",format=gray,geq=lum='if(mod(N,3),lum(X,Y),255-lum(X,Y))'",
    "life": "life=s=320x180:r=25:ratio=0.3:mold=10:seed=4,trim=duration=1.6",
    "still": "testsrc2=s=320x180:r=25:d=0.04,loop=loop=40:size=1",
    "rolling": moving("25") + ",scroll=v=0.0111",
    "crawling": moving("25") + ",scroll=h=0.03",
}


@pytest.mark.parametrize("name", WHOLE)
def test_whole_frames_are_left_alone(name: str, tmp_path: Path) -> None:
    path = clip(tmp_path / "x.mp4", WHOLE[name], crf=23)
    video = track(path)
    assert not video.interlaced and video.fields in ("", "progressive") and not video.telecine
    assert not any(
        each.code in ("interlaced", "interlaced-flag", "telecine") for each in conformed(path).notes
    )


def test_a_flag_on_whole_frames_is_outweighed_by_what_all_rows_show_and_by_the_job(tmp_path: Path) -> None:
    """Progressive pictures in an interlaced container (PsF), as cameras and broadcasters write them."""
    path = clip(tmp_path / "x.mp4", moving("25"), "null", "-x264-params", "tff=1")
    assert (track(path).interlaced, track(path).flagged) == (False, True)
    assert note(conformed(path), "interlaced-flag").startswith(
        "flagged as interlaced, but progressive: left unchanged"
    )
    done = conformed(path, fields="tff")
    assert done.source.video is not None and done.source.video.interlaced and note(done, "interlaced")


def verdict(*orders: str) -> str:
    """The verdict for this many conclusive pairs of neighbouring frames."""
    weave = FieldEvidence()
    weave._pairs = [_Pair(0, place, order, "", 1.0) for place, order in enumerate(orders)]
    return weave.result().order


def test_pairs_that_look_woven_one_by_one_make_no_fields() -> None:
    """Coarse coding of a small picture.

    7 of 42 pairs match the opposite order by chance (observed with 160x90 at 25 Hz).
    """
    scattered = [*["progressive"] * 5, "tff"] * 7
    assert verdict(*scattered) == "" and verdict(*["progressive"] * 34, *["tff"] * 7) == ""
    assert verdict(*["progressive"] * 40, *["tff"] * 8) == "tff", "the end of a clip is made of fields"
    assert verdict(*["progressive", "tff", "progressive", "tff", "progressive"] * 8) == "tff", (
        "3:2 pulldown weaves two in five"
    )
