"""Timelines for other programs: the registry, and each format line by line."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import opentimelineio
import pytest
from clip_files import clip
from typer.testing import CliRunner

from finish import graph
from finish.cli.verbs import app
from finish.errors import FinishError
from finish.graph import Timeline
from finish.graph.timeline import SpeedSpan
from finish.interchange.edl import edl, timecode
from finish.interchange.otio import otio
from finish.interchange.timeline_formats import FORMATS, format_named, format_of, timeline_of
from finish.model import ClipProgramme, Programme, Source
from finish.units import Size, Span

PAL = Fraction(25)
PICTURE = graph.source("video", "clip", "clip.mp4", index=0, demuxer="mov", size=Size(1280, 720))
CLIP = ClipProgramme(
    source=Source(Path("a\nclip é.mp4"), "clip", 1, "mov", Fraction(0), None),
    conformed=PICTURE,
    picture=PICTURE,
    sound=PICTURE,
    frame=Size(1280, 720),
    rate=PAL,
    frames=2_000,
)


def parts(*ends: tuple[float, float], rate: Fraction = PAL) -> Timeline:
    return Timeline(rate, tuple(Span(Fraction(str(start)), Fraction(str(end))) for start, end in ends))


def listed(title: str, programme: Programme) -> str:
    return edl(title, programme, timeline_of(programme, PAL))


FAST = replace(
    CLIP,
    timeline=Timeline(
        PAL, (Span(Fraction(0), Fraction(3)), SpeedSpan(Fraction(3), Fraction(5), Fraction(1)))
    ),
    content_sound=PICTURE,
)


def test_a_speed_is_told_in_frames_a_second() -> None:
    assert listed("fast", FAST).splitlines()[6:9] == [
        "002  AX       AA/V  C        00:00:03:00 00:00:05:00 00:00:03:00 00:00:04:00",
        "M2   AX       050.0                00:00:03:00",
        "* FROM CLIP NAME: a_clip _.mp4",
    ]


def test_opentimelineio_reads_what_is_kept_and_how_fast() -> None:
    found = opentimelineio.adapters.read_from_string(otio("fast", FAST, timeline_of(FAST, PAL)), "otio_json")
    assert (
        found.name == "fast"
        and found.duration().to_seconds() == 4
        and [track.kind for track in found.tracks] == ["Video", "Audio"]
    )
    first, second = found.tracks[0]
    assert (
        first.source_range.start_time.value,
        first.source_range.duration.value,
        first.source_range.start_time.rate,
    ) == (0, 75, 25)
    assert (second.source_range.start_time.value, second.source_range.duration.value) == (75, 25)
    assert (
        list(first.effects) == []
        and second.effects[0].time_scalar == 2
        and second.media_reference.target_url == CLIP.source.path.name
    )
    assert second.range_in_parent().start_time.value == 75
    whole = opentimelineio.adapters.read_from_string(otio("x", CLIP, timeline_of(CLIP, PAL)), "otio_json")
    assert len(whole.tracks) == 1 and whole.duration().to_seconds() == 80


def test_each_part_is_an_event() -> None:
    assert (
        listed("done", replace(CLIP, timeline=parts((0.8, 4.2), (65, 66.04)), content_sound=PICTURE))
        == """\
TITLE: done
FCM: NON-DROP FRAME

001  AX       AA/V  C        00:00:00:20 00:00:04:05 00:00:00:00 00:00:03:10
* FROM CLIP NAME: a_clip _.mp4

002  AX       AA/V  C        00:01:05:00 00:01:06:01 00:00:03:10 00:00:04:11
* FROM CLIP NAME: a_clip _.mp4
"""
    )


def test_a_whole_clip_is_one_event() -> None:
    (event,) = [line for line in listed("x", CLIP).splitlines() if line.startswith("0")]
    assert event == "001  AX       V     C        00:00:00:00 00:01:20:00 00:00:00:00 00:01:20:00"


@pytest.mark.parametrize(
    ("time", "rate", "code"),
    [
        (Fraction(3600), PAL, "01:00:00:00"),
        (Fraction(1001 * 30, 30_000), Fraction(30_000, 1001), "00:00:01:00"),
        (Fraction(1, 25), PAL, "00:00:00:01"),
        (Fraction(1001 * 23, 24_000), Fraction(24_000, 1001), "00:00:00:23"),
    ],
)
def test_frames_are_counted_without_gaps(time: Fraction, rate: Fraction, code: str) -> None:
    assert timecode(time, rate) == code


def test_more_parts_than_can_be_numbered() -> None:
    with pytest.raises(
        FinishError, match=r"clip é\.mp4: the timeline has 1000 parts; CMX 3600 holds at most 999"
    ):
        listed("x", replace(CLIP, timeline=parts(*((number, number + 0.5) for number in range(1000)))))


def test_the_registry_finds_a_format_by_name_and_by_suffix() -> None:
    assert [(entry.name, entry.suffix) for entry in FORMATS.values()] == [("edl", ".edl"), ("otio", ".otio")]
    for entry in FORMATS.values():
        assert format_named(entry.name) is entry and format_of(Path(f"cut{entry.suffix.upper()}")) is entry
        assert "clip" in entry.write("title", CLIP, timeline_of(CLIP, PAL))
    with pytest.raises(FinishError, match='unknown timeline format "fcpxml" — use one of: edl, otio'):
        format_named("fcpxml")
    with pytest.raises(
        FinishError, match=r"cut\.txt isn't a timeline file — end its name in \.edl or \.otio"
    ):
        format_of(Path("cut.txt"))


@pytest.mark.render
def test_the_list_of_a_job(tmp_path: Path) -> None:
    clip(tmp_path / "hero.mp4", seconds=3)
    (tmp_path / "job.yaml").write_text(
        "source: hero.mp4\npacing: {cut: [1-2]}\ndeliverables: [{name: a, preset: youtube}]\n"
    )
    run = CliRunner().invoke
    done = run(app, ["edl", str(tmp_path), "-o", str(tmp_path / "a.edl")])
    assert done.exit_code == 0, done.output
    assert (
        "001  AX       AA/V  C        00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00"
        in (tmp_path / "a.edl").read_text()
    )
    assert run(app, ["edl", str(tmp_path), "-o", str(tmp_path / "a.otio")]).exit_code == 0
    assert opentimelineio.adapters.read_from_file(str(tmp_path / "a.otio")).duration().to_seconds() == 2
    assert run(app, ["edl", str(tmp_path), "-o", str(tmp_path / "a.txt")]).exit_code == 2
    assert run(app, ["edl", str(tmp_path), "--only", "b", "-o", str(tmp_path / "b.edl")]).exit_code == 2
