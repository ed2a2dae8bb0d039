"""The progress of a batch, by a clock that the test controls."""

from __future__ import annotations

from pathlib import Path

import pytest

from finish.cli.batch_progress import BatchProgress
from finish.model import Footage

ONE, TWO, THREE = (Footage(Path(name)) for name in ("one.mp4", "two.mp4", "three.mp4"))


def test_a_batch_is_told_by_what_it_has_rendered() -> None:
    now = [0.0]
    course = BatchProgress({ONE: 100, TWO: 100, THREE: 200}, lambda: now[0])
    assert course.several and course.done == 0 and course.left is None and str(course) == "all 0 %"
    course.ended(ONE, 1)  # up to date: says nothing about how long the others take
    assert course.done == 0.25 and course.left is None
    course.rendered(TWO, 0)
    now[0] = 9.0
    course.rendered(TWO, 1)
    assert course.done == pytest.approx(0.475) and course.left == pytest.approx(21)
    course.ended(TWO, 1)
    now[0] = 10.0
    assert course.left == pytest.approx(20) and str(course) == "all 50 %, 20 s left"
    course.rendered(THREE, 0.5)
    course.ended(THREE, 1)
    assert course.done == 1 and course.left == 0


def test_deliverables_weigh_what_their_clips_weigh(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(bytes(1000))
    (tmp_path / "b").write_bytes(bytes(3000))
    first, second, gone = (Footage(tmp_path / name) for name in ("a", "b", "gone"))
    course = BatchProgress.of([first, second, second, gone])
    course.ended(second, 0.5)
    assert course.done == pytest.approx(3000 / 7001)
    assert not BatchProgress.of([ONE, ONE]).several


def test_two_timelines_that_begin_with_the_same_clip_progress_apart(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(bytes(1000))
    (tmp_path / "b").write_bytes(bytes(3000))
    both = (tmp_path / "a", tmp_path / "b")
    long, short = Footage(both[0], "long", both), Footage(both[0], "short", both[:1])
    course = BatchProgress.of([long, short])
    course.ended(short, 1)
    assert course.several and course.done == pytest.approx(1 / 5)
    assert (str(long), str(short), str(ONE)) == ("long: 2 clips", "short: 1 clip", "one.mp4")
