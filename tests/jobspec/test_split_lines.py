"""Lines that YAML splits are looked for where it reports a problem, and up to three lines above."""

from __future__ import annotations

import pytest

from finish.jobspec.quoting import quoted_form

SPLIT = "title: Lisbon: a film"


@pytest.mark.parametrize("above", range(4))
def test_a_split_line_is_found_near_the_problem(above: int) -> None:
    fix = quoted_form([SPLIT, *["plain: 1"] * above], above)
    assert fix is not None and (fix.line, fix.text) == (0, 'title: "Lisbon: a film"')


def test_a_split_line_far_above_is_another_matter() -> None:
    assert quoted_form([SPLIT, *["plain: 1"] * 4], 4) is None
