"""Derived sources are rendered once, and slices of what is made of them are the whole, bit by bit."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from clip_files import clip
from known import Frames, read

from finish import graph
from finish.errors import CapabilityError, Interrupted, MediaError
from finish.execution import computing
from finish.execution.computing import Planes
from finish.execution.renderer import Renderer
from finish.execution.tasks import RenderTask
from finish.graph import Encoding, FrameFormat, Stream
from finish.media.probe import probe
from finish.storage.store import Store
from finish.units import Size, Span

pytestmark = pytest.mark.render

X264 = Encoding(".mp4", "mp4", (("c:v", "libx264"), ("pix_fmt", "yuv420p")))


def film(path: Path, frames: int = 40) -> Stream:
    """Every frame of a clip of 50 except one of five: FFmpeg's decimate can't start in the middle."""
    source = probe(path)
    thinned = source.picture.filter("decimate").filter("setpts", expr="round(N/20/TB)")
    return graph.derived(thinned, frames)


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clip(tmp_path_factory.mktemp("clip") / "clip.mp4", sound="")


def frames_of(renderer: Renderer, *ends: Stream) -> list[Frames]:
    return [read(end) for end in renderer.decoded(ends)]


@pytest.mark.parametrize("late", [Fraction(0), Fraction(1, 2)])
def test_slices_are_the_whole(late: Fraction, footage: Path, tmp_path: Path) -> None:
    """Also where the picture begins late: a seek is on the clock of the stream, not of the stored file."""
    renderer = Renderer(Store(tmp_path))
    source = probe(footage).picture.since(-late)
    picture = graph.derived(source, 50).filter("hflip").filter("fps", fps=25)
    spans = [Span(late + Fraction(start, 25), late + Fraction(start + 10, 25)) for start in range(0, 50, 10)]
    parts = [graph.slice_streams([picture], span, Fraction(0))[0] for span in spans]
    (whole,) = frames_of(renderer, picture)
    pieces = [frame for part in frames_of(renderer, *parts) for _, frame in part]
    assert len(whole) == len(pieces) == 50
    assert all(
        (a == b).all()
        for (_, one), two in zip(whole, pieces, strict=True)
        for a, b in zip(one, two, strict=True)
    )


def test_two_threads_render_it_once(footage: Path, tmp_path: Path) -> None:
    renderer, picture, rendered = Renderer(Store(tmp_path)), film(footage), []
    run = renderer.run
    renderer.run = lambda *args: (rendered.append(args), run(*args))[1]  # type: ignore[method-assign]
    threads = [threading.Thread(target=renderer.source, args=(picture,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rendered) == 1 and renderer.find(picture)


def test_a_missing_frame_is_an_error(footage: Path, tmp_path: Path) -> None:
    renderer = Renderer(Store(tmp_path))
    with pytest.raises(MediaError, match="only 40 of 41 frames"):
        renderer.source(film(footage, 41))
    assert renderer.find(film(footage, 41)) is None


FORMAT = FrameFormat(Size(64, 36), Fraction(25), 12, "gbrp10le")


def counting(node: Stream, inputs: Sequence[Iterator[Planes]]) -> Iterator[Planes]:
    """Frame n: its number in green, a fine step of 10 bits in blue, and the input's red, if any."""
    (frames,) = inputs or (None,)
    for number in range(FORMAT.frames):
        planes = np.zeros((3, 36, 64), np.uint16)
        planes[0], planes[1] = number, 513
        if frames is not None:
            planes[2] = next(frames)[2] + 1
        yield planes


def failing(node: Stream, inputs: Sequence[Iterator[Planes]]) -> Iterator[Planes]:
    yield next(counting(node, inputs))
    raise MediaError("the second frame can't be computed", "use another picture")


@pytest.fixture
def methods(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {("counting", 1): counting, ("failing", 1): failing}
    monkeypatch.setattr(computing, "METHODS", known)


def made(method: str, *inputs: Stream) -> Stream:
    return graph.derived(graph.computed(method, 1, FORMAT, *inputs), FORMAT.frames)


@pytest.mark.usefixtures("methods")
def test_computed_frames_keep_every_code_of_10_bits(tmp_path: Path) -> None:
    renderer = Renderer(Store(tmp_path))
    first = made("counting")
    second = made("counting", first.filter("hflip"))
    (source,) = renderer.decoded([second])
    frames = read(source, "gbrp10le")
    assert [time for time, _ in frames] == [Fraction(number, 25) for number in range(12)]
    assert [(g.max(), b.min(), r.max()) for _, (g, b, r) in frames] == [
        (number, 513, 1) for number in range(12)
    ]
    (part,) = renderer.decoded(
        graph.slice_streams([second], Span(Fraction(4, 25), Fraction(5, 25)), Fraction(0))
    )
    assert [planes[0].max() for _, planes in read(part, "gbrp10le")] == [4]
    assert renderer.meter.megapixels == pytest.approx(2 * 12 * 64 * 36 / 1e6)


@pytest.mark.usefixtures("methods")
def test_an_error_of_a_method_is_the_error(tmp_path: Path) -> None:
    renderer = Renderer(Store(tmp_path))
    with pytest.raises(MediaError, match="the second frame can't be computed"):
        renderer.source(made("failing"))
    assert renderer.find(made("failing")) is None and not list((tmp_path / "drafts").iterdir())


@pytest.mark.usefixtures("methods")
def test_computing_can_be_cancelled(tmp_path: Path) -> None:
    renderer = Renderer(Store(tmp_path))

    def endless(node: Stream, inputs: Sequence[Iterator[Planes]]) -> Iterator[Planes]:
        for frame in counting(node, inputs):
            yield frame
            renderer.cancel.wait(0.2)
            renderer.cancel.set()

    computing.METHODS["endless", 1] = endless  # type: ignore[index]
    with pytest.raises(Interrupted):
        renderer.source(made("endless"))


def test_an_unknown_method_names_itself(tmp_path: Path) -> None:
    with pytest.raises(CapabilityError, match="no method counting 1"):
        Renderer(Store(tmp_path)).source(made("counting"))


@pytest.mark.usefixtures("methods")
def test_a_worker_computes_what_its_task_carries(tmp_path: Path) -> None:
    """The task is pickled, and the worker fills the store that the client reads."""
    store = Store(tmp_path)
    task = RenderTask.of(store, [[made("counting").filter("hflip").encoded(X264)]], {}, {})
    worker = Renderer(Store(tmp_path, secret=task.context.secret))
    worker.make(*pickle.loads(pickle.dumps(task)).groups)
    assert Renderer(store).find(made("counting"))
