"""Damaged clips of every format, planned: missing parts are refused or noted; clean clips have no findings.

The mutants and the witness belong to the damage bench (`make fuzz`, which has many more of both).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import pytest

from bench.damage.clips import BASES, BY_NAME, CLEAN, build
from bench.damage.judge import Answer, answered, plain
from bench.damage.mutants import Mutant, mutants
from bench.damage.witness import Held, held, loss

SEED: Final = 19
# Per format: one cut, one hole or flip, and the container's lies that leave something out.
KINDS: Final = {
    "plain.mp4": (
        "cut-half",
        "stsz-half",
        "stsz-half-sound",
        "stts-half-sound",
        "stco-half",
        "elst-half",
        "stts-twice-as-slow",
        "stco-behind-end",
        "trak-renamed-sound",
        "mdhd-timescale-0",
        "stts-huge",
    ),
    "faststart.mp4": ("cut-half", "cut-99%", "cut-1-byte", "lost-3000", "hole-16k"),
    "fragmented.mp4": ("cut-half", "cut-99%", "moof-gone-middle", "trun-half", "tfdt-later"),
    "hevc.mp4": ("hole-16k", "stsz-half"),
    "av1.mp4": ("cut-90%", "hole-300"),
    "prores.mov": ("cut-half", "stco-half"),
    "mjpeg.mov": ("hole-16k", "zeros-to-end"),
    "plain.mkv": (
        "cut-half",
        "cut-99%",
        "pictures-gone-to-end",
        "sound-gone-to-end",
        "cluster-gone",
        "cluster-later",
        "sound-gone",
        "sound-rate-0",
    ),
    "ffv1.mkv": ("cut-90%", "flip-20"),
    "vp9.webm": ("cut-near-half", "sound-gone-to-end"),
    "live.webm": ("sound-gone-to-end", "hole-16k"),
    "plain.ts": ("starts-mid-gop", "packets-dropped", "sound-gone-middle", "pictures-gone-middle"),
    "mpeg2.ts": ("packets-dropped", "starts-mid-gop"),
    "plain.mpg": ("picture-packets-gone", "hole-16k"),
    "mpeg4.avi": ("cut-half", "hole-16k", "sound-gone-to-end", "pictures-gone"),
    "mjpeg.avi": ("cut-90%", "hole-16k"),
    "theora.ogv": ("cut-half", "last-pages-gone", "page-gone", "flip-20"),
    "h264.flv": ("cut-half", "picture-gone", "sound-gone-to-end"),
    "wmv2.wmv": ("cut-half", "packets-dropped", "flip-20"),
    "mpeg2.mxf": ("cut-half", "pictures-gone"),
    "mpeg4.nut": ("cut-half", "hole-16k"),
    "moving.gif": ("cut-half", "flip-20"),
    "moving.apng": ("cut-half", "burst-64"),
    "moving.webp": ("cut-half", "zeros-to-end"),
    "music.wav": ("cut-half",),
    "music.mp3": ("cut-half", "hole-16k", "flip-head"),
    "music.flac": ("cut-half",),
    "music.m4a": ("stsz-half",),
    "music.opus": ("cut-half",),
    "music.aac": ("hole-300",),
}
CHOSEN: Final = [each for each in mutants() if each.kind in KINDS.get(each.base, ())]
_BEHIND: Final = ("plain.mp4", "mpeg4.avi", "h264.flv", "mpeg4.nut", "live.webm", "music.mp3", "music.flac")
_UNTRIMMED: Final = (
    "music.mp3:zeros-after"  # so many that FFmpeg stops believing the header, and plays the padding
)
_CUT_INDEX: Final = ("plain.mkv", "mjpeg.avi", "fragmented.mp4", "wmv2.wmv", "h264.flv")
HARMLESS: Final = [
    each
    for each in mutants()
    if (each.kind in ("junk-after", "zeros-after") and each.base in _BEHIND and each.name != _UNTRIMMED)
    or (each.kind == "cut-1-byte" and each.base in _CUT_INDEX)
]


class World:
    """Clean clips, built once, and what is known about them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clip = cache(self._clip)
        self.holds = cache(self._holds)
        self.answer = cache(self._answer)

    def _clip(self, name: str) -> Path:
        return build(BY_NAME[name], self.folder)

    def _holds(self, name: str) -> Held:
        return held(self.clip(name))

    def _answer(self, name: str) -> Answer:
        return self.ask(self.clip(name), self.folder / f"clean-{name}")

    def notes(self, name: str) -> frozenset[str]:
        return frozenset(plain(text) for *_, text in self.answer(name).notes)

    def ask(self, path: Path, folder: Path) -> Answer:
        music = BY_NAME[path.name].music
        how, said, notes = answered(
            self.clip("silent.mp4") if music else path, folder, music=path if music else None, level=False
        )
        return Answer(how, said, tuple(notes))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("clips"))


def harmed(world: World, mutant: Mutant, folder: Path) -> Path:
    path = folder / mutant.base
    path.write_bytes(mutant.bytes(world.clip(mutant.base).read_bytes(), SEED))
    return path


def test_every_format_is_harmed() -> None:
    assert set(KINDS) == set(BASES)
    assert sum(map(len, KINDS.values())) == len(CHOSEN) >= 60


@pytest.mark.parametrize("mutant", CHOSEN, ids=lambda each: each.name)
def test_nothing_is_lost_without_a_word(world: World, mutant: Mutant, tmp_path: Path) -> None:
    path = harmed(world, mutant, tmp_path)
    answer = world.ask(path, tmp_path)
    assert answer.how in ("refused", "done"), answer.message
    missing = loss(world.holds(mutant.base), held(path))
    assert not missing.harmless, "a mutant that lacks nothing shows nothing"
    usual = world.notes(mutant.base)
    assert answer.how == "refused" or answer.words(usual) or answer.known(usual), str(missing)
    assert answer.how == "done" or answer.clear(path.name), answer.message


@pytest.mark.parametrize("mutant", HARMLESS, ids=lambda each: each.name)
def test_what_lacks_nothing_is_not_refused(world: World, mutant: Mutant, tmp_path: Path) -> None:
    path = harmed(world, mutant, tmp_path)
    assert loss(world.holds(mutant.base), held(path)).harmless
    assert world.ask(path, tmp_path).how == "done"


@pytest.mark.parametrize("name", [each.name for each in CLEAN])
def test_clean_clips_raise_no_alarm(world: World, name: str) -> None:
    answer = world.answer(name)
    assert (answer.how, answer.message, answer.alarms) == ("done", "", ())


def test_the_witness_sees_what_is_missing(world: World, tmp_path: Path) -> None:
    whole = world.holds("plain.mkv")
    assert loss(whole, whole).harmless
    cut = next(mutant for mutant in mutants() if mutant.name == "plain.mkv:cut-half")
    found = loss(whole, held(harmed(world, cut, tmp_path)))
    assert 20 <= found.frames <= 30
    assert 0.8 <= found.sound <= 1.2
    assert any("ended prematurely" in each for each in found.evidence)


def test_mutants_are_the_same_each_time(world: World) -> None:
    flipped = next(mutant for mutant in mutants() if mutant.name == "plain.mkv:flip-20")
    data = world.clip("plain.mkv").read_bytes()
    assert flipped.bytes(data, 1) == flipped.bytes(data, 1) != flipped.bytes(data, 2)


def test_chapters_that_go_with_an_encoded_sound_are_no_damage(world: World, tmp_path: Path) -> None:
    # Its level is searched for, so sounds are encoded and measured.
    assert answered(world.clip("chapters.mp4"), tmp_path)[:2] == ("done", "")
