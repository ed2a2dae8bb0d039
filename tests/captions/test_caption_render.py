"""What libass draws against what was planned: widths, weights, colours, boxes, times, and the promises."""

from __future__ import annotations

import re
import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from caption_world import (
    RATE,
    SQUARE,
    VERTICAL,
    WIDE,
    bounds,
    burn,
    burnt,
    delivery,
    frame_at,
    grey,
    ink,
    plan_captions,
    programme,
    settings,
    srt,
    style,
)
from clip_files import shared

from finish import graph
from finish.analysis.clearance import ClearanceFacts
from finish.errors import FinishError
from finish.execution.frame_reader import Analysis, FrameReader
from finish.execution.renderer import Renderer
from finish.graph import Output, PayloadBytes, Stream, compile_outputs
from finish.media import probe
from finish.media.ffmpeg import ffmpeg_runner, process
from finish.model import H264, Delivery, Measure, Programme
from finish.stages.captions.placement.card_placement import Position
from finish.stages.captions.typesetting import packaged_fonts
from finish.stages.captions.typesetting.caption_style import PlateStyle
from finish.storage.store import Store
from finish.units import Box, Size

pytestmark = pytest.mark.render

TEXTS = [
    "Hamburgefonts AVATAR To We",
    "<i>Italic fluff</i> and <b>bold</b>",
    "مرحبا بالعالم، كيف حالك",
    "שלום עולם ABC 123!",
    "สวัสดีชาวโลกน้ำ",
    "नमस्ते क्षत्रिय",
    "😀 👩\u200d💻👍🏽 🇩🇪",
    "C:\\N {p1} literal",
    "Ünïcödé ÅÇ — “ok” jpqy",
]
BARE = style(outline=None, shadow=None)


@pytest.mark.parametrize("text", TEXTS)
def test_width_and_baseline_are_as_planned_within_two_pixels(text: str) -> None:
    to = delivery(WIDE)
    payload = burnt(srt(text), BARE, to)
    left, top, right, bottom = bounds(ink(payload, WIDE, Fraction(1), "black") > 40)
    (card,) = payload.cards
    extent, em = card.card.lines[0].extent, payload.em
    assert right - left <= (extent.advance + 2 * extent.overhang) * em + 2
    assert right - left >= extent.advance * em - 0.25 * em  # side bearings of the outer letters
    assert abs((left + right) / 2 - card.centre) <= 0.12 * em
    assert abs(top - (card.baselines[0] - extent.above * em)) <= 2
    assert abs(bottom - (card.baselines[0] + extent.below * em)) <= 2


def test_width_is_exact_where_the_bearings_are_known() -> None:
    for weight, size in ((400, 0.04), (600, 0.058), (700, 0.083)):
        payload = burnt(
            srt("HIAVATAR ToWe mnH"),
            style(outline=None, shadow=None, weight=weight, size=size),
            delivery(WIDE),
        )
        left, _, right, _ = bounds(ink(payload, WIDE, Fraction(1), "black") > 110)  # half covered
        face = packaged_fonts.family("Noto Sans")
        bearings = (
            2
            * face.at(weight).get_glyph_extents(face.at(weight).get_nominal_glyph(ord("H"))).x_bearing
            / face.upem
        )
        extent = payload.cards[0].card.lines[0].extent
        assert abs(right - left - (extent.advance - bearings) * payload.em) <= 2


@pytest.mark.parametrize("frame", [VERTICAL, WIDE, SQUARE, Size(540, 960)], ids=str)
@pytest.mark.parametrize(
    ("name", "position"),
    [("clean", "bottom"), ("boxed", "top"), ("bold-pop", "middle"), ("bold-pop", "bottom")],
)
def test_all_ink_stays_in_the_safe_box_and_in_its_own(name: str, position: Position, frame: Size) -> None:
    to = delivery(
        frame, top=frame.height // 8, bottom=frame.height // 4, left=frame.width // 18, right=frame.width // 6
    )
    payload = burnt(
        srt("Jumping quickly, “Åpfel” fought gypsies & won every war there was"), style(name), to, position
    )
    safe = to.safe.within(frame)
    for time in (
        Fraction(3, 25),
        payload.cards[0].card.end // 2 / RATE,
    ):  # the peak of the pop, and the middle of the card
        left, top, right, bottom = bounds(ink(payload, frame, time) > 2)
        own = payload.cards[0].ink
        assert safe.left <= left < right <= safe.right
        assert safe.top <= top < bottom <= safe.bottom
        assert own.left - 2 <= left < right <= own.right + 2
        assert own.top - 2 <= top < bottom <= own.bottom + 2


def test_colours_are_bt709_in_video_range() -> None:
    red = PlateStyle(colour="#FF0000", opacity=1, padding=(1, 1), radius=0)
    payload = burnt(srt("x"), style("boxed", box=red), delivery(WIDE))
    planes = frame_at(burn(grey(WIDE), payload), Fraction(1), "yuv420p")
    left, top = (int(each) // 2 + 4 for each in payload.cards[0].plate[:2])
    chroma = planes[WIDE.height :].reshape(2, WIDE.height // 2, WIDE.width // 2)[:, top, left]
    # Recommendation BT.709-6: pure red is Y′ 63, C′b 102, C′r 240 in 8 bits.
    assert (int(planes[2 * top, 2 * left]), *map(int, chroma)) == (63, 102, 240)


@pytest.mark.parametrize("rate", [Fraction(24000, 1001), Fraction(60)])
def test_a_card_shows_on_its_frames_and_no_other(rate: Fraction) -> None:
    payload = burnt("1\n00:00:01,000 --> 00:00:01,500\nx", BARE, delivery(SQUARE), rate=rate)
    start, end = payload.cards[0].card.start, payload.cards[0].card.end
    assert (start, end) == (round(rate), round(rate * 3 / 2))
    flat = grey(SQUARE, rate, 200)
    seen = [
        int(frame_at(burn(flat, payload), at / rate).max()) > 200 for at in (start - 1, start, end - 1, end)
    ]
    assert seen == [False, True, True, False]


def test_every_packaged_weight_is_reached_by_its_name_without_a_fallback() -> None:
    expected = {}
    for face in packaged_fonts.faces():
        for weight in packaged_fonts.NAMES if face.family != packaged_fonts.EMOJI else (400,):
            for italic in {False, packaged_fonts.italic_of(face) is not None}:
                file = packaged_fonts.italic_of(face) if italic else face
                expected[face.name(weight, italic)] = (file.path.name if file else "", weight)
    letter = {
        face.family: next(iter(sorted(each for each in face._covered if each > 0x40)))
        for face in packaged_fonts.faces()
    }
    lines = "".join(
        f"Dialogue: 0,0:00:00.00,0:00:09.00,d,,0,0,0,,{{\\fn{name}}}{chr(letter[_family(name, letter)])}\n"
        for name in expected
    )
    head = (
        burnt(srt("x"), BARE, delivery(WIDE))
        .content()
        .decode()
        .split("Dialogue:")[0]
        .replace("Style: caption", "Style: d")
    )
    log = _log(burn(grey(WIDE), PayloadBytes(".ass", (head + lines).encode())))
    chosen = dict(re.findall(r"fontselect: \((.*), 400, 0\) -> .*/([^/\n]*), \d+, ", log))
    assert {name: chosen.get(name) for name in expected} == {
        name: file for name, (file, _) in expected.items()
    }


def _family(name: str, families: dict[str, int]) -> str:
    return max((family for family in families if name.startswith(family)), key=len)


def test_no_text_needs_libass_to_look_for_another_font() -> None:
    log = _log(burn(grey(VERTICAL), burnt(srt(*TEXTS), style("clean"), delivery(VERTICAL))), seconds=40)
    assert "fontselect" in log
    assert [line for line in log.splitlines() if "not found" in line or "failed to find" in line] == []


def _log(picture: Stream, seconds: int = 1) -> str:
    with ffmpeg_runner.workplace() as (root, place):
        # One frame a second is enough to show every card once.
        lowered = compile_outputs(
            [Output((picture.filter("fps", fps=1).filter("trim", end=seconds),), "-", "null")], place
        )
        done = subprocess.run(
            ffmpeg_runner.command(lowered, root),
            capture_output=True,
            text=True,
            env=process.environment(),
            check=True,
        )
    return done.stderr


# ---- the promises, on encoded pictures -----------------------------------------------------------


class Bench:
    """A picture encoded as for a delivery, and the answers to a plan's promises about it."""

    def __init__(self, folder: Path) -> None:
        store = Store(folder)
        self.renderer = Renderer(store)
        self.ask = Analysis(FrameReader(self.renderer), store)

    def facts(self, plain: Stream, delivered: Stream, speed: str = "ultrafast") -> ClearanceFacts:
        """The answer when `delivered` is what was encoded, and `plain` is the picture without captions."""
        encoding = H264.model_validate({"speed": speed}).encoding(RATE)
        question = self.promise.analyser
        assert question is not None
        found: Any = self.ask(Measure(question, delivered.encoded(encoding), (self.planned, plain)))
        assert isinstance(found, ClearanceFacts)
        return found

    def plan(self, picture: Stream, frame: Size, to: Delivery, frames: int, **given: Any) -> Stream:
        before = programme(frame, frames, picture=picture)
        done = plan_captions(
            settings(srt("A card on this", "and the second", seconds=1), **given), before, to, None
        )  # type: ignore[arg-type]
        self.promise, self.planned = done.promises[0], done.picture
        return done.picture


SMALL = Size(540, 960)
ZONES = delivery(SMALL, top=125, bottom=240, left=30, right=90)


def moving() -> Stream:
    picture = graph.generate("video", "testsrc2", size=SMALL, s=str(SMALL), rate=RATE, duration=2)
    return picture.filter("format", pix_fmts="yuv420p").filter("setparams", colorspace="bt709", range="tv")


@pytest.mark.parametrize("name", ["clean", "boxed", "bold-pop"])
def test_promises_hold_on_an_encoded_picture(tmp_path: Path, name: str) -> None:
    bench = Bench(tmp_path)
    done = bench.plan(moving(), SMALL, ZONES, 50, style=name)
    assert bench.facts(moving(), done) == ClearanceFacts(0, present=(0, 1))


def test_promises_break_on_doctored_deliveries(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    done = bench.plan(moving(), SMALL, ZONES, 50)
    assert bench.facts(moving(), moving()) == ClearanceFacts(0, absent=(0, 1), wrong=(0, 1)), (
        "captions were left out"
    )
    stroke = done.filter("drawbox", x=500, y=300, w=3, h=60, color="white", t="fill")
    assert bench.facts(moving(), stroke).outside > 0, "a white stroke three pixels wide, outside"
    other = delivery(SMALL)
    low = Bench(tmp_path).plan(moving(), SMALL, other, 50)
    found = bench.facts(moving(), low)
    assert found.outside > 0, "captions planned for another safe zone"
    assert found.missing == 2


def test_a_script_that_leaves_the_safe_zone_is_refused_before_it_is_rendered(tmp_path: Path) -> None:
    from test_caption_script import HEAD

    text = HEAD + "Dialogue: 0,0:00:00.00,0:00:02.00,Default,,0,0,0,,{PLACE}low\n"

    def planned(place: str) -> Programme:
        script = settings(text.replace("PLACE", place), "a.ass")
        return plan_captions(script, programme(SMALL, 50, picture=moving()), ZONES, Bench(tmp_path).ask)

    assert len(planned("").promises) == 3, "text without a place keeps inside"
    with pytest.raises(FinishError, match=r"a\.ass:\d+  the text at 0:00\.00 extends beyond the safe area"):
        planned("\\an1\\pos(5,1075)")


@pytest.mark.media
@pytest.mark.parametrize("name", ["clean", "boxed", "bold-pop"])
def test_promises_hold_on_a_crowded_street(tmp_path: Path, name: str) -> None:
    source = probe.probe(shared("footage/street-crowd.mp4"))
    picture = source.picture.filter("crop", w=608, h=1080, x=600, y=0, size=Size(608, 1080)).filter(
        "scale", w=540, h=960, size=SMALL
    )
    picture = picture.filter("fps", fps=RATE).filter("trim", end=2).filter("format", pix_fmts="yuv420p")
    bench = Bench(tmp_path)
    done = bench.plan(picture, SMALL, ZONES, 50, style=name)
    assert bench.facts(picture, done, speed="medium") == ClearanceFacts(0, present=(0, 1))


def test_ink_is_what_the_card_says() -> None:
    payload = burnt(srt("Measure me"), style("boxed"), delivery(VERTICAL))
    seen = Box(*bounds(ink(payload, VERTICAL, Fraction(1)) > 8))
    own = payload.cards[0].ink
    assert (
        max(
            abs(seen.left - own.left),
            abs(seen.top - own.top),
            abs(seen.right - own.right),
            abs(seen.bottom - own.bottom),
        )
        <= 2
    )
