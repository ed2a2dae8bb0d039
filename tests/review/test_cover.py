"""The best frame for a cover."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from clip_files import clip
from typer.testing import CliRunner

from finish import graph
from finish.analysis.faces import FaceBox, FaceFacts, FacesAtTime
from finish.cli.verbs import app
from finish.model import ClipProgramme, Delivery, FramePane, Framing, Source
from finish.review import cover
from finish.review.cover import MOST, candidates
from finish.units import Box, Size

PICTURE = graph.source("video", "clip", "clip.mp4", index=0, demuxer="mov", size=Size(640, 360))
FRAME = Box(0, 0, 1080, 1920)
SOURCE = Source(Path("clip.mp4"), "clip", 1, "mov", Fraction(0), None)
CLIP = ClipProgramme(
    source=SOURCE,
    conformed=PICTURE,
    picture=PICTURE,
    sound=PICTURE,
    frame=Size(1080, 1920),
    rate=Fraction(25),
    frames=250,
    framing=Framing(Size(640, 360), ((0, (FramePane(Box(0, 0, 202, 360), FRAME),)),)),
)
DELIVERY = Delivery.model_validate(
    {
        "frame": "1080x1920",
        "rates": {"low": 24, "high": 60, "otherwise": 30},
        "safe": {"top": 250, "bottom": 480, "left": 60, "right": 180},
    }
)


def test_candidates_keep_away_from_ends_and_cuts_and_are_few() -> None:
    found = candidates(CLIP, [Fraction(5)])
    assert (
        found[0] >= Fraction(3, 10)
        and found[-1] <= Fraction(97, 10)
        and all(abs(each - 5) >= Fraction(1, 5) for each in found)
    )
    assert len(candidates(replace(CLIP, frames=25 * 3600), ())) <= MOST
    assert candidates(replace(CLIP, frames=2), ()) == [Fraction(1, 25)]


def test_sharp_and_lit_is_better_and_the_dark_is_none() -> None:
    rng = np.random.default_rng(1)
    sharp = rng.integers(0, 255, (100, 100, 3), dtype=np.uint8)
    soft = np.repeat(np.repeat(sharp[::10, ::10], 10, 0), 10, 1)
    flat, dark = np.full((100, 100, 3), 120, np.uint8), (sharp * 0.1).astype(np.uint8)
    scores = [cover._score(each, 0.0) for each in (sharp, soft, flat, dark)]
    assert scores[0] > scores[1] > scores[2] == scores[3] == 0
    assert cover._score(soft, 0.05) == pytest.approx(4 * cover._score(soft, 0.0))


def looks(face: FaceBox) -> FaceFacts:
    return FaceFacts((FacesAtTime(Fraction(0), ()), FacesAtTime(Fraction(2), (face,))))


@pytest.mark.parametrize(
    ("face", "counts"),
    [
        (FaceBox(0.1, 0.4, 0.2, 0.6, 0.9), True),
        (FaceBox(0.1, 0.4, 0.2, 0.6, 0.6), False),
        (FaceBox(0.1, 0.8, 0.2, 0.95, 0.9), False),  # below the safe area
        (FaceBox(0.6, 0.4, 0.7, 0.6, 0.9), False),  # outside the crop
    ],
)
def test_only_sure_faces_in_the_safe_zone_count(face: FaceBox, counts: bool) -> None:
    assert (cover._faces(CLIP, DELIVERY, looks(face), Fraction(2)) > 0) is counts
    assert cover._faces(CLIP, DELIVERY, looks(face), Fraction(1, 10)) == 0


@pytest.mark.render
def test_the_sharp_part_of_a_clip_is_its_cover(tmp_path: Path) -> None:
    clip(tmp_path / "hero.mp4", seconds=4, size="640x360", extra=("-vf", "boxblur=10:enable='lt(t,2)'"))
    (tmp_path / "job.yaml").write_text("source: hero.mp4\ndeliverables: [{name: a, preset: tiktok}]\n")
    done = CliRunner().invoke(app, ["cover", str(tmp_path)])
    assert done.exit_code == 0 and (tmp_path / "out" / "a-cover.png").exists(), done.output
    assert 2 <= float(done.output.rsplit("(0:", 1)[1].split(")")[0]) < 4
    clip(tmp_path / "hero.mp4", seconds=2, extra=("-vf", "drawbox=t=fill:c=black"))
    dark = CliRunner().invoke(app, ["cover", str(tmp_path)])
    assert dark.exit_code != 0 and "no frame for a cover" in dark.output
