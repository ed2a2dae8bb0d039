"""Composite plans: positions, times, and the graph; invalid settings are refused."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from typing import Any

import pytest
from composite_world import RATE, SAFE, VERTICAL, WIDE, delivery, nodes, planned, programme, settings
from pictures import document, logo
from pydantic import ValidationError

from finish import graph
from finish.checks import graphic_clearance
from finish.errors import FinishError
from finish.model import Delivery, Programme, ReviewMarker
from finish.stages import composite as stage
from finish.stages.composite.lower_third import KEPT
from finish.units import Box, Size, Span

LOGO = {"file": "logo.png"}
FILES = {"logo.png": logo(80, 40)}
THIRD: dict[str, Any] = {"title": "Ágnes Mayer", "subtitle": "Colour", "from": 1, "to": 4}
ROOM = Box(72, 262, 888, 1428)  # the safe zone, 12 px inside its edges


def with_logo(**given: Any) -> stage.CompositeSettings:
    return settings(FILES, logo={**LOGO, **given})


def boxes(done: Programme) -> list[Box]:
    return [each.box for each in done.taken]


def test_nothing_stated_changes_nothing() -> None:
    before = programme()
    assert planned(settings(), before=before) is before


def test_the_graph_of_a_logo() -> None:
    done = planned(with_logo(**{"from": 2, "to": 4}))
    (stamp,) = nodes(done, "image")
    assert graph.describe({"picture": done.picture}) == (
        "v0   source c0ffee #0 (mov)\n"
        f"v1   image {graph.stream.spelled(stamp.args[0][1])}  [172x86]\n"
        "v2   v1 | scale flags=accurate_rnd+full_chroma_int+full_chroma_inp out_chroma_loc=left "
        "out_color_matrix=bt709 out_range=tv\n"
        "v3   v2 | format pix_fmts=yuva420p\n"
        "v4   v0 + v3 | overlay alpha=straight enable=gte(t,1.98)*lt(t,3.98) format=yuv420 x=716 y=262\n"
        "picture = v4\n"
    )
    assert done.marks == (ReviewMarker(Fraction(3), "logo"),) and done.taken[0].span == Span(
        Fraction(2), Fraction(4)
    )


def test_a_logo_of_the_whole_programme_has_no_window() -> None:
    (overlay,) = nodes(planned(with_logo()), "overlay")
    assert overlay.arg("enable") is None


@pytest.mark.parametrize(
    ("corner", "box"),
    [
        ("top-left", Box(72, 262, 244, 348)),
        ("top-right", Box(716, 262, 888, 348)),
        ("bottom-left", Box(72, 1342, 244, 1428)),
        ("bottom-right", Box(716, 1342, 888, 1428)),
    ],
)
def test_a_corner_is_one_of_the_safe_zone(corner: str, box: Box) -> None:
    assert boxes(planned(with_logo(corner=corner))) == [box]


@pytest.mark.parametrize("frame", [VERTICAL, WIDE, Size(1080, 1350), Size(540, 960), Size(3840, 2160)])
def test_a_logo_has_one_optical_size_and_stays_five_per_cent_from_the_edge(frame: Size) -> None:
    (box,) = boxes(planned(with_logo(), delivery(frame, {})))
    assert (
        abs(box.size.height - 0.08 * min(frame.width, frame.height)) <= 1
        and box.size.width == 2 * box.size.height
    )
    assert frame.width - box.right >= 0.05 * frame.width and box.top >= 0.05 * frame.height
    assert not any(each % 2 for each in (box.left, box.top, box.right, box.bottom))


@pytest.mark.parametrize(
    ("pix_fmt", "kind", "with_alpha"),
    [("yuv420p", "yuv420", "yuva420p"), ("yuv422p10le", "yuv422p10", "yuva422p10le")],
)
def test_an_overlay_has_the_deliverys_bits(pix_fmt: str, kind: str, with_alpha: str) -> None:
    to = delivery()
    to = to.model_copy(update={"picture": to.picture.model_copy(update={"pix_fmt": pix_fmt})})
    done = planned(settings(FILES, logo=LOGO, lower_third=THIRD, end_card={"text": "Bye"}), to)
    assert [node.arg("format") for node in nodes(done, "overlay")] == [kind] * 3
    assert [node.arg("pix_fmts") for node in nodes(done, "format")] == [with_alpha] * 3


def test_a_lower_third_is_drawn_once_and_kept() -> None:
    done = planned(settings(lower_third=THIRD))
    (kept,), (moved,) = nodes(done, "encode"), nodes(done, "setpts")
    assert kept.encoding == KEPT and kept.inputs[0].arg("rate") == RATE
    # 15 frames fade in and one is still, from frame 25; 10 frames fade out, the last one is frame 99.
    assert moved.arg("expr") == "round((N+if(lte(N,15),25,74))*1/25/TB)"
    again = planned(settings(lower_third={**THIRD, "from": 2, "to": 5}))
    assert nodes(again, "encode") == [kept], "another time is not another drawing"
    assert nodes(planned(settings(lower_third={**THIRD, "accent": "#ff0000"})), "encode") != [kept]


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_lower_third_stands_in_its_corner_and_above_a_logo_there(side: str) -> None:
    (alone,) = boxes(planned(settings(lower_third={**THIRD, "side": side})))
    assert alone.bottom == ROOM.bottom and (
        alone.left == ROOM.left if side == "left" else alone.right == ROOM.right
    )
    mark, third = boxes(
        planned(
            settings(FILES, logo={**LOGO, "corner": f"bottom-{side}"}, lower_third={**THIRD, "side": side})
        )
    )
    assert not mark.meets(third) and third.bottom == mark.top - 24
    _, apart = boxes(
        planned(
            settings(
                FILES,
                logo={**LOGO, "corner": f"bottom-{side}", "from": 4},
                lower_third={**THIRD, "side": side},
            )
        )
    )
    assert apart == alone, "a logo that comes later is not in the way"


def test_an_end_card_makes_the_programme_longer_in_frames_and_sound() -> None:
    done = planned(settings(end_card={"text": "Bye", "seconds": 2}))
    assert (done.frames, done.duration) == (300, 12) and done.marks == (
        ReviewMarker(Fraction(11), "end card"),
    )
    assert done.taken[0].box.size == VERTICAL and done.taken[0].span == Span(Fraction(10), Fraction(12))
    assert graph.describe({"sound": done.sound}) == (
        "a0   source c0ffee #1 (mov)\n"
        "a1   a0 | afade duration=0.02 start_time=9.98 type=out\n"
        "a2   a1 | apad whole_dur=12\n"
        "a3   a2 | atrim end=12\n"
        "sound = a3\n"
    )
    assert [(node.name, node.args) for node in graph.history(done.promises[0].against)][1:] == [  # type: ignore[list-item]
        ("tpad", (("stop_duration", Fraction(51, 25)), ("stop_mode", "clone"))),
        ("trim", (("end", Fraction(12)),)),
    ]


def test_without_an_end_card_the_sound_is_left_alone() -> None:
    before = programme()
    assert planned(with_logo(), before=before).sound is before.sound


def test_promises_look_at_each_overlay_and_at_the_edges() -> None:
    done = planned(
        settings(FILES, logo={**LOGO, "opacity": 0.2}, lower_third=THIRD, end_card={"text": "Bye"})
    )
    outside, missing, other = done.promises
    for promise in (missing, other):
        assert promise.accept.holds(0) and not promise.accept.holds(1), "not one place may differ"
    assert [promise.fact for promise in done.promises] == [
        graphic_clearance.outside,
        graphic_clearance.missing,
        graphic_clearance.differing,
    ]
    assert outside.analyser is missing.analyser is other.analyser
    mark, third, card = outside.analyser.cards  # type: ignore[union-attr]
    assert mark.codes == 12 and len(mark.times) == 3 and not mark.free
    assert third.codes == 24 and all(1 <= time < 4 for time in third.times)
    assert card.free and card.times == (Fraction(258, 25), Fraction(281, 25), Fraction(311, 25))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"logo": {**LOGO, "height": 0.5}}, "the logo is 1080x540 px and the safe area 816x1166"),
        ({"logo": {**LOGO, "from": 10}}, "the logo starts at 0:10.00, but the programme ends at 0:10.00"),
        ({"lower_third": {**THIRD, "title": "W" * 60}}, "a lower third of"),
        ({"lower_third": {**THIRD, "from": 9, "to": 12}}, "too soon after the lower third starts at 0:09.00"),
        ({"lower_third": {**THIRD, "title": "日本"}}, "no font draws '日'"),
        ({"end_card": {"text": "日本"}}, "no font draws '日'"),
        (
            {"end_card": {"text": "Donaudampfschifffahrtsgesellschaft"}},
            "px wide on the end card, wider than the safe area (696 px)",
        ),
        (
            {"end_card": {"text": "\n".join("abcdefghijklmnopqrstuvwx")}},
            "an end card of 24 lines is taller than the safe area",
        ),
    ],
)
def test_what_does_not_fit_is_told_when_it_is_planned(given: dict[str, Any], says: str) -> None:
    with pytest.raises(FinishError) as raised:
        planned(settings(FILES, **given))
    assert says in raised.value.message and raised.value.hint


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"logo": {"file": "logo.svg"}}, "is an SVG drawing"),
        ({"logo": {**LOGO, "from": 3, "to": 3}}, "the logo ends before it starts"),
        ({"logo": {**LOGO, "opacity": 0}}, "greater than or equal to 0.1"),
        ({"end_card": {}}, "either file or text"),
        ({"end_card": {"file": "logo.png", "text": "Bye"}}, "either file or text"),
        ({"end_card": {"text": " \n "}}, "lines of text"),
        ({"end_card": {"text": "a\x1b[31m"}}, "lines of text"),
        ({"lower_third": {**THIRD, "to": 2}}, "at least 1.5 s"),
        ({"lower_third": {**THIRD, "title": "a\nb"}}, "one line of text"),
        ({"lower_third": {**THIRD, "accent": "red"}}, "pattern"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(given: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        settings({**FILES, "logo.svg": document(b"<svg/>", "logo.svg")}, **given)


def test_an_enlarged_logo_is_told() -> None:
    assert planned(with_logo()).notes == ("logo: 80x40 px enlarged 2.1 times — use a larger file",)


@pytest.mark.parametrize("pix_fmt", ["yuv444p12le"])
def test_a_format_that_overlay_lacks_is_refused(pix_fmt: str) -> None:
    to: Delivery = delivery(VERTICAL, SAFE)
    to = to.model_copy(update={"picture": to.picture.model_copy(update={"pix_fmt": pix_fmt})})
    with pytest.raises(FinishError, match="graphics can't be drawn on yuv444p12le"):
        planned(with_logo(), to)


def test_planning_words_draws_nothing() -> None:
    code = (
        "import sys; sys.path[:0] = ['tests', 'tests/composite']\n"
        "from composite_world import planned, settings\n"
        "planned(settings(lower_third={'title': 'A', 'from': 1, 'to': 4}, end_card={'text': 'Bye'}))\n"
        "assert not {'moviepy', 'cv2', 'PIL'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
