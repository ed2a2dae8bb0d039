"""Where the cues of a file with places stand on a screen of rows: the rows lie in the middle 80 %."""

from __future__ import annotations

import pytest

from finish.stages.captions.cues import CuePosition
from finish.stages.captions.formats.caption_screens import first_row


@pytest.mark.parametrize(
    ("position", "row"),
    [
        (None, 13),
        (CuePosition(0.1, "top"), 0),
        (CuePosition(0.02, "top"), 0),
        (CuePosition(0.3, "top"), 4),
        (CuePosition(0.5, "middle"), 6),
        (CuePosition(0.7, "bottom"), 9),
        (CuePosition(0.9, "bottom"), 13),
        (CuePosition(1.0, "bottom"), 13),
        (CuePosition(edge="top"), 0),
    ],
)
def test_two_rows_of_fifteen_stand_where_the_cue_is(position: CuePosition | None, row: int) -> None:
    assert first_row(position, 2, 15) == row
