"""Sampling five times a second, and what the packaged model detects."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from clip_files import shared
from pydantic import TypeAdapter
from reframe_studio import answered, opened, seen

from finish import resources
from finish.analysis.faces import MODEL, MODEL_DIGEST, FaceBox, FaceFacts, Faces, FacesAtTime, FaceSearch
from finish.errors import FinishError
from finish.graph import Stream, source
from finish.model import Measure, Sparse

BLANK = np.zeros((36, 64, 3), np.uint8)


LANDMARKS = (0.25, 0.25) * 5  # 16 of 64 px, 9 of 36


class Detector:
    """YuNet's interface, with boxes of our own (pixels)."""

    def __init__(self, *rows: tuple[float, float, float, float, float]) -> None:
        self.rows = (
            np.array([[*row[:4], *[16.0, 9.0] * 5, row[4]] for row in rows], np.float32) if rows else None
        )
        self.size = (0, 0)

    def setInputSize(self, size: tuple[int, int]) -> None:
        self.size = size

    def detect(self, picture: np.ndarray) -> tuple[int, np.ndarray | None]:
        assert self.size == (picture.shape[1], picture.shape[0])
        return 1, self.rows


def looked_at(times: list[Fraction], rate: int = 5) -> list[Fraction]:
    fold = FaceSearch(Sparse(rate), Detector())
    for time in times:
        fold.add(time, BLANK)
    return [look.time for look in fold.result().looks]


def test_looks_are_taken_by_time() -> None:
    assert looked_at([Fraction(n, 25) for n in range(26)]) == [Fraction(n, 5) for n in range(6)]
    assert looked_at([Fraction(n, 24) for n in range(25)]) == [
        Fraction(n, 24) for n in (0, 5, 10, 15, 20, 24)
    ]


def test_looks_of_a_slow_late_or_irregular_clip() -> None:
    assert looked_at([Fraction(n) for n in range(4)]) == [0, 1, 2, 3]
    late = [Fraction(834, 1000) + Fraction(n, 30) for n in range(12)]
    assert looked_at(late) == [late[0], late[5], late[11]]
    uneven = [Fraction(n, 100) for n in (0, 1, 19, 21, 70)]
    assert looked_at(uneven) == [uneven[0], uneven[3], uneven[4]]
    assert looked_at([]) == []


def test_boxes_are_shares_inside_the_picture_in_order() -> None:
    fold = FaceSearch(
        Sparse(5),
        Detector((32, 9, 16, 18, 0.87654), (-8, -9, 16, 18, 0.6), (60, 30, 16, 18, 0.7), (80, 0, 4, 4, 0.9)),
    )
    fold.add(Fraction(0), BLANK)
    assert fold.result().looks[0].faces == (
        FaceBox(0.0, 0.0, 0.125, 0.25, 0.6, LANDMARKS),
        FaceBox(0.5, 0.25, 0.75, 0.75, 0.877, LANDMARKS),
        FaceBox(0.9375, 0.8333, 1.0, 1.0, 0.7, LANDMARKS),
    )


def test_the_facts_survive_json() -> None:
    facts = FaceFacts(
        (
            FacesAtTime(Fraction(1001, 30000), (FaceBox(0.1, 0.2, 0.3, 0.4, 0.9),)),
            FacesAtTime(Fraction(1, 2), ()),
        )
    )
    adapter = TypeAdapter(Faces().facts)
    assert adapter.validate_json(adapter.dump_json(facts)) == facts


def test_the_packaged_model_is_the_one_in_the_identity() -> None:
    data = resources.model(MODEL).read_bytes()
    assert hashlib.sha256(data).hexdigest() == MODEL_DIGEST
    picture = source("video", "c", "x", index=0, demuxer="mov")
    assert MODEL_DIGEST in repr(Faces())
    assert Measure(Faces(), picture).key != Measure(Faces(model="another"), picture).key
    assert "MIT" in (resources.model(MODEL).parent / "NOTICE-yunet.txt").read_text()


def test_a_missing_model_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(resources, "model", lambda name: tmp_path / name)
    with pytest.raises(FinishError, match="can't load") as caught:
        Faces().begin()
    assert caught.value.code == "capability"
    (tmp_path / MODEL).write_bytes(b"no model")
    with pytest.raises(FinishError, match="can't load"):
        Faces().begin()


def test_a_missing_opencv_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cv2", None)
    with pytest.raises(FinishError) as caught:
        Faces().begin()
    assert caught.value.code == "capability" and "pip install" in caught.value.hint


def test_opencv_is_loaded_only_to_look() -> None:
    code = (
        "import sys, finish.stages.reframe, finish.analysis.faces as f; f.Faces().wants; "
        "assert 'cv2' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("shape", [(2, 640), (640, 2), (2, 2), (360, 640), (640, 360)])
def test_any_size_will_do(shape: tuple[int, int]) -> None:
    fold = Faces().begin()
    fold.add(Fraction(0), np.full((*shape, 3), 128, np.uint8))
    fold.add(Fraction(1), np.full((shape[1], shape[0], 3), 128, np.uint8))
    assert [look.faces for look in fold.result().looks] == [(), ()]


def one_second(stream: Stream) -> Stream:
    return stream.filter("trim", end=1)


@pytest.mark.media
@pytest.mark.render
def test_real_faces_are_seen() -> None:
    """A promo whose only person from 28.2 to 32.4 s is left of centre.

    Stills of buildings before 8 s show a statue at most.
    """
    found = answered(opened(shared("footage/office-promo.mp4")).conformed).answers[Faces].looks
    interview = [look.faces for look in found if 28.2 < look.time < 32.4]
    assert len(interview) == 21 and all(len(seen_ones) == 1 for seen_ones in interview)
    middles = [(row[0].left + row[0].right) / 2 for row in interview]
    assert 0.3 < min(middles) < max(middles) < 0.4
    assert sum(bool(look.faces) for look in found if look.time < 8) <= 6


@pytest.mark.media
@pytest.mark.render
def test_the_host_s_threads_change_nothing_and_are_left_alone() -> None:
    import cv2

    pictures = [
        data
        for _, data in seen(
            one_second(Faces().wants.of(opened(shared("footage/street-crowd.mp4")).conformed))
        )
    ][::12]
    before, answers = cv2.getNumThreads(), []
    try:
        for threads in (1, 2, 4):
            cv2.setNumThreads(threads)
            fold = Faces().begin()
            for number, picture in enumerate(pictures):
                fold.add(Fraction(number), picture)
            answers.append(fold.result())
            assert cv2.getNumThreads() == threads
    finally:
        cv2.setNumThreads(before)
    assert answers[0] == answers[1] == answers[2]
    assert all(len(look.faces) >= 3 for look in answers[0].looks)
