"""What another scene is compared by: five means of its colours, each missed by exactly what is missing."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from finish.stages.colour.correction_fitting import _ImpressionResiduals
from finish.stages.colour.difference import lab

RGB = np.random.default_rng(3).uniform(0.2, 0.8, (200, 3))
GREY = np.arange(200) < 100
# L*, its spread, a* and b* of greys, chroma.
LIGHTNESS, SPREAD, GREEN_TO_RED, BLUE_TO_YELLOW, CHROMA = range(5)


def missed(target: NDArray[np.float64]) -> NDArray[np.float64]:
    """By how much the colours miss those of `target`, whose own greys are the less colourful half."""
    return _ImpressionResiduals(target, GREY)(RGB)


def test_lighter_colours_are_missed_by_their_lightness_alone() -> None:
    before = missed(lab(RGB))
    apart = missed(lab(RGB) + np.array([5.0, 0.0, 0.0])) - before
    assert apart == pytest.approx([-5, 0, 0, 0, 0], abs=1e-9)


@pytest.mark.parametrize("colours", [(50, 20, 0), (50, 0, 20), (50, 12, -16), (50, -12, -16)])
def test_chroma_is_the_distance_from_grey_in_every_direction(colours: tuple[float, ...]) -> None:
    """Half of the target's colours are 20 from grey, and half are grey."""
    target = np.array([(50, 0, 0), colours] * 50, float)
    chroma = float(np.linalg.norm(lab(RGB)[:, 1:], axis=1).mean())
    assert missed(target)[CHROMA] == pytest.approx(chroma - 10)
    assert missed(target)[[GREEN_TO_RED, BLUE_TO_YELLOW]] == pytest.approx(lab(RGB)[GREY, 1:].mean(0))
    assert missed(target)[SPREAD] == pytest.approx(lab(RGB)[:, 0].std())
