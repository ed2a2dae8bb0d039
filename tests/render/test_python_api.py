"""The Python API: lazy stages, custom stages, events, cancelling, threads.

Nothing is printed, and no folder changes.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any, cast

import pytest
from clip_files import clip
from render_jobs import CAPTIONS, ONE, folder, heard, pictures

import finish
from finish import FinishError
from finish.errors import Interrupted
from finish.media.ffmpeg.watched_pipe import WatchedPipe
from finish.model import Programme, Promise, Settings, Stage, Tolerance, file_facts

pytestmark = pytest.mark.render


class Mark(Settings):
    """A white square of the given size in the corner."""

    side: int = 40
    promised: int = 0


def _marked(settings: Mark, programme: Programme, *_: Any) -> Programme:
    picture = programme.picture.filter(
        "drawbox", x=0, y=0, w=settings.side, h=settings.side, color="white", t="fill"
    )
    kept = Promise(
        "rotation of the mark",
        file_facts.rotation,
        Tolerance(exactly=settings.promised),
        "degrees",
        "the mark",
        "turn it back",
    )
    marked = programme.with_picture(picture).add_promises(kept)
    return marked.add_notes(f"marked with {settings.side} px")


mark = cast(
    Stage,
    SimpleNamespace(name="mark", touches=("video",), Settings=Mark, questions=lambda _: (), plan=_marked),
)


@pytest.fixture
def hero(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[finish.Clip]:
    """The README's clip, shortened; and proof that the API doesn't print, change folder, or take signals."""
    monkeypatch.chdir(tmp_path)
    clip(tmp_path / "hero.mp4", seconds=0.4)
    (tmp_path / "hero.srt").write_text(CAPTIONS)
    handlers = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)]
    yield finish.open("hero.mp4")
    assert (
        Path.cwd() == tmp_path
        and [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)] == handlers
    )


@pytest.fixture
def small(hero: finish.Clip) -> finish.Clip:
    """The cheapest render: one frame's worth of crop, and unchanged sound."""
    return hero.reframe(follow="centre").sound(target="none")


def test_the_way_in_of_the_readme(
    hero: finish.Clip, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    clip_ = (
        hero.colour(looks=["warm"]).reframe(follow="subject").captions(file="hero.srt").sound(target="social")
    )
    plan = clip_.explain("youtube")
    assert "lut3d" in plan and "| ass " in plan and "promise: loudness -14.1 to -13.9 LUFS" in plan
    done = clip_.render("made/hero.mp4", preset="youtube")
    assert done.path == tmp_path / "made/hero.mp4" and len(pictures(done.path)) == 10
    assert done.measured["loudness"] == pytest.approx(-14, abs=0.1) and done.measured["frame count"] == 10
    assert done.promises and all(promise.kept for promise in done.promises)
    assert sorted(path.name for path in (tmp_path / "made").iterdir()) == [".finish", "hero.mp4"]
    assert {each.promise.name for each in finish.qc(done.path, "youtube") if not each.kept} == set()
    assert {each.promise.name for each in finish.qc(done.path, "tiktok") if not each.kept} == {"frame size"}
    assert capfd.readouterr() == ("", "")


def test_nothing_is_read_until_it_is_needed(tmp_path: Path) -> None:
    absent = finish.open(tmp_path / "absent.mp4").colour(looks=["warm"])
    with pytest.raises(FinishError) as raised:
        absent.explain()
    assert raised.value.code == "spec" or "absent.mp4" in str(raised.value)


def test_the_order_of_calls_does_not_matter_and_repeats_replace(hero: finish.Clip) -> None:
    one = hero.colour(looks=["warm"], strength=0.5).captions(file="hero.srt").sound(target="none")
    other = (
        hero.sound(target="r128")
        .captions("hero.srt")
        .sound(target="none")
        .colour(["cool"])
        .colour(looks=["warm"], strength=0.5)
    )
    assert one.explain("youtube") == other.explain("youtube")
    assert one.explain("youtube") != one.colour(["warm"]).explain("youtube"), (
        "a repeat replaces the whole stage, strength too"
    )
    assert hero.stated == (), "a clip is a value"


def test_settings_are_checked_like_those_of_a_job(hero: finish.Clip) -> None:
    with pytest.raises(FinishError, match=r'did you mean "subject"'):
        hero.reframe(follow="subjet")  # type: ignore[arg-type]
    with pytest.raises(FinishError, match='did you mean "warm"'):
        hero.colour(looks=["warn"])
    with pytest.raises(FinishError, match=r"no such file: .*hero\.sr[^t]"):
        hero.captions(file="hero.sr")
    with pytest.raises(FinishError, match="no stage takes"):
        hero.then(Mark())
    with pytest.raises(FinishError, match=r"delivered as \.mp4"):
        hero.render("made.mov", preset="youtube")


def test_a_stage_of_ones_own(small: finish.Clip, tmp_path: Path) -> None:
    grown = (
        finish.open("hero.mp4", stages=(*finish.STAGES, mark))
        .reframe(follow="centre")
        .sound(target="none")
        .then(Mark(side=100))
    )
    done = grown.render("marked.mp4", preset="youtube")
    frame = pictures(done.path)[5][1]
    assert frame[4:96, 4:96].min() > 235 and frame[110:, 110:].min() < 100
    assert done.measured["rotation of the mark"] == 0
    assert "note: marked with 100 px" in grown.explain("youtube")


def test_a_stage_of_ones_own_in_a_job_file(tmp_path: Path) -> None:
    stages = (*finish.STAGES, mark)
    place = folder(tmp_path, "source: hero.mp4\nmark: {side: 60}\n" + ONE, seconds=0.6)
    with pytest.raises(FinishError, match="mark"):
        finish.load(place)
    (outcome,) = finish.run(finish.load(place, stages).job, stages=stages)
    assert outcome.notes == ("marked with 60 px",) and outcome.path
    assert pictures(outcome.path)[7][1][4:56, 4:56].min() > 235


def test_a_broken_promise_is_raised_and_publishes_nothing(small: finish.Clip, tmp_path: Path) -> None:
    (tmp_path / "kept.mp4").write_bytes(b"the last good one")
    stages = (*finish.STAGES, mark)
    broken = (
        finish.open("hero.mp4", stages).reframe(follow="centre").sound(target="none").then(Mark(promised=90))
    )
    with pytest.raises(FinishError) as raised:
        broken.render("kept.mp4", preset="youtube")
    assert raised.value.code == "promise" and raised.value.exit_code == 1
    assert "rotation of the mark: 0 degrees, promised 90 degrees; turn it back" in str(raised.value)
    assert (tmp_path / "kept.mp4").read_bytes() == b"the last good one"
    assert sorted(path.name for path in tmp_path.iterdir()) == [".finish", "hero.mp4", "hero.srt", "kept.mp4"]


def test_what_lies_beside_a_rendered_clip_is_left_alone(small: finish.Clip, tmp_path: Path) -> None:
    """A single file isn't a job's `out/`: it brings no manifest, and never replaces an existing one."""
    (tmp_path / "manifest.json").write_text('{"name": "my web page"}')
    small.render("made.mp4", preset="youtube")
    assert (tmp_path / "manifest.json").read_text() == '{"name": "my web page"}'


def test_events_come_in_order(small: finish.Clip) -> None:
    events: list[finish.Event] = []
    done = small.render("made.mp4", preset="youtube", on_event=events.append)
    kinds = [event.what for event in events]
    assert list(dict.fromkeys(kinds)) == ["plan", "render", "check", "done"]
    shares = [event.done for event in events if event.what == "render" and event.done is not None]
    assert shares == sorted(shares) and shares[-1] == 1.0 and events[-1].message == str(done.path)
    again: list[finish.Event] = []
    small.render("made.mp4", preset="youtube", on_event=again.append)
    assert [each.what for each in again] == ["plan", "check", "done"], (
        "what is in the store is not rendered again"
    )


@pytest.mark.parametrize("when", ["plan", "render", "check"])
def test_cancelling_stops_and_leaves_nothing_half_made(when: str, small: finish.Clip, tmp_path: Path) -> None:
    cancel = threading.Event()

    def stop(event: finish.Event) -> None:
        if event.what == when:
            cancel.set()

    with pytest.raises(Interrupted) as raised, heard() as processes:
        small.captions("hero.srt").sound(target="social").render(
            "made/made.mp4", preset="youtube", on_event=stop, cancel=cancel
        )
    assert raised.value.code == "interrupted" and raised.value.exit_code == 130
    assert bool(processes.pictures) == (when != "plan")
    assert bool(processes.sounds) or when != "check"
    assert len(processes.muxes) == (when == "check")
    assert {path.name for path in tmp_path.glob("made/*")} <= {".finish"}
    assert list(tmp_path.glob("made/.finish/store/drafts/*")) == []


def test_a_keyboard_interrupt_is_not_lost_in_a_callback(
    hero: finish.Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PyAV drops what its callbacks raise unless it is an ordinary exception, and continues to read."""
    made, reads = WatchedPipe.__init__, count(1)

    def interrupted(watched: WatchedPipe, pipe: IO[bytes]) -> None:
        def read(size: int) -> bytes:
            if next(reads) == 3:
                raise KeyboardInterrupt
            return pipe.read(size)

        made(watched, cast(IO[bytes], SimpleNamespace(read=read)))

    monkeypatch.setattr(WatchedPipe, "__init__", interrupted)
    with pytest.raises((FinishError, Interrupted, KeyboardInterrupt)) as raised:
        # One question, so that nothing else is answered meanwhile.
        hero.reframe(follow="subject").sound(target="none").explain("tiktok")
    assert getattr(raised.value, "exit_code", 130) == 130
    kept = [path.read_text() for path in Path.cwd().rglob("*.json")]
    assert all('"faults"' in each for each in kept), (
        "half an answer is none; what of the clip decodes was known before"
    )


def test_two_threads_may_render_at_once(small: finish.Clip, tmp_path: Path) -> None:
    """Into one store: both may make the same piece, and both get it whole."""
    store = tmp_path / "store"
    looks = {"a.mp4": "warm", "b.mp4": "warm", "c.mp4": "cool"}

    def make(name: str) -> bytes:
        return small.colour([looks[name]]).render(name, preset="youtube", store=store).path.read_bytes()

    with ThreadPoolExecutor(3) as pool:
        made = dict(zip(looks, pool.map(make, looks), strict=True))
    assert made["a.mp4"] == made["b.mp4"] != made["c.mp4"]
    with heard() as processes:
        alone = small.colour(["cool"]).render("d.mp4", preset="youtube", store=store)
    assert processes.pictures == [] and alone.path.read_bytes() == made["c.mp4"]


def test_a_job_folder_from_python(tmp_path: Path) -> None:
    two = ONE.replace("]", ", {name: other, preset: youtube, colour: {looks: [cool]}}]")
    place = folder(tmp_path, "source: hero.mp4\n" + two, seconds=0.6)
    job = finish.load(place).job
    (one,) = finish.run(job, ["other"])
    assert [path.name for path in (tmp_path / "out").glob("*.mp4")] == ["other.mp4"] and one.name == "other"
    assert "other.mp4: 15 frames" in finish.plan(job, ["other"])
    assert finish.still(job, "other", Fraction(1, 2)).name == "other-0.50s.png"
    with pytest.raises(FinishError, match='did you mean "other"'):
        finish.run(job, ["another"])


def test_a_store_of_ones_own_holds_everything_that_is_kept(small: finish.Clip, tmp_path: Path) -> None:
    small.render(tmp_path / "made/made.mp4", preset="youtube", store=tmp_path / "elsewhere")
    assert os.listdir(tmp_path / "made") == ["made.mp4"] and not (tmp_path / ".finish").exists()
    assert list((tmp_path / "elsewhere").iterdir())
