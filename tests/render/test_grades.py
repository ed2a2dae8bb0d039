"""Grades per shot, flicker, and levels, on pixels: the right cube on every frame, in pieces, after cuts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from clip_files import ffmpeg_by_hand
from known import Clip, Codes, Floats, drawn
from render_jobs import folder
from test_pieces import frames

import finish
from finish.analysis.flicker import Flicker
from finish.analysis.video_levels import Levels
from finish.deliver.lock_file import lock_of, read
from finish.engine.engine import Engine
from finish.errors import FinishError
from finish.media.probe import probe
from finish.model import Measure
from finish.stages.colour.deflicker import shot_flicker
from finish.units import Size

pytestmark = pytest.mark.render

BARE = "source: hero.mp4\nsound: {target: none}\ndeliverables: [{name: done, preset: youtube}]\n"
QUICK = "encode: {{picture: {{speed: ultrafast}}, size: 320x180, {}}}\n"
# On frames of 25 Hz; nothing changes between two of them.
EDGES = (Fraction(3), Fraction(16, 5), Fraction(37, 5), Fraction(63, 5))


def engine(place: Path) -> Engine:
    return Engine(finish.load(place).job, finish.STAGES)


def shots(*stops: float) -> str:
    """Manual corrections between the edges."""
    ends = (Fraction(0), *EDGES, None)
    rows = [
        (
            f"{{from: {float(start)}, {'' if end is None else f'to: {float(end)}, '}balance: {{exposure: "
            f"{stop}}}}}"
        )
        for stop, start, end in zip(stops, ends, ends[1:], strict=False)
        if start is not None
    ]
    return f"colour: {{match: {{to: still.png, shots: [{', '.join(rows)}]}}}}\n"


def still(place: Path) -> None:
    ffmpeg_by_hand("-i", str(place / "hero.mp4"), "-frames:v", "1", str(place / "still.png"))


@pytest.mark.parametrize(
    ("rate", "to", "pacing"), [("25", "rate: 30", ""), ("25", "", "pacing: {cut: [2.4-3.1, 7-8, 12-12.6]}\n")]
)
def test_every_frame_has_its_own_shots_grade_in_pieces_too(
    rate: str, to: str, pacing: str, tmp_path: Path
) -> None:
    """Against the same programme with one grade and with the other throughout: bit by bit, per frame."""
    head = pacing + QUICK.format(to)
    shown = {}
    for name, stops in {
        "mixed": (0.5, -0.5, 0.5, -0.5, 0.5),
        "bright": (0.5,) * 5,
        "dark": (-0.5,) * 5,
    }.items():
        place = folder(tmp_path / name, head + shots(*stops) + BARE, seconds=16, rate=rate)
        still(place)
        here = engine(place)
        (one,) = here.plan().renderings
        shown[name] = frames(here, one.picture.inputs[0])
        if name == "mixed":
            programme, mixed = one.planned.programme, (here, one)
    assert shown["bright"][0][1] != shown["dark"][0][1]
    for number, ((_, mine), (_, bright), (_, dark)) in enumerate(zip(*shown.values(), strict=True)):
        # The shown frame is the last one that begins before the middle of its time on the grid, in the clip's
        # own frames.
        moment = programme.where(number / programme.rate) + 1 / programme.rate / 2
        source = Fraction(-(-moment * 25 // 1) - 1, 25)
        expected = dark if sum(edge <= source for edge in EDGES) % 2 else bright
        assert mine == expected, (number, float(source))
    here, one = mixed
    for piece in one.pieces:
        first = round(piece.span.start * programme.rate)
        part = frames(here, piece.picture.inputs[0])
        assert [image for _, image in part] == [
            image for _, image in shown["mixed"][first : first + piece.frames]
        ]


def test_a_correction_renames_only_the_pieces_that_show_it(tmp_path: Path) -> None:
    place = folder(tmp_path, QUICK.format("") + shots(0.5, 0, 0.2, 0, 0) + BARE, seconds=16)
    still(place)
    keys = [piece.picture.key for piece in engine(place).plan().renderings[0].pieces]
    for pacing in ("", "pacing: {cut: [14-14.4]}\n"):
        (place / "job.yaml").write_text(pacing + QUICK.format("") + shots(0.5, 0, 0.3, 0, 0) + BARE)
        changed = [piece.picture.key for piece in engine(place).plan().renderings[0].pieces]
        assert [one == other for one, other in zip(keys[:3], changed, strict=False)] == [False, False, True]


def drifting(place: Path, gains: Sequence[float]) -> Path:
    """A lossless 8-bit clip of one picture, with each frame brighter as given."""
    place.mkdir(parents=True, exist_ok=True)
    picture = 0.15 + 0.6 * drawn(5, Size(320, 180))
    Clip(size=Size(320, 180)).write(place / "hero.mp4", [np.clip(picture * gain, 0, 1) for gain in gains])
    return place


def test_flicker_is_mended_and_else_only_told(tmp_path: Path) -> None:
    pumping = [1 + 0.04 * np.sin(2 * np.pi * 5 * number / 25) for number in range(60)]
    left = {}
    for how in ("note", "mend"):
        place = drifting(tmp_path / how, pumping)
        (place / "job.yaml").write_text(
            f"colour: {{flicker: {how}}}\n"
            + QUICK.format("picture: {crf: 12}")
            .replace("picture: {speed: ultrafast}, ", "")
            .replace("crf: 12", "speed: ultrafast, crf: 12")
            + BARE
        )
        (outcome,) = finish.run(finish.load(place).job)
        assert outcome.exit_code == 0 and outcome.path, outcome
        delivered = probe(outcome.path)
        facts = engine(place).ask(Measure(Flicker(), delivered.picture))
        left[how] = shot_flicker(facts, ())[0].stops
        assert any("flicker: 1 of 1 shots flicker" in note for note in outcome.notes), outcome.notes
    assert left["note"] == pytest.approx(2.4 * np.log2(1.04) / np.sqrt(2), rel=0.15)
    assert left["mend"] < 0.2 * left["note"], left


def test_a_drifted_clip_comes_back_to_its_reference(tmp_path: Path) -> None:
    """Against a JPEG still, and against the clip itself; the lock file's decision is obeyed when edited."""
    place = drifting(tmp_path, [0.85] * 50)
    original = drifting(tmp_path / "original", [1.0] * 50) / "hero.mp4"
    ffmpeg_by_hand("-i", str(original), "-frames:v", "1", "-q:v", "1", str(place / "still.jpg"))
    (place / "ref.mp4").write_bytes(original.read_bytes())
    for reference in ("still.jpg", "ref.mp4"):
        (place / "job.yaml").write_text(f"colour: {{match: {{to: {reference}}}}}\n" + QUICK.format("") + BARE)
        (outcome,) = finish.run(finish.load(place).job)
        assert outcome.exit_code == 0 and outcome.path, outcome
        shot = read(lock_of(finish.load(place).job))["done"]["colour"]["shots"][0]
        assert shot["scene"] == "same" and shot["exposure"] == pytest.approx(-2.4 * np.log2(0.85), abs=0.03)
        assert shot["before"] > 3 and shot["after"] < 1.5
        assert abs(mean(outcome.path) - mean(original)) < 1.0
    lock = place / "job.lock.yaml"
    lock.write_text(re.sub(r"exposure: [\d.]+", "exposure: 0", lock.read_text()))
    (outcome,) = finish.run(finish.load(place).job)
    assert outcome.path and mean(outcome.path) < mean(original) - 10


def mean(path: Path) -> float:
    with av.open(str(path)) as container:
        return float(next(container.decode(video=0)).to_ndarray(format="gray").mean())


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("still.jpg", b"GIF89a", "isn't a PNG or JPEG"),
        ("ref.mp4", b"text", "ref.mp4 can't be read as a clip"),
        ("gone.mp4", None, 'no such file: "gone.mp4"'),
        ("../ref.mp4", None, "is outside the job folder"),
        ("gone.png", None, 'no such file: "gone.png"'),
    ],
)
def test_a_reference_that_is_none_is_a_mistake_of_its_line(
    name: str, data: bytes | None, message: str, tmp_path: Path
) -> None:
    place = folder(tmp_path / "job", f"colour: {{match: {{to: {name}}}}}\n" + BARE)
    if data is not None:
        (place / name).write_bytes(data)
    with pytest.raises(FinishError) as wrong:
        finish.load(place)
    assert message in str(wrong.value) and "job.yaml:1:" in str(wrong.value)


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n" + b"\0" * 40, b"\xff\xd8\xff" + b"\0" * 40])
def test_a_broken_still_is_told_by_name(data: bytes, tmp_path: Path) -> None:
    place = folder(tmp_path, "colour: {match: {to: still.png}}\n" + BARE)
    (place / "still.png").write_bytes(data)
    (outcome,) = finish.run(finish.load(place).job)
    assert outcome.error and "still.png" in str(outcome.error), outcome.error


def bright(place: Path) -> Path:
    """Two seconds with whites of 109 % and a blue outside any gamut, in ten-bit 4:2:2."""
    place.mkdir(parents=True, exist_ok=True)
    picture: Floats = drawn(3, Size(480, 270))
    picture[200:, 200:300] = 1.08
    picture[200:, 320:400] = (0.1, 0.1, 1.2)
    codes = Codes("yuv422p10le", bits=10, shared=(2, 1))
    Clip(codes, Size(480, 270), after=("-c:v", "ffv1")).write(place / "hero.mkv", [picture] * 25)
    return place


def test_levels_are_made_legal_and_all_else_is_left(tmp_path: Path) -> None:
    shown = {}
    for levels in ("legal", "keep"):
        place = bright(tmp_path / levels)
        (place / "job.yaml").write_text(
            "source: hero.mkv\nsound: {target: none}\nencode: {size: 480x270}\n"
            f"colour: {{levels: {levels}, report: [clipping, banding]}}\n"
            f"deliverables: [{{name: done, preset: ebu-hd-prores}}]\n"
        )
        (outcome,) = finish.run(finish.load(place).job)
        assert outcome.exit_code == 0 and outcome.path, [
            str(result) for result in outcome.results if not result.kept
        ]
        told = {result.promise.name: result.measured for result in outcome.results}
        assert told["clipped pixels"] > 5 and 0 <= told["banding (CAMBI)"] < 24
        facts = engine(place).ask(Measure(Levels(), probe(outcome.path).picture))
        assert ("levels outside EBU R 103" in told) is (levels == "legal")
        assert (facts.outside <= 1) is (levels == "legal"), facts
        with av.open(str(outcome.path)) as container:
            shown[levels] = next(container.decode(video=0)).to_ndarray(format="gray10le").astype(int)
    inside = np.abs(shown["legal"] - shown["keep"])[:180]
    # Ten bits; a second dither and ProRes. At hard colour edges, half a pixel of chroma is out of range, and
    # is limited.
    assert np.mean(inside <= 3) > 0.97 and np.median(inside) <= 1, np.bincount(inside.ravel())


@pytest.mark.parametrize(("to", "pacing"), [("rate: 30", ""), ("", "pacing: {cut: [2.4-3.1, 7-8]}\n")])
def test_what_is_mended_in_pieces_is_mended_as_in_the_whole(to: str, pacing: str, tmp_path: Path) -> None:
    place = drifting(tmp_path, [1 + 0.05 * (number % 3 - 1) for number in range(225)])
    (place / "job.yaml").write_text(pacing + "colour: {flicker: mend}\n" + QUICK.format(to) + BARE)
    here = engine(place)
    (one,) = here.plan().renderings
    whole = frames(here, one.picture.inputs[0])
    assert len(one.pieces) > 1
    for piece in one.pieces:
        first = round(piece.span.start * one.planned.programme.rate)
        part = frames(here, piece.picture.inputs[0])
        assert [image for _, image in part] == [image for _, image in whole[first : first + piece.frames]]
    levels = np.array([np.frombuffer(image, np.uint8)[: 320 * 180].mean() for _, image in whole])
    inner = levels[15:-15]
    assert np.abs(np.diff(inner)).max() < 1.0, np.abs(
        np.diff(inner)
    ).max()  # of 255; 5 % of the mean would be 6 and more
