"""One built clip per defect of sound or clock: clicks at their times, frames at their times."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from known import (
    WIDE,
    Clip,
    Floats,
    clicks,
    conformed,
    framed,
    heard,
    numbered,
    numbers,
    peaks,
    ran,
    read,
    wav,
)

from finish.errors import FinishError
from finish.media.probe import probe
from finish.model import Programme
from finish.stages.conform.languages import same

pytestmark = pytest.mark.render

SECONDS, FRAMES = 1.0, 25
EXACT = 1 / 48_000  # one sample
AAC = ("-c:a", "aac", "-b:a", "192k")
PCM = ("-c:a", "pcm_s16le")


def put(
    folder: Path,
    sound: Floats,
    name: str = "x.mov",
    *,
    rate: int = 48_000,
    layout: str = "",
    codec: tuple[str, ...] = PCM,
) -> Path:
    """25 numbered frames with this sound."""
    clip = Clip(sound=wav(folder / "sound.wav", sound, rate, layout))
    return clip.but(after=(*clip.after, *codec)).write(folder / name, numbered(FRAMES))


def test_mono_is_as_loud_in_both_ears(tmp_path: Path) -> None:
    done = conformed(put(tmp_path, clicks([0.25, 0.75], SECONDS)))
    start, found = heard(done, tmp_path)
    assert start == 0 and found.shape == (48_000, 2)
    assert np.array_equal(found[:, 0], found[:, 1]) and found.max() == pytest.approx(0.5, abs=1e-4)
    assert peaks(found) == pytest.approx([0.25, 0.75], abs=EXACT)


def test_without_sound_there_is_silence_as_long_as_the_picture(tmp_path: Path) -> None:
    done = conformed(Clip().write(tmp_path / "x.mp4", numbered(FRAMES)))
    start, found = heard(done, tmp_path)
    assert (start, found.shape, np.abs(found).max()) == (0, (48_000, 2), 0)
    assert "no sound track" in done.notes


# ITU-R BT.775-3 annex 4, table 2: the shares of FL FR FC LFE SL SR in the left and in the right channel.
FOLDED = np.array([[1, 0], [0, 1], [0.7071, 0.7071], [0, 0], [0.7071, 0], [0, 0.7071]])


@pytest.mark.parametrize(
    ("layout", "codec", "name"),
    [
        ("5.1", ("-c:a", "flac"), "x.mkv"),
        ("5.1(side)", ("-c:a", "flac"), "x.mkv"),
        ("5.0", ("-c:a", "flac"), "x.mkv"),
    ],
)
def test_surround_is_folded_by_bt775(layout: str, codec: tuple[str, ...], name: str, tmp_path: Path) -> None:
    """Each channel clicks at its own time."""
    matrix = np.delete(FOLDED, 3, axis=0) if layout == "5.0" else FOLDED
    count = len(matrix)
    times = [0.1 + 0.12 * channel for channel in range(count)]
    sound = np.hstack([clicks([time], SECONDS) for time in times])
    done = conformed(put(tmp_path, sound, name, layout=layout, codec=codec))
    _, found = heard(done, tmp_path)
    heights = np.array([found[round(time * 48_000)] for time in times])
    assert heights == pytest.approx(0.5 * matrix, abs=1e-3)
    assert any("downmixed to stereo (BT.775" in note for note in done.notes)


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 44_100, 96_000])
def test_any_sampling_rate_keeps_its_times(rate: int, tmp_path: Path) -> None:
    clicked = np.repeat(clicks([0.25, 0.75], SECONDS, rate), 1, axis=0)
    start, found = heard(conformed(put(tmp_path, clicked, rate=rate)), tmp_path)
    assert start == 0 and len(found) == 48_000
    assert peaks(found, 0.04) == pytest.approx([0.25, 0.75], abs=1 / rate)


@pytest.mark.parametrize("name", ["x.mp4", "x.mkv", "x.ts", "x.webm"])
def test_sound_stays_with_its_frame_in_any_container(name: str, tmp_path: Path) -> None:
    """Priming, a clock that starts at 1.4 s, and milliseconds: frame 12 and the click at 0.48 s coincide."""
    sound = wav(tmp_path / "sound.wav", clicks([0.48], SECONDS))
    codec = (
        ("-c:v", "libvpx", "-b:v", "4M", "-c:a", "libopus", "-b:a", "192k")
        if name == "x.webm"
        else (*Clip().after, *AAC)
    )
    done = conformed(Clip(sound=sound, after=codec).write(tmp_path / name, numbered(FRAMES)))
    frames = read(framed(done).picture)
    assert numbers(frames) == list(range(FRAMES)) and frames[12][0] == Fraction(48, 100)
    start, found = heard(done, tmp_path)
    assert start == 0 and len(found) == 48_000
    assert max(peaks(found, 0.05), key=lambda time: found[round(time * 48_000), 0]) == pytest.approx(
        0.48, abs=0.001
    )


@pytest.mark.parametrize(("picture", "sound"), [("0.4", "0"), ("0", "0.4"), ("3", "3"), ("0.02", "0")])
def test_late_starts_stay_late(picture: str, sound: str, tmp_path: Path) -> None:
    """The first picture fills whole frames before it; a partial frame is omitted; silence comes first.

    Where the sound continues after the picture, the last picture is held.
    """
    video = Clip().write(tmp_path / "video.mp4", numbered(FRAMES))
    audio = wav(tmp_path / "sound.wav", clicks([0.2], SECONDS))
    path = tmp_path / "x.mkv"
    ran(
        [
            "-itsoffset",
            picture,
            "-i",
            str(video),
            "-itsoffset",
            sound,
            "-i",
            str(audio),
            "-c",
            "copy",
            str(path),
        ]
    )
    done = conformed(path)
    first = min(Fraction(picture), Fraction(sound))
    frames, (start, found) = read(framed(done).picture), heard(done, tmp_path)
    held = int((Fraction(picture) - first) * 25)
    begins = Fraction(picture) - Fraction(held, 25)
    on = max(0, int((Fraction(sound) - Fraction(picture)) * 25))
    count = held + FRAMES + on
    assert numbers(frames) == [0] * held + list(range(FRAMES)) + [FRAMES - 1] * on and done.frames == count
    assert (start, len(found)) == (0, count * 1920)
    assert peaks(found) == pytest.approx([0.2 + float(Fraction(sound) - begins)], abs=0.001)


def edits(path: Path, *lists: list[tuple[int, int]]) -> Path:
    """Replace the edit list of each track.

    Rows of duration (movie ticks) and media time (−1 for an empty edit).
    """
    data = bytearray(path.read_bytes())
    at = 0
    for rows in lists:
        at = data.index(b"elst", at)
        assert int.from_bytes(data[at + 8 : at + 12], "big") == len(rows), (
            "FFmpeg wrote as many rows as are wanted"
        )
        for number, (duration, media) in enumerate(rows):
            data[at + 12 + 12 * number : at + 24 + 12 * number] = struct.pack(
                ">IiI", duration, media, 1 << 16
            )
        at += 4
    path.write_bytes(data)
    return path


def test_an_edit_list_that_trims_the_start_is_obeyed(tmp_path: Path) -> None:
    """The picture starts at frame 5, the sound at 0.2 s (ISO/IEC 14496-12 §8.6.6).

    Frame 5 comes first, and a click at 0.48 s moves to 0.28 s.
    """
    path = put(tmp_path, clicks([0.48], SECONDS), "x.mov")
    edits(path, [(38_400, 5 * 512)], [(38_400, 9_600)])
    done = conformed(path)
    frames, (start, found) = read(framed(done).picture), heard(done, tmp_path)
    assert done.source.video is not None and done.source.video.frames == 20
    assert numbers(frames) == list(range(5, FRAMES))
    assert start == 0 and peaks(found) == pytest.approx([0.28], abs=0.001)


def test_a_leading_empty_edit_is_obeyed(tmp_path: Path) -> None:
    """The picture starts 0.2 s late: its first frame fills the time, and the sound stays where it was."""
    video = Clip().write(tmp_path / "video.mp4", numbered(FRAMES))
    audio = wav(tmp_path / "sound.wav", clicks([0.48], SECONDS))
    path = tmp_path / "x.mov"
    ran(
        [
            "-itsoffset",
            "0.2",
            "-i",
            str(video),
            "-i",
            str(audio),
            "-c:v",
            "copy",
            "-c:a",
            "pcm_s16le",
            str(path),
        ]
    )
    assert path.read_bytes().count(b"\xff\xff\xff\xff\x00\x01\x00\x00") == 1, "there is an empty edit"
    done = conformed(path)
    frames, (start, found) = read(framed(done).picture), heard(done, tmp_path)
    assert numbers(frames) == [0] * 5 + list(range(FRAMES))
    assert start == 0 and peaks(found) == pytest.approx([0.48], abs=0.001)


def test_sound_that_is_too_short_is_followed_by_silence(tmp_path: Path) -> None:
    done = conformed(put(tmp_path, clicks([0.2], 0.3)))
    start, found = heard(done, tmp_path)
    assert (start, len(found)) == (0, 48_000) and peaks(found) == pytest.approx([0.2], abs=EXACT)
    assert told(done, "sound-ends").startswith(
        "the sound ends 0.70 s before the picture: silent from 0:00.30 on"
    )


def test_sound_that_goes_on_is_heard_to_its_end_over_the_last_picture(tmp_path: Path) -> None:
    done = conformed(put(tmp_path, clicks([0.2, 1.9], 2.0)))
    start, found = heard(done, tmp_path)
    assert (start, len(found)) == (0, 96_000) and peaks(found) == pytest.approx([0.2, 1.9], abs=EXACT)
    assert numbers(read(framed(done).picture)) == [*range(FRAMES), *[FRAMES - 1] * FRAMES]
    assert (
        told(done, "picture-ends")
        == "the sound is 1.00 s longer than the picture: the last picture is held from 0:01.00 on"
    )


def test_a_tail_that_nobody_hears_is_cut(tmp_path: Path) -> None:
    done = conformed(put(tmp_path, clicks([0.2], 1.09)))
    assert done.frames == FRAMES and len(heard(done, tmp_path)[1]) == 48_000
    assert told(done, "sound-tail") == "the sound is 90 ms longer than the picture: cut off"


def test_one_picture_is_shown_for_all_of_the_sound(tmp_path: Path) -> None:
    sound = wav(tmp_path / "sound.wav", clicks([0.2, 3.9], 4.0))
    done = conformed(
        Clip(sound=sound, after=(*Clip().after, "-c:a", "pcm_s16le")).write(
            tmp_path / "cover.mov", numbered(1)
        )
    )
    assert numbers(read(framed(done).picture)) == [0] * 100
    assert peaks(heard(done, tmp_path)[1]) == pytest.approx([0.2, 3.9], abs=EXACT)
    assert (
        told(done, "one-picture")
        == "the clip is a single picture with 4.00 s of sound: the picture is shown throughout"
    )


def told(done: Programme, code: str) -> str:
    """The only note of this kind."""
    (note,) = (each for each in done.notes if each.code == code)
    return str(note)


def test_a_gap_in_the_sound_is_silence(tmp_path: Path) -> None:
    """A recorder that lost 0.3 s: what comes after it isn't early."""
    video = Clip().write(tmp_path / "video.mp4", numbered(FRAMES))
    sound = wav(tmp_path / "sound.wav", clicks([0.1, 0.7], SECONDS))
    path = tmp_path / "x.mkv"
    select = "asetnsamples=480:p=0,aselect='lt(t,0.3)+gte(t,0.6)'"
    ran(["-i", str(video), "-i", str(sound), "-c:v", "copy", "-af", select, *PCM, str(path)])
    _, found = heard(conformed(path), tmp_path)
    assert peaks(found) == pytest.approx([0.1, 0.7], abs=0.001) and len(found) == 48_000


@pytest.fixture(scope="module")
def polyglot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three sound tracks that click at different times: no language, German, French."""
    folder = tmp_path_factory.mktemp("polyglot")
    sounds = [wav(folder / f"{number}.wav", clicks([0.2 + 0.2 * number], SECONDS)) for number in range(3)]
    inputs = [
        word
        for each in (Clip().write(folder / "v.mp4", numbered(FRAMES)), *sounds)
        for word in ("-i", str(each))
    ]
    maps = [word for number in range(4) for word in ("-map", str(number))]
    languages = ["-metadata:s:a:1", "language=ger", "-metadata:s:a:2", "language=fra"]
    path = folder / "x.mkv"
    ran([*inputs, *maps, "-c:v", "copy", *PCM, *languages, str(path)])
    return path


ASKED = [(0, 0), (1, 1), ("de", 1), ("deu", 1), ("ger", 1), ("de-AT", 1), ("DE", 1), ("fr", 2), ("fre", 2)]


@pytest.mark.parametrize(("track", "number"), ASKED)
def test_a_sound_track_is_chosen_by_number_or_language(
    track: int | str, number: int, polyglot: Path, tmp_path: Path
) -> None:
    done = conformed(polyglot, track=track)
    _, found = heard(done, tmp_path)
    assert peaks(found) == pytest.approx([0.2 + 0.2 * number], abs=EXACT)
    assert any(note.startswith(f"sound track {number} (") for note in done.notes)


@pytest.mark.parametrize("track", [3, "it", "en"])
def test_a_track_that_is_not_there_is_told_with_those_that_are(track: int | str, polyglot: Path) -> None:
    with pytest.raises(FinishError) as raised:
        conformed(polyglot, track=track)
    assert (
        raised.value.code == "spec"
        and raised.value.message == f"conform.track: x.mkv has no sound track {track}"
    )
    assert raised.value.hint == "choose one of: 0 (no language, mono), 1 (ger, mono), 2 (fra, mono)"


def test_languages_are_the_same_in_any_code() -> None:
    alike = (
        ("ger", "de"),
        ("deu", "de"),
        ("de-CH", "de"),
        ("de", "de-CH"),
        ("chi", "zh"),
        ("zh-Hant", "zh-hant"),
    )
    assert all(same(*pair) for pair in alike)
    assert not any(
        same(*pair)
        for pair in (("", "de"), ("ger", "en"), ("zh-Hant", "zh-Hans"), ("de-CH", "de-AT"), ("dut", "de"))
    )


def test_a_track_that_nobody_can_decode_is_left_out_and_said(tmp_path: Path) -> None:
    """As phones write spatial sound beside stereo, in their own codec."""
    one, two = (wav(tmp_path / f"{number}.wav", clicks([0.2 + 0.4 * number], SECONDS)) for number in range(2))
    video = Clip().write(tmp_path / "v.mp4", numbered(FRAMES))
    path = tmp_path / "x.mov"
    inputs = ["-i", str(video), "-i", str(one), "-i", str(two), "-map", "0", "-map", "1", "-map", "2"]
    ran([*inputs, "-c:v", "copy", *PCM, str(path)])
    data = path.read_bytes()
    last = data.rindex(b"sowt")
    path.write_bytes(data[:last] + b"zzzz" + data[last + 4 :])
    done = conformed(path)
    assert "sound stream 2 has no codec and can't be read: ignored" in done.notes
    assert peaks(heard(done, tmp_path)[1]) == pytest.approx([0.2], abs=EXACT)
    assert len(probe(path).audio) == 1 and done.frame == WIDE
