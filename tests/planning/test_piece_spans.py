"""Where the picture of a timeline is divided: where clips meet, and after transitions, never inside one."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from timeline_plans import RATE, film, frames

from finish.model import Programme
from finish.planning.piece_spans import piece_spans


def bounds(programme: Programme) -> list[Fraction]:
    """The frames at which pieces begin."""
    return [span.start * RATE for span in piece_spans(programme, programme.picture)]


def test_a_piece_begins_after_a_transition_and_at_a_cut() -> None:
    """A rest of less than two seconds belongs to the piece before."""
    programme = film().programme
    assert bounds(programme) == [0, 55, 90]
    assert piece_spans(programme, programme.picture)[-1].end == programme.duration


def test_no_piece_begins_inside_a_transition() -> None:
    longer = replace(film().programme, transitions=(frames(45, 55), frames(80, 95)))  # type: ignore[call-arg]
    assert bounds(longer) == [0, 55, 95]
