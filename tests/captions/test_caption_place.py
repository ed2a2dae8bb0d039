"""Captions keep clear of graphics: by the smallest step, together if they share a time, or not at all."""

from __future__ import annotations

from fractions import Fraction

import pytest
from caption_world import VERTICAL, delivery, plan_captions, programme, settings, srt

from finish.errors import FinishError
from finish.model import Programme, ReservedArea, ReviewMarker
from finish.stages.captions.placement.card_placement import PlacedCard
from finish.units import Box, Span

SAFE = {"top": 250, "bottom": 480, "left": 60, "right": 180}
LOGO_LEFT = Box(72, 1342, 460, 1428)  # bottom left: a short line fits beside it
LONG = "Words that fill a line and one"


EARLIER = ReservedArea(LOGO_LEFT, Span(Fraction(-2), Fraction(0)))


def planned(taken: ReservedArea) -> Programme:
    before = programme(VERTICAL, frames=250).reserve(taken)
    return plan_captions(settings(srt("Go!", LONG, "Late", seconds=4)), before, delivery(VERTICAL, **SAFE))


def test_a_card_that_meets_nothing_stays() -> None:
    kept = planned(ReservedArea(Box(0, 262, 1080, 348), Span(Fraction(0), Fraction(10))))
    assert [card.ink for card in shown(kept)] == [card.ink for card in shown(planned(EARLIER))]


def test_all_cards_of_a_time_move_together() -> None:
    """The first cue fits beside the area and the second doesn't: nothing moves while it's read."""
    one, two, _ = shown(planned(ReservedArea(LOGO_LEFT, Span(Fraction(0), Fraction(8)))))
    assert one.plate[3] == two.plate[3] and two.ink.bottom + 12 <= LOGO_LEFT.top


def test_what_covers_ends_before_the_frame_that_it_ends_on() -> None:
    assert shown(planned(EARLIER)) == shown(planned(ReservedArea(Box(0, 0, 2, 2), EARLIER.span)))
    late = ReservedArea(LOGO_LEFT, Span(Fraction(4), Fraction(101, 25)))
    assert shown(planned(late)) != shown(planned(EARLIER)), "one frame counts"


def test_no_room_is_told_with_the_cue() -> None:
    with pytest.raises(
        FinishError,
        match=r"a\.srt:\d+  cue 1 at 0:00\.00 needs \d+x\d+ next to 1 other, but the safe area is",
    ) as raised:
        planned(ReservedArea(Box(60, 280, 900, 1420), Span(Fraction(0), Fraction(10))))
    assert "move the logo" in raised.value.hint


def shown(done: Programme) -> list[PlacedCard]:
    return list(done.picture.arg("filename").cards)  # type: ignore[union-attr]


def test_the_stage_keeps_clear_of_what_the_programme_says_is_taken() -> None:
    done = planned(ReservedArea(LOGO_LEFT, Span(Fraction(0), Fraction(8))))
    assert [card.ink.bottom < LOGO_LEFT.top for card in shown(done)][:2] == [True, True]
    assert done.marks == (
        ReviewMarker(Fraction(2), "Go!"),
        ReviewMarker(Fraction(6), LONG),
        ReviewMarker(Fraction(9), "Late"),
    )


def test_captions_end_where_an_end_card_begins() -> None:
    """Nothing else is visible on a frame that is covered completely."""
    done = planned(ReservedArea(Box(0, 0, 1080, 1920), Span(Fraction(7), Fraction(10))))
    assert [(each.card.start, each.card.end) for each in shown(done)] == [(0, 100), (100, 175)]
    assert (
        "1 of 3 cues start too late to show before the programme ends, and were dropped — "
        "check that the captions belong to this clip"
    ) in done.notes


def test_a_bar_is_as_wide_as_its_column_whatever_it_says() -> None:
    """The column is centred on the frame, and 12 px inside the safe area on its narrower side."""
    look = settings(srt("Go!", LONG, seconds=4), style="lower-bar")
    one, other = shown(plan_captions(look, programme(VERTICAL), delivery(VERTICAL, **SAFE)))
    assert (one.plate[0], one.plate[2]) == (other.plate[0], other.plate[2]) == (192, 888)
    assert 1080 - 888 == 192 == SAFE["right"] + 12


def test_a_card_goes_aside_whole() -> None:
    card = shown(planned(EARLIER))[0]
    moved = card.aside(20)
    assert moved.centre == card.centre + 20 and moved.baselines == card.baselines
    assert (moved.ink.left, moved.ink.right) == (card.ink.left + 20, card.ink.right + 20)
    assert (moved.plate[0], moved.plate[2]) == (card.plate[0] + 20, card.plate[2] + 20)
    assert (moved.ink.top, moved.ink.bottom) == (card.ink.top, card.ink.bottom)
