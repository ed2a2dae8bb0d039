"""Captions over pictures that are hard to encode: some clips of the bench, each as planned and doctored."""

from __future__ import annotations

import pytest

from bench.grain import DOCTORS, Hard, broken, clips, judged

pytestmark = pytest.mark.render


@pytest.mark.parametrize(
    ("hard", "doctors"),
    [
        (Hard("noise 60", 25, limited=False, style="clean", doctor=""), ["outside the zone"]),
        (
            Hard("confetti", 25, limited=True, style="boxed", doctor=""),
            ["24 px off", "missing", "another word", "four frames late"],
        ),
        # Nothing of this picture's detail arrives at such a rate.
        (Hard("noise 60 on grey", 60, limited=True, style="boxed", doctor=""), ["four frames late"]),
        # The encoder shows old pictures for 50 ms.
        (Hard("large confetti", 60, limited=True, style="clean", doctor=""), ["outside the zone"]),
    ],
    ids=str,
)
def test_good_captions_are_kept_and_wrong_ones_found(hard: Hard, doctors: list[str]) -> None:
    good, wrong = judged(hard, doctors)
    assert not broken(good), good
    assert [name for name, found in zip(doctors, wrong, strict=True) if not broken(found)] == []


def test_the_bench_has_forty_clips_with_every_fault_and_style() -> None:
    every = clips()
    assert (
        len(set(every)) == 40
        and {each.doctor for each in every} == set(DOCTORS)
        and len({each.style for each in every}) == 3
    )
