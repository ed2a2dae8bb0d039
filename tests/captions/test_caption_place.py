"""Captions keep clear of graphics: by the smallest step, together if they share a time, or not at all."""

from __future__ import annotations

from fractions import Fraction

import pytest
from caption_world import VERTICAL, delivery, fitted, programme, settings, srt, style

from finish.errors import FinishError
from finish.model import Programme, ReservedArea, ReviewMarker
from finish.stages import captions as stage
from finish.stages.captions.placement.card_placement import (
    CaptionArea,
    CoveredArea,
    PlacedCard,
    Position,
    place_cards,
)
from finish.units import Box, Span

SAFE = {"top": 250, "bottom": 480, "left": 60, "right": 180}
LOGO_LEFT = Box(72, 1342, 244, 1428)  # a small one, bottom left: a short line fits beside it
LONG = "Words that fill the whole line from side to side"
ALWAYS = (0, 10_000)


def stood(
    *texts: str, position: Position = "bottom", covered: tuple[CoveredArea, ...] = ()
) -> tuple[PlacedCard, ...]:
    to = delivery(VERTICAL, **SAFE)
    room = CaptionArea(VERTICAL, to.safe.within(VERTICAL), 0.058 * 1080, style(), covered)
    return place_cards(fitted(srt(*texts), room.limit), room, lambda _: position)


def apart(card: PlacedCard, box: Box) -> bool:
    """Whether the minimum gap (12 px of 1080) lies between them."""
    ink = card.ink
    return (
        ink.right + 12 <= box.left
        or box.right + 12 <= ink.left
        or ink.bottom + 12 <= box.top
        or box.bottom + 12 <= ink.top
    )


def test_a_card_that_meets_nothing_stays() -> None:
    assert stood("Go!", covered=(CoveredArea(LOGO_LEFT, *ALWAYS),)) == stood("Go!")
    assert stood(LONG, covered=(CoveredArea(Box(0, 262, 1080, 348), *ALWAYS),)) == stood(LONG)


@pytest.mark.parametrize(
    ("position", "box"),
    [("bottom", LOGO_LEFT), ("top", Box(72, 262, 244, 348)), ("middle", Box(72, 820, 244, 880))],
)
def test_a_card_moves_clear_by_the_smallest_step(position: Position, box: Box) -> None:
    (before,), (after,) = (
        stood(LONG, position=position),
        stood(LONG, position=position, covered=(CoveredArea(box, *ALWAYS),)),
    )
    assert not apart(before, box) and apart(after, box)
    assert abs(after.ink.top - (box.bottom + 12)) <= 1 or abs(after.ink.bottom - (box.top - 12)) <= 1


def test_all_cards_of_a_time_move_together_and_no_others() -> None:
    """The first cue fits beside the logo; the second doesn't; the third starts after the logo is gone."""
    short, long, later = stood("Go!", LONG, "Go!", covered=(CoveredArea(LOGO_LEFT, 0, 200),))
    assert short.ink.bottom == long.ink.bottom < LOGO_LEFT.top
    assert later.ink.bottom == stood("Go!")[0].ink.bottom > LOGO_LEFT.top


def test_what_covers_ends_before_the_frame_that_it_ends_on() -> None:
    assert stood(LONG, covered=(CoveredArea(LOGO_LEFT, -50, 0),)) == stood(LONG)
    assert stood(LONG, covered=(CoveredArea(LOGO_LEFT, -50, 1),)) != stood(LONG)


def test_stacked_cards_keep_clear_too() -> None:
    both = f"1\n00:00:00,000 --> 00:00:04,000\n{LONG}\n\n2\n00:00:01,000 --> 00:00:03,000\n{LONG}\n\n"
    to = delivery(VERTICAL, **SAFE)
    covered = (CoveredArea(LOGO_LEFT, *ALWAYS), CoveredArea(Box(72, 1100, 700, 1200), *ALWAYS))
    room = CaptionArea(VERTICAL, to.safe.within(VERTICAL), 0.058 * 1080, style(), covered)
    one, two = place_cards(fitted(both, room.limit), room, lambda _: "bottom")
    assert all(apart(card, covered.box) for card in (one, two) for covered in room.covered)
    assert two.ink.bottom <= one.ink.top


def test_no_room_is_told_with_the_cue() -> None:
    with pytest.raises(
        FinishError,
        match=r"a\.srt:\d+  cue 1 at 0:00\.00 needs \d+x\d+ next to 1 other, but the safe area is",
    ) as raised:
        stood(LONG, covered=(CoveredArea(Box(60, 280, 900, 1420), *ALWAYS),))
    assert "move the logo" in raised.value.hint


def planned(taken: ReservedArea) -> Programme:
    before = programme(VERTICAL, frames=250).reserve(taken)
    return stage.plan(settings(srt("Go!", LONG, "Late", seconds=4)), before, delivery(VERTICAL, **SAFE), None)  # type: ignore[arg-type]


def shown(done: Programme) -> list[PlacedCard]:
    return list(done.picture.arg("filename").cards)  # type: ignore[union-attr]


def test_the_stage_keeps_clear_of_what_the_programme_says_is_taken() -> None:
    done = planned(ReservedArea(LOGO_LEFT, Span(Fraction(0), Fraction(8))))
    assert [card.ink.bottom < LOGO_LEFT.top for card in shown(done)] == [True, True, False]
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
