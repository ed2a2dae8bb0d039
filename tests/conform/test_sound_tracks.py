"""Which tracks and channels are delivered: rules on paper, and clips whose every channel is its own tone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from known import Clip, conformed, heard, numbered, ran, wav
from pydantic import ValidationError

from finish.errors import FinishError
from finish.graph import Stream
from finish.model import AudioTrack, ChannelContent, SoundChange, Source
from finish.model.downmix import fold, matrix
from finish.model.sound_input import read_sound as taken
from finish.model.track_selection import ChosenTracks, best
from finish.stages import conform

MONO = AudioTrack(0, "pcm_s16le", 48_000, 1, "mono", Fraction(0), Fraction(4), places=("FC",))
STEREO = replace(MONO, channels=2, layout="stereo", places=("FL", "FR"))


def source(*tracks: AudioTrack) -> Source:
    return Source(
        Path("x.mov"),
        "c0ffee",
        1,
        "mov",
        Fraction(0),
        None,
        tuple(replace(each, index=at) for at, each in enumerate(tracks)),
    )


def listening(*levels: float | None) -> Any:
    """Each track's level, by its number."""
    return lambda sound: (ChannelContent(levels[int(str(sound.arg("index")))], -3.0),)


CHOICES: list[tuple[str, Sequence[AudioTrack], Sequence[float | None], tuple[int, ...], str]] = [
    ("two mono tracks are left and right", (MONO, MONO), (-20, -22), (0, 1), "know paired-tracks"),
    (
        "of four the first two",
        (MONO,) * 4,
        (-20, -22, -20, -30),
        (0, 1),
        "know paired-tracks, act tracks-left-out",
    ),
    (
        "the other two where the first are silent",
        (MONO,) * 4,
        (None, None, -20, -22),
        (2, 3),
        "know paired-tracks",
    ),
    (
        "two languages are no pair",
        (replace(MONO, language="ger"), replace(MONO, language="eng")),
        (-20, -22),
        (0,),
        "act tracks-left-out",
    ),
    (
        "what is named differently is no pair",
        (replace(MONO, title="boom 1"), replace(MONO, title="lav 2")),
        (-20, -22),
        (0,),
        "act tracks-left-out",
    ),
    (
        "sides may be named",
        (replace(MONO, title="audio left"), replace(MONO, title="audio right")),
        (-20, -22),
        (0, 1),
        "know paired-tracks",
    ),
    ("sides are as loud", (MONO, MONO), (-20, -40), (0,), "know tracks-left-out"),
    ("sides are as long", (MONO, replace(MONO, end=Fraction(3))), (-20, -22), (0,), "act tracks-left-out"),
    ("a silent first track", (STEREO, STEREO), (None, -20), (1,), "know silent-track"),
    ("a first track that only hums", (STEREO, STEREO), (-62, -20), (1,), "know silent-track"),
    ("all are silent", (STEREO, STEREO), (None, None), (0,), ""),
    (
        "the one that the container plays",
        (STEREO, replace(STEREO, default=True)),
        (-20, -20),
        (1,),
        "know tracks-left-out",
    ),
    ("the second side alone", (MONO, MONO), (None, -20), (1,), "know silent-track"),
    ("pairs begin with mono", (STEREO, MONO, MONO), (None, -20, -22), (1, 2), "know paired-tracks"),
    ("nothing chose", (STEREO, STEREO), (-20, -20), (0,), "act tracks-left-out"),
    ("something quiet beside", (STEREO, STEREO), (-20, -45), (0,), "know tracks-left-out"),
    (
        "commentary comes last",
        (replace(STEREO, aside="commentary"), STEREO),
        (-20, -22),
        (1,),
        "know tracks-left-out",
    ),
]


@pytest.mark.parametrize(
    ("tracks", "levels", "expected", "message"),
    [case[1:] for case in CHOICES],
    ids=[case[0] for case in CHOICES],
)
def test_the_tracks_that_are_meant(
    tracks: Sequence[AudioTrack], levels: Sequence[float | None], expected: tuple[int, ...], message: str
) -> None:
    found = best(source(*tracks), listening(*levels))
    assert found.tracks == expected
    assert ", ".join(f"{note.level} {note.code}" for note in found.notes) == message


def test_one_track_is_not_listened_to() -> None:
    def unheard(_: Stream) -> Any:
        raise AssertionError("nothing to choose")

    assert best(source(MONO), unheard).tracks == (0,)
    assert (
        fold(MONO, source(MONO).sound(), unheard).notes
        == fold(STEREO, source(STEREO).sound(), unheard).notes
        == ()
    )


def carrying(count: int, *loud: int, bass: tuple[int, ...] = ()) -> Any:
    """Channels, counted from 1, that carry something."""
    return lambda _: tuple(
        ChannelContent(-20.0 if at in loud else None, -3.0, at in bass) for at in range(1, count + 1)
    )


def unplaced(count: int) -> AudioTrack:
    return replace(MONO, channels=count, layout=f"{count} channels", places=())


ALL = "stereo|c0=c0+0.7071*c2+0.7071*c4|c1=c1+0.7071*c2+0.7071*c5"
CHANNELS = [
    (8, (4,), (), "stereo|c0=c3|c1=c3", "know"),
    (8, (1, 2), (), "stereo|c0=c0|c1=c1", "know"),
    (3, (1, 3), (), "stereo|c0=0.7071*c0+0.7071*c2|c1=0.7071*c0+0.7071*c2", "act"),
    (16, (1, 2, 3, 16), (), "stereo|c0=0.5*c0+0.5*c1+0.5*c2+0.5*c15|c1=0.5*c0+0.5*c1+0.5*c2+0.5*c15", "act"),
    (6, (1, 2, 3, 4, 5, 6), (4,), ALL, "know"),
    (6, (1, 2, 3), (), ALL, "know"),
    (6, (1, 2, 3, 4), (), "stereo|c0=0.5*c0+0.5*c1+0.5*c2+0.5*c3|c1=0.5*c0+0.5*c1+0.5*c2+0.5*c3", "act"),
]


@pytest.mark.parametrize(("count", "loud", "bass", "args", "level"), CHANNELS)
def test_channels_without_places(
    count: int, loud: tuple[int, ...], bass: tuple[int, ...], args: str, level: str
) -> None:
    """Channels with content are heard, surround is downmixed, and a full-range fourth channel is no LFE."""
    track = unplaced(count)
    found = fold(track, source(track).sound(), carrying(count, *loud, bass=bass))
    assert found.args == args and [note.level for note in found.notes] == [level]


def test_places_are_folded_by_bt775() -> None:
    """ITU-R BT.775-3 annex 4: 1 and 0.7071; LFE is omitted."""
    assert (
        matrix(("FL", "FR", "FC", "LFE", "SL", "SR"))
        == "stereo|c0=FL+0.7071*FC+0.7071*SL|c1=FR+0.7071*FC+0.7071*SR"
    )
    wide = replace(MONO, channels=8, layout="7.1", places=("FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR"))
    assert "LFE" not in fold(wide, source(wide).sound(), carrying(8, 1, 2)).args
    alone = fold(wide, source(wide).sound(), carrying(8, 4))
    assert alone.args == "stereo|c0=c3|c1=c3" and alone.notes[0].level == "act"
    assert "only channel 4, which the layout calls LFE" in str(alone.notes[0])


def test_ambisonic_sound_is_heard_to_the_sides() -> None:
    track = replace(MONO, channels=4, layout="ambisonic 1", places=("AMBI0", "AMBI1", "AMBI2", "AMBI3"))
    assert fold(track, source(track).sound(), carrying(4)).args == "stereo|c0=0.5*c0+0.5*c1|c1=0.5*c0-0.5*c1"
    music = replace(track, channels=6, layout="ambisonic 1+stereo", places=(*track.places, "FL", "FR"))
    pair = fold(music, source(music).sound(), carrying(6)).args
    assert pair == "stereo|c0=0.5*c0+0.5*c1+c4|c1=0.5*c0-0.5*c1+c5", "a stereo pair beside it is mixed in"


def test_a_channel_that_is_not_there_is_refused() -> None:
    with pytest.raises(FinishError, match=r"sound track 0 of x\.mov has no channel 3") as raised:
        taken(source(STEREO), ChosenTracks((0,)), (Fraction(0), Fraction(1)), carrying(2), (1, 3))
    assert raised.value.hint == "choose from 1 to 2"


def test_a_change_to_channels_without_places_is_refused_with_its_second() -> None:
    changes = (
        SoundChange(Fraction(0), 48_000, "stereo", ("FL", "FR")),
        SoundChange(Fraction(5, 2), 48_000, "8 channels"),
    )
    with pytest.raises(
        FinishError,
        match=r"x\.mov: the sound changes: stereo at 48000 Hz from 0:00\.00 on; 8 channels .* 0:02\.5",
    ):
        taken(
            source(replace(STEREO, changes=changes)),
            ChosenTracks((0,)),
            (Fraction(0), Fraction(4)),
            carrying(2),
        )


def test_what_can_be_said_of_tracks() -> None:
    assert conform.ConformSettings.model_validate({"track": [0, 1]}).track == (0, 1)
    assert conform.ConformSettings.model_validate({"track": "deu", "channels": [4]}).channels == (4,)
    for wrong in ({"track": [0, 1, 2]}, {"track": [0]}, {"channels": [0]}, {"track": -1}):
        with pytest.raises(ValidationError):
            conform.ConformSettings.model_validate(wrong)


SECONDS, PCM = 1.0, ("-c:a", "pcm_s16le")


def tones(*hertz: float, level: float = 0.25) -> np.ndarray:
    """One channel per tone; 0 is silence."""
    at = np.arange(round(SECONDS * 48_000)) / 48_000
    return np.stack([level * np.sin(2 * np.pi * each * at) if each else 0 * at for each in hertz], axis=1)


def pitches(sound: np.ndarray) -> list[int]:
    """The strongest tone of each side, 0 for silence."""
    spectrum = np.abs(np.fft.rfft(sound[:48_000], axis=0))
    return [round(float(each.argmax())) if each.max() > 100 else 0 for each in spectrum.T]


def clip(folder: Path, *sounds: np.ndarray, name: str = "x.mov", options: Sequence[str] = PCM) -> Path:
    """One second of picture with one sound track per entry."""
    video = Clip().write(folder / "v.mp4", numbered(25))
    files = [wav(folder / f"{at}.wav", each) for at, each in enumerate(sounds)]
    inputs = [word for each in (video, *files) for word in ("-i", str(each))]
    maps = [word for at in range(len(files) + 1) for word in ("-map", str(at))]
    ran([*inputs, *maps, "-c:v", "copy", *options, str(folder / name)])
    return folder / name


@pytest.mark.render
@pytest.mark.parametrize(("track", "expected"), [("auto", [400, 900]), ([1, 0], [900, 400]), (1, [900, 900])])
def test_two_mono_tracks_in_one_file(track: Any, expected: list[int], tmp_path: Path) -> None:
    done = conformed(clip(tmp_path, tones(400), tones(900)), track=track)
    assert pitches(heard(done, tmp_path)[1]) == expected


@pytest.mark.render
def test_a_silent_first_track_in_one_file(tmp_path: Path) -> None:
    done = conformed(clip(tmp_path, tones(0), tones(440), name="x.mkv"))
    assert pitches(heard(done, tmp_path)[1]) == [440, 440]
    assert [note.level for note in done.notes if note.code == "silent-track"] == ["know"]


@pytest.mark.render
@pytest.mark.parametrize(("channels", "expected"), [([], [440, 440]), ([2], [0, 0]), ([4, 1], [440, 0])])
def test_a_tone_on_the_fourth_of_eight_channels(
    channels: list[int], expected: list[int], tmp_path: Path
) -> None:
    sound = np.hstack([tones(0, 0, 0, 440, 0, 0, 0, 0)])
    done = conformed(clip(tmp_path, sound), channels=channels)
    assert pitches(heard(done, tmp_path)[1]) == expected


@pytest.mark.render
@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("-ac", "2", "-ar", "48000"), ("-ac", "6", "-ar", "48000")),
        (("-ac", "2", "-ar", "44100"), ("-ac", "1", "-ar", "48000")),
    ],
)
def test_a_sound_that_changes_is_stereo_throughout(
    first: Sequence[str], second: Sequence[str], tmp_path: Path
) -> None:
    """Two transport streams, one after another, as a recorder writes them; the clicks stay in place."""
    parts = []
    for number, options in enumerate((first, second)):
        burst = np.tile(tones(1000), (1, 2)) * (np.arange(48_000) // 12_000 % 2)[:, None]
        sound = wav(tmp_path / f"{number}.wav", burst)
        video = Clip().write(tmp_path / "v.mp4", numbered(25))
        parts.append(tmp_path / f"{number}.ts")
        ran(
            [
                "-i",
                str(video),
                "-i",
                str(sound),
                "-c:v",
                "copy",
                "-c:a",
                "ac3",
                "-b:a",
                "448k",
                *options,
                "-output_ts_offset",
                str(number + 1),
                "-muxdelay",
                "0",
                str(parts[-1]),
            ]
        )
    path = tmp_path / "x.ts"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    done = conformed(path)
    start, found = heard(done, tmp_path)
    assert start == 0 and found.shape == (done.frames * 1920, 2)
    level = np.sqrt((found.reshape(-1, 4800, 2) ** 2).mean(axis=1))
    quarter = np.repeat(level[:20, 0] > 0.03, 1)
    assert [bool(quarter[at]) for at in (1, 4, 6, 9, 11, 14, 16, 19)] == [
        False,
        True,
        False,
        True,
        False,
        True,
        False,
        True,
    ]
    assert [note.level for note in done.notes if note.code == "sound-changes"] == ["know"]
