"""Derived sources are rendered once, and slices of what is made of them are the whole, bit by bit."""

from __future__ import annotations

import threading
from fractions import Fraction
from pathlib import Path

import pytest
from clip_files import clip
from known import Frames, read

from finish import graph
from finish.errors import MediaError
from finish.execution.renderer import Renderer
from finish.graph import Stream
from finish.media.probe import probe
from finish.storage.store import Store
from finish.units import Span

pytestmark = pytest.mark.render


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
