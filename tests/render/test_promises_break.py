"""Each promise broken: good deliveries, doctored by hand, and verdicts that state by how much."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from pathlib import Path

import pytest
from clip_files import TAGS, ffmpeg_by_hand
from render_jobs import ONE, Finished, finished, folder

import finish
from finish.checks import delivery_format
from finish.checks.file_check import check_file
from finish.deliver.steps import Draft, Mux
from finish.graph import Output
from finish.media.probe import probe
from finish.model import CheckResult, DeliveryLimits

pytestmark = pytest.mark.render

COPIED = "-c copy -movflags +faststart"
ENCODED = (
    "-c:v libx264 -preset ultrafast -crf 10 -bf 2 -video_track_timescale 12800 -c:a copy -movflags +faststart"
)
SOUND = "-c:v copy -c:a aac -b:a 192k -movflags +faststart"
NO_EDIT_LIST = "-c:a copy -use_editlist 0 -movflags +faststart+negative_cts_offsets"
GAP = "-fps_mode vfr -enc_time_base:v 1/25"
KNOCK = "aevalsrc=exprs='if(between(t,1,1.0005),0.9,0)':sample_rate=48000:duration=2:channel_layout=stereo"


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """Captions are in the middle of frames 13 (0.52 s) and 35 (1.4 s) of 50."""
    made = finished(folder(tmp_path_factory.mktemp("doctor") / "job"))
    assert all(outcome.path for outcome in made.outcomes)
    return made


def doctored(good: Finished, name: str, arguments: str, place: Path) -> Path:
    """A copy of a delivery, processed by FFmpeg; `{}` in the arguments is the delivery."""
    file = place / "doctored.mp4"
    treated = arguments if "{}" in arguments else f"-i {{}} {arguments}"
    ffmpeg_by_hand(*shlex.split(treated.replace("{}", shlex.quote(str(good.out / f"{name}.mp4")))), str(file))
    return file


SHOWN, OUTSIDE, OTHER = (
    "captions that don't show",
    "captions outside the safe zone",
    "captions other than planned",
)
LEAD, EXCESS = "sound against picture", "sound past the picture's end"
# A file of another size, rate, or length isn't compared with planned frames: the state of its captions is
# unknown.
UNCOMPARED = {SHOWN: "promised 0 cards", OUTSIDE: "promised 0 px", OTHER: "promised 0 places"}


def filtered(filters: str, also: str = "") -> str:
    """Filter the picture, then tag and encode it as a delivery; tags in `filters` come last."""
    return f'-vf "{TAGS},{filters}" {also} {ENCODED}'


# What is done to TikTok's file, and every promise that breaks, with a part of its verdict.
DOCTORS: dict[str, tuple[str, dict[str, str]]] = {
    "wrong size": (
        filtered("scale=362:640,setsar=1"),
        {"frame size": "362x640, promised 360x640", **UNCOMPARED},
    ),
    "wrong rate": (
        filtered("fps=24"),
        {"frame rate": "24 fps, promised 25", "frame count": "48 frames, promised 50", **UNCOMPARED},
    ),
    "a frame dropped": (
        filtered(r"select=not(eq(n\,20))", GAP),
        {"frame count": "49 frames, promised 50", "variable rate": "True, promised False", **UNCOMPARED},
    ),
    "the last frame lost": (
        filtered("trim=end_frame=49"),
        {"frame count": "49 frames, promised 50", **UNCOMPARED},
    ),
    "a frame added": (
        filtered("tpad=stop=1:stop_mode=clone"),
        {"frame count": "51 frames, promised 50", EXCESS: "-40 ms, promised -1 to 42.7", **UNCOMPARED},
    ),
    "primaries stripped": (
        filtered("setparams=color_primaries=unknown"),
        {"primaries tag": "not stated, promised bt709"},
    ),
    "transfer stripped": (
        filtered("setparams=color_trc=unknown"),
        {"transfer tag": "not stated, promised bt709"},
    ),
    "another matrix": (
        filtered("setparams=colorspace=smpte170m"),
        {"matrix tag": "smpte170m, promised bt709"},
    ),
    "full range tag": (
        filtered("setparams=range=pc"),
        {"full range": "True, promised False", "pixel format": "yuvj420p, promised yuv420p"},
    ),
    "10 bits": (filtered("format=yuv420p10le"), {"pixel format": "yuv420p10le, promised yuv420p"}),
    "fields": (filtered("setfield=tff", "-flags:v +ilme+ildct"), {"interlaced": "True, promised False"}),
    "oblong pixels": (
        filtered("setsar=4/3"),
        {"square pixels": "4/3, promised 1", "frame size": "480x640, promised 360x640", **UNCOMPARED},
    ),
    "rotation": (
        f"-display_rotation 90 -i {{}} {COPIED}",
        {"upright": "promised 0", "frame size": "640x360, promised 360x640", **UNCOMPARED},
    ),
    "another codec": (
        filtered("null").replace("libx264 -preset ultrafast -crf 10 -bf 2", "mpeg4 -q:v 1"),
        {"picture codec": "mpeg4, promised h264"},
    ),
    "index last": ("-c copy", {"index first (faststart)": "False, promised True"}),
    "mono": (f"{SOUND} -ac 1", {"sound channels": "1, promised 2"}),
    "44.1 kHz": (f"{SOUND} -ar 44100", {"sound rate": "44100, promised 48000"}),
    "sound in FLAC": ("-c:v copy -c:a flac -movflags +faststart", {"sound codec": "flac, promised aac"}),
    "no sound": (
        "-c:v copy -an -movflags +faststart",
        dict.fromkeys(
            ("sound codec", "sound rate", "sound channels", LEAD, EXCESS, "loudness", "true peak"), ": not "
        ),
    ),
    "sound 20 ms late": (
        f"-i {{}} -itsoffset 0.020 -i {{}} -map 0:v -map 1:a {COPIED}",
        {LEAD: "ms, promised -1 to 1 ms"},
    ),
    "picture 20 ms late": (
        f"-itsoffset 0.020 -i {{}} -i {{}} -map 0:v -map 1:a {COPIED}",
        {LEAD: "20 ms, promised -1 to 1", EXCESS: "-20 ms", **UNCOMPARED},
    ),
    "sound longer": (f"{SOUND} -af apad=pad_dur=0.1", {EXCESS: "100 ms, promised -1 to 42.7"}),
    "sound shorter": (f"{SOUND} -af atrim=end=1.9", {EXCESS: "-100 ms, promised -1 to 42.7"}),
    "1 dB louder": (f"{SOUND} -af volume=1dB", {"loudness": "-13.0"}),
    "0.3 dB quieter": (f"{SOUND} -af volume=-0.3dB", {"loudness": "-14.3"}),
    "a knock": (
        (
            f'-i {{}} -f lavfi -i "{KNOCK}" -filter_complex [0:a][1:a]amix=normalize=0[k] -map 0:v -map '
            f"[k] {SOUND}"
        ),
        {"true peak": "dBTP, promised ≤ -1.5 dBTP"},
    ),
    "ink on the edge": (
        filtered("drawbox=x=4:y=300:w=3:h=100:color=white:t=fill:enable='between(t,1.2,1.6)'"),
        {OUTSIDE: "px, promised 0 px"},
    ),
}


@pytest.mark.parametrize("name", DOCTORS)
def test_a_doctored_file_breaks_its_promises_and_no_others(name: str, good: Finished, tmp_path: Path) -> None:
    arguments, expected = DOCTORS[name]
    broken = good.broken("hero-tiktok", doctored(good, "hero-tiktok", arguments, tmp_path))
    assert set(broken) == set(expected)
    assert {promise: text for promise, text in broken.items() if expected[promise] not in text} == {}


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("hero-tiktok", COPIED),
        ("hero-tiktok", filtered("null")),
        ("hero-tiktok", SOUND),
        ("hero-youtube", f"-c:v copy {NO_EDIT_LIST}"),
    ],
)
def test_a_copy_and_a_good_encode_break_nothing(
    name: str, arguments: str, good: Finished, tmp_path: Path
) -> None:
    """So the doctoring breaks the promise, not the tools."""
    assert good.broken(name, good.out / f"{name}.mp4") == {}
    assert good.broken(name, doctored(good, name, arguments, tmp_path)) == {}


def test_an_edit_list_breaks_the_promise_of_none(good: Finished, tmp_path: Path) -> None:
    file = doctored(good, "hero-youtube", COPIED, tmp_path)
    assert good.broken("hero-youtube", file) == {"edit list": "edit list: True, promised False"}


def test_a_file_that_is_cut_off_breaks_the_promise_of_a_whole_one(good: Finished, tmp_path: Path) -> None:
    file = tmp_path / "cut.mp4"
    file.write_bytes((good.out / "hero-tiktok.mp4").read_bytes()[:-2000])
    assert "whole file" in good.broken("hero-tiktok", file)


def test_captions_left_out_break_a_promise(good: Finished, tmp_path: Path) -> None:
    """The uncaptioned picture of the same plan, encoded and muxed as the captioned one."""
    one = good.renderings[0]
    (plain,) = {promise.against[-1] for promise in one.planned.promises if promise.against}
    picture = plain.filter("setparams", range="tv").encoded(one.picture.encoding)
    file = tmp_path / "plain.mp4"
    container = one.planned.deliverable.delivery.container
    good.engine.renderer.run(
        [Output(good.engine.renderer.decoded([picture, one.sound]), str(file), "mp4", container.muxing())]
    )
    broken = good.broken("hero-tiktok", file)
    assert set(broken) == {SHOWN} and "2 cards, promised 0 cards" in broken[SHOWN]


def test_the_destinations_limits_break(good: Finished) -> None:
    file = probe(good.out / "hero-tiktok.mp4")
    tight = DeliveryLimits(seconds_max=1.5, bytes_max=1000, kbits_max=10, side_min=400, side_max=600)  # type: ignore[arg-type]
    verdicts = check_file(delivery_format.limit_promises(tight, "a narrow place"), file, good.engine.ask)
    told = {verdict.promise.name: str(verdict) for verdict in verdicts if not verdict.kept}
    assert set(told) == {"duration", "file size", "mean rate", "short side", "long side"}
    assert (
        told["duration"].startswith("duration: 2 s, promised ≤ 1.5 s")
        and f"{file.size} bytes, promised ≤ 1000" in told["file size"]
    )
    assert (
        "360 px, promised ≥ 400 px" in told["short side"] and "640 px, promised ≤ 600 px" in told["long side"]
    )
    short = DeliveryLimits(seconds_min=3)  # type: ignore[arg-type]
    assert [
        each.kept for each in check_file(delivery_format.limit_promises(short, ""), file, good.engine.ask)
    ] == [False]


def test_every_promise_that_was_made_has_been_seen_to_break(good: Finished) -> None:
    """A new promise without a doctored file here fails this test."""
    made = {promise.name for one in good.renderings for promise in one.planned.promises}
    broken = {promise for _, expected in DOCTORS.values() for promise in expected}
    elsewhere = {"whole file", "edit list", "duration", "file size", "short side", "long side"}
    assert made == broken | elsewhere


@pytest.mark.parametrize("measured", [None, float("nan"), "", "not a number"])
def test_what_was_not_measured_is_not_kept(measured: object, good: Finished) -> None:
    for promise in good.renderings[0].planned.promises:
        if isinstance(measured, str) and promise.accept.exactly is None:
            continue
        assert not CheckResult(promise, measured).kept, promise.name


_STYLE = (
    "Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, "
    "Italic, Underline, StrikeOut, "
    "ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, "
    "MarginV, Encoding"
)
CORNER = rf"""[Script Info]
ScriptType: v4.00+
PlayResX: 320
PlayResY: 180

[V4+ Styles]
Format: {_STYLE}
Style: Default,Noto Sans,20,&H00FFFFFF,&H000000FF,&H00000000,&H00000000,0,0,0,0,100,100,0,0,1,1,0,7,0,0,0,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:00.20,0:00:00.80,Default,,0,0,0,,{{\pos(60,TOP)}}in the corner
"""


def test_a_broken_promise_publishes_nothing(tmp_path: Path) -> None:
    """Captions that aren't drawn: the earlier good file stays, with its sidecars and its manifest."""
    job = ONE.replace(
        "deliverables", "captions: {file: own.ass, sidecar: [srt]}\nsource: hero.mp4\ndeliverables"
    )
    place = folder(tmp_path, job, seconds=1.0)
    (place / "own.ass").write_text(CORNER.replace("TOP", "60"))
    first = finished(place)
    assert [each.exit_code for each in first.outcomes] == [0]
    before = {path: path.read_bytes() for path in first.out.rglob("*") if path.is_file()}
    (place / "own.ass").write_text(CORNER.replace("TOP", "60").replace("in the", r"{\alpha&HFF&}in the"))
    events: list[finish.Event] = []
    (outcome,) = finish.run(finish.load(place).job, on_event=events.append)
    assert (outcome.path, outcome.exit_code) == (None, 1)
    assert [each.promise.name for each in outcome.broken] == [SHOWN]
    assert [event.message for event in events if event.what == "broken"] == [str(outcome.broken[0])]
    assert {path: path.read_bytes() for path in first.out.rglob("*") if path.is_file()} == before
    assert (
        json.loads((first.out / "manifest.json").read_text())["deliverables"]["done"]["sha256"]
        == first.outcomes[0].digest
    )


def test_a_file_that_was_spoilt_on_its_way_is_not_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All errors are reported at once, whatever the first one does to the other measurements."""
    place = folder(
        tmp_path, ONE.replace("deliverables", "captions: {file: hero.en.srt}\nsource: hero.mp4\ndeliverables")
    )
    mux = Mux.__call__

    def spoilt(step: Mux, draft: Draft) -> Draft:
        muxed = mux(step, draft)
        half = tmp_path / "half.mp4"
        ffmpeg_by_hand(
            "-i",
            str(muxed.file),
            *shlex.split(filtered("fps=12.5,scale=160:90").replace("-c:a copy", NO_EDIT_LIST)),
            str(half),
        )
        half.replace(muxed.file)
        return muxed

    monkeypatch.setattr(Mux, "__call__", spoilt)
    made = finished(place)
    assert {each.promise.name for each in made.outcomes[0].broken} >= {
        "frame size",
        "frame rate",
        "frame count",
    }
    assert made.outcomes[0].exit_code == 1 and list(made.out.iterdir()) == []


def test_one_broken_deliverable_does_not_hold_back_the_other(tmp_path: Path) -> None:
    entries = (
        "[{name: bad, preset: youtube, sound: {lufs: -5, ceiling: -9, accept: exact}}, {name: good, "
        "preset: youtube}]"
    )
    place = folder(
        tmp_path,
        "source: hero.mp4\n" + ONE.partition("deliverables")[0] + f"deliverables: {entries}",
        seconds=1.0,
    )
    made = finished(place)
    assert {outcome.name: outcome.exit_code for outcome in made.outcomes} == {"bad": 1, "good": 0}
    assert sorted(path.name for path in made.out.iterdir()) == ["good.mp4", "manifest.json"]
    assert set(made.manifest["deliverables"]) == {"good"}
    assert "instead of -5.00 LUFS" in str(made.outcomes[0].error)


def test_a_doctored_promise_is_a_broken_one(good: Finished) -> None:
    """The reverse: the good file against promises that no file can keep."""
    promises = [
        replace(promise, accept=replace(promise.accept, exactly="something else"))
        for promise in good.renderings[0].planned.promises
    ]
    verdicts = check_file(promises, probe(good.out / "hero-tiktok.mp4"), good.engine.ask)
    assert [verdict.promise.name for verdict in verdicts if verdict.kept] == []
