"""The crop drawn on the clip's own frames."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from clip_files import clip
from typer.testing import CliRunner

from finish import graph
from finish.analysis.faces import FaceBox, FaceFacts, FacesAtTime
from finish.analysis.people import BodiesAtTime, BodyBox, BodyFacts
from finish.cli.verbs import app
from finish.model import ClipProgramme, FramePane, Framing, Programme, Source
from finish.review.crop_picture import ClipSightings, _drawn, _scores
from finish.units import Box, Size

PICTURE = graph.source("video", "clip", "clip.mp4", index=0, demuxer="mov", size=Size(640, 360))
GREY = np.full((180, 320, 3), 200, np.uint8)


def programme(*boxes: Box) -> Programme:
    """A crop that is at each of `boxes` for one second."""
    framing = Framing(
        Size(640, 360),
        tuple((25 * number, (FramePane(box, Box(0, 0, 1080, 1920)),)) for number, box in enumerate(boxes)),
    )
    source = Source(Path("clip.mp4"), "clip", 1, "mov", Fraction(0), None)
    return ClipProgramme(
        source=source,
        conformed=PICTURE,
        picture=PICTURE,
        sound=PICTURE,
        frame=Size(1080, 1920),
        rate=Fraction(25),
        frames=100,
        framing=framing,
    )


def test_the_window_of_the_moment_is_light_and_the_rest_dark() -> None:
    moving = programme(Box(0, 0, 200, 360), Box(400, 0, 600, 360))
    first, second = (_drawn(GREY, moving, Fraction(at, 2), ((), ())) for at in (1, 3))
    assert (first[90, 50] == 200).all() and (first[90, 200] == 70).all() and (first[90, 0] == 255).all()
    assert (second[90, 250] == 200).all() and (second[90, 50] == 70).all() and (second[0, 250] == 255).all()


def test_faces_are_outlined_wherever_they_are() -> None:
    faces = (FaceBox(0.5, 0.5, 0.75, 1.0, 0.93), FaceBox(-0.1, 0.0, 0.2, 0.2, 0.61))
    drawn = _drawn(
        GREY, programme(Box(0, 0, 200, 360)), Fraction(0), (faces, (BodyBox(0.8, 0.1, 0.9, 0.5, 0.7),))
    )
    assert tuple(drawn[50, 256]) == (64, 160, 255), "a body"
    assert (
        tuple(drawn[90, 200]) == (255, 196, 0)
        and tuple(drawn[0, 2]) == (255, 196, 0)
        and (drawn[150, 200] == 70).all()
    )
    assert _scores("faces", faces) == "faces 0.93, 0.61"


def test_what_was_seen_last_is_shown() -> None:
    face, body = FaceBox(0.5, 0.5, 0.75, 1.0, 0.93), BodyBox(0.8, 0.1, 0.9, 0.5, 0.7)
    spotted = ClipSightings(
        FaceFacts((FacesAtTime(Fraction(0), (face,)), FacesAtTime(Fraction(1, 5), ()))),
        BodyFacts((BodiesAtTime(Fraction(1, 5), (body,)),)),
        (),
    )
    assert spotted.near(Fraction(1, 10)) == ((face,), ()) and spotted.near(Fraction(3, 10)) == ((), (body,))


@pytest.mark.render
@pytest.mark.parametrize("name", ["crops.png", "crops.html"])
def test_the_verb_draws_a_clip_and_a_job(tmp_path: Path, name: str) -> None:
    clip(tmp_path / "hero.mp4", seconds=2)
    run = CliRunner().invoke
    done = run(app, ["reframe", "show", str(tmp_path / "hero.mp4"), "-o", str(tmp_path / name)])
    assert done.exit_code == 0, done.output
    if name.endswith("png"):
        assert cv2.imread(str(tmp_path / name)) is not None
    (tmp_path / "job.yaml").write_text(
        "source: hero.mp4\ndeliverables: [{name: a, preset: square}, {name: b, preset: tiktok}]\n"
    )
    assert run(app, ["reframe", "show", str(tmp_path), "-o", str(tmp_path / name)]).exit_code == 0
    assert run(app, ["reframe", "show", str(tmp_path), "-o", str(tmp_path / "x.txt")]).exit_code == 2


@pytest.mark.render
def test_the_film_frames_what_shows_in_every_frame(tmp_path: Path) -> None:
    """A manual crop to the left for a second, then to the right; all shows at the end; and a cut before."""
    clip(tmp_path / "hero.mp4", seconds=4, size="640x360", extra=("-vf", "drawbox=t=fill:c=black"))
    (tmp_path / "job.yaml").write_text(
        "source: hero.mp4\npacing: {cut: [0-0.4]}\ndeliverables: [{name: a, preset: tiktok}]\n"
        "reframe: {centre: ["
        "{from: 0, to: 1.4, at: [0.2, 0.5]}, {from: 1.4, to: 2.4, at: [0.8, 0.5]}, {from: 2.4, layout: "
        "fit}]}\n"
    )
    done = CliRunner().invoke(app, ["reframe", "show", str(tmp_path), "-o", str(tmp_path / "film.mp4")])
    assert done.exit_code == 0, done.output
    with av.open(str(tmp_path / "film.mp4")) as container:
        shown = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
    assert len(shown) == 90
    for number, (left, right) in (
        (0, (28, 228)),
        (24, (28, 228)),
        (25, (412, 612)),
        (49, (412, 612)),
        (50, (0, 640)),
        (89, (0, 640)),
    ):
        line = shown[number][180]
        bright = np.flatnonzero(line > 128)
        assert bright[0] == pytest.approx(left, abs=3) and bright[-1] == pytest.approx(right, abs=4), number


@pytest.mark.render
def test_a_clip_that_begins_with_its_sound_is_seen_all_the_same(tmp_path: Path) -> None:
    """Before the picture starts, its first frame is shown, on a sheet as in the delivery."""
    clip(tmp_path / "plain.mp4", seconds=2, extra=("-vf", "setpts=PTS+0.6/TB"))
    path = str(tmp_path / "plain.mp4")
    for words in (["reframe", "show", path], ["scopes", path, "--at", "0.1"]):
        done = CliRunner().invoke(app, [*words, "-o", str(tmp_path / "page.png")])
        assert done.exit_code == 0, (words, done.output)
