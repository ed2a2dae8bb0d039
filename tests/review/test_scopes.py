"""Scopes of pictures with known truth, and the sheet of a clip before and after its grade."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from clip_files import clip
from typer.testing import CliRunner

from finish.cli.verbs import app
from finish.review import scopes_sheet
from finish.review.scopes import HIGH, WIDE, ScopedFrame, histogram, parade, targets, vectorscope, waveform

GROUND = 18


def flat(red: float, green: float, blue: float) -> ScopedFrame:
    """A picture of one colour, from code values by BT.709's own equations."""
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    planes = (16 + 219 * luma, 128 + 224 * (blue - luma) / 1.8556, 128 + 224 * (red - luma) / 1.5748)
    return ScopedFrame.of(np.stack([np.full((90, 160), round(plane * 256), np.uint16) for plane in planes]))


def lit(picture: np.ndarray, least: int = 150) -> tuple[set[int], set[int]]:  # type: ignore[type-arg]
    """The rows and the columns with a bright pixel."""
    rows, columns = np.nonzero(picture.max(-1) > least)
    return set(rows.tolist()), set(columns.tolist())


def row(level: float) -> int:
    return round((1.15 - level) / 1.25 * (HIGH - 1))


@pytest.mark.parametrize("level", [-0.05, 0.0, 0.5, 1.0, 1.08])
def test_a_grey_is_one_line_at_its_level(level: float) -> None:
    rows, columns = lit(waveform(flat(level, level, level)))
    assert rows == {row(level)} and len(columns) == WIDE


def test_the_parade_shows_each_channel_at_its_level_in_its_third() -> None:
    picture = parade(flat(0.2, 0.4, 0.9))
    for third, level in enumerate((0.2, 0.4, 0.9)):
        rows, _ = lit(picture[:, third * WIDE // 3 : (third + 1) * WIDE // 3])
        assert all(abs(each - row(level)) <= 1 for each in rows) and rows


@pytest.mark.parametrize(
    ("name", "rgb"),
    [
        ("R", (1, 0, 0)),
        ("G", (0, 1, 0)),
        ("B", (0, 0, 1)),
        ("Cy", (0, 1, 1)),
        ("Mg", (1, 0, 1)),
        ("Yl", (1, 1, 0)),
    ],
)
def test_bars_of_75_per_cent_lie_in_their_boxes(name: str, rgb: tuple[int, int, int]) -> None:
    red, green, blue = (0.75 * each for each in rgb)
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    expected = ((blue - luma) / 1.8556, (red - luma) / 1.5748)
    assert targets()[name] == pytest.approx(expected, abs=1e-4)
    empty, shown = (
        vectorscope(flat(0.5, 0.5, 0.5)).astype(int),
        vectorscope(flat(red, green, blue)).astype(int),
    )
    rows, columns = np.nonzero(np.abs(shown - empty).max(-1) > 20)
    spot = [
        (y, x)
        for y, x in zip(rows.tolist(), columns.tolist(), strict=True)
        if abs(y - HIGH // 2) > 3 or abs(x - HIGH // 2) > 3
    ]
    across, down = (round((1 + each / 0.6) * (HIGH - 1) / 2) for each in (expected[0], -expected[1]))
    assert spot == [(down, across)]


def test_a_histogram_stands_at_its_levels() -> None:
    _, columns = lit(histogram(flat(0.5, 0.5, 0.5)), 115)
    assert all(abs(column - round(0.6 / 1.25 * (WIDE - 1))) <= 1 for column in columns) and columns
    assert histogram(flat(0.5, 0.5, 0.5))[10, 10].max() == GROUND


@pytest.mark.parametrize("size", [(2, 2), (3, 700), (500, 2)])
def test_tiny_and_odd_pictures_have_scopes(size: tuple[int, int]) -> None:
    seen = ScopedFrame.of(np.random.default_rng(1).integers(0, 65535, (3, *size)).astype(np.uint16))
    for draw in (waveform, parade, vectorscope, histogram):
        assert draw(seen).shape[0] == HIGH


@pytest.mark.render
def test_a_sheet_of_scopes_before_and_after(tmp_path: Path) -> None:
    clip(tmp_path / "hero.mp4", seconds=1)
    (tmp_path / "job.yaml").write_text(
        "source: hero.mp4\ncolour: {looks: [warm]}\ndeliverables: [{name: a, preset: youtube}]\n"
    )
    run = CliRunner().invoke
    for asked, count in (
        (["scopes", str(tmp_path), "--at", "0.4", "--at", "0.6"], 4),
        (["scopes", str(tmp_path / "hero.mp4")], 1),
    ):
        done = run(app, [*asked, "-o", str(tmp_path / "s.png")])
        assert done.exit_code == 0, done.output
        picture = cv2.imread(str(tmp_path / "s.png"))
        assert picture is not None and picture.shape[1] > 1800 and picture.shape[0] > count * HIGH
    assert run(app, ["scopes", str(tmp_path), "--at", "0.4", "-o", str(tmp_path / "s.html")]).exit_code == 0
    for wrong in (["--at", "2"], ["--at", "soon"], ["--only", "b"], ["-o", str(tmp_path / "s.gif")]):
        assert run(app, ["scopes", str(tmp_path), *wrong]).exit_code == 2


@pytest.mark.render
def test_ungraded_is_the_same_without_a_grade(tmp_path: Path) -> None:
    from finish import api

    clip(tmp_path / "clip.mp4", seconds=0.2)
    (one,) = api.quick(tmp_path / "clip.mp4", ["tiktok"], {"colour": {"looks": ["warm"]}}).job.deliverables
    before, after = scopes_sheet.before_and_after(one)
    assert not before.settings["colour"].looks and after.settings["colour"].looks  # type: ignore[attr-defined]
    assert before.settings["reframe"] == after.settings["reframe"]
