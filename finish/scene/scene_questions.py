"""The questions about a clip that the place of a graphic depends on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from finish.analysis.colour_tones import Tones
from finish.analysis.faces import Faces
from finish.analysis.shots import Shots
from finish.analysis.text_detection import TextDetection
from finish.model import Analyser
from finish.model.graphics import SceneNeed

_ANALYSERS: Final[dict[SceneNeed, Analyser[Any]]] = {
    "cuts": Shots(),
    "faces": Faces(),
    "letters": TextDetection(),
    "tones": Tones(),
}


def scene_analysers(needs: Iterable[SceneNeed]) -> tuple[Analyser[Any], ...]:
    """The analysers that answer what graphics need to know of the picture, in a fixed order."""
    needed = frozenset(needs)
    return tuple(analyser for need, analyser in _ANALYSERS.items() if need in needed)
