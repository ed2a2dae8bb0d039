"""A destination's limits in the plan: a lowered ceiling is rendered and noted; what can't fit is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from golden_world import Case, job, planned, source, video

from finish.errors import FinishError
from finish.planning import plan_text


def case(preset: str, seconds: float, encode: str = "") -> Case:
    sections = f"reframe: {{follow: centre}}\n{encode}"
    return Case(f"  - {{name: long, preset: {preset}}}", sections, source(video(frames=round(seconds * 25))))


def test_a_lowered_ceiling_is_rendered_and_noted(tmp_path: Path) -> None:
    reels = case("instagram-reels", 900)
    text = plan_text.text(planned(job(tmp_path, reels), reels))
    assert " maxrate=2510k bufsize=5020k " in text
    assert "  note: 900 s must fit in 300 MB and 25000 kbit/s: max_rate lowered to 2510 kbit/s\n" in text
    assert "  promise: file size ≤ 3e+08 bytes\n" in text


def test_what_fits_is_not_noted(tmp_path: Path) -> None:
    reels = case("instagram-reels", 60)
    text = plan_text.text(planned(job(tmp_path, reels), reels))
    assert " maxrate=16000k bufsize=32000k " in text and "must fit" not in text


def test_a_ceiling_of_the_jobs_own_is_lowered_too(tmp_path: Path) -> None:
    high = case("x", 140, "encode: {picture: {max_rate: 100000}}")
    assert " maxrate=24" in plan_text.text(planned(job(tmp_path, high), high))


@pytest.mark.parametrize(
    ("preset", "seconds", "says", "hint"),
    [
        (
            "instagram-feed-4x5",
            60.04,
            "long: length is 60.04 s, but instagram-feed-4x5 needs 3 to 60 s",
            "shorten the clip",
        ),
        ("snapchat", 2.96, "long: length is 2.96 s, but snapchat needs 3 to 180 s", "lengthen the clip"),
        ("x", 0.4, "long: length is 0.4 s, but x needs 0.5 to 140 s", "lengthen the clip"),
    ],
)
def test_what_is_too_long_or_too_short_is_refused_before_rendering(
    preset: str, seconds: float, says: str, hint: str, tmp_path: Path
) -> None:
    wrong = case(preset, seconds)
    with pytest.raises(FinishError) as raised:
        planned(job(tmp_path, wrong), wrong)
    assert (
        raised.value.code == "limit"
        and raised.value.message == says
        and raised.value.hint == f"{hint}, or choose another destination"
        and raised.value.where.startswith("job.yaml:")
    )
