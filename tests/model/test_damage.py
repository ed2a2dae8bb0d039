"""Stated facts compared with what decodes: each kind of loss once, and no alarm where nothing is missing."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from paper_media import stereo_track, video_track

from finish.analysis.decode_faults import Decoding
from finish.model import DecodedTrack, DecodeFault, DecodeReport, Loss, Source, as_decoded, merged
from finish.units import Size

VIDEO = video_track(Size(64, 64), gap=Fraction(1, 25))
AUDIO = stereo_track(VIDEO.start, VIDEO.end)
CLIP = Source(Path("a.mkv"), "d", 1000, "matroska", Fraction(0), VIDEO, (AUDIO,))
WHOLE = DecodeReport((DecodedTrack(0, 100, 100, 0, Fraction(0)), DecodedTrack(1, 188, 187, 192000)))


def told(source: Source, decoded: DecodeReport) -> list[str]:
    found = as_decoded(source, decoded)
    return [
        f"{'' if loss.certain else '?'}{loss.code}: {loss.described(found.start)}" for loss in found.losses
    ]


def faulty(*faults: DecodeFault) -> DecodeReport:
    return replace(WHOLE, faults=faults, count=len(faults))


def test_a_clip_that_decodes_whole_is_as_it_was() -> None:
    assert as_decoded(CLIP, WHOLE) == replace(CLIP, decoded=WHOLE)


def test_sound_that_begins_before_the_picture_is_kept() -> None:
    late = replace(CLIP, video=replace(VIDEO, start=Fraction(1, 2)), pictures=())
    assert as_decoded(late, WHOLE).audio[0].start == AUDIO.start < Fraction(1, 2)


def test_every_complaint_counts_and_those_near_each_other_are_one_place() -> None:
    faults = [
        DecodeFault("picture", "slice CRC mismatch", 0, Fraction(time)) for time in ("1.0", "1.04", "3.2")
    ]
    assert told(CLIP, faulty(*faults, DecodeFault("sound", "CRC error", 1, Fraction(2)))) == [
        "decode-errors: its picture is damaged in 2 places, first (at 1 s), FFmpeg: slice CRC mismatch",
        "decode-errors: its sound is damaged (at 2 s), FFmpeg: CRC error",
    ]


def test_no_picture_may_be_missing() -> None:
    short = replace(WHOLE, tracks=(replace(WHOLE.tracks[0], frames=99), WHOLE.tracks[1]))
    assert told(CLIP, short) == ["pictures-lost: 1 of its 100 pictures can't be decoded"]
    fields = replace(CLIP, video=replace(VIDEO, interlaced=True), pictures=())
    assert told(fields, replace(short, tracks=(replace(short.tracks[0], frames=50), short.tracks[1]))) == []


def test_a_recording_joined_in_the_middle_begins_with_its_first_picture() -> None:
    late = replace(
        WHOLE,
        tracks=(DecodedTrack(0, 100, 80, 0, Fraction(4, 5), 20), WHOLE.tracks[1]),
        faults=(DecodeFault("picture", "non-existing PPS 0 referenced", 0, None),),
    )
    stream = replace(CLIP, demuxer="mpegts")
    found = as_decoded(stream, late)
    assert found.video is not None and (
        found.start,
        found.video.start,
        found.video.frames,
        found.audio[0].start,
    ) == (Fraction(4, 5), Fraction(4, 5), 80, Fraction(4, 5))
    assert told(stream, late)[0].startswith("?starts-late: the recording begins within a group of pictures")
    # Where an index lists pictures that the decoder complains about, they are damaged.
    assert told(CLIP, late)[-1].startswith(
        "starts-late: its first pictures can't be decoded (0.8 s from 0 s on)"
    )


def test_pictures_that_refer_to_what_was_cut_away_are_no_damage() -> None:
    cut = faulty(DecodeFault("picture", "mmco: unref short failure", 0, None))
    assert told(CLIP, cut) == []
    assert told(CLIP, faulty(DecodeFault("picture", "mmco: unref short failure", 0, Fraction(2)))) != []


def test_a_joined_recording_is_named_and_not_called_damaged() -> None:
    joined = replace(
        faulty(DecodeFault("picture", "Packet corrupt (stream = 0, dts = 302400).", 0, Fraction(2))),
        restarts=(Fraction(2),),
    )
    assert told(CLIP, joined) == [
        "clock-restarts: its timestamps restart: it was joined from several recordings (at 2 s)"
    ]


def test_lengths_that_no_clip_has() -> None:
    held = replace(VIDEO, gap=Fraction(40 * 3600), end=Fraction(40 * 3600))
    codes = [loss.code for loss in as_decoded(replace(CLIP, video=held, pictures=()), WHOLE).losses]
    assert codes == ["stands-still", "too-long"]
    shorter = replace(VIDEO, gap=Fraction(2 * 3600), end=Fraction(5 * 3600))
    assert as_decoded(replace(CLIP, video=shorter, pictures=()), WHOLE).losses == ()
    late = replace(held, start=Fraction(100 * 3600), end=Fraction(140 * 3600))
    begun_late = as_decoded(replace(CLIP, video=late, pictures=(), start=late.start), WHOLE).losses
    assert "stands-still" in [loss.code for loss in begun_late], "whatever its clock begins with"
    slides = replace(VIDEO, gap=Fraction(600), end=Fraction(3600))
    assert as_decoded(replace(CLIP, video=slides, pictures=()), WHOLE).losses == ()


def test_sound_of_which_nothing_is_heard() -> None:
    deaf = replace(WHOLE, tracks=(WHOLE.tracks[0], replace(WHOLE.tracks[1], frames=0)))
    assert told(CLIP, deaf) == ["sound-empty: its sound can't be decoded"]
    empty = replace(deaf, tracks=(WHOLE.tracks[0], DecodedTrack(1, 0, 0)))
    assert told(CLIP, empty) == ["?sound-empty: one of its sound tracks is empty"]


def test_one_kind_of_loss_of_one_stream_is_told_once() -> None:
    twice = (
        Loss("cut-off", "cut", start=Fraction(3)),
        Loss("cut-off", "cut", start=Fraction(2), seconds=Fraction(5), certain=False),
    )
    assert merged(twice) == (Loss("cut-off", "cut", start=Fraction(2), seconds=Fraction(5)),)


LOG = """\
[in#0/mpegts @ 0x1] [info] Stream mapping
[h264 @ 0x9] [error] non-existing PPS 0 referenced
[vist#0:0/h264 @ 0x2] [info] demuxer -> ist_index:0:0 type:video pkt_pts_time:0.96 pkt_dts:0 \
pkt_dts_time:0.88 duration:1 duration_time:0.02
[aist#0:1/aac @ 0x3] [info] demuxer -> ist_index:0:1 type:audio pkt_pts_time:0.9 pkt_dts:0 \
pkt_dts_time:0.9 duration:1 duration_time:0.02
[vist#0:0/h264 @ 0x2] [dec:h264 @ 0x4] [info] decoder -> pts:0 pts_time:1 pkt_dts:0 pkt_dts_time:1 \
duration:1 duration_time:0.04
[h264 @ 0x4] [error] error while decoding MB 10 5, bytestream -7
[aist#0:1/aac @ 0x3] [dec:aac @ 0x5] [error] Error submitting packet to decoder: Invalid data
[in#0/mpegts @ 0x1] [warning] Packet corrupt (stream = 1, dts = 9000).
[aist#0:1/aac @ 0x3] [warning] Guessed Channel Layout: mono
[null @ 0x6] [error] Application provided invalid, non monotonically increasing dts to muxer in stream \
0: 2 >= 1
[in#0 @ 0x1] [error] index entry 60 + TemporalOffset 1 = 61, which is out of bounds
[aist#0:1/aac @ 0x3] [info] demuxer -> ist_index:0:1 type:audio pkt_pts_time:5 pkt_dts:9 pkt_dts_time:5 \
duration:1 duration_time:0.02
[aist#0:1/aac @ 0x3] [info] demuxer -> ist_index:0:1 type:audio pkt_pts_time:0.5 pkt_dts:0 \
pkt_dts_time:0.5 duration:1 duration_time:0.02
[in#0/mpegts @ 0x1] [verbose]   Input stream #0:0 (video): 100 packets read (9 b); 98 frames decoded; 1 \
decode errors;
[in#0/mpegts @ 0x1] [verbose]   Input stream #0:1 (audio): 88 packets read (9 b); 87 frames decoded; 1 \
decode errors (88200 samples);
[exit] 0"""


def test_the_log_of_a_decode() -> None:
    fold = Decoding((0, 1)).begin()
    for line in LOG.splitlines():
        fold.add(Fraction(0), np.array(line))
    assert fold.result() == DecodeReport(
        (DecodedTrack(0, 100, 98, 0, Fraction(1), 1), DecodedTrack(1, 88, 87, 88200)),
        (
            DecodeFault("picture", "non-existing PPS 0 referenced", 0, None),
            DecodeFault("picture", "error while decoding MB 10 5, bytestream -7", 0, Fraction(1)),
            DecodeFault("sound", "Error submitting packet to decoder: Invalid data", 1, Fraction(1)),
            DecodeFault("sound", "Packet corrupt (stream = 1, dts = 9000).", 1, Fraction(1)),
        ),
        4,
        (Fraction(5),),
    )


def test_a_process_that_failed_without_a_word_is_a_fault() -> None:
    fold = Decoding((0,)).begin()
    fold.add(Fraction(0), np.array("[exit] 69"))
    assert fold.result().faults == (
        DecodeFault("file", "FFmpeg can't decode the file to its end (exit code 69)"),
    )


def packets(index: int, *dues: float, lasting: float) -> list[str]:
    kind, sign = ("video", "v") if index == 0 else ("audio", "a")
    return [
        f"[{sign}ist#0:{index}/x @ 0x2] [info] demuxer -> ist_index:0:{index} type:{kind} pkt_pts:0 "
        f"pkt_pts_time:{due} pkt_dts:0 "
        f"pkt_dts_time:{due} duration:1 duration_time:{lasting}"
        for due in dues
    ]


def test_holes_are_where_a_regular_stream_has_nothing() -> None:
    fold = Decoding((0, 1)).begin()
    sound = [number / 50 for number in range(200) if not 60 <= number < 110]
    # A screen recording: each picture shows for as long as it is stamped.
    stills = [number / 50 for number in (0, 1, 2, 3, 60, 61, 130, 131)]
    for line in (*packets(1, *sound, lasting=0.02), *packets(0, *stills, lasting=0.25)):
        fold.add(Fraction(0), np.array(line))
    assert [(gap.track, float(gap.start), float(gap.seconds)) for gap in fold.result().gaps] == [
        (1, 1.2, 1.0)
    ]
    holes = replace(WHOLE, gaps=fold.result().gaps)
    assert told(CLIP, holes) == ["?hole: there is a gap in the sound (1 s from 1.2 s on)"]
    assert (
        told(replace(CLIP, demuxer="mov"), holes)
        == []
        == told(replace(CLIP, audio=(replace(AUDIO, codec="opus"),)), holes)
    )
