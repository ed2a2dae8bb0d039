"""`python -m bench.composites FOOTAGE`: crops of composed scenes, whose every position is known.

FOOTAGE holds office-promo.mp4 and green-screen.mp4. Heads cut out of the promo's interviews, and the
green-screen silhouette, move over the promo's stills of buildings: one person who walks, two apart, two who
cross, one who leaves and returns, text that a crop would cut, dark scenes, a flash, a dissolve, and a person
without a face. The report states how much of each scene's subject is visible, whether cuts are detected,
whether the crop is on target in the first frame of every shot, and whether text is cut.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from statistics import fmean

import av
import cv2
import numpy as np

from bench.subjects import planned
from finish.analysis.shots import Shots
from finish.model import Measure, Programme
from finish.units import first_frame

WIDE, HIGH, RATE = 640, 360, 25
Picture = np.ndarray
# Share of the scene that has passed → the middle of a person, as a share of the width.
Way = Callable[[float], float]


@dataclass(frozen=True)
class Head:
    """A person to cut out: when the promo shows them (s), and their face, measured by hand.

    The face is in shares: left, top, right, bottom.
    """

    start: float
    face: tuple[float, float, float, float]


OMAR = Head(28.4, (0.278, 0.145, 0.421, 0.491))
CARLO = Head(21.4, (0.663, 0.189, 0.777, 0.477))


@dataclass(frozen=True)
class Scene:
    """What happens over the still that the promo shows at `plate` (s)."""

    name: str
    plate: float
    seconds: float
    heads: Sequence[tuple[Head, float, Way]] = ()  # who, how large, and where
    about: Sequence[int] = (0,)  # the heads that must be visible
    silhouette: Way | None = None
    letters: tuple[float, float] | None = None  # the span of a title (shares of the width)
    light: float = 1.0
    flash: float | None = None  # share of the scene at which one frame is white
    dissolve: float = 0.0  # length of the dissolve from the scene before, s


def still(x: float) -> Way:
    return lambda _: x


def line(start: float, end: float) -> Way:
    return lambda share: start + (end - start) * share


def away(share: float) -> float:
    """From the middle to the left and back, at 0.45 of the width per second."""
    return 0.5 - 0.9 * min(1.0, max(0.0, 1.4 - abs(2.8 * share - 1.4)))


SCENES = (
    Scene("walks", 0.2, 4, [(OMAR, 1.0, line(0.15, 0.85))]),
    Scene("stands at the side", 5.2, 3, [(CARLO, 1.0, still(0.75))]),
    Scene("two apart", 2.7, 3, [(OMAR, 0.8, still(0.15)), (CARLO, 0.9, still(0.85))], (0, 1)),
    Scene("two cross", 5.7, 4, [(OMAR, 1.0, line(0.2, 0.8)), (CARLO, 0.55, line(0.8, 0.2))]),
    Scene("leaves and returns", 0.2, 5.6, [(OMAR, 0.9, away)]),
    Scene("letters", 5.2, 4, [(CARLO, 0.9, still(0.3))], letters=(0.36, 0.9)),
    Scene("dark", 6.7, 2.5, [(OMAR, 0.9, still(0.25))], light=0.25),
    Scene("dark after dark", 4.2, 2.5, [(CARLO, 1.0, still(0.75))], light=0.25),
    Scene("a flash", 2.7, 3, [(OMAR, 1.0, still(0.4))], flash=0.5),
    Scene("a dissolve", 0.2, 3, [(CARLO, 1.0, still(0.6))], dissolve=0.6),
    Scene("nobody's face", 5.2, 4, about=(), silhouette=line(0.3, 0.6)),
)


@dataclass(frozen=True)
class Truth:
    """The truth of one frame.

    The scene's number, who must be visible (left, right: shares of the width), the text, and whether it mixes
    two scenes.
    """

    scene: int
    spans: tuple[tuple[float, float], ...]
    letters: tuple[float, float] | None
    mixed: bool


@dataclass
class Footage:
    """The promo's pictures at 640 × 360 by time, and the silhouettes with their masks (0 to 1)."""

    promo: list[tuple[float, Picture]]
    shapes: list[tuple[Picture, Picture, float]] = field(default_factory=list)

    def at(self, time: float) -> Picture:
        return next(picture for when, picture in self.promo if when >= time)

    def plate(self, time: float) -> Picture:
        """A still without the black at its sides."""
        middle = self.at(time)[54:306, 96:544]
        return cv2.resize(middle, (WIDE, HIGH), interpolation=cv2.INTER_CUBIC)


def footage(folder: Path) -> Footage:
    cut = Footage(
        [
            (time, cv2.resize(picture, (WIDE, HIGH), interpolation=cv2.INTER_CUBIC))
            for time, picture in _read(folder / "office-promo.mp4")
        ]
    )
    for _, picture in _read(folder / "green-screen.mp4"):
        small = cv2.resize(picture, (WIDE, HIGH), interpolation=cv2.INTER_AREA).astype(np.float32)
        mask = cv2.GaussianBlur(
            (small[:, :, 1] - np.maximum(small[:, :, 0], small[:, :, 2]) < 40).astype(np.float32), (0, 0), 1
        )
        columns = np.flatnonzero((mask > 0.5).sum(axis=0) > HIGH // 20)
        if 0 < columns.size < WIDE // 3:  # before that it fills the picture
            cut.shapes.append((small, mask, float(columns[0] + columns[-1]) / 2 / WIDE))
        if len(cut.shapes) > 5 * RATE:
            break
    return cut


def _read(path: Path) -> Iterator[tuple[float, Picture]]:
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            yield float(frame.time or 0), frame.to_ndarray(format="rgb24")


def _with_head(picture: Picture, source: Picture, head: Head, size: float, x: float) -> tuple[float, float]:
    """Paste a feathered head, its face's middle at `x`, two fifths down; returns the span of its face."""
    left, top, right, bottom = (
        edge * side for edge, side in zip(head.face, (WIDE, HIGH, WIDE, HIGH), strict=True)
    )
    wide, high = (right - left) * size, (bottom - top) * size
    middle = ((left + right) / 2, (top + bottom) / 2)
    move = np.array([[size, 0, x * WIDE - size * middle[0]], [0, size, 0.4 * HIGH - size * middle[1]]])
    moved = cv2.warpAffine(source, move, (WIDE, HIGH), flags=cv2.INTER_LINEAR)
    mask = np.zeros((HIGH, WIDE), np.float32)
    cv2.ellipse(
        mask,
        (round(x * WIDE), round(0.4 * HIGH + 0.05 * high)),
        (round(0.85 * wide), round(0.85 * high)),
        0,
        0,
        360,
        1.0,
        -1,
    )
    inside = cv2.warpAffine(np.ones((HIGH, WIDE), np.float32), move, (WIDE, HIGH))
    mask = (cv2.GaussianBlur(mask, (0, 0), 0.05 * wide) * inside)[:, :, None]
    picture[:] = picture * (1 - mask) + moved * mask
    return x - wide / 2 / WIDE, x + wide / 2 / WIDE


def _scene(scene: Scene, source: Footage) -> Iterator[tuple[Picture, tuple[tuple[float, float], ...]]]:
    """Every picture of a scene, with the spans of its subjects."""
    count = round(scene.seconds * RATE)
    for number in range(count):
        share, picture = number / count, source.plate(scene.plate).astype(np.float32)
        spans = [
            _with_head(
                picture,
                source.at(head.start + number / RATE % 2.6).astype(np.float32),
                head,
                size,
                way(share),
            )
            for head, size, way in scene.heads
        ]
        about = [spans[index] for index in scene.about]
        if scene.silhouette:
            shape, mask, middle = source.shapes[number]
            shift = np.array([[1.0, 0, (scene.silhouette(share) - middle) * WIDE], [0, 1.0, 0]])
            over = cv2.warpAffine(mask, shift, (WIDE, HIGH))[:, :, None]
            picture = picture * (1 - over) + cv2.warpAffine(shape, shift, (WIDE, HIGH)) * over
            columns = np.flatnonzero((over[:, :, 0] > 0.5).sum(axis=0) > HIGH // 20)
            about.append((float(columns[0]) / WIDE, float(columns[-1]) / WIDE))
        picture = picture * scene.light
        if scene.letters:
            _title(picture, *scene.letters)
        if scene.flash is not None and number == round(scene.flash * count):
            picture[:] = 250
        yield (
            picture,
            tuple((max(0.0, low), min(1.0, high)) for low, high in about if high > 0.02 and low < 0.98),
        )


def _title(picture: Picture, left: float, right: float) -> None:
    text, font = "ANOTHER NAME", cv2.FONT_HERSHEY_DUPLEX
    (wide, _), _ = cv2.getTextSize(text, font, 1.0, 2)
    place, size = (round(left * WIDE), round(0.88 * HIGH)), (right - left) * WIDE / wide
    cv2.putText(picture, text, place, font, size, (255, 255, 255), 2, cv2.LINE_AA)


def composed(path: Path, source: Footage, scenes: Sequence[Scene]) -> list[Truth]:
    """Write the scenes one after another as H.264; returns the truth of every frame."""
    truth: list[Truth] = []
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"crf": "16", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = WIDE, HIGH, "yuv420p"
        last = np.zeros((HIGH, WIDE, 3), np.float32)
        for index, scene in enumerate(scenes):
            before = last
            for number, (picture, spans) in enumerate(_scene(scene, source)):
                share = min(1.0, (number + 1) / (scene.dissolve * RATE)) if scene.dissolve else 1.0
                last = picture * share + before * (1 - share)
                truth.append(Truth(index, spans, scene.letters, share < 1))
                frame = av.VideoFrame.from_ndarray(last.clip(0, 255).astype(np.uint8), format="rgb24")
                container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return truth


@dataclass(frozen=True)
class SceneResult:
    """The result of one scene.

    The mean and the least visible share of its subject, the frames with cut text, and the distance (shares of
    the width) of the window in the first frame from where it settles.
    """

    name: str
    covered: float
    worst: float
    cut: int
    drift: float


def judged(programme: Programme, truth: Sequence[Truth], scenes: Sequence[Scene]) -> list[SceneResult]:
    """The results of each scene."""
    assert programme.framing is not None
    rows: dict[int, list[tuple[float, bool, float]]] = {}
    for number, true in enumerate(truth):
        if true.mixed:
            continue
        panes = programme.framing.panes(first_frame(Fraction(number, RATE), programme.rate))
        windows = [(pane.crop_box.left / WIDE, pane.crop_box.right / WIDE) for pane in panes]
        covers = [max(visible_share(span, window) for window in windows) for span in true.spans]
        half = (
            bool(true.letters)
            and 0.02 < max(visible_share(true.letters, window) for window in windows) < 0.98
        )
        rows.setdefault(true.scene, []).append((fmean(covers) if covers else 1.0, half, fmean(windows[0])))
    return [
        SceneResult(
            scenes[index].name,
            fmean(row[0] for row in some),
            min(row[0] for row in some),
            sum(row[1] for row in some),
            abs(some[1][2] - some[0][2]),
        )
        for index, some in rows.items()
    ]


def visible_share(span: tuple[float, float], window: tuple[float, float]) -> float:
    """The share of a span that is inside a window, or of the window that it fills."""
    return max(0.0, min(span[1], window[1]) - max(span[0], window[0])) / min(
        span[1] - span[0], window[1] - window[0]
    )


def cut_score(cuts: Sequence[Fraction], truth: Sequence[Truth], scenes: Sequence[Scene]) -> float:
    """F1 of the cuts, each on its exact frame; a dissolve isn't a cut."""
    true = {
        Fraction(number, RATE)
        for number, (one, other) in enumerate(pairwise(truth), start=1)
        if one.scene != other.scene and not scenes[other.scene].dissolve
    }
    right = len(true & set(cuts))
    return 2 * right / (len(true) + len(cuts))


def measured(
    folder: Path, reframe: str, scenes: Sequence[Scene] = SCENES
) -> tuple[list[SceneResult], float, Programme]:
    """The results of the scenes with these `reframe` settings for tiktok; the cuts' F1; and the plan."""
    with tempfile.TemporaryDirectory() as place:
        work = Path(place)
        truth = composed(work / "clip.mp4", footage(folder), scenes)
        (work / "job.yaml").write_text(
            f"source: clip.mp4\nreframe: {reframe}\ndeliverables: [{{name: t, preset: tiktok}}]\n"
        )
        engine, programme = planned(work)
        cuts = engine.ask(Measure(Shots(), programme.conformed)).cuts
        return judged(programme, truth, scenes), cut_score(cuts, truth, scenes), programme


WAYS = {"middle": "{follow: centre}", "faces": "{subject: faces}", "any": "{}", "auto": "{layout: auto}"}


def main(folder: str) -> int:
    for reframe in WAYS.values():
        results, score, programme = measured(Path(folder), reframe)
        sys.stdout.write(f"\n{reframe}: {' · '.join(programme.notes)}\n")
        for result in results:
            figures = (
                f"{100 * result.covered:6.1f} % {100 * result.worst:6.1f} %  "
                f"letters cut {result.cut:3}  drift {result.drift:.3f}"
            )
            sys.stdout.write(f"{result.name:20} {figures}\n")
        sys.stdout.write(
            f"{'mean':20} {100 * fmean(result.covered for result in results):6.1f} %   cuts F1 {score:.2f}\n"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
